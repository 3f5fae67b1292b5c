"""A fest of one metric, one rule and one board, to which tests add the challenges that they are about."""

from __future__ import annotations

from datetime import UTC, datetime

from challenges.joining import join_challenge
from challenges.models import Challenge, Joining
from creators.intake import record_facts
from creators.models import Entry
from creators.reports import parse_fact
from creators.sources import create_source
from livefest.models import Fest

DARES = """
[fest]
slug = "dares"
name = "Dares"
time_zone = "UTC"
starts = 2026-02-13T00:00:00
ends = 2026-02-17T00:00:00
grace_hours = 24
regions = ["GB", "IE"]
[[metrics]]
slug = "coins"
name = "Coins"
[[rules]]
slug = "coins"
metric = "coins"
points = 1
[[boards]]
slug = "all"
name = "All"
of = "creators"
period = "fest"
"""
NOON = datetime(2026, 2, 14, 12, tzinfo=UTC)
FEST_ENDS = datetime(2026, 2, 17, tzinfo=UTC)


def entry(handle: str = "ada") -> Entry:
    return Entry.objects.get(creator__handle=handle, fest__slug="dares")


def challenge(slug: str = "short") -> Challenge:
    return Challenge.objects.get(slug=slug, fest__slug="dares")


def join(slug: str = "short", handle: str = "ada", at: datetime | None = NOON) -> Joining:
    return join_challenge(challenge=challenge(slug), entry=entry(handle), by=entry(handle), at=at)


def give(fest: Fest, handle: str, coins: int, at: datetime) -> None:
    """Their coins of this moment, reported when the fest was over."""
    line = {"id": f"{handle}-{at}", "creator": handle, "metric": "coins", "quantity": coins, "at": at.isoformat()}
    source = create_source(fest=fest, name="file")
    assert record_facts(source=source, reports=[parse_fact(line)], arrived_at=FEST_ENDS).accepted
