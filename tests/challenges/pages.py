"""A little fest whose challenges are met by hand: completions are rows, whatever led to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from challenges.models import Challenge, Completion
from creators.models import Creator, Entry
from livefest.campaign import load_campaign
from livefest.models import Fest
from tests.kept import kept

CAMPAIGN = """
[fest]
slug = "dares"
name = "Dares"
time_zone = "Europe/London"
starts = 2026-02-13T00:00:00
ends = 2026-02-17T00:00:00
grace_hours = 24
regions = ["GB", "IE"]
[[metrics]]
slug = "coins"
name = "Coins"
[[metrics]]
slug = "live"
name = "Time LIVE"
unit = "s"
[[groups]]
slug = "glow"
name = "Glow League"
kind = "league"
"""
DAILY_RACE = """
[[challenges]]
slug = "race"
name = "Glow rush"
goals = [{ metric = "coins", at_least = 7000 }, { metric = "live", at_least = 5400 }]
per = "day"
within = { group = "glow" }
first = 60
points = 15000
"""
NOW = "2026-02-15T12:00:00Z"


def fest_of_dares(challenges: str = DAILY_RACE) -> Fest:
    return kept(fest_of, CAMPAIGN + challenges)


def fest_of(campaign: str) -> Fest:
    load_campaign(campaign)
    return Fest.objects.get(slug="dares")


def challenge(slug: str, **values: object) -> str:
    """A table of the campaign file; by default one that asks for ten coins in the fest."""
    table: dict[str, object] = {"name": slug.title(), "per": "fest", **values}
    lines = [f"{key} = {toml(value)}" for key, value in table.items()]
    goals = 'goals = [{ metric = "coins", at_least = 10 }]'
    return "\n".join(["[[challenges]]", f'slug = "{slug}"', goals, *lines, ""])


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def meet(slug: str, handles: Iterable[str], *, at: datetime, period: str = "", won: int = 0) -> None:
    """The challenge was met by these at one moment, by the first `won` of them in time."""
    found = Challenge.objects.get(slug=slug)
    for number, handle in enumerate(handles):
        creator, _made = Creator.objects.get_or_create(handle=handle, defaults={"name": f"{handle.title()} <b>"})
        entry, _made = Entry.objects.get_or_create(fest=found.fest, creator=creator)
        Completion.objects.create(
            challenge=found, entry=entry, period=period, met_at=at, handle=handle, won=number < won
        )


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 2, day, hour, minute, tzinfo=UTC)
