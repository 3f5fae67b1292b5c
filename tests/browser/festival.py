"""A small fest by the rules of live-fest with something on every page, in its third day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from creators.creators_file import load_creators
from creators.intake import record_facts
from creators.lives import record_lives
from creators.reports import parse_fact, parse_live
from creators.sources import create_source
from livefest.campaign import load_campaign
from livefest.models import Fest

NOW = datetime(2026, 12, 3, 20, 30, tzinfo=UTC)
CAMPAIGN = Path(__file__).parents[1] / "campaigns" / "live-fest.toml"
NAMES = ["Ada Lovelace", "Bo Ström", "Cy <b>Twombly</b>", "Дарья", "艾琳", "José Núñez", "فاطمة", "Hana"]
REGIONS = ["GB", "SE", "US", "KZ", "TW", "ES", "EG", "JP"]
COMMUNITIES = ["night-owls", "stage-door"]
HANDLES = [f"{name}.live" for name in ("ada", "bo", "cy", "darya", "ailin", "jose", "fatima", "hana")]


def festival(more: int = 52) -> Fest:
    """The fest with eight creators of its story and so many more in Britain, with facts of three days, not scored."""
    load_campaign(CAMPAIGN.read_bytes())
    fest = Fest.objects.get(slug="live-fest")
    rows = ["handle,name,region,category,groups"]
    for number, handle in enumerate(HANDLES):
        category = ["music", "talk"][number % 2]
        rows.append(f"{handle},{NAMES[number]},{REGIONS[number]},{category},{COMMUNITIES[number % 2]}")
    crowd = [f"fan{number:03}" for number in range(more)]
    rows += [f"{handle},Number {handle[3:]},GB,music," for handle in crowd]
    load_creators(fest=fest, data="\n".join(rows).encode())
    source = create_source(fest=fest, name="platform")
    facts = [parse_fact(fact) for fact in facts_of(crowd)]
    outcome = record_facts(source=source, reports=facts, arrived_at=NOW)
    assert outcome.accepted == len(facts), outcome.rejected[:3]
    live = {
        "live": "room-ada-3",
        "creator": HANDLES[0],
        "started_at": "2026-12-03T19:00:00Z",
        "ended_at": None,
        "title": "Songs for a <winter> night",
        "url": "https://www.example.com/@ada/live",
    }
    record_lives(source=source, reports=[parse_live(live)], reported_at=NOW)
    return fest


def facts_of(crowd: list[str]) -> list[dict[str, Any]]:
    facts = []
    for day in (1, 2, 3):
        for number, handle in enumerate([*HANDLES, *crowd]):
            at = f"2026-12-{day:02}T{10 + number % 9:02}:{number % 60:02}:00Z"
            common = {"creator": handle, "at": at, "session": f"room-{handle}-{day}"}
            facts += [
                {**common, "id": f"live-{day}-{number}", "metric": "live_seconds", "quantity": 3600 + 60 * number},
                {
                    **common,
                    "id": f"gift-{day}-{number}",
                    "metric": "diamonds",
                    "quantity": 90_000 // (number + 1),
                    "supporter": f"supporter.{number % 5}",
                },
                {**common, "id": f"follow-{day}-{number}", "metric": "new_followers", "quantity": 12},
                {**common, "id": f"sale-{day}-{number}", "metric": "sales_cents", "quantity": 5_000 + number},
            ]
    return facts
