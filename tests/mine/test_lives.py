"""Planned LIVEs: announced, called off, and where they are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from creators.models import Participation, PlannedLive
from livefest.models import AuditEntry
from tests.mine.conftest import NOW, take_part
from tests.mine.doing import entry_in, queries, sent, words
from tests.pages.conftest import forget

pytestmark = pytest.mark.django_db
URL = "/en/uk-valentine/me/lives/"
EVENING = datetime(2026, 2, 14, 20, tzinfo=UTC)


def announced(ada: Participation, title: str = "Songs", at: datetime = EVENING) -> PlannedLive:
    entry = entry_in(ada.fest, ada.handle)
    return PlannedLive.objects.create(fest=ada.fest, entry=entry, starts_at=at, title=title, made_at=NOW)


def test_live_is_announced_in_the_fests_zone(as_ada: Client, ada: Participation) -> None:
    ada.fest.time_zone = "Asia/Tokyo"
    ada.fest.save()
    page = sent(as_ada, URL, starts_at="2026-02-15T05:00", title=" Songs  and <b>", url="https://live.example/a")
    assert "Announced. It is on your page and the festival&#x27;s." in page
    live = PlannedLive.objects.get()
    assert (live.starts_at, live.title, live.url) == (EVENING, "Songs and <b>", "https://live.example/a")
    assert "Songs and &lt;b&gt;" in page
    assert "Sun 15 Feb, 05:00" in page


def test_same_moment_twice_is_one_live_with_what_was_said_last(as_ada: Client, ada: Participation) -> None:
    for title in ("Songs", "Songs", "Dance"):
        sent(as_ada, URL, starts_at="2026-02-14T20:00", title=title)
    assert [live.title for live in PlannedLive.objects.all()] == ["Dance"]


@pytest.mark.parametrize(
    ("at", "title", "url", "said"),
    [
        ("2026-02-14T12:00", "Songs", "", "This moment is past; choose one that is to come."),
        ("2026-02-17T00:00", "Songs", "", "UK Valentine LIVE is not on then; choose a moment within it."),
        ("tomorrow", "Songs", "", "Write date and time such as 2026-02-14T20:00."),
        ("2026-02-14T20:00", "", "", "This field is required."),
        ("2026-02-14T20:00", "So\u202engs", "", "Write a title of 1 to 200 visible characters."),
        ("2026-02-14T20:00", "Songs", "javascript:alert(1)", "Write an address that begins with https://, or none."),
        ("2026-02-14T20:00", "Songs", "https://tiktok.com@evil.example/", "Write an address that begins with https://"),
        ("2026-02-14T20:00", "Songs", "https://x y", "Write an address that begins with https://"),
    ],
)
def test_live_that_cannot_be_announced_says_what_to_write(
    as_ada: Client, at: str, title: str, url: str, said: str
) -> None:
    response = as_ada.post(URL, {"starts_at": at, "title": title, "url": url})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not PlannedLive.objects.exists()


def test_twenty_lives_to_come_are_the_most(as_ada: Client, ada: Participation) -> None:
    for number in range(20):
        announced(ada, at=EVENING + timedelta(minutes=number))
    response = as_ada.post(URL, {"starts_at": "2026-02-15T20:00", "title": "One more"})
    assert "20 LIVEs are announced already; call one off first." in response.content.decode()
    sent(as_ada, f"{URL}{PlannedLive.objects.first().pk}/cancel/")  # type: ignore[union-attr]
    sent(as_ada, URL, starts_at="2026-02-15T20:00", title="One more")
    assert PlannedLive.objects.filter(cancelled_at=None).count() == 20


def test_live_called_off_is_shown_nowhere(as_ada: Client, client: Client, ada: Participation) -> None:
    live = announced(ada)
    assert "Songs" in words(client, "/en/uk-valentine/")
    for _time in range(2):
        assert "“Songs” is called off." in sent(as_ada, f"{URL}{live.pk}/cancel/")
    forget()
    live.refresh_from_db()
    assert live.cancelled_at == NOW
    for path in (URL, "/en/uk-valentine/", "/en/uk-valentine/creators/ada.live/"):
        assert "Songs" not in words(as_ada, path)


def test_nobody_calls_off_anothers_live(as_ada: Client, ada: Participation) -> None:
    live = announced(take_part(ada.fest, "bo"))
    assert as_ada.post(f"{URL}{live.pk}/cancel/").status_code == 404
    live.refresh_from_db()
    assert live.cancelled_at is None


def test_public_pages_show_what_comes_of_who_takes_part(client: Client, ada: Participation) -> None:
    announced(ada, "<i>Songs</i>")
    announced(ada, "Past", at=NOW)
    suspended = take_part(ada.fest, "bo")
    announced(suspended, "Hidden", at=EVENING + timedelta(hours=1))
    Participation.objects.filter(pk=suspended.pk).update(state="suspended", reason="Because.")
    forget()
    home = words(client, "/en/uk-valentine/")
    assert "Coming up" in home
    assert "<p>&lt;i&gt;Songs&lt;/i&gt;</p>" in home
    assert "Past" not in home
    assert "Hidden" not in home
    assert "LIVEs to come" in words(client, "/en/uk-valentine/creators/ada.live/")
    assert "LIVEs to come" not in words(client, "/en/uk-valentine/creators/bo/")


def test_public_pages_cost_the_same_queries_with_more_lives(client: Client, ada: Participation) -> None:
    announced(ada)
    paths = ("/en/uk-valentine/", "/en/uk-valentine/creators/ada.live/")
    counts = []
    for _round in range(3):
        forget()
        with queries() as counted:
            for path in paths:
                words(client, path)
        counts.append(counted)
        announced(ada, at=EVENING + timedelta(minutes=len(counts)))
        announced(take_part(ada.fest, f"rival{len(counts)}"), at=EVENING)
    assert counts[1] == counts[2]


def test_staff_call_off_with_a_reason(admin_client: Client, ada: Participation) -> None:
    live = announced(ada)
    url = f"/admin/creators/plannedlive/{live.pk}/change/"
    assert "Songs" in words(admin_client, "/admin/creators/plannedlive/")
    assert admin_client.post(url, {"calls_off": "on"}).status_code == 200  # without a reason
    live.refresh_from_db()
    assert live.cancelled_at is None
    assert admin_client.post(url, {"calls_off": "on", "reason": "Spam."}).status_code == 302
    live.refresh_from_db()
    assert live.cancelled_at == NOW
    entry = AuditEntry.objects.filter(object_pk=str(live.pk)).latest("pk")
    assert (entry.verb, entry.reason) == ("cancel live", "Spam.")
    assert "calls_off" not in words(admin_client, url)
