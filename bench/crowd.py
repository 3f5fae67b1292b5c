"""A fest by the rules of live-fest with any number of creators and facts, made by SQL: what scale is measured on."""

from __future__ import annotations

from creators.sources import create_source
from livefest.campaign import load_campaign
from livefest.models import Fest
from livefest.sql import execute
from tests.rankings.crowd import CREATORS, ENTRIES, MEMBERSHIPS

# Each creator's facts are spread over the nine days before the bench's clock; of one creator in a thousand they are
# worth a thousand times those of most (heavy-tailed, by a hash: the same at every run).
FACTS = """
INSERT INTO creators_fact (fest_id, source_id, entry_id, metric_id, quantity, at, received_at, counts, external_id,
                           session, supporter)
SELECT %(fest)s, %(source)s, entry.id, metric.id,
       CASE kind.slug WHEN 'live_seconds' THEN 600 + fact.hash %% 7000
                      WHEN 'match_wins' THEN 1 + fact.hash %% 3
                      ELSE 1 + (20000 / (1 + entry.hash %% 1000)) + fact.hash %% 200 END,
       %(starts)s::timestamptz + (fact.number %% 9) * interval '1 day' + (fact.hash %% 80000) * interval '1 second',
       %(starts)s::timestamptz + interval '9 days', true, 'seed-' || entry.number || '-' || fact.number,
       'room-' || entry.number || '-' || fact.number %% 9,
       CASE kind.slug WHEN 'diamonds' THEN 'fan-' || fact.hash %% %(supporters)s ELSE '' END
FROM (SELECT id, number, ('x' || left(md5(number::text), 7))::bit(28)::integer AS hash
      FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM creators_entry WHERE fest_id = %(fest)s) AS one
     ) AS entry
     CROSS JOIN LATERAL (
         SELECT number, ('x' || left(md5(entry.number || '/' || number), 7))::bit(28)::integer AS hash
         FROM generate_series(1, %(each)s) AS number
     ) AS fact
     JOIN (VALUES (0, 'diamonds'), (1, 'likes'), (2, 'live_seconds'), (3, 'diamonds'), (4, 'shares'), (5, 'likes'),
                  (6, 'new_followers'), (7, 'diamonds'), (8, 'match_wins'), (9, 'likes')) AS kind (number, slug)
          ON kind.number = fact.number %% 10
     JOIN livefest_metric metric ON metric.fest_id = %(fest)s AND metric.slug = kind.slug
"""


def make_crowd(campaign: str, *, creators: int, facts_each: int) -> Fest:
    """A fest with so many creators over all regions and leagues, and so many facts of each; nothing is scored yet."""
    load_campaign(campaign.replace("roster = 500", "").encode())
    fest = Fest.objects.get()
    source = create_source(fest=fest, name="seed")
    values = {
        "fest": fest.pk,
        "slug": fest.slug,
        "source": source.pk,
        "number": creators,
        "each": facts_each,
        "starts": fest.starts,
        "supporters": creators,
    }
    for statement in (CREATORS, ENTRIES, MEMBERSHIPS, FACTS):
        execute(statement, values)
    execute("VACUUM ANALYZE")
    return fest
