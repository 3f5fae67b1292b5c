"""Telling people something: once, with what it tells of, as they want it; and sending the e-mails, whatever fails."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.translation import gettext_lazy as _
from pytest_django import Settings

from livefest import notification_mail, retention
from livefest.models import Fest, Notification, NotificationChoice, User
from livefest.notification_mail import LEASE, MOST_TRIES, WAITS, claim
from livefest.notifications import Kind, Telling, _kinds, notify, notify_all, register_kind
from livefest.quiet_hours import may_send_from
from livefest.tasks import send_notifications
from livefest.unsubscribing import subscription_of
from tests.at_once import at_once
from tests.livefest.mail_server import MailServer
from tests.test_settings import ENOUGH, start

NOW = datetime(2026, 2, 14, 12, tzinfo=UTC)
Email = Notification.Email


@pytest.fixture(autouse=True)
def _now(settings: Settings) -> None:
    settings.LIVEFEST_NOW = NOW.isoformat()
    settings.SITE_URL = "https://fest.example.org"


@pytest.fixture
def kind() -> Iterator[Kind]:
    yield register_kind(Kind("greeting", "Greetings", "Hello %(name)s", "Hello %(name)s, says %(from)s.", "my_choices"))
    del _kinds["greeting"]


@pytest.fixture
def must_know() -> Iterator[Kind]:
    yield register_kind(Kind("verdict", "Verdicts", "Verdict", "You are in.", "my_choices", always_by_email=True))
    del _kinds["verdict"]


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    """That e-mails are sent to; it is up only where a test says so."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 5
        yield server


def person(name: str = "ada", **values: Any) -> User:
    return User.objects.create(username=name, **{"email": f"{name}@example.org", **values})


def greet(kind: Kind, user: User, key: str = "1", **data: str) -> Notification:
    notify(user, kind, key=key, fest=None, data={"name": user.username, "from": "Bo", **data})
    return Notification.objects.get(user=user, kind=kind.name, key=key)


def sweep(settings: Settings, at: datetime) -> None:
    settings.LIVEFEST_NOW = at.isoformat()
    send_notifications()


# Recording


@pytest.mark.django_db
def test_what_is_rolled_back_is_not_told(kind: Kind) -> None:
    user = person()
    with pytest.raises(RuntimeError), transaction.atomic():
        greet(kind, user)
        raise RuntimeError
    assert not Notification.objects.exists()
    send_notifications()
    assert mail.outbox == []


@pytest.mark.django_db
def test_what_is_told_twice_is_told_once(kind: Kind) -> None:
    ada, bo = person(), person("bo")
    greet(kind, ada)
    tellings = [Telling(user, "1", {"name": "again", "from": "Bo"}) for user in (ada, bo)]
    assert notify_all(tellings, kind, fest=None) == 1
    assert notify_all(tellings, kind, fest=None) == 0
    send_notifications()
    send_notifications()
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["ada@example.org"], "Hello ada"),
        (["bo@example.org"], "Hello again"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("on_site", "by_email", "kept"), [(True, True, 1), (True, False, 1), (False, True, 1), (False, False, 0)]
)
def test_kind_is_told_as_it_was_chosen(kind: Kind, on_site: bool, by_email: bool, kept: int) -> None:
    user = person()
    NotificationChoice.objects.create(user=user, kind=kind.name, on_site=on_site, by_email=by_email)
    notify(user, kind, key="1", fest=None, data={"name": "Ada", "from": "Bo"})
    assert Notification.objects.count() == kept
    assert Notification.objects.filter(on_site=on_site).count() == kept
    send_notifications()
    assert len(mail.outbox) == by_email


@pytest.mark.django_db
def test_who_has_no_address_or_may_not_sign_in_is_sent_nothing(kind: Kind) -> None:
    assert greet(kind, person("nobody", email="")).email == Email.NONE
    suspended = person("gone")
    greet(kind, suspended)
    User.objects.filter(pk=suspended.pk).update(is_active=False)
    send_notifications()
    assert mail.outbox == []
    assert not Notification.objects.exclude(email=Email.NONE).exists()


BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("quiet", "zone", "now", "from_"),
    [
        (("", ""), "", "2026-02-14T23:00Z", "2026-02-14T23:00Z"),
        (("22:00", "07:00"), "", "2026-02-14T21:59Z", "2026-02-14T21:59Z"),
        (("22:00", "07:00"), "", "2026-02-14T22:00Z", "2026-02-15T07:00Z"),
        (("22:00", "07:00"), "", "2026-02-15T06:59Z", "2026-02-15T07:00Z"),
        (("22:00", "07:00"), "", "2026-02-15T07:00Z", "2026-02-15T07:00Z"),
        (("12:00", "14:00"), "", "2026-02-14T13:00Z", "2026-02-14T14:00Z"),
        (("22:00", "07:00"), BERLIN, "2026-02-14T21:30Z", "2026-02-15T06:00Z"),
        (("22:00", "07:00"), "Asia/Tokyo", "2026-02-14T21:30Z", "2026-02-14T22:00Z"),
        (("22:00", "07:00"), BERLIN, "2026-03-28T22:00Z", "2026-03-29T05:00Z"),  # clocks go forward that night
        (("22:00", "07:00"), BERLIN, "2026-10-24T21:00Z", "2026-10-25T06:00Z"),  # and back
        (("22:00", "02:30"), BERLIN, "2026-10-25T00:15Z", "2026-10-25T00:30Z"),  # 02:15, the first time
        (("22:00", "02:30"), BERLIN, "2026-10-25T01:15Z", "2026-10-25T01:15Z"),  # 02:15 again: they were over at 02:30
        (("22:00", "02:30"), BERLIN, "2026-03-29T01:15Z", "2026-03-29T01:30Z"),  # 02:30 is skipped
    ],
)
def test_quiet_hours_are_of_the_readers_zone(quiet: tuple[str, str], zone: str, now: str, from_: str) -> None:
    user = User(quiet_from=quiet[0], quiet_until=quiet[1], time_zone=zone)
    assert may_send_from(user, None, datetime.fromisoformat(now)) == datetime.fromisoformat(from_)


def test_quiet_hours_without_a_zone_are_of_the_fests() -> None:
    user = User(quiet_from="22:00", quiet_until="07:00")
    at = datetime.fromisoformat("2026-02-14T21:30Z")
    assert may_send_from(user, Fest(time_zone=BERLIN), at) == datetime.fromisoformat("2026-02-15T06:00Z")


@pytest.mark.django_db
def test_email_waits_until_quiet_hours_are_over(kind: Kind, settings: Settings) -> None:
    made_in, set_later = person("early", quiet_from="11:00", quiet_until="13:00"), person("late")
    greet(kind, made_in)
    greet(kind, set_later)
    User.objects.filter(pk=set_later.pk).update(quiet_from="11:30", quiet_until="14:00")
    sweep(settings, NOW)
    assert mail.outbox == []
    sweep(settings, NOW + timedelta(hours=1))
    assert [message.to for message in mail.outbox] == [["early@example.org"]]
    sweep(settings, NOW + timedelta(hours=2))
    assert [message.to for message in mail.outbox] == [["early@example.org"], ["late@example.org"]]


# What is sent


@pytest.mark.django_db
def test_email_says_the_same_as_text_and_as_escaped_html(kind: Kind) -> None:
    notification = greet(kind, person(), **{"name": "<b>Ada</b>\r\nBcc: eve@example.org", "from": "<script>x</script>"})
    send_notifications()
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.subject == "Hello <b>Ada</b> Bcc: eve@example.org"
    assert message.recipients() == ["ada@example.org"]
    assert "says <script>x</script>." in message.body
    assert [mimetype for _html, mimetype in message.alternatives] == ["text/html"]
    html = str(message.alternatives[0][0])
    assert "says &lt;script&gt;x&lt;/script&gt;." in html
    assert "<script" not in html
    assert 'href="https://fest.example.org/en/me/notifications/choices/"' in html
    assert message.extra_headers["Message-ID"] == f"<notification-{notification.pk}@fest.example.org>"


@pytest.mark.django_db
def test_email_carries_the_way_out_of_its_kind(kind: Kind, client: Client) -> None:
    user = person()
    greet(kind, user)
    send_notifications()
    (message,) = mail.outbox
    headers = message.extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch("<https://fest.example.org(/en/me/unsubscribe/([^/]+)/)>", headers["List-Unsubscribe"])
    assert found is not None
    assert found[1] in message.body
    assert subscription_of(found[2]) == (user, kind)


