"""The demo's campaigns: `live-fest.toml` with its dates moved, so that the fest is in its sixth day, or long over."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from demo.prizes import with_prizes
from livefest.campaign.document import Document, read_document
from livefest.campaign.store import to_text

FILE = Path(__file__).parent.parent / "tests" / "campaigns" / "live-fest.toml"
DAY = 6  # of the fest, counted from 1
EARLIER = timedelta(days=182)  # between the sixth days of the fest under way and the one before


def demo_campaign(now: datetime, *, slug: str = "live-fest", name: str = "LIVE Fest") -> str:
    """The campaign file of a fest whose sixth day is the UTC date of `now`.

    Every date-time moves by the same whole days, so that all windows keep their place in the fest.
    """
    document = read_document(FILE.read_bytes())
    starts: datetime = document["fest"]["starts"]  # in the fest's zone, which is UTC
    moved: Document = shifted(document, now.date() - timedelta(days=DAY - 1) - starts.date())
    moved["fest"] |= {"slug": slug, "name": name}
    return to_text(moved)


def earlier_campaign(now: datetime, *, slug: str, name: str) -> str:
    """The campaign file of a fest by the same rules, and a quiz, that ended half a year before `now`."""
    return to_text(with_prizes(read_document(demo_campaign(now - EARLIER, slug=slug, name=name))))


def shifted(value: Any, by: timedelta) -> Any:
    """The same value, however deep, with every date-time in it moved."""
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, dict):
        return {key: shifted(inner, by) for key, inner in value.items()}
    if isinstance(value, list):
        return [shifted(inner, by) for inner in value]
    return value
