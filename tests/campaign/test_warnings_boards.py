"""Boards, their admissions and payments that are legal but likely wrong, and their neighbours that are right."""

from __future__ import annotations

import pytest

from tests.campaign.documents import GALA, GONE, Edits, moment
from tests.campaign.warned import NAMING, Warned, assert_warned

NOWHERE = (
    "metrics[3] prize: what is paid in it counts nowhere: no rule makes it points and no board scores by it; "
    "add a rule that a board counts, or score a board by it"
)
UNPAID = (
    "metrics[3] prize: is paid, but nothing pays in it; name it as the metric of a challenge with points or of a "
    "rank bonus, or leave it out"
)
NO_BONUS = 'pays in "bonus", which no board counts; name "bonus" in the rules of a board, or pay in another paid metric'
PAYMENTS: Warned = {
    "metric without a rule": ({"rules.3": GONE}, NOWHERE),
    "metric that a board of creators scores by": (
        {"rules.3": GONE, "boards.5": GALA["boards"][1] | {"slug": "prizes", "score": "prize"}},
    ),
    "metric that nothing pays in": (
        {"boards.0.rank_bonus.1": GONE, "challenges.1.metric": "bonus"},
        UNPAID,
    ),
    "metric that a challenge alone pays in": ({"boards.0.rank_bonus.1": GONE},),
    "metric that a rank bonus alone pays in": ({"challenges.1.metric": "bonus"},),
    "metric of a challenge without points": ({"boards.0.rank_bonus.1": GONE, "challenges.1.points": GONE}, UNPAID),
    "bonus that no board counts": (
        NAMING | {"boards.2.rules": ["haul", "prize"]},
        f"challenges[1] rush: {NO_BONUS}",
        f"boards[1] best.rank_bonus[1]: {NO_BONUS}",
    ),
    "bonus that one board names": (NAMING,),
    "bonus that one board scores by": (NAMING | {"boards.2.rules": ["haul", "prize"], "boards.3.score": "bonus"},),
    "bonus that another rule counts": (
        NAMING
        | {
            "boards.2.rules": ["haul", "prize", "again"],
            "rules.4": {"slug": "again", "metric": "bonus", "points": 2},
        },
    ),
}


@pytest.mark.parametrize("name", PAYMENTS)
def test_payments_that_count_nowhere(name: str) -> None:
    assert_warned(PAYMENTS, name)


PLACES: Warned = {
    "within group without groups": (
        {
            "groups": [],
            "boards.2.within": "group",
            "boards.3": GALA["boards"][4],
            "boards.4": GONE,
            "challenges.0": GONE,
        },
        'boards[3] final.within: "group" makes a standing for each group, but there are none; declare some in groups',
    ),
    "within group with one": ({"boards.2.within": "group"},),
    "within region without regions": (
        {"fest.regions": [], "challenges.1.within": GONE},
        'boards[1] best.within: "region" makes a standing for each region, but there are none; '
        "name some in fest.regions",
    ),
    "within category without regions": (
        {"fest.regions": [], "challenges.1.within": GONE, "boards.0.within": "category"},
    ),
    "communities without any": (
        {"groups.2": GONE},
        'boards[4] bands.of: "groups" ranks communities, but there are none; '
        'declare some in groups, kind = "community"',
    ),
    "supporters by what is only paid": (
        {"boards.4.score": "prize"},
        'boards[5] fans.score: "prize" is only paid, no supporter gives it; name a metric that sources report',
    ),
    "supporters by bonus": (
        {"boards.4.score": "bonus"},
        'boards[5] fans.score: "bonus" is only paid, no supporter gives it; name a metric that sources report',
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_boards_without_places(name: str) -> None:
    assert_warned(PLACES, name)


MIDDLE: Edits = {
    "rounds.2": {"slug": "middle", "name": "Middle", "starts": moment(8), "ends": moment(11)},
    "boards.5": {"slug": "middle", "name": "Middle", "of": "creators", "period": "middle"},
    "rounds.1.admits.board": "middle",
}
DAILY: Edits = {
    "boards.5": {"slug": "today", "name": "Today", "of": "creators", "period": "day"},
    "rounds.1.admits.board": "today",
}


def early(board: str, closes: str, opens: str) -> str:
    return (
        f'rounds[2] final.admits.board: "{board}" closes at {closes}, after the round opens ({opens}), '
        "so who leads by then is admitted; name a board of an earlier period"
    )


def empty(board: str, opens: str) -> str:
    return (
        f'rounds[2] final.admits.board: "{board}" starts no earlier than the round ({opens}), so nobody is admitted; '
        "name a board of an earlier period"
    )


ADMISSIONS: Warned = {
    "board of a round that ends as this one opens": ({"rounds.1.starts": moment(6)},),
    "board of a round that ends later": (
        {"rounds.1.starts": moment(5, 23)},
        early("heats", "2026-03-06T00:00Z", "2026-03-05T23:00Z"),
    ),
    "board of a round that starts with this one": (MIDDLE, empty("middle", "2026-03-08T00:00Z")),
    "board of a round that starts later": (
        MIDDLE | {"rounds.1.starts": moment(7)},
        empty("middle", "2026-03-07T00:00Z"),
    ),
    "board of the fest": (
        {"rounds.1.admits.board": "best"},
        early("best", "2026-03-11T00:00Z", "2026-03-08T00:00Z"),
    ),
    "board of the fest for a round from its start": (
        {"rounds.1.admits.board": "best", "rounds.1.starts": moment(1)},
        empty("best", "2026-03-01T00:00Z"),
    ),
    "board of days that are over": (DAILY,),
    "board of days of which one runs": (
        DAILY | {"rounds.1.starts": moment(7, 12)},
        early("today", "2026-03-08T00:00Z", "2026-03-07T12:00Z"),
    ),
    "board of days that have not begun": (DAILY | {"rounds.1.starts": moment(1)}, empty("today", "2026-03-01T00:00Z")),
}


@pytest.mark.parametrize("name", ADMISSIONS)
def test_rounds_that_open_before_their_board_is_done(name: str) -> None:
    assert_warned(ADMISSIONS, name)
