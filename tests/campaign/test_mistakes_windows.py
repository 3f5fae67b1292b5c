"""Windows that end before they start or lie outside of the fest, and placements that overlap."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.campaign.conftest import AssertRefused
from tests.campaign.documents import CHANGED, GONE, Edits, edited, moment

Mistakes = dict[str, tuple[Edits, *tuple[str, ...]]]  # edits that bring a mistake in, and the problems named

LATER = "is not after starts; write a later moment"
WITHIN_FEST = "is not within the fest; write moments from 2026-03-01T00:00Z to 2026-03-11T00:00Z"
OVERLAP = (
    "groups[2] gold.placement: overlaps that of groups[1] silver: a creator could be placed in "
    "both; let each begin (at_least) where the one before ends (below)"
)

WINDOWS: Mistakes = {
    "fest equal": ({"fest.ends": moment(1)}, f"fest.ends: ends (2026-03-01T00:00Z) {LATER}"),
    "fest backwards": ({"fest.ends": datetime(2026, 2, 1, 0, 0)}, f"fest.ends: ends (2026-02-01T00:00Z) {LATER}"),
    "freeze before": (
        {"fest.freeze": datetime(2026, 2, 28, 0, 0)},
        "fest.freeze: 2026-02-28T00:00Z is not within the fest; write a moment within it",
    ),
    "freeze after": (
        {"fest.freeze": moment(12)},
        "fest.freeze: 2026-03-12T00:00Z is not within the fest; write a moment within it",
    ),
    "round equal": ({"rounds.0.ends": moment(1)}, f"rounds[1] heats.ends: ends (2026-03-01T00:00Z) {LATER}"),
    "round backwards": ({"rounds.1.ends": moment(7)}, f"rounds[2] final.ends: ends (2026-03-07T00:00Z) {LATER}"),
    "round before fest": (
        {"rounds.0.starts": datetime(2026, 2, 28, 23, 0)},
        f"rounds[1] heats: 2026-02-28T23:00Z to 2026-03-06T00:00Z {WITHIN_FEST}",
    ),
    "round after fest": (
        {"rounds.1.ends": moment(11, 1)},
        f"rounds[2] final: 2026-03-08T00:00Z to 2026-03-11T01:00Z {WITHIN_FEST}",
    ),
    "bonus equal": ({"rules.0.bonus.1.ends": moment(10)}, f"rules[1] gifts.bonus[2]: ends {LATER}"),
    "bonus backwards": ({"rules.0.bonus.1.ends": moment(9)}, f"rules[1] gifts.bonus[2]: ends {LATER}"),
    "challenge equal": ({"challenges.0.ends": moment(2)}, f"challenges[1] rush.ends: ends (2026-03-02T00:00Z) {LATER}"),
    "challenge backwards": (
        {"challenges.0.ends": moment(1)},
        f"challenges[1] rush.ends: ends (2026-03-01T00:00Z) {LATER}",
    ),
    "challenge before fest": (
        {"challenges.0.starts": datetime(2026, 2, 28, 0, 0)},
        f"challenges[1] rush: 2026-02-28T00:00Z to 2026-03-09T00:00Z {WITHIN_FEST}",
    ),
    "challenge after fest": (
        {"challenges.0.ends": moment(12)},
        f"challenges[1] rush: 2026-03-02T00:00Z to 2026-03-12T00:00Z {WITHIN_FEST}",
    ),
    "challenge starts at fests end": (
        {"challenges.0.starts": moment(11), "challenges.0.ends": GONE},
        f"challenges[1] rush.ends: ends (2026-03-11T00:00Z) {LATER}",
    ),
    "placement equal": (
        {"groups.0.placement.until": moment(1)},
        "groups[1] silver.placement.until: until (2026-03-01T00:00Z) is not after from; write a later moment",
    ),
    "placement backwards": (
        {"groups.0.placement.from": moment(4)},
        "groups[1] silver.placement.until: until (2026-03-03T00:00Z) is not after from; write a later moment",
        f"{OVERLAP}",
    ),
    "placement after fest": (
        {"groups.0.placement.until": moment(12)},
        "groups[1] silver.placement.until: 2026-03-12T00:00Z is after the fest; write a moment up to its end",
    ),
    "placement range empty": (
        {"groups.0.placement.at_least": 100},
        "groups[1] silver.placement.below: 100 is not above at_least (100); write a bigger number",
    ),
    "placement range backwards": (
        {"groups.0.placement.at_least": 200},
        "groups[1] silver.placement.below: 100 is not above at_least (200); write a bigger number",
    ),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_window_empty_backwards_or_outside_is_refused(name: str, assert_refused: AssertRefused) -> None:
    edits, *problems = WINDOWS[name]
    assert_refused(edited(CHANGED, edits), *problems)


PLACEMENTS: Mistakes = {
    "overlap": (
        {
            "groups.0.placement": {"metric": "coins", "from": moment(1), "until": moment(3), "below": 101},
            "groups.1.placement": {"metric": "coins", "from": moment(1), "until": moment(3), "at_least": 100},
        },
        f"{OVERLAP}",
    ),
    "same": (
        {
            "groups.0.placement": {"metric": "coins", "from": moment(1), "until": moment(3)},
            "groups.1.placement": {"metric": "coins", "from": moment(1), "until": moment(3)},
        },
        f"{OVERLAP}",
    ),
    "inside": (
        {
            "groups.0.placement": {"metric": "coins", "from": moment(1), "until": moment(3), "below": 1000},
            "groups.1.placement": {
                "metric": "coins",
                "from": moment(1),
                "until": moment(3),
                "at_least": 5,
                "below": 10,
            },
        },
        f"{OVERLAP}",
    ),
    "no upper end": (
        {
            "groups.0.placement": {"metric": "coins", "from": moment(1), "until": moment(3), "at_least": 500},
            "groups.1.placement": {"metric": "coins", "from": moment(1), "until": moment(3), "at_least": 100},
        },
        f"{OVERLAP}",
    ),
    "other metric": (
        {
            "groups.0.placement": {"metric": "coins", "from": moment(1), "until": moment(3), "below": 100},
            "groups.1.placement": {"metric": "live_seconds", "from": moment(1), "until": moment(3), "at_least": 100},
        },
        f"{OVERLAP}",
    ),
    "longer look back": (
        {
            "groups.0.placement": {
                "metric": "coins",
                "from": datetime(2026, 2, 1, 0, 0),
                "until": moment(3),
                "at_least": 100,
            },
            "groups.1.placement": {"metric": "coins", "from": moment(1), "until": moment(3), "below": 100},
        },
        f"{OVERLAP}",
    ),
    "longer look back below": (
        {
            "groups.0.placement": {
                "metric": "coins",
                "from": datetime(2026, 2, 1, 0, 0),
                "until": moment(3),
                "below": 100,
            },
            "groups.1.placement": {"metric": "coins", "from": moment(1), "until": moment(3), "at_least": 99},
        },
        f"{OVERLAP}",
    ),
}


@pytest.mark.parametrize("name", PLACEMENTS)
def test_placements_that_overlap_are_refused(name: str, assert_refused: AssertRefused) -> None:
    edits, *problems = PLACEMENTS[name]
    assert_refused(edited(CHANGED, edits), *problems)
