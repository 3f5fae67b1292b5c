"""A little fest of coins, to be played by hand: one point for each, a board for all, one by region, one of fans."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count

from creators.creators_file import load_creators
from creators.intake import record_facts
from creators.reports import parse_fact
from creators.sources import create_source
from livefest.campaign import load_campaign
from livefest.models import Fest
from rankings.models import Standing

CAMPAIGN = """
[fest]
slug = "little"
name = "Little"
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
[[boards]]
slug = "regions"
name = "Regions"
of = "creators"
within = "region"
period = "day"
[[boards]]
slug = "fans"
name = "Fans"
of = "supporters"
score = "coins"
period = "fest"
"""

AT = "2026-02-15T10:00:00Z"
ARRIVED_AT = datetime(2026, 2, 15, 12, tzinfo=UTC)
_numbers = count()


def little_fest(handles: Iterable[str]) -> Fest:
    """The fest with these creators, in its two regions by turns."""
    load_campaign(CAMPAIGN)
    fest = Fest.objects.get(slug="little")
    rows = [f"{handle},{handle},{('GB', 'IE')[number % 2]}" for number, handle in enumerate(handles)]
    load_creators(fest=fest, data="\n".join(["handle,name,region", *rows]).encode())
    return fest


def give(fest: Fest, **coins: int) -> dict[str, str]:
    """Coins for creators by handle, from one fan; the ids of the facts by handle."""
    ids = {handle: f"coins-{next(_numbers)}" for handle in coins}
    send(fest, [{"id": ids[handle], "creator": handle, "quantity": number} for handle, number in coins.items()])
    return ids


def take_back(fest: Fest, handle: str, id: str, coins: int) -> None:
    send(fest, [{"id": f"back-{id}", "creator": handle, "quantity": -coins, "reverses": id}])


def send(fest: Fest, reports: list[dict[str, object]]) -> None:
    whole = [{"metric": "coins", "at": AT, "supporter": "fan", **report} for report in reports]
    source = create_source(fest=fest, name="file")
    outcome = record_facts(source=source, reports=[parse_fact(one) for one in whole], arrived_at=ARRIVED_AT)
    assert outcome.accepted == len(reports), outcome


def standing_of(fest: Fest, board: str = "all") -> Standing:
    return Standing.objects.get(board__fest=fest, board__slug=board)
