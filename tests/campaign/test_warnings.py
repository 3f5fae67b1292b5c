"""What is legal but likely wrong: told in words, by the command too, and never of a campaign that is right."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given, settings

from livefest.campaign import file_warnings
from tests.campaign.documents import GALA, GONE, Document, Edits, edited, toml
from tests.campaign.strategies import campaigns
from tests.campaign.warned import QUIET, Warned, warnings
from tests.effort import draws


def at_clocks_change(edits: Edits) -> Document:
    """QUIET in the days around 29 March 2026, when London's clocks go from 01:00 to 02:00."""
    march, april = datetime(2026, 3, 25), datetime(2026, 4, 5)
    windows: Edits = {
        "fest.starts": march,
        "fest.ends": april,
        "rules.0.bonus.1": {"multiplier": 3, "starts": march, "ends": april},
        "groups.0.placement.until": march,
        "groups.1.placement.until": march,
        "rounds.0.starts": march,
        "rounds.0.ends": datetime(2026, 3, 28),
        "rounds.1.starts": datetime(2026, 3, 30),
        "rounds.1.ends": april,
        "challenges.0.starts": march,
        "challenges.0.ends": april,
    }
    return edited(QUIET, windows | edits)


def test_right_campaign_has_no_warnings() -> None:
    assert warnings(QUIET) == []


@pytest.mark.parametrize("name", ["uk-valentine", "live-fest"])
def test_sample_campaigns_have_no_warnings(name: str, campaigns: Path) -> None:
    assert file_warnings((campaigns / f"{name}.toml").read_bytes()) == []


SKIPPED: Warned = {
    "day's start": (
        {"fest.day_starts": "01:30"},
        'fest.day_starts: "01:30" is skipped by the change of clocks on 2026-03-29 and read as 02:30; '
        "write another time if that is not meant",
    ),
    "bonus from, the first that is skipped": (
        {"rules.0.bonus.0.from": "01:00", "rules.0.bonus.0.until": "04:00"},
        'rules[1] gifts.bonus[1].from: "01:00" is skipped by the change of clocks on 2026-03-29 and read as 02:00; '
        "write another time if that is not meant",
    ),
    "bonus until, the last that is skipped": (
        {"rules.0.bonus.0.until": "01:59"},
        'rules[1] gifts.bonus[1].until: "01:59" is skipped by the change of clocks on 2026-03-29 and read as 02:59; '
        "write another time if that is not meant",
    ),
    "moment": (
        {"rounds.1.starts": datetime(2026, 3, 29, 1, 30)},
        "rounds[2] final.starts: 2026-03-29T01:30:00 is skipped by the change of clocks and read as "
        "2026-03-29T02:30:00; write that, or another if it is not meant",
    ),
    "moment of the fest": (
        {"fest.freeze": datetime(2026, 3, 29, 1, 0)},
        "fest.freeze: 2026-03-29T01:00:00 is skipped by the change of clocks and read as "
        "2026-03-29T02:00:00; write that, or another if it is not meant",
    ),
    "moment inside": (
        {"rules.0.bonus.1.starts": datetime(2026, 3, 29, 1, 30)},
        "rules[1] gifts.bonus[2].starts: 2026-03-29T01:30:00 is skipped by the change of clocks and read as "
        "2026-03-29T02:30:00; write that, or another if it is not meant",
    ),
}


@pytest.mark.parametrize("name", SKIPPED)
def test_time_that_the_clocks_skip_is_warned_of(name: str) -> None:
    edits, *expected = SKIPPED[name]
    assert warnings(at_clocks_change(edits)) == expected


