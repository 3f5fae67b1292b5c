"""The reading gives what was published, and what one computes by hand."""

from __future__ import annotations

import ast
import csv
import random
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.published import COUNTS, PLAYED, Step
from tests.reference import Intake, Line, Records, all_rows, close, json_lines, ledger_at, standings

CAMPAIGNS = Path(__file__).parent.parent / "campaigns"
ARRIVED_AT = datetime(2026, 2, 17, tzinfo=UTC)


def file_of_creators(name: str) -> list[dict[str, str]]:
    with (CAMPAIGNS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def file_of_rows(name: str) -> list[tuple[str, ...]]:
    with (CAMPAIGNS / name).open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def file_of_facts(name: str) -> list[Line]:
    return json_lines((CAMPAIGNS / name).read_bytes())


def published(name: str) -> tuple[dict[str, Any], list[dict[str, str]], list[Line]]:
    """A published campaign with its creators and the lines of its facts."""
    campaign = tomllib.loads((CAMPAIGNS / "uk-valentine.toml").read_text("utf-8"))
    creators = file_of_creators(f"uk-valentine.{name}.creators.csv")
    return campaign, creators, file_of_facts(f"uk-valentine.{name}.facts.jsonl")


def expected(name: str, kind: str) -> list[tuple[str, ...]]:
    return file_of_rows(f"uk-valentine.{name}.{kind}.csv")


@pytest.mark.parametrize("name", ["example", "sample"])
@pytest.mark.parametrize(("kind", "paid"), [("expected", True), ("expected-unpaid", False)])
def test_published_campaign_comes_out_right(name: str, kind: str, paid: bool) -> None:
    campaign, creators, lines = published(name)
    rows = standings(campaign, creators, lines, arrived_at=ARRIVED_AT, closed_at=ARRIVED_AT, paid=paid)
    assert [row.as_text() for row in rows] == expected(name, kind)


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("example", {"accepted": 44}),
        ("sample", {"accepted": 9146, "duplicate": 180, "conflict": 90, "rejected": 20}),
    ],
)
def test_published_facts_are_taken(name: str, counts: dict[str, int]) -> None:
    campaign, creators, lines = published(name)
    intake = Intake(campaign, frozenset(row["handle"] for row in creators))
    intake.take(lines, arrived_at=ARRIVED_AT)
    assert intake.counts() == counts


@pytest.mark.parametrize("seed", range(3))
def test_order_of_arrival_does_not_matter(seed: int) -> None:
    """The sample's accepted facts in another order, reversals anywhere after their facts, in three loads."""
    campaign, creators, lines = published("sample")
    handles = frozenset(row["handle"] for row in creators)
    first = Intake(campaign, handles)
    first.take(lines, arrived_at=ARRIVED_AT)
    shuffled = first.accepted
    random.Random(seed).shuffle(shuffled)
    places = {fact.id: place for place, fact in enumerate(shuffled)}
    shuffled.sort(key=lambda fact: max(places[fact.id], places.get(fact.reverses, 0) + 0.5))
    again = Intake(campaign, handles)
    for start in range(0, len(shuffled), 4000):
        chunk = [{**vars(fact), "at": fact.at.isoformat()} for fact in shuffled[start : start + 4000]]
        again.take(chunk, arrived_at=ARRIVED_AT)
    assert again.accepted == shuffled != first.accepted
    assert again.counts() == {"accepted": 9146}
    records = close(campaign, creators, again.accepted, Records(), closed_at=ARRIVED_AT)
    rows = all_rows(ledger_at(campaign, creators, again.accepted, records))
    assert [row.as_text() for row in rows] == expected("sample", "expected")


@pytest.mark.parametrize(("slug", "steps", "rows"), PLAYED)
def test_campaign_computed_by_hand_comes_out_right(slug: str, steps: list[Step], rows: str) -> None:
    """What SLUG.md computes, after facts that came before and after closings."""
    campaign = tomllib.loads((CAMPAIGNS / f"{slug}.toml").read_text("utf-8"))
    creators = file_of_creators(f"{slug}.creators.csv")
    intake, records = Intake(campaign, frozenset(row["handle"] for row in creators)), Records()
    counts = {}
    for step in steps:
        match step:
            case ("ingest", name, at):
                before = intake.counts()
                intake.take(file_of_facts(name), arrived_at=datetime.fromisoformat(at))
                counts[name] = intake.counts() - before
            case ("close", at):
                moment = datetime.fromisoformat(at)
                records = close(campaign, creators, intake.accepted, records, closed_at=moment)
            case _:
                pytest.fail(f"no step: {step}")
    assert counts == {name: count for name, count in COUNTS.items() if name in counts}
    found = all_rows(ledger_at(campaign, creators, intake.accepted, records))
    assert [row.as_text() for row in found] == file_of_rows(rows)


def test_reference_imports_nothing_from_the_apps() -> None:
    """ "imports nothing from the apps", nor from anything but the standard library (and the table of steps, data)."""
    for path in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                ours = name.startswith("tests.reference") or name == "tests.published"
                assert ours or name.split(".")[0] in {*sys.stdlib_module_names, "pytest"}
