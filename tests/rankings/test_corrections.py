"""What a correction would move is told before it is made, leaves nothing behind, and is what then happens."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest

from creators.correction_steps import approve
from creators.corrections import (
    CorrectionError,
    Decided,
    NotAllowed,
    Size,
    adjustment,
    disqualification,
    void_of_fact,
    void_of_range,
)
from creators.models import Correction, Entry, Fact, Mark, Source
from livefest.models import Fest, Metric, User
from livefest.sql import execute
from rankings.correction_moves import Leading, ScoreChange
from rankings.corrections import make_correction, preview
from rankings.refresh import refresh
from tests.campaign.conftest import rolled_back
from tests.effort import draws
from tests.kept import kept
from tests.rankings.fests import Facts, is_valid, script_of
from tests.rankings.fests_corrections import correction
from tests.rankings.little import give, little_fest
from tests.rankings.play import all_standings, as_staff_make_it, begin, everything_derived, play, staff
from tests.reference import calendar_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 15, 13, tzinfo=UTC)


@pytest.fixture
def fest(db: None) -> Fest:
    """ada 40, bo 30, cy 20, di 10, from one fan; ada and cy in GB, bo and di in IE."""
    return kept(four_of_them)


def four_of_them() -> Fest:
    made = little_fest(["ada", "bo", "cy", "di"])
    give(made, ada=40, bo=30, cy=20, di=10)
    refresh(made)
    return made


def entry(fest: Fest, handle: str) -> Entry:
    return Entry.objects.select_related("fest", "creator").get(fest=fest, creator__handle=handle)


def more_coins(fest: Fest, handle: str, quantity: int) -> Correction:
    metric = Metric.objects.get(fest=fest, slug="coins")
    return adjustment(entry=entry(fest, handle), metric=metric, day=date(2026, 2, 15), quantity=quantity)


def test_preview_tells_whose_scores_and_who_else_moves(fest: Fest) -> None:
    seen = preview(disqualification(entry=entry(fest, "bo")), by=staff())
    assert seen.size == Size(creators=1, points=30)
    assert (seen.changes, seen.others, seen.leading_count) == (3, 3, 5)
    assert seen.first_changes == [
        ScoreChange("all/fest", "bo", 30, None, 2, None),
        ScoreChange("regions/IE/2026-02-15", "bo", 30, None, 1, None),
        ScoreChange("fans/fest", "fan", 100, 70, 1, 1),
    ]
    assert seen.leading == [
        Leading("all/fest", "cy", 3, 2),
        Leading("all/fest", "di", 4, 3),
        Leading("all/fest", "bo", 2, None),
        Leading("regions/IE/2026-02-15", "di", 2, 1),
        Leading("regions/IE/2026-02-15", "bo", 1, None),
    ]
    assert list(seen.lines())[:3] == [
        "1 creator's scores change, by 30 points at most on one board.",
        "3 rows of standings change their score, 3 more their rank.",
        "  all/fest: bo 30 (rank 2) → -",
    ]


def test_preview_of_an_undoing_is_the_other_way_round(fest: Fest) -> None:
    made = make_correction(more_coins(fest, "di", 100), by=staff(), reason="x")
    refresh(fest)
    seen = preview(made, by=staff())
    assert seen.first_changes[0] == ScoreChange("all/fest", "di", 110, 10, 1, 4)
    assert (seen.size, seen.others) == (Size(1, 100), 4)
    made.refresh_from_db()
    assert made.state == "in_force"


def test_preview_leaves_nothing_and_does_not_take_what_waits_for_its_own(fest: Fest) -> None:
    give(fest, cy=1000)
    tables = "creators_correction", "rankings_standing", "rankings_score", "creators_mark", "rankings_refreshstate"
    before = {table: execute(f"SELECT * FROM {table} ORDER BY id") for table in tables}
    derived, standings = everything_derived(fest), all_standings(fest)
    seen = preview(more_coins(fest, "ada", 5), by=staff())
    assert seen.first_changes == [
        ScoreChange("all/fest", "ada", 40, 45, 2, 2),
        ScoreChange("regions/GB/2026-02-15", "ada", 40, 45, 2, 2),
    ]
    assert (seen.others, seen.leading) == (0, [])
    assert {table: execute(f"SELECT * FROM {table} ORDER BY id") for table in tables} == before
    assert (everything_derived(fest), all_standings(fest)) == (derived, standings)
    assert Mark.objects.count() == 1


def test_small_one_is_made_at_once_and_the_next_refresh_follows(fest: Fest) -> None:
    made = make_correction(more_coins(fest, "di", 100), by=staff(), reason="Lost facts.", at=NOW)
    assert (made.state, made.creators_changed, made.points_changed, made.in_force_at) == ("in_force", 1, 100, NOW)
    refreshed = refresh(fest)
    assert refreshed is not None
    assert refreshed.touched == 1
    assert all_standings(fest)[0] == ("all", "", "fest", "1", "di", "110", "2026-02-15T10:00:00Z")


def test_large_one_waits_for_a_second_person(fest: Fest, settings: Any) -> None:
    settings.LARGE_CORRECTION_POINTS = 30
    small = make_correction(more_coins(fest, "di", 29), by=staff(), reason="x")
    large = make_correction(disqualification(entry=entry(fest, "bo")), by=staff(), reason="x")
    assert (small.state, large.state) == ("in_force", "proposed")
    refresh(fest)
    before = all_standings(fest)
    refresh(fest)
    assert all_standings(fest) == before
    second = User.objects.create_user("second", is_staff=True, is_superuser=True)
    assert preview(large, by=staff()).size == Size(1, 30), "who proposed it may look at it again"
    large = approve(large, by=second)
    refresh(fest)
    assert "bo" not in {row[4] for row in all_standings(fest)}
    assert preview(large, by=staff()).first_changes[0] == ScoreChange("all/fest", "bo", None, 30, None, 3)


def test_creators_are_counted_too(fest: Fest, settings: Any) -> None:
    settings.LARGE_CORRECTION_CREATORS = 4
    source = Source.objects.get(fest=fest)
    made = void_of_range(source=source, starts=fest.starts, ends=fest.ends)
    assert preview(made, by=staff(), at=NOW).size == Size(4, 100)
    assert make_correction(made, by=staff(), reason="x", at=NOW).state == "proposed"


def test_who_may_not_propose_or_gives_no_reason_is_told(fest: Fest) -> None:
    visitor = User.objects.create_user("visitor", is_staff=True)
    with pytest.raises(NotAllowed):
        make_correction(more_coins(fest, "di", 1), by=visitor, reason="x")
    with pytest.raises(CorrectionError, match="Say why"):
        make_correction(more_coins(fest, "di", 1), by=staff(), reason=" ")


def test_what_is_so_already_is_told_in_a_preview_and_made_once(fest: Fest) -> None:
    fact = Fact.objects.select_related("fest", "entry__creator").filter(entry=entry(fest, "bo"))[0]
    made = make_correction(void_of_fact(fact), by=staff(), reason="x")
    with pytest.raises(Decided, match="is in force already"):
        preview(void_of_fact(fact), by=staff())
    assert make_correction(void_of_fact(fact), by=staff(), reason="y") == made
    assert Correction.objects.count() == 1


def test_creator_with_nothing_but_an_adjustment_survives_a_rebuild(fest: Fest) -> None:
    late = little_entry(fest, "eve")
    make_correction(more_coins(fest, "eve", 7), by=staff(), reason="x")
    refresh(fest)
    rows = all_standings(fest)
    assert ("all", "", "fest", "5", late.creator.handle, "7", "2026-02-15T00:00:00Z") in rows
    refresh(fest, rebuild=True)
    assert all_standings(fest) == rows


def little_entry(fest: Fest, handle: str) -> Entry:
    from creators.models import Creator

    return Entry.objects.create(fest=fest, creator=Creator.objects.create(handle=handle))


@pytest.mark.parametrize("seed", range(draws(10)))
def test_preview_is_what_then_happens(seed: int) -> None:
    random = Random(seed)
    script = next(one for one in iter(lambda: script_of(random), None) if is_valid(one.campaign))
    with rolled_back():
        fest = begin(script)
        for event in script.events:
            play(fest, script, event)
        refresh(fest)
        lines = [line for event in script.events if isinstance(event, Facts) for line in event.lines]
        lines = [line for line in lines if "reverses" not in line]
        calendar = calendar_of(script.campaign)
        moments = [datetime.fromisoformat(line["at"]) for line in lines]
        before = by_place(fest)
        for _ in range(6):
            handles = [row["handle"] for row in script.creators]
            chosen = as_staff_make_it(fest, correction(random, calendar, handles, moments, lines))
            if chosen is None:
                continue
            try:
                seen = preview(chosen, by=staff(), at=script.arrived_at)
            except Decided:
                continue
            make_correction(chosen, by=staff(), reason="x", at=script.arrived_at)
            refresh(fest)
            after = by_place(fest)
            assert told(before, after) == (
                Counter(seen.first_changes),
                seen.others,
                Counter(seen.leading),
            )
            before = after


Places = dict[tuple[str, str], tuple[int, int]]


def by_place(fest: Fest) -> Places:
    """Rank and score by the standing's name and the handle."""
    found = {}
    for board, within, period, rank, handle, score, _reached in all_standings(fest):
        found["/".join(part for part in (board, within, period) if part), handle] = int(rank), int(score)
    return found


def told(before: Places, after: Places) -> tuple[Counter[ScoreChange], int, Counter[Leading]]:
    """What a preview tells of the difference."""
    nowhere = None, None
    changes, others, leading = Counter[ScoreChange](), 0, Counter[Leading]()
    for place in before.keys() | after.keys():
        (old_rank, old_score), (new_rank, new_score) = before.get(place, nowhere), after.get(place, nowhere)
        if old_score != new_score:
            changes[ScoreChange(*place, old_score, new_score, old_rank, new_rank)] += 1
        elif old_rank != new_rank:
            others += 1
        if old_rank != new_rank:
            leading[Leading(*place, old_rank, new_rank)] += 1
    return changes, others, leading
