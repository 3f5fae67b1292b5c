"""Facts go in exactly once: what is taken, what is a duplicate, a conflict, or rejected, and why."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creators.intake import Outcome, SourcePaused, record_facts
from creators.models import Fact, Mark, Source
from creators.reports import parse_fact
from creators.sources import create_source, pause, resume
from livefest.campaign import load_campaign
from livefest.models import Fest
from tests.creators.conftest import DURING, fact, reversal
from tests.effort import draws


def take(source: Source, *facts: dict[str, Any], at: datetime = DURING) -> Outcome:
    return record_facts(source=source, reports=[parse_fact(one) for one in facts], arrived_at=at)


def reasons(outcome: Outcome) -> list[str]:
    return [refusal.reason for refusal in outcome.rejected]


def test_fact_is_stored_as_it_was_sent(source: Source) -> None:
    outcome = take(
        source, fact(at="2026-02-15T11:00:00.123456+01:00", session="room-77", supporter="fan.one", quantity=10**12)
    )
    assert outcome == Outcome(accepted=1)
    stored = Fact.objects.get()
    assert (stored.external_id, stored.entry.creator.handle, stored.metric.slug) == ("f-1", "ada.live", "coins")
    assert stored.quantity == 10**12
    assert stored.at == datetime(2026, 2, 15, 10, 0, 0, 123456, tzinfo=UTC)
    assert (stored.session, stored.supporter, stored.reverses, stored.counts) == ("room-77", "fan.one", None, True)
    assert stored.received_at == DURING


def test_same_fact_again_is_a_duplicate(source: Source) -> None:
    take(source, fact())
    again = take(
        source,
        fact(),
        fact(at="2026-02-15T19:00:00+09:00"),
        fact(session="", supporter=""),
        {**fact(), "session": None, "unknown": {"key": 1}},
    )
    assert again == Outcome(duplicates=4)
    assert Fact.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"creator": "bo.live"},
        {"metric": "likes"},
        {"quantity": 101},
        {"at": "2026-02-15T10:00:00.000001Z"},
        {"session": "room-1"},
        {"supporter": "fan.one"},
        {"creator": "nobody"},
        {"metric": "nothing"},
        {"at": "2001-01-01T00:00:00Z"},
        {"quantity": -100, "reverses": "f-0"},
    ],
    ids=str,
)
def test_same_id_with_other_content_is_a_conflict(source: Source, change: dict[str, Any]) -> None:
    take(source, fact("f-0"), fact())
    outcome = take(source, fact("f-2"), fact(**change))
    assert outcome.accepted == 1
    assert [(one.index, one.id, one.reason) for one in outcome.conflicts] == [
        (1, "f-1", "another fact of this source has this id; the first stands")
    ]
    assert Fact.objects.get(external_id="f-1").quantity == 100


def test_conflict_and_duplicate_within_one_batch(source: Source) -> None:
    outcome = take(source, fact(), fact(), fact(quantity=5), fact(), fact("f-2"))
    assert (outcome.accepted, outcome.duplicates, [one.index for one in outcome.conflicts]) == (2, 2, [2])
    assert Fact.objects.get(external_id="f-1").quantity == 100


def test_ids_are_unique_per_source_only(source: Source) -> None:
    take(source, fact())
    assert take(create_source(fest=source.fest, name="other"), fact(quantity=7)) == Outcome(accepted=1)


def test_id_of_a_rejected_fact_is_free(source: Source) -> None:
    assert reasons(take(source, fact(metric="nothing"))) == ['metric "nothing" is unknown']
    assert take(source, fact()).accepted == 1
    mixed = take(source, fact("f-2", creator="nobody"), fact("f-2"), fact("f-2"))
    assert (mixed.accepted, mixed.duplicates, len(mixed.rejected)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"creator": "nobody"}, 'creator "nobody" is unknown in this fest'),
        ({"creator": "Ada.live"}, 'creator "Ada.live" is unknown in this fest'),
        ({"metric": "nothing"}, 'metric "nothing" is unknown'),
        ({"metric": "bonus"}, 'metric "bonus" is only paid, it can\'t be sent'),
        (
            {"at": "2026-02-12T23:59:59.999999Z"},
            "at 2026-02-12T23:59:59.999999+00:00 is out of the window, "
            "2026-02-13T00:00:00+00:00 to 2026-02-17T00:00:00+00:00",
        ),
        (
            {"at": "2026-02-15T12:05:00.000001Z"},
            "at 2026-02-15T12:05:00.000001+00:00 is over five minutes after its arrival",
        ),
    ],
    ids=str,
)
def test_fact_is_rejected_with_its_reason(source: Source, change: dict[str, Any], reason: str) -> None:
    outcome = take(source, fact("f-0"), fact(**change))
    assert outcome.accepted == 1
    assert [(one.index, one.id, one.reason) for one in outcome.rejected] == [(1, "f-1", reason)]
    assert not Fact.objects.filter(external_id="f-1").exists()


def test_window_is_half_open(source: Source) -> None:
    late = datetime(2026, 2, 18, tzinfo=UTC)
    inside = take(source, fact(at="2026-02-13T00:00:00Z"), fact("f-2", at="2026-02-16T23:59:59.999999Z"), at=late)
    assert inside.accepted == 2
    assert len(take(source, fact("f-3", at="2026-02-17T00:00:00Z"), at=late).rejected) == 1


def test_fact_up_to_five_minutes_ahead_is_taken(source: Source) -> None:
    assert take(source, fact(at="2026-02-15T12:05:00Z")).accepted == 1


def test_grace_is_half_open(source: Source) -> None:
    ends = datetime(2026, 2, 19, tzinfo=UTC)  # 48 hours after the fest
    assert take(source, fact(), at=ends - timedelta(microseconds=1)).accepted == 1
    outcome = take(source, fact("f-2"), fact(), at=ends)
    assert (reasons(outcome), outcome.duplicates) == (
        ["arrived after the grace period, which ended at 2026-02-19T00:00:00+00:00"],
        1,
    )


@pytest.mark.parametrize(
    ("at", "seconds", "accepted"),
    [
        ("2026-02-13T00:00:00Z", 3600, False),  # ends as the fest begins
        ("2026-02-13T00:00:00.9Z", 3600, False),  # taken down to the whole second
        ("2026-02-13T00:00:01Z", 3600, True),
        ("2026-02-17T01:00:00Z", 3600, False),  # begins as the fest ends
        ("2026-02-17T01:00:00.9Z", 3600, False),
        ("2026-02-17T00:59:59Z", 3600, True),
        ("2026-02-18T00:00:00Z", 10**12, True),
        ("2026-02-12T00:00:00Z", 10**12, False),
    ],
)
def test_duration_is_in_the_window_if_any_part_is(source: Source, at: str, seconds: int, accepted: bool) -> None:
    outcome = take(source, fact(metric="live_seconds", quantity=seconds, at=at), at=datetime(2026, 2, 18, tzinfo=UTC))
    assert outcome.accepted == accepted


def test_duration_past_the_end_is_judged_by_the_end(source: Source) -> None:
    """The sample campaign has such facts: what runs past the fest counts until its end, which is not in the future."""
    ends = datetime(2026, 2, 17, tzinfo=UTC)
    duration = fact(metric="live_seconds", quantity=7200, at="2026-02-17T00:57:58Z")
    assert take(source, duration, at=ends).accepted == 1
    too_early = take(source, {**duration, "id": "f-2"}, at=ends - timedelta(minutes=5, microseconds=1))
    assert reasons(too_early) == ["at 2026-02-17T00:57:58+00:00 is over five minutes after its arrival"]


def test_facts_from_the_earliest_placement_are_taken(source: Source, db: None) -> None:
    load_campaign(
        """
        [fest]
        slug = "placed"
        name = "Placed"
        time_zone = "UTC"
        starts = 2026-02-13T00:00:00
        ends = 2026-02-17T00:00:00
        regions = ["GB"]
        [[metrics]]
        slug = "coins"
        name = "Coins"
        [[groups]]
        slug = "glow"
        name = "Glow"
        kind = "league"
        placement = { metric = "coins", from = 2026-02-06T00:00:00, until = 2026-02-12T00:00:00 }
        """
    )
    placed = Fest.objects.get(slug="placed")
    ada = source.fest.entries.get(creator__handle="ada.live").creator
    placed.entries.create(creator=ada)
    outcome = take(
        create_source(fest=placed, name="platform"),
        fact("f-1", at="2026-02-06T00:00:00Z"),
        fact("f-2", at="2026-02-12T12:00:00Z"),  # between placement and fest
        fact("f-3", at="2026-02-05T23:59:59Z"),
    )
    assert (outcome.accepted, [one.id for one in outcome.rejected]) == (2, ["f-3"])
    assert not Mark.objects.exists(), "what lies before the fest scores nothing"


def test_self_gift_is_accepted_and_counts_for_nothing(source: Source) -> None:
    assert take(source, fact(supporter="ada.live"), reversal("f-2", "f-1")).accepted == 2
    assert list(Fact.objects.order_by("id").values_list("counts", flat=True)) == [False, False]
    assert not Mark.objects.exists()


def test_reversal_undoes_its_fact(source: Source) -> None:
    take(source, fact(session="room-1", supporter="fan"))
    assert take(source, reversal("f-2", "f-1")) == Outcome(accepted=1)
    undone = Fact.objects.get(external_id="f-2")
    assert (undone.reverses and undone.reverses.external_id, undone.quantity) == ("f-1", -100)
    assert take(source, reversal("f-2", "f-1")) == Outcome(duplicates=1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reverses": "f-9"}, 'reverses "f-9", which has not been taken'),
        ({"reverses": "f-2"}, 'reverses "f-2", which is a reversal itself'),
        ({"reverses": "f-1"}, 'reverses "f-1", which has been reversed already'),
        ({"creator": "bo.live"}, 'reverses "f-0", but its creator is another'),
        ({"metric": "likes"}, 'reverses "f-0", but its metric is another'),
        ({"at": "2026-02-15T10:00:01Z"}, 'reverses "f-0", but its at is another'),
        ({"quantity": -99}, 'reverses "f-0", but its quantity is not -100'),
    ],
    ids=str,
)
def test_reversal_that_fits_no_fact_is_rejected(source: Source, change: dict[str, Any], reason: str) -> None:
    take(source, fact("f-0"), fact("f-1"), reversal("f-2", "f-1"))
    assert reasons(take(source, {**reversal("f-3", "f-0"), **change})) == [reason]


def test_reversal_before_its_fact_is_rejected_and_may_come_again(source: Source) -> None:
    outcome = take(source, reversal("f-2", "f-1"), fact("f-1"), reversal("f-2", "f-1"))
    assert (outcome.accepted, [one.index for one in outcome.rejected]) == (2, [0])


def test_of_two_reversals_in_one_batch_the_first_is_taken(source: Source) -> None:
    outcome = take(source, fact("f-1"), reversal("f-2", "f-1"), reversal("f-3", "f-1"))
    assert (outcome.accepted, reasons(outcome)) == (2, ['reverses "f-1", which has been reversed already'])


def test_reversal_of_another_source_is_rejected(source: Source) -> None:
    take(source, fact())
    other = create_source(fest=source.fest, name="other")
    assert reasons(take(other, reversal("f-2", "f-1"))) == ['reverses "f-1", which has not been taken']


def test_marks_name_the_creator_and_every_fest_day_touched(source: Source) -> None:
    take(
        source,
        fact("f-1"),
        fact("f-2", at="2026-02-15T11:00:00Z"),
        fact("f-3", creator="bo.live", metric="live_seconds", quantity=90_000, at="2026-02-15T00:30:00Z"),
        fact("f-4", creator="nobody"),
    )
    assert sorted(Mark.objects.values_list("entry__creator__handle", "day")) == [
        ("ada.live", date(2026, 2, 15)),
        ("bo.live", date(2026, 2, 13)),
        ("bo.live", date(2026, 2, 14)),
        ("bo.live", date(2026, 2, 15)),
    ]
    Mark.objects.all().delete()
    take(source, fact("f-1"), fact("f-2", quantity=1))
    assert not Mark.objects.exists(), "duplicates and conflicts touch nothing"
    take(source, reversal("f-5", "f-1"))
    assert Mark.objects.count() == 1


def test_paused_source_stores_nothing(source: Source) -> None:
    pause(source=source)
    with pytest.raises(SourcePaused, match='source "platform" is paused; resume it'):
        take(source, fact())
    assert not Fact.objects.exists()
    resume(source=source)
    assert take(source, fact()).accepted == 1


numbers = itertools.count()


class Obvious:
    """The rules read aloud: facts one after the other, everything kept in plain dictionaries."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, Any]] = {}
        self.reversed: set[str] = set()

    def take(self, report: dict[str, Any]) -> str:
        content = {key: value for key, value in report.items() if value}
        if report["id"] in self.taken:
            return "duplicate" if self.taken[report["id"]] == content else "conflict"
        if report["creator"] == "nobody":
            return "rejected"
        target = report.get("reverses")
        if target:
            original = self.taken.get(target)
            repeated = {key: original.get(key) for key in ("creator", "metric", "at")} if original else None
            if (
                original is None
                or original.get("reverses")
                or target in self.reversed
                or repeated != {key: report[key] for key in ("creator", "metric", "at")}
                or report["quantity"] != -original["quantity"]
            ):
                return "rejected"
            self.reversed.add(target)
        self.taken[report["id"]] = content
        return "accepted"


