"""Boards that count what they pay and rounds that admit from themselves, and what only looks like it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.campaign.conftest import AssertRefused, run_load
from tests.campaign.documents import CHANGED, Document, Edits, edited, moment

# Paid metrics `prize` (CHANGED has it), `one` and `two`, with a rule of the same name each.
PAID: Edits = {
    "metrics.3": {"slug": "one", "name": "One", "paid": True},
    "metrics.4": {"slug": "two", "name": "Two", "paid": True},
    "rules.3": {"slug": "prize", "metric": "prize", "points": 1},
    "rules.4": {"slug": "one", "metric": "one", "points": 1},
    "rules.5": {"slug": "two", "metric": "two", "points": 1},
    "rules.6": {"slug": "bonus-again", "metric": "bonus", "points": 1},
}


def paying(slug: str, period: str, metrics: str, **values: Any) -> Document:
    """A board that pays in some metrics, one after the other."""
    entries = [{"ranks": "1", "percent": 5, "metric": metric} for metric in metrics.split()]
    return {"slug": slug, "name": slug, "of": "creators", "period": period, "rank_bonus": entries, **values}


def with_boards(*boards: Document) -> Document:
    return edited(CHANGED, PAID | {f"boards.{5 + index}": board for index, board in enumerate(boards)})


CIRCLES: dict[str, list[Document]] = {
    "counts all": [paying("a", "fest", "bonus")],
    "counts bonus by name": [paying("a", "fest", "bonus", rules=["gifts", "bonus"])],
    "counts a paid metric's rule": [paying("a", "fest", "prize", rules=["prize"])],
    "counts another rule of bonus": [paying("a", "fest", "bonus", rules=["bonus-again"])],
    "scores bonus": [paying("a", "fest", "bonus", score="bonus")],
    "scores a paid metric": [paying("a", "fest", "prize", score="prize")],
    "pays it second": [paying("a", "fest", "prize bonus", rules=["bonus"])],
    "day by day": [paying("a", "day", "bonus")],
    "in a round": [paying("a", "heats", "bonus")],
    "circle of two": [paying("a", "fest", "prize", rules=["one"]), paying("b", "fest", "one", rules=["prize"])],
    "circle of a day and the fest": [
        paying("a", "fest", "prize", rules=["one"]),
        paying("b", "day", "one", rules=["prize"]),
    ],
    "circle of three": [
        paying("a", "fest", "prize", rules=["two"]),
        paying("b", "fest", "one", rules=["prize"]),
        paying("c", "fest", "two", rules=["one"]),
    ],
}


@pytest.mark.parametrize("name", CIRCLES)
def test_board_that_counts_what_it_pays_is_refused(name: str, assert_refused: AssertRefused) -> None:
    boards = CIRCLES[name]
    assert_refused(
        with_boards(*boards),
        *(
            f"boards[{6 + index}] {board['slug']}.rank_bonus: the board counts what it pays, directly or through "
            'others; name the rules that count in `rules`, without "bonus", or pay in another paid metric'
            for index, board in enumerate(boards)
        ),
    )


def test_board_paid_by_a_circle_that_it_is_no_part_of_is_not_blamed(assert_refused: AssertRefused) -> None:
    assert_refused(
        with_boards(
            paying("watcher", "fest", "two", rules=["prize"]),
            paying("a", "fest", "prize", rules=["prize"]),
        ),
        "boards[7] a.rank_bonus: the board counts what it pays, directly or through others; "
        'name the rules that count in `rules`, without "bonus", or pay in another paid metric',
    )


NO_CIRCLES: dict[str, list[Document]] = {
    "rules named without bonus": [paying("a", "fest", "bonus", rules=["gifts"])],
    "scores a reported metric": [paying("a", "fest", "bonus", score="coins")],
    "another paid metric that no rule here counts": [paying("a", "fest", "prize", rules=["bonus", "one"])],
    "a chain": [
        paying("a", "fest", "prize", rules=["gifts"]),
        paying("b", "fest", "one", rules=["prize"]),
        paying("c", "fest", "two", rules=["one"]),
    ],
    "each round pays into the later": [
        paying("a", "heats", "prize", rules=["gifts"]),
        paying("b", "fest", "one", rules=["prize"]),
    ],
    "a payment after the counting round": [
        paying("a", "final", "prize", rules=["one"]),
        paying("b", "heats", "one", rules=["prize"]),
    ],
    "a payment before the counting round": [
        paying("a", "heats", "prize", rules=["one"]),
        paying("b", "final", "one", rules=["prize"]),
    ],
}


@pytest.mark.parametrize("name", NO_CIRCLES)
def test_board_that_does_not_count_what_it_pays_is_valid(name: str, tmp_path: Path) -> None:
    assert run_load(tmp_path, with_boards(*NO_CIRCLES[name]), "--check").startswith("campaign.toml is valid\n")


def test_round_that_admits_from_its_own_board_is_refused(assert_refused: AssertRefused) -> None:
    assert_refused(
        edited(CHANGED, {"rounds.1.admits.board": "final"}),
        'rounds[2] final.admits.board: "final" ranks who was admitted to this round itself; '
        "name a board of an earlier period",
    )


def test_rounds_that_admit_from_each_other_in_a_circle_are_refused(assert_refused: AssertRefused) -> None:
    middle = {"slug": "middle", "name": "Middle", "starts": moment(6), "ends": moment(8)}
    assert_refused(
        edited(
            CHANGED,
            {
                "rounds.0.admits": {"board": "final", "top": 1},
                "rounds.1.admits.board": "middle",
                "rounds.2": {**middle, "admits": {"board": "heats", "top": 1}},
                "boards.5": {"slug": "middle", "name": "Middle", "of": "creators", "period": "middle"},
            },
        ),
        *(
            f'rounds[{index}] {slug}.admits.board: "{board}" ranks who was admitted to this round itself; '
            "name a board of an earlier period"
            for index, slug, board in [(1, "heats", "final"), (2, "final", "middle"), (3, "middle", "heats")]
        ),
    )
