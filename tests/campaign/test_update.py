"""Loading a changed file again: what it prints, what is stored then, and what records refuse."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from challenges.models import Challenge
from creators.intake import record_facts
from creators.models import Source
from creators.reports import FactReport
from livefest.models import Fest, Metric, Round
from rankings.models import Board, Rule
from tests.campaign.conftest import Export, Load, stored
from tests.campaign.documents import GALA, GONE, Edits, edited, instant, moment

UPDATES: dict[str, tuple[Edits, list[str]]] = {
    "fest": (
        {"fest.name": "Ball", "fest.grace_hours": 48, "fest.minimum_age": 18, "fest.day_starts": "03:00"},
        [
            '~ fest.name: "Gala" → "Ball"',
            '~ fest.day_starts: "00:00" → "03:00"',
            "~ fest.grace_hours: 24 → 48",
            "~ fest.minimum_age: 0 → 18",
        ],
    ),
    "moment added": ({"fest.freeze": moment(10, 20)}, ["~ fest.freeze: none → 2026-03-10T20:00:00Z"]),
    "moment changed": (
        {"rounds.0.ends": moment(5)},
        ["~ rounds heats.ends: 2026-03-06T00:00:00Z → 2026-03-05T00:00:00Z"],
    ),
    "regions": ({"fest.regions": ["IE", "FR", "GB"]}, ['~ fest.regions: ["GB", "IE"] → ["IE", "FR", "GB"]']),
    "region removed": (
        {"fest.regions": ["IE"]},
        ['~ fest.regions: ["GB", "IE"] → ["IE"]'],
    ),
    "metric": (
        {"metrics.0.name": "Gold", "metrics.0.unit": "g"},
        ['~ metrics coins.name: "Coins" → "Gold"', '~ metrics coins.unit: "" → "g"'],
    ),
    "rule": (
        {"rules.1.per": GONE, "rules.1.cap": GONE, "rules.1.span": "session"},
        [
            "~ rules hours.per: 3600 → 1",
            "~ rules hours.cap: 20000 → none",
            '~ rules hours.span: "day" → "session"',
        ],
    ),
    "rule turned from tiers to points": (
        {"rules.2.tiers": GONE, "rules.2.points": 5, "rules.2.per": 60},
        [
            "~ rules haul.points: none → 5",
            "~ rules haul.per: 1 → 60",
            "~ rules haul.tiers: [{at = 10800, points = 2500}] → []",
        ],
    ),
    "tier added": (
        {"rules.2.tiers.1": {"at": 1, "points": 2}},
        ["~ rules haul.tiers: [{at = 10800, points = 2500}] → [{at = 10800, points = 2500}, {at = 1, points = 2}]"],
    ),
    "bonus window removed": (
        {"rules.0.bonus.1": GONE},
        [
            '~ rules gifts.bonus: [{multiplier = 2, from = "20:00", until = "24:00"}, '
            "{multiplier = 3, starts = 2026-03-10T00:00:00Z, ends = 2026-03-11T00:00:00Z}] → "
            '[{multiplier = 2, from = "20:00", until = "24:00"}]'
        ],
    ),
    "group": (
        {"groups.2.roster": GONE, "groups.2.name": "Bigger band"},
        ['~ groups band.name: "Band" → "Bigger band"', "~ groups band.roster: 10 → none"],
    ),
    "placement": (
        {"groups.0.placement": GONE},
        [
            '~ groups silver.placement: {metric = "coins", from = 2026-03-01T00:00:00Z, '
            "until = 2026-03-03T00:00:00Z, at_least = 0, below = 100} → none"
        ],
    ),
    "kind of a group without members": (
        {"groups.2": {"slug": "band", "name": "Band", "kind": "league"}},
        ['~ groups band.kind: "community" → "league"', "~ groups band.roster: 10 → none"],
    ),
    "admits": ({"rounds.1.admits": GONE}, ['~ rounds final.admits: {board = "heats", top = 3} → none']),
    "board": (
        {
            "boards.0.within": GONE,
            "boards.0.minimum": 20,
            "boards.0.rules": GONE,
            "boards.0.rank_bonus": GONE,
            "boards.0.gates.0.at_least": 60,
            "boards.0.tie_break": [],
        },
        [
            '~ boards best.within: "region" → none',
            '~ boards best.rules: ["gifts", "hours"] → none',
            "~ boards best.minimum: 10 → 20",
            '~ boards best.gates: [{metric = "live_seconds", at_least = 3600}] → '
            '[{metric = "live_seconds", at_least = 60}]',
            '~ boards best.tie_break: ["coins", "earliest"] → []',
            '~ boards best.rank_bonus: [{ranks = "1", percent = 20, metric = "bonus"}, '
            '{ranks = "2-", at_least = 50, points = 100, metric = "prize"}] → []',
        ],
    ),
    "board of another round and group": (
        {"boards.2.period": "heats", "boards.2.within.group": "gold", "rounds.1.admits.board": "best"},
        [
            '~ rounds final.admits: {board = "heats", top = 3} → {board = "best", top = 3}',
            '~ boards final.within: {group = "silver"} → {group = "gold"}',
            '~ boards final.period: "final" → "heats"',
        ],
    ),
    "challenge": (
        {"challenges.0.within": {"region": "GB"}, "challenges.0.join": True, "challenges.0.starts": GONE},
        [
            "~ challenges rush.starts: 2026-03-02T00:00:00Z → none",
            '~ challenges rush.within: {group = "gold"} → {region = "GB"}',
            "~ challenges rush.join: false → true",
        ],
    ),
    "reward": (
        {"rewards.1.kind": "diamonds", "rewards.1.currency": GONE, "rewards.1.ranks": "1-2"},
        [
            '~ rewards purse.kind: "cash" → "diamonds"',
            '~ rewards purse.ranks: "1" → "1-2"',
            '~ rewards purse.currency: "GBP" → none',
        ],
    ),
    "added": (
        {
            "metrics.3": {"slug": "likes", "name": "Likes"},
            "rewards.2": {"slug": "badge", "name": "Badge", "kind": "badge", "board": "fans", "ranks": "1"},
        },
        ["+ metrics likes", "+ rewards badge"],
    ),
    "removed": (
        {"challenges.0": GONE, "rewards": GONE, "rules.2": GONE},
        ["- challenges rush", "- rules haul", "- rewards cup", "- rewards purse"],
    ),
    "removed with all that named it": (
        {"groups.0": GONE, "boards.2": GONE, "rounds": GONE, "boards.1": GONE},
        ["- rounds heats", "- rounds final", "- groups silver", "- boards heats", "- boards final"],
    ),
    "slug changed": ({"rules.2.slug": "long-haul"}, ["+ rules long-haul", "- rules haul"]),
    "reordered": (
        {"metrics": [GALA["metrics"][index] for index in (2, 0, 1)]},
        ["~ metrics: in another order"],
    ),
    "added in the middle": (
        {"metrics": [GALA["metrics"][0], {"slug": "likes", "name": "Likes"}, *GALA["metrics"][1:]]},
        ["+ metrics likes"],
    ),
    "sub-tables reordered": (
        {"boards.0.gates": [{"metric": "coins", "at_least": 1}, {"metric": "live_seconds", "at_least": 3600}]},
        [
            '~ boards best.gates: [{metric = "live_seconds", at_least = 3600}] → '
            '[{metric = "coins", at_least = 1}, {metric = "live_seconds", at_least = 3600}]'
        ],
    ),
    "spelling alone": ({"fest.starts": instant(1), "fest.minimum_age": 0, "rewards.1.ranks": "1-1"}, []),
}


@pytest.mark.parametrize("name", UPDATES)
def test_update_prints_what_changed_and_stores_it(name: str, load: Load, export: Export) -> None:
    edits, changes = UPDATES[name]
    document = edited(GALA, edits)
    load(GALA)
    assert load(document).splitlines() == (changes or ["nothing changed"])
    assert tomllib.loads(export("gala")) == document
    assert load(document) == "nothing changed\n"
    Fest.objects.update(campaign_file="")
    assert load(document) == "nothing changed\n"


def test_update_and_back_is_as_before(load: Load, export: Export) -> None:
    load(GALA)
    load(edited(GALA, {"rules": GONE, "boards": GONE, "rewards": GONE, "rounds": GONE, "fest.name": "Ball"}))
    load(GALA)
    assert tomllib.loads(export("gala")) == GALA


def test_rows_that_did_not_change_keep_their_ids(load: Load) -> None:
    load(GALA)
    ids = {model: list(model.objects.values_list("id", "slug")) for model in (Metric, Round, Rule, Board, Challenge)}
    load(edited(GALA, {"metrics": GALA["metrics"][::-1], "rules.0.points": 9, "boards.0.gates": GONE}))
    assert {model: list(model.objects.order_by("id").values_list("id", "slug")) for model in ids} == {
        model: sorted(pairs) for model, pairs in ids.items()
    }


@pytest.fixture
def recorded(load: Load, tmp_path: Path) -> None:
    """GALA with two creators from GB in the band and in gold, and a fact in coins."""
    load(GALA)
    creators = tmp_path / "creators.csv"
    creators.write_text("handle,name,region,category,groups\nada,Ada,GB,,band;gold\nbob,Bob,GB,,band\n")
    call_command("load_creators", "gala", str(creators), stdout=StringIO())
    outcome = record_facts(
        source=Source.objects.create(fest=Fest.objects.get(), name="feed"),
        reports=[FactReport("1", "ada", "coins", 5, instant(2), session="", supporter="", reverses="")],
        arrived_at=instant(2),
    )
    assert outcome.accepted == 1


def without_metric(slug: str) -> Edits:
    """Edits to GALA after which nothing names the metric."""
    return {
        "metrics": [metric for metric in GALA["metrics"] if metric["slug"] != slug],
        "rules.0": GONE,
        "groups.0.placement": GONE,
        "groups.1.placement": GONE,
        "boards.0.rules": ["hours"],
        "boards.0.tie_break": GONE,
        "boards.4": GONE,
        "challenges.0": GONE,
    }


HANGS = "can't be left out: records (facts, members, creators …) hang on it; keep it"
REFUSALS: dict[str, tuple[Edits, str]] = {
    "metric with facts": (without_metric("coins"), f"metrics coins: {HANGS}"),
    "region with creators": ({"fest.regions": ["IE"]}, f"fest.regions GB: {HANGS}"),
    "group with members": ({"groups.2": GONE}, f"groups band: {HANGS}"),
    "roster below its members": (
        {"groups.2.roster": 1},
        "groups band.roster: 1 is less than its 2 members; write more",
    ),
    "kind of a community with members": (
        {"groups.2": {"slug": "band", "name": "Band", "kind": "league"}},
        'groups band.kind: can\'t become "league": the group has members; keep "community"',
    ),
    "kind of a league with members": (
        {"groups.1": {"slug": "gold", "name": "Gold", "kind": "community"}},
        'groups gold.kind: can\'t become "community": the group has members; keep "league"',
    ),
}


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("name", REFUSALS)
def test_update_that_contradicts_records_is_refused_whole(name: str, load: Load) -> None:
    edits, problem = REFUSALS[name]
    before = stored()
    with pytest.raises(CommandError) as refusal:
        load(edited(GALA, {"fest.name": "Ball", "metrics.1.name": "Other", "rounds.0.name": "Other"} | edits))
    assert str(refusal.value) == f"campaign.toml: {problem}\nNothing was changed."
    assert stored() == before


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize(
    "edits",
    [
        {"groups.2.roster": 2},
        {"groups.0": GONE, "boards.2.within.group": "gold"},
        {"fest.regions": ["GB", "FR"], "challenges.1.within": GONE},
        {"fest.ends": moment(20), "metrics.0.name": "Gold"},
    ],
    ids=["roster as its members", "group without members", "region without creators", "metric renamed"],
)
def test_update_that_records_allow_is_loaded(edits: Edits, load: Load, export: Export) -> None:
    load(edited(GALA, edits))
    assert tomllib.loads(export("gala")) == edited(GALA, edits)


SPELLED = edited(
    GALA,
    {
        "fest.starts": instant(1),
        "fest.minimum_age": 0,
        "rules.0.per": 1,
        "rules.1.span": "day",
        "boards.1.tie_break": ["earliest"],
        "rounds.0.ends": datetime(2026, 3, 6, tzinfo=UTC),
    },
)


def test_row_edited_in_the_admin_is_exported_new_and_the_rest_keeps_its_spelling(load: Load, export: Export) -> None:
    load(SPELLED)
    Rule.objects.filter(slug="gifts").update(points=7)
    Board.objects.filter(slug="fans").delete()
    Round.objects.filter(slug="heats").update(ends=instant(5))
    assert tomllib.loads(export("gala")) == edited(
        SPELLED,
        {"rules.0.points": 7, "rules.0.per": GONE, "boards.4": GONE, "rounds.0.ends": moment(5)},
    )


def test_time_zone_changed_in_the_admin_keeps_the_instants(load: Load, export: Export) -> None:
    document = edited(SPELLED, {"rounds.1.starts": instant(8)})
    load(document)
    Fest.objects.update(time_zone="Asia/Tokyo")
    nine = timedelta(hours=9)
    exported = tomllib.loads(export("gala"))
    assert exported["fest"]["time_zone"] == "Asia/Tokyo"
    assert exported["fest"]["starts"] == moment(1) + nine
    assert exported["rounds"][0]["ends"] == moment(6) + nine
    assert exported["rules"][1] == document["rules"][1]
    before = {name: values for name, values in stored().items() if name != "Fest"}
    assert load(export("gala")) == "nothing changed\n"
    assert {name: values for name, values in stored().items() if name != "Fest"} == before
    assert Fest.objects.get().starts == instant(1)


def test_metric_added_in_the_admin_is_exported_and_a_file_without_it_takes_it_away(load: Load, export: Export) -> None:
    load(GALA)
    Metric.objects.create(fest=Fest.objects.get(), slug="likes", name="Likes", position=3)
    assert tomllib.loads(export("gala")) == edited(GALA, {"metrics.3": {"slug": "likes", "name": "Likes"}})
    assert load(GALA) == "- metrics likes\n"


def test_state_that_no_file_can_say_is_put_right_by_loading(load: Load, export: Export) -> None:
    load(GALA)
    Challenge.objects.get(slug="rush").goals.all().delete()
    with pytest.raises(CommandError, match=r"^challenges\[1\] rush\.goals: is empty; name at least one$"):
        export("gala")
    load(GALA)
    assert tomllib.loads(export("gala")) == GALA
    assert load(GALA) == "nothing changed\n"