ids = st.sampled_from(["a", "b", "c", "d", "e"])
small_facts = st.builds(
    lambda id, creator, quantity, session: fact(id, creator=creator, quantity=quantity, session=session),
    ids,
    st.sampled_from(["ada.live", "ada.live", "bo.live", "nobody"]),
    st.sampled_from([100, 100, 7]),
    st.sampled_from([None, "room"]),
)
small_reversals = st.builds(
    lambda id, reverses, quantity: reversal(id, reverses, quantity=quantity), ids, ids, st.sampled_from([-100, -7])
)


@settings(max_examples=draws(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reports=st.lists(st.one_of(small_facts, small_facts, small_reversals), max_size=25),
    cuts=st.lists(st.integers(0, 25), max_size=4),
)
def test_any_cut_into_batches_is_as_one_after_the_other(
    source: Source, reports: list[dict[str, Any]], cuts: list[int]
) -> None:
    fresh = create_source(fest=source.fest, name=f"s{next(numbers)}")
    obvious = Obvious()
    expected = [obvious.take(report) for report in reports]
    found = []
    edges = sorted({0, *cuts, len(reports)})
    for start, end in itertools.pairwise(edges):
        batch = reports[start:end]
        outcome = take(fresh, *batch)
        told = {one.index: "conflict" for one in outcome.conflicts} | {
            one.index: "rejected" for one in outcome.rejected
        }
        kinds = [told.get(index, "taken") for index in range(len(batch))]
        found += kinds
        assert outcome.accepted + outcome.duplicates == kinds.count("taken")
    assert found == [kind if kind in ("conflict", "rejected") else "taken" for kind in expected]
    stored = Fact.objects.filter(source=fresh)
    assert sorted(stored.values_list("external_id", flat=True)) == sorted(obvious.taken)
    assert expected.count("accepted") == stored.count()
