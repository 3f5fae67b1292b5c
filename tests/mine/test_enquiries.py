"""Questions and appeals: asked once, answered once by staff, told to whom it concerns."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.test import Client

from creators.corrections import disqualification
from creators.enquiries import MOST_OPEN, Answered, EnquiryError, NotAllowed, answer, ask
from creators.models import Correction, Enquiry, Entry, Live, Participation
from creators.sources import create_source
from livefest.models import AuditEntry, Fest, Notification, User
from livefest.notifications import address_of, text_of
from rankings.results_checks import review_items
from tests.mine.conftest import NOW, take_part
from tests.mine.doing import queries
from tests.mine.test_points import correct, fact, send, text

QUESTIONS = "/en/uk-valentine/me/questions/"
MISSING = f"{QUESTIONS}missing/"
DAY = {"day": "2026-02-14"}


@pytest.fixture
def entry(ada: Participation) -> Entry:
    return Entry.objects.select_related("fest", "creator").get(creator=ada.creator)


@pytest.fixture
def nia(db: None) -> User:
    """A member of staff who answers."""
    user = User.objects.create_user("nia", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["answer_enquiry", "view_enquiry"]))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def out(entry: Entry) -> Correction:
    return correct(disqualification(entry=entry), "Bought views")


def asks(client: Client, words: str, query: str = "?day=2026-02-14") -> Any:
    return client.post(MISSING + query, {"text": words})


def answers(enquiry: Enquiry, words: str, by: User, outcome: str = "accepted") -> Enquiry:
    return answer(enquiry=enquiry, outcome=outcome, text=words, by=by)


def test_question_sent_twice_is_one_and_goes_to_its_page(as_ada: Client, entry: Entry) -> None:
    responses = [asks(as_ada, "Two hours\r\nare missing") for _time in range(2)]
    (made,) = Enquiry.objects.all()
    assert [one["Location"] for one in responses] == [f"{QUESTIONS}{made.pk}/"] * 2
    assert (made.entry, made.kind, made.text) == (entry, "missing", "Two hours\nare missing")
    page = text(as_ada.get(QUESTIONS))
    assert "1 of at most 10 are open" in page
    assert "A whole day · 14 February" in page
    other = text(asks(as_ada, "Something else"))
    assert "You have asked about this already" in other


def test_question_about_a_session_names_one_of_ones_own(as_ada: Client, entry: Entry, uk_valentine: Fest) -> None:
    take_part(uk_valentine, "bo.live")
    send(uk_valentine, fact("a", "coins", 5, session="mine & ours"))
    send(uk_valentine, fact("b", "coins", 5, session="bos"), creator="bo.live")
    assert asks(as_ada, "Gifts", "?day=2026-02-14&session=mine+%26+ours").status_code == 302
    assert Enquiry.objects.get().session == "mine & ours"
    for wrong in ("?session=bos", "?session=%00", "?day=2026-02-30", "?day=2025-01-01", ""):
        assert asks(as_ada, "Gifts", wrong).status_code == 404
    assert Enquiry.objects.count() == 1


def test_list_of_questions_takes_as_many_queries_whatever_its_length(as_ada: Client, entry: Entry) -> None:
    rooms = [f"room-{number}" for number in range(3)]
    source = send(entry.fest, *(fact(room, "likes", 1, session=room) for room in rooms))
    asked: list[int] = []
    for room in rooms:
        made = ask(entry=entry, text="Why?", by=entry, session=room)
        for hour in (9, 8):  # reported twice, the later one first
            Live.objects.create(
                source=source if hour == 9 else create_source(fest=entry.fest, name=f"other-{room}"),
                room=room,
                entry=entry,
                title=f"{hour} o'clock in {room}",
                started_at=NOW.replace(hour=hour),
                reported_at=NOW,
            )
        as_ada.get(QUESTIONS)
        with queries() as counted:
            page = text(as_ada.get(QUESTIONS))
        asked += counted
        assert f"The LIVE “8 o'clock in {room}”" in page
        assert f"The LIVE “8 o'clock in {room}”" in text(as_ada.get(f"{QUESTIONS}{made.pk}/"))
    assert asked[0] == asked[2]


def test_question_needs_words_and_not_too_many(as_ada: Client, entry: Entry) -> None:
    assert "Write in words what it is about" in text(asks(as_ada, " \r\n "))
    assert "say it in 2000 characters" in text(asks(as_ada, "x" * 2001))
    assert asks(as_ada, "x\r\n" * 997 + "<b>yz").status_code == 302  # the end of a line is one character
    assert "<b>yz" in text(as_ada.get(f"{QUESTIONS}{Enquiry.objects.get().pk}/"))


def test_question_is_refused_where_as_many_wait_as_may(as_ada: Client, entry: Entry, nia: User) -> None:
    send(entry.fest, *(fact(f"r-{number}", "likes", 1, session=f"room-{number}") for number in range(MOST_OPEN)))
    made = [ask(entry=entry, text="Why?", by=entry, session=f"room-{number}") for number in range(MOST_OPEN)]
    assert "10 of your questions wait for an answer" in text(asks(as_ada, "And this?"))
    answers(made[0], "So.", nia)
    assert asks(as_ada, "And this?").status_code == 302


def test_appeal_of_who_is_disqualified_is_taken_and_shown(as_ada: Client, out: Correction) -> None:
    address = f"{QUESTIONS}appeal/{out.pk}/"
    assert "Bought views" in text(as_ada.get(address))
    for _time in range(2):
        assert as_ada.post(address, {"text": "I did not"}).status_code == 302
    (made,) = Enquiry.objects.all()
    assert (made.kind, made.correction, made.session, made.day) == ("appeal", out, "", None)
    assert "Your disqualification" in text(as_ada.get(QUESTIONS))


def test_appeal_against_what_concerns_another_is_not_found(as_ada: Client, uk_valentine: Fest) -> None:
    bo = take_part(uk_valentine, "bo.live")
    theirs = correct(disqualification(entry=Entry.objects.get(creator=bo.creator)), "Bought views")
    assert as_ada.post(f"{QUESTIONS}appeal/{theirs.pk}/", {"text": "Hm"}).status_code == 404
    assert as_ada.get(f"{QUESTIONS}appeal/{theirs.pk}/").status_code == 404


def test_suspended_creator_reads_and_can_not_ask(
    as_ada: Client, ada: Participation, entry: Entry, out: Correction
) -> None:
    made = ask(entry=entry, text="Why?", by=entry, day=out.in_force_at.date())  # type: ignore[union-attr]
    ada.state, ada.reason = Participation.State.SUSPENDED, "Until we have talked"
    ada.save()
    assert asks(as_ada, "And this?").status_code == 403
    assert as_ada.post(f"{QUESTIONS}appeal/{out.pk}/", {"text": "I did not"}).status_code == 403
    assert "Why?" in text(as_ada.get(f"{QUESTIONS}{made.pk}/"))
    assert list(Enquiry.objects.all()) == [made]


def test_question_of_another_is_not_found(as_ada: Client, uk_valentine: Fest) -> None:
    bo = Entry.objects.get(creator=take_part(uk_valentine, "bo.live").creator)
    theirs = ask(entry=bo, text="A secret", by=bo, day=uk_valentine.starts.date())
    assert as_ada.get(f"{QUESTIONS}{theirs.pk}/").status_code == 404
    assert "A secret" not in text(as_ada.get(QUESTIONS))
    with pytest.raises(NotAllowed):
        ask(entry=bo, text="For them", by=Entry.objects.get(creator__handle="ada.live"), day=uk_valentine.starts.date())


def test_answer_is_given_once_told_and_recorded(entry: Entry, nia: User) -> None:
    made = ask(entry=entry, text="Why?", by=entry, day=entry.fest.starts.date())
    for _time in range(2):
        assert answers(made, "It was put right.", nia).outcome == "accepted"
    with pytest.raises(Answered, match="answered already"):
        answers(made, "No, it was not.", nia, "declined")
    (told,) = Notification.objects.filter(kind="enquiry_answered")
    assert told.user.profile.creator == entry.creator
    assert text_of(told) == "You asked: “Why?” The answer: It was put right."
    assert address_of(told) == f"{QUESTIONS}{made.pk}/"
    (audited,) = AuditEntry.objects.filter(content_type__model="enquiry")
    assert audited.actor == nia
    assert audited.changes["answer"] == ["", "It was put right."]
    made.refresh_from_db()
    made.answer = "Another"
    with pytest.raises(IntegrityError, match="enquiry"), transaction.atomic():
        made.save()


def test_answer_needs_the_right_to_it(entry: Entry) -> None:
    made = ask(entry=entry, text="Why?", by=entry, day=entry.fest.starts.date())
    with pytest.raises(NotAllowed):
        answers(made, "So.", User.objects.create_user("omar", is_staff=True))
    assert Enquiry.objects.get().outcome == ""


def test_staff_answer_in_the_admin_with_what_was_reported_before_them(entry: Entry, nia: User, client: Client) -> None:
    send(entry.fest, fact("a", "coins", 5, session="room"), fact("b", "coins", 7, session="room"))
    made = ask(entry=entry, text="Gifts are <i>missing</i>", by=entry, session="room")
    client.force_login(nia)
    assert "Something is missing" in text(client.get("/admin/creators/enquiry/"))
    address = f"/admin/creators/enquiry/{made.pk}/answer/"
    assert address in client.get(f"/admin/creators/enquiry/{made.pk}/change/").content.decode()
    page = text(client.get(address))
    assert "Gifts are <i>missing</i>" in page
    assert "Campaign gifts file 2 0 0 12" in page
    assert client.post(address, {"outcome": "", "text": "So"}).status_code == 200
    for words, status in (("All is there.", 302), ("All is there.", 302), ("Not all.", 200)):
        assert client.post(address, {"outcome": "declined", "text": words}).status_code == status
    made.refresh_from_db()
    assert (made.outcome, made.answer, made.answered_by) == ("declined", "All is there.", nia)


def test_staff_without_the_right_can_not_answer_in_the_admin(entry: Entry, client: Client) -> None:
    made = ask(entry=entry, text="Why?", by=entry, day=entry.fest.starts.date())
    user = User.objects.create_user("omar", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_enquiry"))
    client.force_login(user)
    assert client.get(f"/admin/creators/enquiry/{made.pk}/answer/").status_code == 403
    assert "/answer/" not in client.get(f"/admin/creators/enquiry/{made.pk}/change/").content.decode()


def test_open_question_keeps_results_from_being_certified_until_confirmed(entry: Entry, nia: User) -> None:
    assert all(item.passed for item in review_items(entry.fest))
    made = ask(entry=entry, text="Why?", by=entry, day=entry.fest.starts.date())
    (item,) = [one for one in review_items(entry.fest) if not one.passed]
    assert item.what == "1 questions and appeals of creators are open"
    assert (item.holds(), item.holds(["enquiries"])) == (False, True)
    answers(made, "So.", nia)
    assert all(item.passed for item in review_items(entry.fest))


def test_answer_that_is_no_outcome_is_refused(entry: Entry, nia: User) -> None:
    made = ask(entry=entry, text="Why?", by=entry, day=entry.fest.starts.date())
    with pytest.raises(EnquiryError, match="put right or stays"):
        answers(made, "So.", nia, "")
