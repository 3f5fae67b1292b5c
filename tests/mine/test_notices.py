"""The bell, the list behind it, what one chooses to be told, and the way out of e-mails without signing in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from creators.models import Participation
from creators.notices import ENQUIRY_ANSWERED, JOIN_DECIDED, PARTICIPATION
from livefest.models import Notification, NotificationChoice, User
from livefest.notifications import notify
from livefest.tasks import send_notifications
from livefest.unsubscribing import token_for, unsubscribe_path
from tests.mine.conftest import NOW, take_part
from tests.mine.doing import queries, words

LIST = "/en/me/notifications/"
READ = f"{LIST}read/"
BELL = f"{LIST}bell/"
CHOICES = f"{LIST}choices/"


def decide(participation: Participation, group: str = "Reds", key: str = "1") -> Notification:
    data = {"group": group, "decision": "approved"}
    notify(participation.user, JOIN_DECIDED, key=key, fest=participation.fest, data=data)
    return Notification.objects.get(user=participation.user, kind="join_decided", key=key)


def is_read(notification: Notification) -> bool:
    notification.refresh_from_db()
    return notification.read_at is not None


def chosen(user: User) -> dict[str, tuple[bool, bool]]:
    return {one.kind: (one.on_site, one.by_email) for one in NotificationChoice.objects.filter(user=user)}


# The list and the bell


def test_list_shows_one_s_own_the_newest_first_and_escaped(as_ada: Client, ada: Participation) -> None:
    stranger = take_part(ada.fest, "bo.live")
    decide(stranger, "Theirs")
    decide(ada, "<b>Reds</b>", key="1")
    decide(ada, "Blues", key="2")
    shown = words(as_ada, LIST)
    assert "2 are new." in shown
    assert re.findall(r"Your request to join (.*?):", shown) == ["Blues", "&lt;b&gt;Reds&lt;/b&gt;"]


def test_list_without_any_says_what_will_come(as_ada: Client) -> None:
    shown = words(as_ada, LIST)
    assert "Nothing yet." in shown
    assert "You have read them all." in shown


def test_list_goes_on_where_the_page_ends(as_ada: Client, ada: Participation) -> None:
    made = [decide(ada, f"Group {number}", key=str(number)) for number in range(51)]
    first = words(as_ada, LIST)
    assert "Group 50:" in first
    assert "Group 0:" not in first
    (older,) = re.findall(r'href="(/en/me/notifications/\?before=\d+)"', first)
    assert re.findall(r"to join (.*?):", words(as_ada, older)) == ["Group 0"]
    assert made[0].pk < made[50].pk


def test_list_costs_the_same_for_one_and_three(as_ada: Client, ada: Participation) -> None:
    decide(ada)
    with queries() as one:
        words(as_ada, LIST)
    decide(ada, key="2")
    decide(ada, key="3")
    with queries() as three:
        words(as_ada, LIST)
    assert three == one


def test_bell_counts_what_is_unread(as_ada: Client, ada: Participation) -> None:
    assert "bell-count" not in words(as_ada, BELL)
    decide(ada)
    decide(ada, key="2")
    assert re.search(r'class="bell-count"> 2 <', words(as_ada, BELL))
    assert words(as_ada, BELL).count('hx-trigger="every 120s"') == 1
    Notification.objects.bulk_create(
        Notification(user=ada.user, kind="x", key=str(number), made_at=NOW) for number in range(120)
    )
    assert re.search(r'class="bell-count"> 99\+ <', words(as_ada, BELL))


def test_bell_of_nobody_leaves_the_page_as_it_is(client: Client, ada: Participation) -> None:
    response = client.get(BELL)
    assert (response.status_code, response.content) == (204, b"")


def test_opening_marks_as_read_and_leads_on(as_ada: Client, ada: Participation) -> None:
    opened, other = decide(ada), decide(ada, key="2")
    for _twice in range(2):
        response = as_ada.post(READ, {"notification": opened.pk, "open": "1"})
        assert (response.status_code, response["Location"]) == (302, "/en/uk-valentine/me/community/")
    assert is_read(opened)
    assert not is_read(other)


def test_all_are_marked_up_to_the_newest_that_was_shown(as_ada: Client, ada: Participation) -> None:
    shown, later = decide(ada), decide(ada, key="2")
    assert as_ada.post(READ, {"until": shown.pk})["Location"] == LIST
    assert (is_read(shown), is_read(later)) == (True, False)


def test_another_s_notification_is_not_there(as_ada: Client, ada: Participation) -> None:
    theirs = decide(take_part(ada.fest, "bo.live"))
    assert as_ada.post(READ, {"notification": theirs.pk}).status_code == 404
    as_ada.post(READ, {"until": theirs.pk})
    assert not is_read(theirs)


@pytest.mark.parametrize("data", [{"notification": "x"}, {"notification": "9" * 30}, {"until": "-1"}, {}], ids=str)
def test_what_names_no_notification_is_not_found(as_ada: Client, data: dict[str, str]) -> None:
    assert as_ada.post(READ, data).status_code == 404


@pytest.mark.parametrize("kind", ["gone", "join_decided"])
def test_notification_without_words_breaks_no_page(as_ada: Client, ada: Participation, kind: str) -> None:
    gone = Notification.objects.create(user=ada.user, kind=kind, key="x", made_at=NOW)
    decide(ada)
    shown = words(as_ada, LIST)
    assert "This can&#x27;t be shown any more" in shown
    assert "Your request to join Reds:" in shown
    assert as_ada.post(READ, {"notification": gone.pk, "open": "1"})["Location"] == LIST
    assert is_read(gone)


@pytest.mark.parametrize("path", [LIST, CHOICES])
def test_who_is_not_signed_in_signs_in_first(client: Client, ada: Participation, path: str) -> None:
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


# Choices


def test_choices_are_kept_and_shown(as_ada: Client, ada: Participation) -> None:
    data = {
        "site-join_decided": "on",
        "mail-enquiry_answered": "on",
        "quiet_from": "22:00",
        "quiet_until": "07:30",
        "time_zone": "Asia/Tokyo",
        "language": "en",
    }
    assert as_ada.post(CHOICES, data)["Location"] == CHOICES
    kept = chosen(ada.user)
    assert kept["join_decided"] == (True, False)
    assert kept["enquiry_answered"] == (False, True)
    assert kept["participation"] == (False, True), "its e-mail can't be turned off"
    user = User.objects.get(pk=ada.user.pk)
    assert (user.quiet_from, user.quiet_until, user.time_zone, user.language) == ("22:00", "07:30", "Asia/Tokyo", "en")
    shown = words(as_ada, CHOICES)
    assert re.search(r'<input type="time" name="quiet_until" value="07:30"', shown)
    assert re.search(r'<option value="Asia/Tokyo" selected>', shown)
    assert re.search(r'name="site-join_decided" [^>]*checked', shown)
    assert not re.search(r'name="mail-join_decided" [^>]*checked', shown)
    assert re.search(r'name="mail-participation" [^>]*disabled', shown)

    decide(ada)
    notify(ada.user, ENQUIRY_ANSWERED, key="1", fest=ada.fest, data={"fest": "Fest", "asked": "?", "answer": "!"})
    send_notifications()
    assert [message.subject for message in mail.outbox] == ["Fest: your question is answered"]
    assert list(Notification.objects.filter(on_site=True).values_list("kind", flat=True)) == ["join_decided"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"quiet_from": "22:00"}, "write both, or leave both empty"),
        ({"quiet_until": "07:00"}, "write both, or leave both empty"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "untick them above"),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "such as 22:30"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"language": "xx"}, "Select a valid choice"),
    ],
    ids=str,
)
def test_choices_that_are_wrong_say_what_to_do(as_ada: Client, ada: Participation, data: Any, said: str) -> None:
    response = as_ada.post(CHOICES, data)
    assert response.status_code == 200
    assert said in response.content.decode()
    user = User.objects.get(pk=ada.user.pk)
    assert (user.quiet_from, user.time_zone, chosen(user)) == ("", "", {})


# The way out


def test_way_out_asks_and_then_ends_the_kind_s_emails(client: Client, ada: Participation) -> None:
    decide(ada)
    path = unsubscribe_path(ada.user, JOIN_DECIDED)
    assert "Stop these e-mails?" in words(client, path)
    assert chosen(ada.user) == {}, "a program that follows links changes nothing"
    for _twice in range(2):
        response = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert "No more of these e-mails" in response.content.decode()
    assert chosen(ada.user) == {"join_decided": (True, False)}
    send_notifications()
    assert mail.outbox == []
    decide(ada, key="2")
    notify(ada.user, ENQUIRY_ANSWERED, key="1", fest=ada.fest, data={"fest": "Fest", "asked": "?", "answer": "!"})
    send_notifications()
    assert [message.subject for message in mail.outbox] == ["Fest: your question is answered"]


def test_way_out_keeps_what_was_chosen_for_the_site(client: Client, ada: Participation) -> None:
    NotificationChoice.objects.create(user=ada.user, kind="join_decided", on_site=False, by_email=True)
    client.post(unsubscribe_path(ada.user, JOIN_DECIDED))
    assert chosen(ada.user) == {"join_decided": (False, False)}


def test_way_out_that_nobody_gave_is_not_found_and_says_what_to_do(client: Client, ada: Participation) -> None:
    token = token_for(ada.user, JOIN_DECIDED)
    must_know = token_for(ada.user, PARTICIPATION)
    for bad in (token[:-1], "x", token.replace(":", ".", 1), must_know):
        for response in (client.get(f"/en/me/unsubscribe/{bad}/"), client.post(f"/en/me/unsubscribe/{bad}/")):
            assert response.status_code == 404
            assert "Open it from the e-mail again" in response.content.decode()
    assert chosen(ada.user) == {}
