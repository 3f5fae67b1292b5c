"""Why these points: what the rows say adds up to what is stored and published, for every creator of the samples."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings

from creators.correction_steps import propose
from creators.corrections import Size, adjustment, disqualification, void_of_session
from creators.creators_file import load_creators
from creators.files import read_batches
from creators.intake import record_facts
from creators.models import Entry, Fact
from creators.reports import parse_fact
from creators.sources import create_source
from livefest.campaign import load_campaign
from livefest.models import Fest
from rankings.boards import Plan, plans_of
from rankings.closing import close
from rankings.models import Board, Gain, Standing
from rankings.reason_parts import Why
from rankings.reason_sums import score_sums
from rankings.reasons import Reasons, Row, scheme_of
from rankings.refresh import refresh
from rankings.standings import page
from tests.campaign.conftest import rolled_back
from tests.effort import draws
from tests.rankings.fests import Script, scripts
from tests.rankings.play import begin, play, staff

ARRIVED = datetime(2026, 2, 16, tzinfo=UTC)
SAMPLES = {
    "uk-valentine": ["sample.facts"],
    "harvest-hours": ["facts", "late"],
    "night-of-lights": ["facts", "late"],
    "spring-clash": ["facts", "late"],
    "winter-ladder": ["last-week", "facts", "late"],
}


def sample(campaigns: Path, slug: str) -> Fest:
    """A sample campaign after its end, all that there is of it taken, closed and refreshed."""
    load_campaign((campaigns / f"{slug}.toml").read_bytes())
    fest = Fest.objects.get(slug=slug)
    kind = "sample." if slug == "uk-valentine" else ""
    load_creators(fest=fest, data=(campaigns / f"{slug}.{kind}creators.csv").read_bytes())
    source = create_source(fest=fest, name="file")
    for name in SAMPLES[slug]:
        for batch in read_batches(campaigns / f"{slug}.{name}.jsonl"):
            reports = [fact for _line, fact in batch.facts]
            record_facts(source=source, reports=reports, arrived_at=fest.ends + timedelta(hours=1))
    refresh(fest)
    close(fest, at=fest.ends + timedelta(hours=2))
    refresh(fest)
    return fest


def published(fest: Fest) -> dict[tuple[int, str], int]:
    """The score of everybody in every standing of creators by points (its id), as pages read it."""
    boards = Board.objects.filter(fest=fest, of="creators", score_metric=None)
    return {
        (standing.pk, place.handle): place.score
        for standing in Standing.objects.filter(board__in=boards)
        for place in page(standing, count=1000)
    }


def counts(plan: Plan, period: str, row: Row) -> bool:
    """Whether a board's period has the row's segment in it."""
    if plan.starts and plan.ends:
        return plan.starts <= row.part.segment < plan.ends
    return period in ("fest", row.part.day.isoformat())


@pytest.mark.parametrize("slug", SAMPLES)
@pytest.mark.django_db
def test_reasons_add_up_to_every_score_of_a_sample(campaigns: Path, slug: str) -> None:
    fest = sample(campaigns, slug)
    scheme, plans, scores = scheme_of(fest), {plan.board.pk: plan for plan in plans_of(fest)}, published(fest)
    standings = Standing.objects.in_bulk([standing for standing, _handle in scores])
    for entry in Entry.objects.filter(fest=fest).select_related("fest", "creator"):
        days = list(Reasons(entry, scheme).all_days())
        rows = [row for day in days for row in day.rows]
        told: Counter[tuple[datetime, int]] = Counter()
        for row in rows:
            told.update({(row.part.segment, given.rule.pk): given.points for given in row.given})
        gains = Gain.objects.filter(entry=entry, points__gt=0).values_list("segment", "rule", "points")
        assert +told == {(segment, rule): points for segment, rule, points in gains}
        assert all(day.settled for day in days)
        for standing, handle in [key for key in scores if key[1] == entry.creator.handle]:
            plan, period = plans[standings[standing].board_id], standings[standing].period
            counted = [row for row in rows if counts(plan, period, row)]
            summed = sum(given.points for row in counted for given in row.given if given.rule.pk in plan.rules)
            assert summed == scores.pop((standing, handle))
    assert not scores
    ranked = Entry.objects.filter(scores__score__gt=0, fest=fest).distinct().select_related("fest", "creator")[:3]
    sums = [one for entry in ranked for one in score_sums(entry, scheme.rules)]
    assert sums
    assert all(one.adds_up for one in sums)


@settings(max_examples=draws(10), deadline=None)
@given(script=scripts())
@pytest.mark.django_db
def test_reasons_add_up_and_leave_no_fact_out_whatever_happens(script: Script) -> None:
    """Corrections, reversals, durations over days, payments and all: read day by day, and some days at once."""
    with rolled_back():
        fest = begin(script)
        for event in script.events:
            play(fest, script, event)
        refresh(fest)
        scheme = scheme_of(fest)
        for entry in Entry.objects.filter(fest=fest).select_related("fest", "creator"):
            reasons = Reasons(entry, scheme)
            days = list(reasons.all_days())
            assert all(day.settled for day in days)
            assert [reasons.day(day.day) for day in days] == days
            told = {row.part.id for day in days for row in day.rows} | {one.id for one in reasons.outside()}
            told |= {one.id for day in days for one in day.uncounted}
            sent = Fact.objects.filter(entry=entry, reverses=None).values_list("external_id", flat=True)
            assert told - {""} == set(sent)


CAMPAIGN = """
metrics = [{ slug = "coins", name = "Coins" }, { slug = "live", name = "Live", unit = "s" }]
boards = [{ slug = "all", name = "All", of = "creators", period = "fest" }]
[fest]
slug = "small"
name = "Small"
time_zone = "UTC"
starts = 2026-02-13T00:00:00
ends = 2026-02-17T00:00:00
grace_hours = 48
regions = ["GB"]
[[rules]]
slug = "tens"
metric = "coins"
points = 1
per = 10
span = "session"
[[rules]]
slug = "haul"
metric = "coins"
span = "fest"
tiers = [{ at = 50, points = 100 }, { at = 90, points = 7 }]
[[rules]]
slug = "gifts"
metric = "coins"
points = 1
daily_cap = 60
cap = 70
bonus = [{ multiplier = 2, from = "20:00", until = "21:00" }]
[[rules]]
slug = "hours"
metric = "live"
points = 5
per = 3600
"""


def coins(id: str, quantity: int, at: str, **more: str) -> dict[str, Any]:
    return {"id": id, "creator": "ada", "metric": "coins", "quantity": quantity, "at": f"2026-02-{at}:00Z", **more}


def give(fest: Fest, *reports: dict[str, Any]) -> None:
    source = create_source(fest=fest, name="file")
    outcome = record_facts(source=source, reports=[parse_fact(one) for one in reports], arrived_at=ARRIVED)
    assert outcome.accepted == len(reports), outcome


@pytest.fixture
def ada(db: None) -> Entry:
    load_campaign(CAMPAIGN)
    fest = Fest.objects.get()
    load_creators(fest=fest, data=b"handle,name\nada,Ada")
    return Entry.objects.select_related("fest", "creator").get()


def given_by(rows: list[Row]) -> list[tuple[str, list[tuple[str, int, int, int, str]]]]:
    """Of each row its id, and by rule: multiplier, points, what a cap took, and what stopped the rest."""
    return [
        (row.part.id, [(one.rule.slug, one.multiplier, one.points, one.cut, one.stop or "") for one in row.given])
        for row in rows
    ]


def test_reasons_say_what_stopped_each_fact(ada: Entry) -> None:
    give(
        ada.fest,
        coins("a", 19, "13T10:00", session="room"),
        coins("b", 1, "13T11:00", session="room"),
        coins("c", 30, "13T20:30"),
        coins("d", 40, "14T10:00"),
    )
    refresh(ada.fest)
    first, second = Reasons(ada, scheme_of(ada.fest)).all_days()
    assert given_by(first.rows) == [
        ("a", [("tens", 1, 1, 0, "per"), ("haul", 1, 0, 0, "tier"), ("gifts", 1, 19, 0, "")]),
        ("b", [("tens", 1, 1, 0, ""), ("haul", 1, 0, 0, "tier"), ("gifts", 1, 1, 0, "")]),
        ("c", [("tens", 1, 3, 0, ""), ("haul", 1, 100, 0, "tier"), ("gifts", 2, 40, 20, "daily cap")]),
    ]
    assert given_by(second.rows) == [("d", [("tens", 1, 4, 0, ""), ("haul", 1, 7, 0, ""), ("gifts", 1, 10, 30, "cap")])]
    gifts = next(one for one in first.rules if one.rule.slug == "gifts")
    assert [gifts.quantity, gifts.weighted, gifts.points, gifts.cut] == [50, 80, 60, 20]
    assert (gifts.daily_left, gifts.cap_left) == (0, 10)
    haul = next(one for one in first.rules if one.rule.slug == "haul")
    assert [haul.open, haul.of] == [50, 90]


def test_reasons_say_why_a_fact_counts_for_nothing(ada: Entry) -> None:
    fest = ada.fest
    give(
        fest,
        coins("taken", 5, "14T08:00"),
        coins("less", 5, "14T09:00"),
        coins("own", 6, "14T10:00", supporter="ada"),
        coins("void", 7, "14T11:00", session="room"),
        coins("back", 8, "14T12:00"),
        {**coins("undo", -8, "14T12:00"), "reverses": "back"},
        coins("late", 9, "14T15:00"),
        {**coins("whole", 7200, "14T15:00"), "metric": "live"},
    )
    coins_of = fest.metrics.get(slug="coins")
    made = [
        adjustment(entry=ada, metric=coins_of, day=date(2026, 2, 14), quantity=-7),
        void_of_session(entry=ada, session="room"),
        disqualification(entry=ada, since=datetime(2026, 2, 14, 14, tzinfo=UTC)),
    ]
    for one in made:
        propose(one, by=staff(), reason="As decided", size=Size(0, 0), at=ARRIVED)
    refresh(fest)
    (day,) = Reasons(ada, scheme_of(fest)).all_days()
    assert [(one.id, one.why, one.correction) for one in day.uncounted] == [
        ("taken", Why.TAKEN, made[0]),
        ("own", Why.OWN, None),
        ("void", Why.VOID, made[1]),
        ("back", Why.REVERSED, None),
        ("late", Why.OUT, made[2]),
    ]
    parts = {row.part.id: [row.part.quantity, row.part.whole, row.part.taken, row.points] for row in day.rows}
    assert parts == {"less": [3, 5, 2, 3], "whole": [3600, 7200, 0, 5]}
    assert day.adjustments == [made[0]]


def test_reasons_of_a_day_take_as_many_queries_for_one_fact_as_for_many(ada: Entry) -> None:
    give(ada.fest, coins("a", 1, "13T10:00"), coins("b", 1, "14T10:00"))
    refresh(ada.fest)
    reasons = Reasons(ada, scheme_of(ada.fest))
    reasons.day(date(2026, 2, 14))  # what is asked once is known
    with CaptureQueriesContext(connection) as one:
        reasons.day(date(2026, 2, 14))
    give(ada.fest, *(coins(f"c-{number}", 1, "14T11:00") for number in range(20)))
    with CaptureQueriesContext(connection) as many:
        assert len(reasons.day(date(2026, 2, 14)).rows) == 21
    assert len(one) == len(many)
