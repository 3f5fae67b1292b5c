"""What a changed campaign touches: the campaign by which a fest was last scored against the one that it has now."""

from __future__ import annotations

from enum import Enum
from typing import Any

from livefest.campaign import Campaign
from livefest.campaign.registry import sections
from livefest.models import Fest
from livefest.sql import execute

# Entries that have something of one of these metrics.
MARK_BY_METRIC = """
INSERT INTO creators_mark (fest_id, entry_id, day)
SELECT DISTINCT %(fest)s::bigint, entry.id, NULL::date
FROM creators_entry entry JOIN creators_tally tally ON tally.entry_id = entry.id
     JOIN livefest_metric metric ON metric.id = tally.metric_id
WHERE entry.fest_id = %(fest)s AND metric.slug = ANY (%(metrics)s::text[])
"""

# Sections that no score depends on: what facts of a metric mean can't change.
UNSCORED = {"metrics", "rewards"}


class Touches(Enum):
    """What a change makes due: nothing, some entries (they were marked), or everything."""

    NOTHING = "nothing"
    SOME = "some"
    EVERYTHING = "everything"


def as_scored(campaign: Campaign) -> dict[str, Any]:
    """What scoring depends on, as JSON: the fest's time, and each section's tables by slug, in order."""
    fest = campaign.fest.model_dump(mode="json", include={"time_zone", "day_starts", "starts", "ends"})
    document: dict[str, Any] = {"fest": fest}
    for section in sections():
        if section.name not in UNSCORED:
            document[section.name] = {
                item.slug: item.model_dump(mode="json", exclude={"name"}) for item in campaign.sections[section.name]
            }
    # Who is placed where is a record; a placement's window cuts durations all the same.
    document["groups"] = {slug: table["placement"] for slug, table in document["groups"].items() if table["placement"]}
    return document


def mark_changes(fest: Fest, before: dict[str, Any] | None, now: dict[str, Any]) -> Touches:
    """Marks the entries that the change from `before` (None: nothing was scored yet) to `now` touches.

    A rule or challenge whose windows stay touches who has something of its metrics. What changes the fest's time or
    its boards touches everything.
    """
    if before == now:
        return Touches.NOTHING
    if before is None or without_rules(before) != without_rules(now):
        return Touches.EVERYTHING
    metrics: set[str] = set()
    for name in ("rules", "challenges"):
        for slug in before[name].keys() | now[name].keys():
            old, new = before[name].get(slug), now[name].get(slug)
            if old == new:
                continue
            if windows_of(old) != windows_of(new):
                return Touches.EVERYTHING
            metrics |= {metric for item in (old, new) if item for metric in metrics_of(item)}
    execute(MARK_BY_METRIC, {"fest": fest.pk, "metrics": sorted(metrics)})
    return Touches.SOME


def without_rules(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in ("rules", "challenges")}


def windows_of(item: dict[str, Any] | None) -> Any:
    """What of a rule or challenge cuts the fest's time; nothing for one that has no windows."""
    if item is None:
        return None, None, []
    return item.get("starts"), item.get("ends"), item.get("bonus", [])


def metrics_of(item: dict[str, Any]) -> list[str]:
    """The metrics of which who has something is touched by a rule or challenge."""
    if "goals" in item:
        return [goal["metric"] for goal in item["goals"]]
    return [item["metric"]]
