"""A correction's steps: who may take which, what it takes two people for, and what the database itself refuses."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, IntegrityError, connection, transaction

from creators.correction_steps import approve, approve_undo, propose, refuse, refuse_undo, undo
from creators.corrections import (
    CorrectionError,
    Decided,
    NotAllowed,
    Size,
    adjustment,
    corrections_of,
    disqualification,
    standing_disqualification,
    void_of_fact,
    void_of_range,
    void_of_session,
)
from creators.intake import record_facts
from creators.models import Correction, Entry, Fact, Mark, Source
from creators.reports import parse_fact
from livefest.campaign import load_campaign
from livefest.models import Fest, Metric, User
from tests.creators.conftest import DURING, fact, reversal

SMALL, LARGE = Size(1, 10), Size(50, 0)
NOW = datetime(2026, 2, 15, 13, tzinfo=UTC)


@pytest.fixture
def people(db: None) -> Callable[..., User]:
    """Makes a member of staff who may do these things."""

    def make(name: str, *permissions: str, **more: Any) -> User:
        user = User.objects.create_user(name, **{"is_staff": True, **more})
        user.user_permissions.set(Permission.objects.filter(codename__in=[f"{one}_correction" for one in permissions]))
        return user

    return make


@pytest.fixture
def ann(people: Callable[..., User]) -> User:
    return people("ann", "propose", "approve")


@pytest.fixture
def ben(people: Callable[..., User]) -> User:
    return people("ben", "propose", "approve")


@pytest.fixture
def ada(fest: Fest) -> Entry:
    return entry(fest, "ada.live")


def entry(fest: Fest, handle: str) -> Entry:
    return Entry.objects.select_related("fest", "creator").get(fest=fest, creator__handle=handle)


@pytest.fixture
def taken(source: Source) -> Fact:
    record_facts(source=source, reports=[parse_fact(fact())], arrived_at=DURING)
    Mark.objects.all().delete()
    return Fact.objects.select_related("fest", "entry__creator").get()


def coins(fest: Fest) -> Metric:
    return Metric.objects.get(fest=fest, slug="coins")


def some_adjustment(ada: Entry, quantity: int = 5) -> Correction:
    return adjustment(entry=ada, metric=coins(ada.fest), day=date(2026, 2, 14), quantity=quantity)


def marked() -> list[tuple[str, object]]:
    return list(Mark.objects.order_by("pk").values_list("entry__creator__handle", "day"))


def test_small_correction_is_in_force_at_once_and_undone_at_once(ada: Entry, ann: User) -> None:
    made = propose(some_adjustment(ada), by=ann, reason=" Sensor broke. ", size=SMALL, at=NOW)
    assert made.state == "in_force"
    assert (made.reason, made.proposed_by, made.approved_by, made.in_force_at) == ("Sensor broke.", ann, ann, NOW)
    assert (made.creators_changed, made.points_changed, made.large) == (1, 10, False)
    assert marked() == [("ada.live", None)]
    later = NOW + timedelta(hours=1)
    gone = undo(made, by=ann, reason="It had not.", at=later)
    assert (gone.state, gone.undone_at, gone.undone_by, gone.undo_reason) == ("undone", later, ann, "It had not.")
    assert marked() == [("ada.live", None)] * 2
    assert undo(made, by=ann, reason="Again.").undo_reason == "It had not.", "a retry changes nothing"


@pytest.mark.parametrize("size", [Size(50, 0), Size(0, 1_000_000)], ids=str)
def test_large_correction_waits_for_a_second_person(ada: Entry, ann: User, ben: User, size: Size) -> None:
    made = propose(disqualification(entry=ada), by=ann, reason="Bots.", size=size)
    assert (made.state, made.large, marked()) == ("proposed", True, [])
    with pytest.raises(NotAllowed, match="needs a second person; “ann” proposed it"):
        approve(made, by=ann)
    made = approve(made, by=ben, at=NOW)
    assert (made.state, made.approved_by, made.in_force_at, marked()) == ("in_force", ben, NOW, [("ada.live", None)])
    assert approve(made, by=ben).in_force_at == NOW
    # So does its undoing.
    made = undo(made, by=ben, reason="No bots.")
    assert (made.state, len(marked())) == ("undo_proposed", 1)
    with pytest.raises(NotAllowed, match="“ben” proposed it"):
        approve_undo(made, by=ben)
    assert refuse_undo(made, by=ann, reason="Bots.").state == "in_force"
    undo(made, by=ben, reason="Really no bots.")
    assert approve_undo(made, by=ann).state == "undone"
    assert marked() == [("ada.live", None)] * 2


def test_just_not_large(ada: Entry, ann: User, settings: Any) -> None:
    assert not Size(49, 999_999).is_large
    settings.LARGE_CORRECTION_CREATORS = 2
    assert propose(some_adjustment(ada), by=ann, reason="x", size=Size(2, 0)).state == "proposed"


def test_refused_correction_stays_and_does_nothing(ada: Entry, ann: User, ben: User) -> None:
    made = refuse(propose(some_adjustment(ada), by=ann, reason="x", size=LARGE), by=ben, reason="Not proved.", at=NOW)
    assert (made.state, made.refused_by, made.refusal, marked()) == ("refused", ben, "Not proved.", [])
    steps: list[Callable[[], Correction]] = [
        lambda: approve(made, by=ben),
        lambda: undo(made, by=ben, reason="x"),
    ]
    for step in steps:
        with pytest.raises(Decided, match="is decided: Refused"):
            step()
    assert propose(some_adjustment(ada), by=ann, reason="x", size=SMALL).state == "in_force"


def test_who_may_do_what(ada: Entry, people: Callable[..., User], ann: User) -> None:
    proposer, viewer = people("pat", "propose"), people("vic")
    for by in (viewer, people("gone", "propose", is_active=False), people("fan", "propose", is_staff=False)):
        with pytest.raises(NotAllowed, match="needs creators.propose_correction"):
            propose(some_adjustment(ada), by=by, reason="x", size=SMALL)
    small = propose(some_adjustment(ada), by=proposer, reason="x", size=SMALL)
    assert undo(small, by=proposer, reason="x").state == "undone"
    large = propose(some_adjustment(ada), by=ann, reason="x", size=LARGE)
    steps: list[Callable[[], Correction]] = [
        lambda: approve(large, by=proposer),
        lambda: refuse(large, by=proposer, reason="x"),
    ]
    for step in steps:
        with pytest.raises(NotAllowed, match="needs creators.approve_correction"):
            step()
    own = propose(some_adjustment(ada), by=proposer, reason="x", size=LARGE)
    assert refuse(own, by=proposer, reason="My mistake.").state == "refused", "who proposed may take it back"


@pytest.mark.parametrize("reason", ["", " \n"])
def test_reason_is_asked_for(ada: Entry, ann: User, reason: str) -> None:
    with pytest.raises(CorrectionError, match="Say why"):
        propose(some_adjustment(ada), by=ann, reason=reason, size=SMALL)
    made = propose(some_adjustment(ada), by=ann, reason="x", size=SMALL)
    with pytest.raises(CorrectionError, match="Say why"):
        undo(made, by=ann, reason=reason)


def test_what_is_sent_twice_is_made_once(ada: Entry, ann: User, ben: User, taken: Fact) -> None:
    once, key = some_adjustment(ada), uuid.uuid4()
    again = some_adjustment(ada)
    once.key = again.key = key
    first = propose(once, by=ann, reason="x", size=SMALL)
    assert propose(again, by=ann, reason="x", size=SMALL) == first
    assert propose(some_adjustment(ada), by=ann, reason="x", size=SMALL) != first, "another one is another"
    void = propose(void_of_fact(taken), by=ann, reason="x", size=SMALL)
    assert propose(void_of_fact(taken), by=ben, reason="y", size=SMALL) == void, "it is void already"
    undo(void, by=ann, reason="x")
    assert propose(void_of_fact(taken), by=ben, reason="y", size=SMALL) != void


def test_disqualification_with_another_moment_asks_to_reinstate_first(ada: Entry, ann: User) -> None:
    with pytest.raises(Decided, match="“ada.live” is not disqualified"):
        standing_disqualification(ada)
    made = propose(disqualification(entry=ada, since=NOW), by=ann, reason="x", size=SMALL)
    assert standing_disqualification(ada) == made
    with pytest.raises(Decided, match="ada.live is disqualified from 2026-02-15T13:00:00Z on; reinstate them first"):
        propose(disqualification(entry=ada), by=ann, reason="x", size=SMALL)


def test_what_cannot_be_meant_is_refused(fest: Fest, ada: Entry, source: Source, taken: Fact, campaigns: Any) -> None:
    text = (campaigns / "uk-valentine.toml").read_text()
    load_campaign(text.replace('slug = "uk-valentine"', 'slug = "other"'))
    other = Fest.objects.get(slug="other")
    strange = Source.objects.create(fest=other, name="strange")
    record_facts(source=source, reports=[parse_fact(reversal("r-1", "f-1"))], arrived_at=DURING)
    day, metric = date(2026, 2, 14), coins(fest)
    refusals: list[tuple[Callable[[], Correction], str]] = [
        (lambda: adjustment(entry=ada, metric=coins(other), day=day, quantity=1), "is no metric of"),
        (lambda: adjustment(entry=ada, metric=metric, day=day, quantity=0), "Adjust by 1 to 1000000000000"),
        (lambda: adjustment(entry=ada, metric=metric, day=day, quantity=10**12 + 1), "Adjust by 1 to 1000000000000"),
        (
            lambda: adjustment(entry=ada, metric=metric, day=date(2026, 2, 17), quantity=1),
            "is no day of the fest; choose one from 2026-02-13 to 2026-02-16",
        ),
        (lambda: void_of_fact(Fact.objects.get(external_id="r-1")), "takes back another fact"),
        (lambda: void_of_session(entry=ada, session=""), "Name the session"),
        (lambda: void_of_session(entry=ada, session="room", source=strange), "is no source of"),
        (lambda: void_of_range(source=source, starts=NOW, ends=NOW), "ends before it begins"),
    ]
    for make, said in refusals:
        with pytest.raises(CorrectionError, match=said):
            make()


def test_corrections_of_a_creator_are_those_in_force(ada: Entry, ann: User, source: Source, taken: Fact) -> None:
    hour = timedelta(hours=1)
    around = {"starts": taken.at - hour, "ends": taken.at + hour}
    made = [
        propose(void_of_fact(taken), by=ann, reason="fact", size=SMALL, at=NOW),
        propose(void_of_range(source=source, **around), by=ann, reason="range", size=SMALL, at=NOW + hour),
        propose(disqualification(entry=ada, since=NOW), by=ann, reason="out", size=SMALL, at=NOW + 2 * hour),
    ]
    propose(some_adjustment(ada), by=ann, reason="waits", size=LARGE)
    undo(propose(some_adjustment(ada), by=ann, reason="undone", size=SMALL), by=ann, reason="x")
    propose(some_adjustment(entry(ada.fest, "bo.live")), by=ann, reason="another's", size=SMALL)
    early = {"starts": taken.at - 2 * hour, "ends": taken.at - hour}
    propose(void_of_range(source=source, **early), by=ann, reason="elsewhere", size=SMALL)
    assert [(one.reason, one.in_force_at, one.says) for one in corrections_of(ada)] == [
        ("fact", NOW, "ada.live: fact f-1 is void"),
        (
            "range",
            NOW + hour,
            "platform: what happened from 2026-02-15T09:00:00Z until 2026-02-15T11:00:00Z is void",
        ),
        ("out", NOW + 2 * hour, "ada.live is disqualified from 2026-02-15T13:00:00Z on"),
    ]
    assert corrections_of(ada) == made


def test_range_marks_whose_facts_had_come_in(fest: Fest, source: Source, ann: User) -> None:
    def send(id: str, creator: str, at: str, arrived_at: datetime) -> None:
        record_facts(source=source, reports=[parse_fact(fact(id, creator=creator, at=at))], arrived_at=arrived_at)

    send("a", "ada.live", "2026-02-15T10:00:00Z", DURING)
    send("b", "bo.live", "2026-02-15T11:00:00Z", DURING)  # at its end, which is exclusive
    send("c", "rival01.live", "2026-02-15T10:30:00Z", NOW + timedelta(seconds=1))
    Mark.objects.all().delete()
    starts, ends = datetime(2026, 2, 15, 10, tzinfo=UTC), datetime(2026, 2, 15, 11, tzinfo=UTC)
    made = propose(void_of_range(source=source, starts=starts, ends=ends), by=ann, reason="x", size=SMALL, at=NOW)
    assert marked() == [("ada.live", None)]
    undo(made, by=ann, reason="x")
    assert marked() == [("ada.live", None)] * 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM creators_correction",
        "DELETE FROM creators_correction WHERE false",
        "TRUNCATE creators_correction CASCADE",
        "TRUNCATE creators_source CASCADE",
        "UPDATE creators_correction SET quantity = 6",
        "UPDATE creators_correction SET reason = 'another'",
        "UPDATE creators_correction SET reason = reason",
        "UPDATE creators_correction SET large = NOT large",
        "UPDATE creators_correction SET approved_by_id = NULL, in_force_at = NULL",
        "UPDATE creators_correction SET in_force_at = now()",
        "UPDATE creators_correction SET refused_at = now(), refused_by_id = proposed_by_id, refusal = 'x'",
    ],
)
def test_correction_in_force_refuses_other_changes(ada: Entry, ann: User, statement: str) -> None:
    propose(some_adjustment(ada), by=ann, reason="x", size=SMALL, at=NOW)
    with pytest.raises(DatabaseError, match="refused: corrections stay|refuses this change|append|only ever added"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement)
    kept = Correction.objects.get()
    assert (kept.state, kept.quantity, kept.reason, kept.in_force_at) == ("in_force", 5, "x", NOW)


def test_undone_correction_stays_undone(ada: Entry, ann: User) -> None:
    undo(propose(some_adjustment(ada), by=ann, reason="x", size=SMALL), by=ann, reason="y")
    with pytest.raises(DatabaseError, match="refuses this change .undone to in force."):
        Correction.objects.update(
            undone_at=None, undone_by=None, undo_proposed_at=None, undo_proposed_by=None, undo_reason=""
        )


def refused(name: str, row: Correction, **changes: Any) -> None:
    """Inserting the row with these changes violates the named constraint."""
    for field, value in changes.items():
        setattr(row, field, value)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.save(force_insert=True)
        connection.check_constraints()


def whole(row: Correction, by: User, **more: Any) -> Correction:
    """As `propose` completes it."""
    values = {"creators_changed": 0, "points_changed": 0, "large": False, "proposed_at": NOW, "proposed_by": by}
    for name, value in {**values, "reason": "x", **more}.items():
        setattr(row, name, value)
    return row


def test_impossible_correction_is_refused(
    fest: Fest, ada: Entry, source: Source, taken: Fact, ann: User, ben: User, campaigns: Any
) -> None:
    text = (campaigns / "uk-valentine.toml").read_text()
    load_campaign(text.replace('slug = "uk-valentine"', 'slug = "other"'))
    other = Fest.objects.get(slug="other")
    strange = Source.objects.create(fest=other, name="strange")
    bo = entry(fest, "bo.live")
    adjust: dict[str, Any] = {"entry": ada, "metric": coins(fest), "day": date(2026, 2, 14), "quantity": 1}

    def row(kind: str, **says: Any) -> Correction:
        return whole(Correction(fest=fest, kind=kind, **says), ann)

    in_force = {"in_force_at": NOW, "approved_by": ann}
    refused("correction_whole", row("adjustment", **{**adjust, "entry": None}))
    refused("correction_whole", row("adjustment", **{**adjust, "day": None}))
    refused("correction_whole", row("adjustment", **adjust), session="room")
    refused("correction_whole", row("void_fact", entry=ada))
    refused("correction_whole", row("void_session", entry=ada))
    refused("correction_whole", row("void_range", source=source, starts=NOW, ends=NOW))
    refused("correction_whole", row("void_range", source=source, starts=NOW, ends=NOW + timedelta(1)), entry=ada)
    refused("correction_whole", row("disqualification", entry=ada), quantity=1)
    refused("correction_whole", row("something", entry=ada))
    refused("correction_quantity_range", row("adjustment", **{**adjust, "quantity": 0}))
    refused("correction_quantity_range", row("adjustment", **{**adjust, "quantity": 10**12 + 1}))
    refused("correction_reason_given", row("adjustment", **adjust), reason=" \n")
    refused("correction_size_not_negative", row("adjustment", **adjust), points_changed=-1)
    refused("correction_in_force_whole", row("adjustment", **adjust), in_force_at=NOW)
    refused("correction_refused_whole", row("adjustment", **adjust), refused_at=NOW, refused_by=ben)
    refused("correction_undo_whole", row("adjustment", **adjust), undo_proposed_at=NOW, undo_proposed_by=ben)
    refused("correction_undone_whole", row("adjustment", **adjust), **in_force, undone_at=NOW, undone_by=ben)
    refused("correction_large_by_two", row("adjustment", **adjust), large=True, **in_force)
    refused("correction_entry_of_same_fest", row("disqualification", entry_id=0))
    refused("correction_metric_of_same_fest", row("adjustment", **{**adjust, "metric": coins(other)}))
    refused("correction_source_of_same_fest", row("void_session", entry=ada, session="room", source=strange))
    refused("not one of entry", row("void_fact", entry=bo, fact=taken))
    once: list[tuple[str, dict[str, Any]]] = [
        ("correction_one_disqualification", {"kind": "disqualification", "entry": ada}),
        ("correction_one_void_of_fact", {"kind": "void_fact", "entry": ada, "fact": taken}),
        ("correction_one_void_of_session", {"kind": "void_session", "entry": ada, "session": "room"}),
    ]
    for name, says in once:
        row(**says).save()  # one that waits may stand beside
        whole(row(**says), ann, **in_force).save()
        refused(name, whole(row(**says), ann, **in_force))
    key = Correction.objects.all()[0].key
    refused("correction_once", row("adjustment", **adjust), key=key)


def test_undoing_a_large_one_alone_is_refused_by_the_database(ada: Entry, ann: User, ben: User) -> None:
    made = approve(propose(some_adjustment(ada), by=ann, reason="x", size=LARGE), by=ben)
    undo(made, by=ann, reason="x")
    with pytest.raises(IntegrityError, match="correction_large_by_two"), transaction.atomic():
        Correction.objects.filter(pk=made.pk).update(undone_at=NOW, undone_by=ann)
    Correction.objects.filter(pk=made.pk).update(undone_at=NOW, undone_by=ben)


def test_metric_that_was_adjusted_keeps_its_meaning(ada: Entry, ann: User) -> None:
    propose(some_adjustment(ada), by=ann, reason="x", size=SMALL)
    with pytest.raises(IntegrityError, match="metric_meaning_stays|whether it is a duration"), transaction.atomic():
        Metric.objects.filter(pk=coins(ada.fest).pk).update(unit="s")
