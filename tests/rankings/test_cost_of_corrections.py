"""A refresh looks corrections up: however many there are, it reads those of whom it touches."""

from __future__ import annotations

from pathlib import Path

import pytest

from livefest.models import User
from livefest.sql import execute
from rankings.refresh import refresh
from tests.rankings.crowd import more_facts
from tests.rankings.test_cost import more, rows_read, settled

CREATORS, CHANGED = 2_000, 20

# Of every creator but those that change next: a void of a fact and of a session, and an adjustment; a disqualification
# of every fifth.
MADE = """
INSERT INTO creators_correction (fest_id, kind, key, entry_id, fact_id, session, metric_id, day, quantity,
    creators_changed, points_changed, large, proposed_at, proposed_by_id, reason, in_force_at, approved_by_id, refusal,
    undo_reason)
SELECT fact.fest_id, kind, gen_random_uuid(), fact.entry_id, CASE kind WHEN 'void_fact' THEN fact.id END,
       CASE kind WHEN 'void_session' THEN 'no room' ELSE '' END, CASE kind WHEN 'adjustment' THEN fact.metric_id END,
       CASE kind WHEN 'adjustment' THEN (fact.at AT TIME ZONE 'UTC')::date END, CASE kind WHEN 'adjustment' THEN 5 END,
       0, 0, false, now(), %(by)s, 'x', now(), %(by)s, '', ''
FROM creators_fact fact JOIN livefest_metric metric ON metric.id = fact.metric_id AND metric.slug = 'diamonds'
     JOIN creators_entry entry ON entry.id = fact.entry_id
     JOIN creators_creator creator ON creator.id = entry.creator_id
     CROSS JOIN unnest(ARRAY['void_fact', 'void_session', 'adjustment', 'disqualification']) AS kind
WHERE creator.handle > (SELECT handle FROM creators_creator ORDER BY handle OFFSET %(changed)s LIMIT 1)
  AND (kind <> 'disqualification' OR entry.id %% 5 = 0)
"""

# Entries of its indexes, which a scan of an index alone reads past the table.
ENTRIES_READ = "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'creators_correction'"


@pytest.mark.django_db(transaction=True)
def test_refresh_reads_no_corrections_of_others(campaigns: Path) -> None:
    fest = settled(campaigns, "crowd", CREATORS)
    by = User.objects.create_user("staff").pk
    execute(MADE, {"by": by, "changed": CHANGED - 1})
    refresh(fest)
    execute("VACUUM ANALYZE")
    more_facts(fest, CHANGED)
    before, entries = rows_read(), execute(ENTRIES_READ)
    refreshed = refresh(fest)
    assert refreshed is not None
    assert refreshed.touched == CHANGED
    read = more(rows_read(), before)
    assert read.get("creators_correction", 0) == 0
    assert execute(ENTRIES_READ) == entries
    assert read["creators_fact"] < 50 * CHANGED
