"""A campaign file becomes rows with every value, and the rows an equal file again."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from challenges.models import Challenge
from creators.models import Group
from livefest.models import Fest, Metric, Round
from rankings.models import Board, Rule
from rewards.models import Reward
from tests.campaign.conftest import CAMPAIGN_MODELS, Export, Load, stored
from tests.campaign.documents import GALA, edited, moment, toml

HERE = Path(__file__).parent
FILES = {
    "everything": HERE / "everything.toml",
    "live-fest": HERE.parent / "campaigns" / "live-fest.toml",
    "uk-valentine": HERE.parent / "campaigns" / "uk-valentine.toml",
}


def rows(queryset: models.QuerySet[Any], *names: str) -> list[tuple[Any, ...]]:
    return list(queryset.order_by("position").values_list(*names))


def test_every_value_of_the_file_is_stored(load: Load) -> None:
    load(FILES["everything"].read_bytes())
    fest = Fest.objects.get()
    assert (fest.slug, fest.name, fest.time_zone, fest.day_starts) == (
        "everything",
        "Everything everywhere",
        "Europe/Berlin",
        "03:00",
    )
    # Midnight in Berlin, before and after the clocks go back on 25 October.
    assert (fest.starts, fest.ends) == (
        datetime(2026, 10, 19, 22, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
    )
    assert fest.freeze == datetime(2026, 10, 31, 19, tzinfo=UTC)
    assert (fest.grace_hours, fest.minimum_age) == (48, 18)
    assert rows(fest.regions.all(), "code", "position") == [("IE", 0), ("GB", 1)]
    assert rows(Metric.objects.all(), "slug", "name", "unit", "paid", "position") == [
        ("live_seconds", "Time LIVE", "s", False, 0),
        ("coins", "Coins", "🪙", False, 1),
        ("vouchers", "Vouchers", "", True, 2),
        ("bonus", "Bonus points", "", True, 10_000),
    ]
    assert rows(Round.objects.all(), "slug", "name", "starts", "ends", "admits_board", "admits_top", "position") == [
        (
            "final",
            "Final",
            datetime(2026, 10, 30, 23, tzinfo=UTC),
            datetime(2026, 10, 31, 23, tzinfo=UTC),
            "region",
            10,
            0,
        )
    ]
    assert rows(
        Group.objects.all(),
        "slug",
        "name",
        "kind",
        "placement_metric__slug",
        "placement_from",
        "placement_until",
        "placement_at_least",
        "placement_below",
        "roster",
        "position",
    ) == [
        (
            "glow",
            "Glow League",
            "league",
            "coins",
            datetime(2026, 10, 12, 22, tzinfo=UTC),
            datetime(2026, 10, 19, 22, tzinfo=UTC),
            7000,
            30000,
            None,
            0,
        ),
        ("choir", "Choir", "community", None, None, None, 0, None, 100, 1),
    ]


def test_every_value_of_rules_and_boards_is_stored(load: Load) -> None:
    load(FILES["everything"].read_bytes())
    rules = Rule.objects.filter(slug__in=["live-hours", "gifts", "long-haul"])
    assert rows(rules, "slug", "metric__slug", "points", "per", "daily_cap", "cap", "span", "position") == [
        ("live-hours", "live_seconds", 500, 3600, 3000, 20000, "session", 0),
        ("gifts", "coins", 2, 1, None, None, "day", 1),
        ("long-haul", "live_seconds", None, 1, None, None, "fest", 2),
    ]
    gifts, haul = Rule.objects.get(slug="gifts"), Rule.objects.get(slug="long-haul")
    assert rows(gifts.bonuses.all(), "multiplier", "daily_from", "daily_until", "starts", "ends", "position") == [
        (2, "20:00", "24:00", None, None, 0),
        (3, "", "", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC), 1),
    ]
    assert rows(haul.tiers.all(), "at", "points", "position") == [(14400, 5000, 0), (10800, 2500, 1)]
    assert rows(
        Board.objects.all(),
        "slug",
        "name",
        "of",
        "within",
        "within_group__slug",
        "period",
        "round__slug",
        "rules",
        "score_metric__slug",
        "minimum",
        "tie_break",
        "position",
    ) == [
        (
            "region",
            "By region",
            "creators",
            "region",
            None,
            "fest",
            None,
            ["gifts", "live-hours"],
            None,
            1000,
            ["coins", "earliest"],
            0,
        ),
        ("final", "Final", "creators", "group", "glow", "round", "final", None, None, None, ["earliest"], 1),
        ("fans", "Fans", "supporters", "category", None, "day", None, None, "coins", None, ["earliest"], 2),
        ("choirs", "Choirs", "groups", "", None, "fest", None, None, None, None, ["earliest"], 3),
    ]
    board = Board.objects.get(slug="region")
    assert rows(board.gates.all(), "metric__slug", "at_least", "position") == [
        ("live_seconds", 10800, 0),
        ("coins", 1, 1),
    ]
    assert rows(
        board.rank_bonuses.all(), "first_rank", "last_rank", "at_least", "percent", "points", "metric__slug", "position"
    ) == [(1, 1, None, 20, None, "vouchers", 0), (6, None, 500000, None, 5, "bonus", 1)]


def test_every_value_of_challenges_and_rewards_is_stored(load: Load) -> None:
    load(FILES["everything"].read_bytes())
    assert rows(
        Challenge.objects.all(),
        "slug",
        "name",
        "per",
        "starts",
        "ends",
        "within_group__slug",
        "within_region__code",
        "first",
        "join",
        "points",
        "metric__slug",
        "position",
    ) == [
        (
            "rush",
            "Rush",
            "day",
            datetime(2026, 10, 20, 22, tzinfo=UTC),
            datetime(2026, 10, 29, 23, tzinfo=UTC),
            "glow",
            None,
            60,
            True,
            15000,
            "vouchers",
            0,
        ),
        ("home", "At home", "session", None, None, None, "GB", None, False, None, "bonus", 1),
    ]
    assert rows(Challenge.objects.get(slug="rush").goals.all(), "metric__slug", "at_least", "position") == [
        ("coins", 7000, 0),
        ("live_seconds", 60, 1),
    ]
    assert rows(
        Reward.objects.all(),
        "slug",
        "name",
        "kind",
        "board__slug",
        "first_rank",
        "last_rank",
        "amount",
        "currency",
        "claim_days",
        "position",
    ) == [
        ("vip", "VIP creator award event", "invitation", "region", 1, 3, 1, "", 14, 0),
        ("purse", "Purse", "cash", "final", 4, None, 50000, "EUR", None, 1),
    ]


def test_file_of_everything_leaves_no_column_at_its_default_in_all_rows() -> None:
    """So that the tests with it would see a value that is forgotten."""
    document = tomllib.loads(FILES["everything"].read_text())
    keys = {f"{name}.{key}" for name, tables in document.items() if name != "fest" for table in tables for key in table}
    assert keys == {
        *(f"metrics.{key}" for key in ["slug", "name", "unit", "paid"]),
        *(f"rules.{key}" for key in ["slug", "metric", "points", "per", "daily_cap", "cap", "span", "bonus", "tiers"]),
        *(f"groups.{key}" for key in ["slug", "name", "kind", "placement", "roster"]),
        *(f"rounds.{key}" for key in ["slug", "name", "starts", "ends", "admits"]),
        *(
            f"boards.{key}"
            for key in [
                "slug",
                "name",
                "of",
                "within",
                "period",
                "rules",
                "score",
                "minimum",
                "gates",
                "tie_break",
                "rank_bonus",
            ]
        ),
        *(
            f"challenges.{key}"
            for key in ["slug", "name", "goals", "per", "starts", "ends", "within", "first", "join", "points", "metric"]
        ),
        *(f"rewards.{key}" for key in ["slug", "name", "kind", "board", "ranks", "amount", "currency", "claim_days"]),
    }
    assert list(document["fest"]) == (
        ["slug", "name", "time_zone", "day_starts", "starts", "ends", "grace_hours", "freeze", "minimum_age", "regions"]
    )


@pytest.mark.parametrize("slug", FILES)
def test_export_equals_the_file(slug: str, load: Load, export: Export) -> None:
    text = FILES[slug].read_text()
    document = tomllib.loads(text)
    assert load(text).splitlines() == [
        f"+ fest {slug}",
        *(
            f"+ {name} {table['slug']}"
            for name in ["metrics", "rounds", "groups", "challenges", "rules", "boards", "rewards"]
            for table in document.get(name, [])
        ),
    ]
    assert tomllib.loads(export(slug)) == document
    assert load(text) == "nothing changed\n"
    assert load(export(slug)) == "nothing changed\n"


@pytest.mark.parametrize("slug", FILES)
def test_export_without_the_files_spelling_says_the_same(slug: str, load: Load, export: Export) -> None:
    load(FILES[slug].read_bytes())
    Fest.objects.update(campaign_file="")
    assert load(export(slug)) == "nothing changed\n"


@pytest.mark.parametrize("slug", FILES)
def test_export_loaded_under_another_slug_is_equal_but_for_it(slug: str, load: Load, export: Export) -> None:
    load(FILES[slug].read_bytes())
    other = export(slug).replace(f'slug = "{slug}"', 'slug = "encore"', 1)
    load(other)
    assert tomllib.loads(export("encore")) == edited(tomllib.loads(export(slug)), {"fest.slug": "encore"})
    assert Fest.objects.count() == 2


def test_sections_in_another_order_are_the_same_campaign(load: Load, export: Export) -> None:
    load(GALA)
    backwards = dict(reversed(GALA.items()))
    assert load(backwards) == "nothing changed\n"
    assert tomllib.loads(export("gala")) == GALA


@pytest.mark.parametrize(
    ("zone", "written", "meant"),
    [
        # Clocks go forward from 01:00 to 02:00: 01:30 is read with the offset before it.
        ("Europe/London", datetime(2026, 3, 29, 1, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # They go back from 02:00 to 01:00: 01:30 is the first of the two.
        ("Europe/London", datetime(2026, 10, 25, 1, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 5, 1), datetime(2026, 4, 30, 18, 15, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 5, 1), datetime(2026, 5, 1, 4, tzinfo=UTC)),
        ("UTC", datetime(2026, 5, 1), datetime(2026, 5, 1, tzinfo=UTC)),
    ],
)
def test_moment_is_read_on_the_fests_wall_clock(
    zone: str, written: datetime, meant: datetime, load: Load, export: Export
) -> None:
    document = edited(
        GALA, {"fest.time_zone": zone, "fest.ends": moment(1).replace(year=2027), "rounds.1.ends": written}
    )
    load(document)
    assert Round.objects.get(slug="final").ends == meant
    assert tomllib.loads(export("gala")) == document
    Fest.objects.update(campaign_file="")
    assert load(export("gala")) == "nothing changed\n"
    assert Round.objects.get(slug="final").ends == meant


def test_comments_and_layout_are_read_over_and_a_byte_order_mark_too(load: Load, export: Export) -> None:
    text = "# Gäste\r\n" + toml(GALA).replace("\n", " # Kommentar \r\n")
    load(b"\xef\xbb\xbf" + text.encode())
    assert tomllib.loads(export("gala")) == GALA


def test_check_stores_nothing(load: Load) -> None:
    assert load(GALA, "--check").startswith("campaign.toml is valid\n")
    assert stored() == {model.__name__: [] for model in CAMPAIGN_MODELS}


def test_file_that_is_not_there_is_refused(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"campaign\.toml can't be read: No such file or directory\.$"):
        call_command("load_campaign", str(tmp_path / "campaign.toml"))


def test_export_of_an_unknown_fest_is_refused(load: Load, export: Export) -> None:
    load(GALA)
    with pytest.raises(CommandError, match=r'^There is no fest "galla" \(there are: gala\)\.$'):
        export("galla")


def test_fests_do_not_touch_each_other(load: Load, export: Export) -> None:
    load(GALA)
    load(edited(GALA, {"fest.slug": "encore", "metrics.0.name": "Other", "rewards": []}))
    assert tomllib.loads(export("gala")) == GALA
