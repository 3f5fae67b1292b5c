"""A fest with any number of creators who each did the same few things, made by SQL: for tests that count."""

from __future__ import annotations

from pathlib import Path

from creators.sources import create_source
from livefest.campaign import load_campaign
from livefest.models import Fest
from livefest.sql import execute

CREATORS = """
INSERT INTO creators_creator (handle, name)
SELECT %(slug)s || '.' || lpad(n::text, 7, '0'), 'C' FROM generate_series(1, %(number)s) AS n
"""

ENTRIES = """
INSERT INTO creators_entry (fest_id, creator_id, region_id, category)
SELECT %(fest)s, creator.id, region.id, (ARRAY['music', 'talk', 'game'])[1 + creator.number %% 3]
FROM (SELECT id, row_number() OVER (ORDER BY handle) AS number FROM creators_creator
      WHERE handle LIKE %(slug)s || '.%%') AS creator
     JOIN (SELECT id, row_number() OVER (ORDER BY position) AS number, count(*) OVER () AS regions
           FROM livefest_region WHERE fest_id = %(fest)s) AS region
          ON region.number = 1 + creator.number %% region.regions
ORDER BY creator.number
"""

# A league by turns, and a community for every other creator.
MEMBERSHIPS = """
INSERT INTO creators_membership (fest_id, entry_id, group_id, kind, origin, since)
SELECT %(fest)s, entry.id, "group".id, "group".kind, 'staff', now()
FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM creators_entry WHERE fest_id = %(fest)s) AS entry
     JOIN (SELECT id, kind, row_number() OVER (PARTITION BY kind ORDER BY position) AS number,
                  count(*) OVER (PARTITION BY kind) AS groups
           FROM creators_group WHERE fest_id = %(fest)s) AS "group"
          ON "group".number = 1 + entry.number %% groups
WHERE kind = 'league' OR entry.number %% 2 = 0
"""

# On the fest's first day, each creator: an hour LIVE, and Diamonds from a supporter.
FACTS = """
INSERT INTO creators_fact (fest_id, source_id, entry_id, metric_id, quantity, at, received_at, counts, external_id,
                           session, supporter)
SELECT %(fest)s, %(source)s, entry.id, metric.id,
       CASE metric.slug WHEN 'live_seconds' THEN 3700 ELSE 10 + entry.number %% 1000 END,
       fest.starts + interval '12 hours' + (entry.number %% 3600) * interval '1 second',
       fest.starts, true, 'first-' || entry.id || metric.slug, 'room',
       CASE metric.slug WHEN 'diamonds' THEN 'fan-' || entry.number ELSE '' END
FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM creators_entry WHERE fest_id = %(fest)s) AS entry
     JOIN livefest_fest fest ON fest.id = %(fest)s
     JOIN livefest_metric metric ON metric.fest_id = fest.id AND metric.slug IN ('live_seconds', 'diamonds')
"""

MARKS = """
INSERT INTO creators_mark (fest_id, entry_id, day)
SELECT fest_id, id, NULL FROM creators_entry WHERE fest_id = %(fest)s
"""

# What each of some creators does next: Diamonds and an hour LIVE on the fest's third day.
MORE_FACTS = """
INSERT INTO creators_fact (fest_id, source_id, entry_id, metric_id, quantity, at, received_at, counts, external_id,
                           session, supporter)
SELECT %(fest)s, %(source)s, entry.id, metric.id, 5000,
       fest.starts + interval '2 days 20 hours' + (entry.id %% 3600) * interval '1 second', fest.starts, true,
       'more-' || entry.id || '-' || metric.slug, 'room-more', ''
FROM (SELECT entry.id FROM creators_entry entry JOIN creators_creator creator ON creator.id = entry.creator_id
      WHERE entry.fest_id = %(fest)s ORDER BY creator.handle LIMIT %(number)s) AS entry
     JOIN livefest_fest fest ON fest.id = %(fest)s
     JOIN livefest_metric metric ON metric.fest_id = fest.id AND metric.slug IN ('live_seconds', 'diamonds')
"""

MORE_MARKS = """
INSERT INTO creators_mark (fest_id, entry_id, day)
SELECT fest_id, entry_id, (at AT TIME ZONE 'UTC')::date FROM creators_fact
WHERE fest_id = %(fest)s AND external_id LIKE 'more-%%'
"""


def crowd(campaigns: Path, slug: str, number: int) -> Fest:
    """A fest by the rules of live-fest with so many creators and two facts of each, marked and not yet scored."""
    text = (campaigns / "live-fest.toml").read_text()
    load_campaign(text.replace('slug = "live-fest"', f'slug = "{slug}"').replace("roster = 500", ""))
    fest = Fest.objects.get(slug=slug)
    source = create_source(fest=fest, name="seed")
    values = {"fest": fest.pk, "slug": slug, "source": source.pk, "number": number}
    for statement in (CREATORS, ENTRIES, MEMBERSHIPS, FACTS, MARKS):
        execute(statement, values)
    for table in ("creators_creator", "creators_entry", "creators_membership", "creators_fact"):
        execute(f"ANALYZE {table}")
    return fest


def more_facts(fest: Fest, number: int) -> None:
    """Two more facts, with their marks, of the first so many creators by handle."""
    values = {"fest": fest.pk, "source": create_source(fest=fest, name="seed").pk, "number": number}
    execute(MORE_FACTS, values)
    execute(MORE_MARKS, values)