@pytest.mark.django_db
def test_email_that_one_must_get_has_no_way_out(must_know: Kind) -> None:
    user = person()
    NotificationChoice.objects.create(user=user, kind="verdict", on_site=False, by_email=False)
    notify(user, must_know, key="1", fest=None, data={})
    send_notifications()
    (message,) = mail.outbox
    assert not any(name.startswith("List-Unsubscribe") for name in message.extra_headers)
    assert "unsubscribe" not in message.body
    assert message.body.startswith("Verdict\n\nYou are in.\n")


@pytest.mark.django_db
def test_email_is_in_the_readers_language(settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    # Django's own catalogue has the words.
    kind = register_kind(Kind("month", "Months", _("January"), _("February"), "my_choices"))
    try:
        for name, language in (("en", "en"), ("de", "de"), ("unknown", "xx"), ("none", "")):
            notify(person(name, language=language), kind, key="1", fest=None, data={})
        send_notifications()
    finally:
        del _kinds["month"]
    assert {message.to[0].partition("@")[0]: message.subject for message in mail.outbox} == {
        "en": "January",
        "de": "Januar",
        "unknown": "January",
        "none": "January",
    }
    assert 'lang="de"' in mail.outbox[1].message().as_string()


@pytest.mark.django_db
def test_email_that_waits_is_not_sent_once_it_is_not_wanted(kind: Kind) -> None:
    user = person()
    notification = greet(kind, user)
    NotificationChoice.objects.create(user=user, kind=kind.name, on_site=True, by_email=False)
    send_notifications()
    assert mail.outbox == []
    notification.refresh_from_db()
    assert (notification.email, notification.on_site) == (Email.NONE, True)


# A mail server that fails


@pytest.mark.django_db
def test_mail_server_down_for_an_hour_loses_and_doubles_nothing(
    kind: Kind, server: MailServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notification_mail, "BATCH", 5)
    ids = {greet(kind, person(f"user{number}")).pk for number in range(12)}
    for minute in range(60):
        sweep(settings, NOW + timedelta(minutes=minute))
    assert Notification.objects.filter(email=Email.WAITING).count() == 12
    assert set(Notification.objects.values_list("error", flat=True)) == {
        "ConnectionRefusedError: [Errno 111] Connection refused"
    }
    with server.up():
        for minute in range(60, 180, 5):
            sweep(settings, NOW + timedelta(minutes=minute))
    assert sorted(message["Message-ID"] for _to, message in server.arrived) == sorted(
        f"<notification-{pk}@fest.example.org>" for pk in ids
    )
    assert Notification.objects.filter(email=Email.SENT, error="").count() == 12


@pytest.mark.django_db
def test_emails_of_a_batch_go_over_one_connection(kind: Kind, server: MailServer) -> None:
    for number in range(7):
        greet(kind, person(f"user{number}"))
    with server.up():
        send_notifications()
    assert (len(server.arrived), server.connections) == (7, 1)
    _to, message = server.arrived[0]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.django_db
def test_address_that_is_refused_fails_in_the_end_and_holds_nobody_up(
    kind: Kind, server: MailServer, settings: Settings
) -> None:
    server.refused.add("bad@example.org")
    failing = greet(kind, person("bad"))
    greet(kind, person("good"))
    at = NOW
    with server.up():
        for tries, wait in enumerate([*WAITS, None], start=1):
            sweep(settings, at)
            failing.refresh_from_db()
            assert failing.attempts == tries
            if wait is not None:
                assert failing.send_after == at + wait
                sweep(settings, at + wait - timedelta(seconds=1))
                at += wait
        sweep(settings, at + timedelta(days=30))
    assert [to for to, _message in server.arrived] == ["good@example.org"]
    assert (failing.email, failing.attempts) == (Email.FAILED, MOST_TRIES)
    assert failing.error.startswith("SMTPRecipientsRefused: 550 ")
    assert "example.org" not in failing.error


@pytest.mark.django_db
def test_server_that_hangs_up_is_asked_for_the_others_later(kind: Kind, server: MailServer, settings: Settings) -> None:
    server.hangs_up_on.add("first@example.org")
    first = greet(kind, person("first"))
    greet(kind, person("second"))
    with server.up():
        sweep(settings, NOW)
        assert server.arrived == []
        sweep(settings, NOW + timedelta(seconds=20))
        assert [to for to, _message in server.arrived] == ["second@example.org"]
        server.hangs_up_on.clear()
        sweep(settings, NOW + timedelta(minutes=2))
    first.refresh_from_db()
    assert (first.email, first.attempts) == (Email.SENT, 2)
    assert Counter(to for to, _message in server.arrived) == {"second@example.org": 1, "first@example.org": 1}


@pytest.mark.django_db
def test_email_that_cant_be_worded_holds_nobody_up(kind: Kind) -> None:
    unworded = greet(kind, person("bo"))
    Notification.objects.filter(pk=unworded.pk).update(data={})
    gone = Notification.objects.create(
        user=person("cy"), kind="gone", key="1", made_at=NOW, email=Email.WAITING, send_after=NOW
    )
    greet(kind, person())
    send_notifications()
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    errors = [Notification.objects.get(pk=one.pk).error for one in (unworded, gone)]
    assert errors == [
        "Unworded: the data of 'greeting' is not what its text needs (KeyError: 'name')",
        "Unworded: no app has notifications of the kind 'gone'",
    ]


@pytest.mark.django_db
def test_batch_of_a_worker_that_died_is_sent_once_its_lease_is_over(kind: Kind, settings: Settings) -> None:
    greet(kind, person())
    assert len(claim(NOW)) == 1  # and dies
    sweep(settings, NOW + LEASE - timedelta(seconds=1))
    assert mail.outbox == []
    sweep(settings, NOW + LEASE)
    sweep(settings, NOW + 2 * LEASE)
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_email_sent_by_a_worker_that_died_before_it_said_so_is_the_same_email_again(
    kind: Kind, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: object, **_values: object) -> None:
        raise SystemExit

    greet(kind, person())
    greet(kind, person("bo"))
    with monkeypatch.context() as patch:
        patch.setattr(notification_mail, "change", die)
        with pytest.raises(SystemExit):
            send_notifications()
    sweep(settings, NOW + LEASE)
    sent = Counter(message.extra_headers["Message-ID"] for message in mail.outbox)
    assert sorted(sent.values()) == [1, 2], "only the one that it died at, and known by its id"


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_email_once(kind: Kind, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notification_mail, "BATCH", 3)
    for number in range(24):
        greet(kind, person(f"user{number}"))
    with server.up():
        assert at_once(*[send_notifications] * 4) == [None] * 4
    assert set(Counter(to for to, _message in server.arrived).values()) == {1}
    assert len(server.arrived) == 24


# What is kept


@pytest.mark.django_db
def test_read_notifications_go_after_half_a_year(kind: Kind) -> None:
    user = person()
    real_now = datetime.now(UTC)
    for days in (None, 179, 181):
        notification = greet(kind, user, key=str(days))
        read_at = None if days is None else real_now - timedelta(days=days)
        Notification.objects.filter(pk=notification.pk).update(read_at=read_at)
    retention.delete_what_is_due()
    assert sorted(Notification.objects.values_list("key", flat=True)) == ["179", "None"]


@pytest.mark.django_db
def test_what_was_told_by_email_alone_goes_half_a_year_after_it_was_sent(kind: Kind) -> None:
    user = person()
    NotificationChoice.objects.create(user=user, kind=kind.name, on_site=False, by_email=True)
    real_now = datetime.now(UTC)
    old, new = real_now - timedelta(days=181), real_now - timedelta(days=179)
    sent, waiting = {"email": Email.SENT}, {"email": Email.WAITING}
    for key, values in {
        "sent long ago": {"made_at": old, "sent_at": old, **sent},
        "sent late": {"made_at": old, "sent_at": new, **sent},
        "never sent": {"made_at": old, **waiting},
        "waits": {"made_at": new, **waiting},
    }.items():
        Notification.objects.filter(pk=greet(kind, user, key=key).pk).update(**values)
    retention.delete_what_is_due()
    assert sorted(Notification.objects.values_list("key", flat=True)) == ["sent late", "waits"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"email": "waiting"},
        {"email": "none", "send_after": NOW},
        {"email": "sent"},
        {"email": "failed", "send_after": NOW},
        {"email": "failed", "error": "x", "sent_at": NOW},
    ],
    ids=str,
)
def test_email_in_no_whole_state_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="notification_email_whole"):
        Notification.objects.create(user=person(), kind="x", key="1", made_at=NOW, **values)


@pytest.mark.parametrize("setting", [{"SITE_URL": "http://fest.example.org"}, {"ALLOWED_HOSTS": "*"}], ids=str)
def test_production_refuses_to_start_where_links_of_emails_lead_nowhere_safe(setting: dict[str, str]) -> None:
    done = start({**ENOUGH, **setting})
    assert done.returncode != 0
    assert "e-mails link to it, so write the site's own address such as https://fest.example.org" in done.stderr