NOT_SKIPPED: dict[str, Edits] = {
    "nothing": {},
    "day's start before": {"fest.day_starts": "00:59"},
    "day's start after": {"fest.day_starts": "02:00"},
    "day's start in a fest that ends before": {
        "fest.day_starts": "01:30",
        "fest.ends": datetime(2026, 3, 29),
        "rules.1.cap": GONE,
        "challenges.0.ends": GONE,
        "rounds.1.starts": datetime(2026, 3, 28),
        "rounds.1.ends": datetime(2026, 3, 29),
    },
    "day's start in a fest that starts after": {
        "fest.day_starts": "01:30",
        "fest.starts": datetime(2026, 3, 29, 3),
        "challenges.0.starts": GONE,
        "rounds": [{"slug": "heats", "name": "Heats", "starts": datetime(2026, 3, 30), "ends": datetime(2026, 4, 1)}],
        "boards.2.period": "fest",
    },
    "day's start where clocks don't change": {"fest.day_starts": "01:30", "fest.time_zone": "UTC"},
    "moment with an offset": {"fest.freeze": datetime(2026, 3, 29, 1, 30, tzinfo=UTC)},
    "moment after": {"fest.freeze": datetime(2026, 3, 29, 2, 0)},
}


@pytest.mark.parametrize("name", NOT_SKIPPED)
def test_time_that_the_clocks_show_is_not_warned_of(name: str) -> None:
    assert warnings(at_clocks_change(NOT_SKIPPED[name])) == []


def test_midnight_that_is_skipped_is_warned_of_as_day_start_and_end_of_a_window() -> None:
    night = [{"multiplier": 2, "from": "20:00", "until": "24:00"}]
    fest = GALA["fest"] | {
        "time_zone": "Africa/Cairo",
        "starts": datetime(2026, 4, 20),
        "ends": datetime(2026, 4, 30),
    }
    document = {
        "fest": fest,
        "metrics": GALA["metrics"][:1],
        "rules": [GALA["rules"][0] | {"bonus": night}],
        "boards": [GALA["boards"][1] | {"period": "fest"}],
    }
    skipped = (
        "is skipped by the change of clocks on 2026-04-24 and read as 01:00; write another time if that is not meant"
    )
    assert warnings(document) == [
        f'fest.day_starts: "00:00" {skipped}',
        f'rules[1] gifts.bonus[1].until: "24:00" {skipped}',
    ]


def test_time_that_is_skipped_on_two_dates_is_warned_of_once() -> None:
    document = edited(QUIET, {"fest.day_starts": "01:30", "fest.ends": datetime(2027, 4, 5)})
    assert warnings(document) == [
        'fest.day_starts: "01:30" is skipped by the change of clocks on 2026-03-29, 2027-03-28 and read as 02:30; '
        "write another time if that is not meant"
    ]


RUSHED = edited(QUIET, {"challenges.1.goals.0.at_least": 864001})
WARNING = (
    "warning: campaign.toml: challenges[2] stroll.goals[1].at_least: 864001 s is longer than its window (864000 s), "
    "so nobody gets there; write at most 864000\n"
)


def run(folder: Path, document: Document, *options: str) -> tuple[str, str]:
    """What load_campaign prints, and what it says on the side."""
    file = folder / "campaign.toml"
    file.write_text(toml(document))
    out, err = StringIO(), StringIO()
    call_command("load_campaign", str(file), *options, stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


def test_check_prints_the_warnings_after_the_verdict(db: None, tmp_path: Path) -> None:
    assert run(tmp_path, RUSHED, "--check") == (f"campaign.toml is valid\n{WARNING}", "")
    assert run(tmp_path, QUIET, "--check") == ("campaign.toml is valid\n", "")


def test_load_prints_the_warnings_beside_what_changed(db: None, tmp_path: Path) -> None:
    assert run(tmp_path, QUIET)[1] == ""
    assert run(tmp_path, RUSHED) == (
        '~ challenges stroll.goals: [{metric = "live_seconds", at_least = 60}] → '
        '[{metric = "live_seconds", at_least = 864001}]\n',
        WARNING,
    )
    assert run(tmp_path, RUSHED) == ("nothing changed\n", WARNING)


@settings(max_examples=draws(50), deadline=None)
@given(document=campaigns())
def test_any_valid_campaign_can_be_asked_for_warnings(document: Document) -> None:
    assert all(warning.path and "; " in warning.message for warning in file_warnings(toml(document)))
