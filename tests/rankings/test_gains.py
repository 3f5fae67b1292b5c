"""Points as the engine computes them, against the slow reading of CAMPAIGN.md in tests/reference."""

from __future__ import annotations

import csv
import json
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creators.creators_file import load_creators
from creators.files import read_batches
from creators.intake import record_facts
from creators.models import Mark, Tally
from creators.reports import parse_fact
from creators.sources import create_source
from livefest.campaign import load_campaign
from livefest.campaign.store import to_text
from livefest.models import Fest
from rankings.models import Gain
from rankings.refresh import refresh
from tests.campaign.conftest import rolled_back
from tests.effort import draws
from tests.rankings.strategies import HANDLES, campaigns, facts
from tests.reference import Intake, Ledger, Records, json_lines, ledger_at

AT = datetime(2026, 2, 17, tzinfo=UTC)


Line = dict[tuple[str, str, date], tuple[int, datetime]]


def gained_in_database() -> Line:
    """Points by handle, rule and fest day, and the last moment at which any were gained in it."""
    line: Line = {}
    gains = (
        Gain.objects.filter(points__gt=0)
        .exclude(rule__slug="bonus")
        .values_list("entry__creator__handle", "rule__slug", "day", "points", "gained_at")
    )
    for handle, rule, day, points, gained_at in gains.order_by("segment"):
        assert gained_at is not None
        before = line.get((handle, rule, day), (0, gained_at))[0]
        line[handle, rule, day] = (before + points, gained_at)
    return line


def gained_in(ledger: Ledger) -> Line:
    """The same as the slow reading has it."""
    line: Line = {}
    for (handle, rule), gains in ledger.gains.items():
        for gain in sorted(gains, key=lambda one: one.at):
            day = ledger.calendar.day_of(gain.at)
            if day and gain.points:
                before = line.get((handle, rule, day), (0, gain.at))[0]
                line[handle, rule, day] = (before + gain.points, gain.at)
    return line


def everything_derived() -> list[tuple[object, ...]]:
    gains = Gain.objects.values_list("entry", "rule", "segment", "day", "quantity", "points", "gained_at")
    tallies = Tally.objects.values_list("entry", "metric", "segment", "day", "quantity", "reached_at")
    return sorted(map(repr, gains)) + sorted(map(repr, tallies))  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["example", "sample"])
def test_points_of_the_published_campaign_are_those_of_the_reading(
    uk_valentine: Fest, request: pytest.FixtureRequest, name: str
) -> None:
    campaigns_folder: Path = request.getfixturevalue("campaigns")
    creators = (campaigns_folder / f"uk-valentine.{name}.creators.csv").read_bytes()
    facts_file = campaigns_folder / f"uk-valentine.{name}.facts.jsonl"
    load_creators(fest=uk_valentine, data=creators)
    source = create_source(fest=uk_valentine, name="file")
    for batch in read_batches(facts_file):
        record_facts(source=source, reports=[fact for _line, fact in batch.facts], arrived_at=AT)
        refresh(uk_valentine)
    assert not Mark.objects.exists()

    campaign = tomllib.loads((campaigns_folder / "uk-valentine.toml").read_text())
    rows = list(csv.DictReader(creators.decode().splitlines()))
    intake = Intake(campaign, frozenset(row["handle"] for row in rows))
    intake.take(json_lines(facts_file.read_bytes()), arrived_at=AT)
    ledger = ledger_at(campaign, rows, intake.accepted, Records(), paid=False)
    assert gained_in_database() == gained_in(ledger)

    stepwise = everything_derived()
    refresh(uk_valentine, rebuild=True)
    assert everything_derived() == stepwise


@settings(max_examples=draws(80), deadline=None)
@given(campaign=campaigns(), reports=facts(), order=st.randoms(use_true_random=False), cut=st.integers(1, 6))
@pytest.mark.django_db
def test_points_of_any_campaign_are_those_of_the_reading(
    campaign: dict[str, Any], reports: list[dict[str, Any]], order: Random, cut: int
) -> None:
    """Whatever the order of arrival, scored after every few facts or rebuilt from nothing."""
    originals = [report for report in reports if "reverses" not in report]
    order.shuffle(originals)
    arriving = [*originals, *(report for report in reports if "reverses" in report)]
    with rolled_back():
        load_campaign(to_text(campaign))
        fest = Fest.objects.get()
        load_creators(
            fest=fest, data="\n".join(["handle,name", *(f"{handle},{handle}" for handle in HANDLES)]).encode()
        )
        source = create_source(fest=fest, name="file")
        late = datetime(2026, 10, 27, tzinfo=UTC)
        for start in range(0, len(arriving), cut):
            parsed = [parse_fact(report) for report in arriving[start : start + cut]]
            record_facts(source=source, reports=parsed, arrived_at=late)
            refresh(fest)

        intake = Intake(campaign, frozenset(HANDLES))
        lines = "\n".join(json.dumps(report) for report in reports).encode()
        intake.take(json_lines(lines), arrived_at=late)
        people = [{"handle": handle, "name": handle} for handle in HANDLES]
        ledger = ledger_at(campaign, people, intake.accepted, Records(), paid=False)
        assert gained_in_database() == gained_in(ledger)

        stepwise = everything_derived()
        refresh(fest, rebuild=True)
        assert everything_derived() == stepwise


@pytest.mark.django_db
def test_tier_reached_exactly_adds_its_points_once() -> None:
    load_campaign("""
        [fest]
        slug = "small"
        name = "Small"
        time_zone = "UTC"
        starts = 2026-02-13T00:00:00
        ends = 2026-02-17T00:00:00
        regions = []
        [[metrics]]
        slug = "coins"
        name = "Coins"
        [[rules]]
        slug = "haul"
        metric = "coins"
        span = "fest"
        tiers = [{ at = 10, points = 100 }, { at = 15, points = 7 }]
    """)
    fest = Fest.objects.get()
    load_creators(fest=fest, data=b"handle,name\nada,Ada\n")
    source = create_source(fest=fest, name="file")
    for day, quantity in ((13, 10), (14, 4), (15, 1), (16, 1)):
        at = f"2026-02-{day}T12:00:00Z"
        report = {"id": at, "creator": "ada", "metric": "coins", "quantity": quantity, "at": at}
        record_facts(source=source, reports=[parse_fact(report)], arrived_at=datetime(2026, 2, 16, 13, tzinfo=UTC))
        refresh(fest)
    assert gained_in_database() == {
        ("ada", "haul", date(2026, 2, 13)): (100, datetime(2026, 2, 13, 12, tzinfo=UTC)),
        ("ada", "haul", date(2026, 2, 15)): (7, datetime(2026, 2, 15, 12, tzinfo=UTC)),
    }
