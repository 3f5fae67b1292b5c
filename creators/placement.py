"""Placing creators in leagues by what they did: once for each league, when its placement ends.

CAMPAIGN.md, "Groups". Quantities come straight from the facts that are known then, in the placement's window, which
may lie before the fest. What is void doesn't count, nor what a creator did once disqualified; adjustments are not
looked at: they are of fest days, and staff put a creator into another league by name.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from creators.adjustments import OUT_SINCE
from creators.models import Group
from creators.parts import COUNTS
from livefest.models import Fest
from livefest.sql import execute

# Everybody who has no league yet, with what they did; who has no facts has 0. A duration counts as far as it lies in
# the window, ended at the whole second.
PLACE = f"""
INSERT INTO creators_membership (fest_id, entry_id, group_id, kind, origin, since)
SELECT entry.fest_id, entry.id, %(group)s, 'league', 'placement', %(at)s
FROM creators_entry entry
     CROSS JOIN LATERAL (SELECT {OUT_SINCE.format(entry="entry.id")} AS since) AS out
     LEFT JOIN LATERAL (
         SELECT sum(CASE WHEN NOT %(lasts)s THEN fact.quantity
                         ELSE extract(epoch FROM least(fact.ends, out.since, %(until)s)
                                                 - greatest(fact.begins, %(from)s)) END) AS quantity
         FROM (
             SELECT quantity, at, date_trunc('second', at) AS ends,
                    date_trunc('second', at) - least(
                        quantity, greatest(0, ceil(extract(epoch FROM date_trunc('second', at) - %(from)s)))
                    )::double precision * interval '1 second' AS begins
             FROM creators_fact fact
             WHERE fact.entry_id = entry.id AND fact.metric_id = %(metric)s AND fact.at >= %(from)s
               AND {COUNTS}
         ) AS fact
         WHERE CASE WHEN %(lasts)s THEN fact.begins < least(out.since, %(until)s) AND fact.ends > %(from)s
                    ELSE fact.at < least(out.since, %(until)s) END
     ) AS done ON true
WHERE entry.fest_id = %(fest)s
  AND coalesce(done.quantity, 0) >= %(at_least)s
  AND (%(below)s::bigint IS NULL OR coalesce(done.quantity, 0) < %(below)s)
  AND NOT EXISTS (SELECT FROM creators_membership membership
                  WHERE membership.entry_id = entry.id AND membership.kind = 'league')
ON CONFLICT DO NOTHING
RETURNING entry_id
"""


@transaction.atomic
def place(fest: Fest, *, at: datetime) -> int:
    """Makes the placements that end at `at` (UTC) and haven't been made; how many creators that placed.

    Leagues that place at one moment place side by side: their ranges don't overlap. Whoever comes to the fest
    afterwards is placed by the creators file or by staff.
    """
    placed = 0
    due = Group.objects.select_for_update(of=["self"], no_key=True).filter(
        fest=fest, placement_until=at, placed_at=None
    )
    for group in due.select_related("placement_metric").order_by("position", "id"):
        metric = group.placement_metric
        assert metric is not None  # noqa: S101  held by the constraint group_placement_whole
        rows = execute(
            PLACE,
            {
                "fest": fest.pk,
                "group": group.pk,
                "metric": metric.pk,
                "lasts": metric.is_duration,
                "from": group.placement_from,
                "until": group.placement_until,
                "at_least": group.placement_at_least,
                "below": group.placement_below,
                "at": at,
            },
        )
        placed += len(rows)
        group.placed_at = at
        group.save(update_fields=["placed_at"])
    return placed
