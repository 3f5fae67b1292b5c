"""The demo's campaign is live-fest with its dates moved, and nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from demo.campaign import FILE, demo_campaign
from livefest.campaign.document import parse_campaign, read_document
from livefest.clock import DayFinder, fest_days

MOMENTS = ["2026-11-24T00:00:00Z", "2026-11-24T23:59:59.999999Z", "2028-03-01T12:00:00Z", "2031-01-03T06:00:00Z"]


def moments_in(value: Any) -> Iterator[datetime]:
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from moments_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from moments_in(inner)


@pytest.mark.parametrize("text", MOMENTS)
def test_today_is_the_sixth_day(text: str) -> None:
    now = datetime.fromisoformat(text)
    campaign = parse_campaign(demo_campaign(now))
    fest = campaign.fest
    days = fest_days(fest.starts, fest.ends, fest.day_starts, campaign.zone)
    assert DayFinder(days).at(now) == days[5].date == now.date()
    assert len(days) == 16


@pytest.mark.parametrize("text", MOMENTS)
def test_every_moment_moves_by_the_same_days(text: str) -> None:
    before = list(moments_in(read_document(FILE.read_bytes())))
    after = list(moments_in(read_document(demo_campaign(datetime.fromisoformat(text)))))
    (by,) = {moved - moment for moment, moved in zip(before, after, strict=True)}
    assert by % timedelta(days=1) == timedelta(0)
    assert len(before) > 15  # the fest's own, placements, rounds, a bonus window, a challenge


def test_all_else_stays() -> None:
    before, after = read_document(FILE.read_bytes()), read_document(demo_campaign(datetime.now(UTC), slug="other"))
    assert after["fest"]["slug"] == "other"
    assert after.keys() == before.keys()
    assert after["fest"]["regions"] == before["fest"]["regions"]
    assert after["boards"] == before["boards"]
    assert after["rewards"] == before["rewards"]


def test_the_check_finds_it_valid(db: None, tmp_path: Path) -> None:
    file = tmp_path / "live-fest.toml"
    file.write_text(demo_campaign(datetime.now(UTC)), encoding="utf-8")
    out = io.StringIO()
    call_command("load_campaign", str(file), "--check", stdout=out)
    assert "live-fest.toml is valid" in out.getvalue()
