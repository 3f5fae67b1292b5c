"""A fest by the rules of live-fest with any number of creators and facts, made by SQL: what scale is measured on."""

from __future__ import annotations

from bench.setting import CAMPAIGN
from creators.sources import create_source
from livefest.campaign import load_campaign
from livefest.models import Fest
from livefest.sql import execute
from tests.rankings.crowd import CREATORS, ENTRIES, MEMBERSHIPS

FACTS_A_SESSION = 4

# Each creator's facts come in sessions of four (an hour or two LIVE, gifts, likes, and something else), on any of the
# nine days before the bench's clock. Gifts are heavy-tailed: of one creator in a thousand they are worth a thousand
# times those of most. All by a hash: the same at every run.
FACTS = """
INSERT INTO creators_fact (fest_id, source_id, entry_id, metric_id, quantity, at, received_at, counts, external_id,
                           session, supporter)
SELECT %(fest)s, %(source)s, entry.id, metric.id,
       CASE kind.slug WHEN 'live_seconds' THEN 600 + fact.hash %% 7000
                      WHEN 'match_wins' THEN 1 + fact.hash %% 3
                      ELSE 1 + (20000 / (1 + entry.hash %% 1000)) + fact.hash %% 200 END,
       %(starts)s::timestamptz + (fact.session_hash %% 9) * interval '1 day'
           + (fact.session_hash %% 70000 + fact.hash %% 10000) * interval '1 second',
       %(starts)s::timestamptz + interval '9 days', true, 'seed-' || entry.number || '-' || fact.number,
       'room-' || entry.number || '-' || fact.session,
       CASE kind.slug WHEN 'diamonds' THEN 'fan-' || fact.hash %% %(supporters)s ELSE '' END
FROM (SELECT id, number, ('x' || left(md5(number::text), 7))::bit(28)::integer AS hash
      FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM creators_entry WHERE fest_id = %(fest)s) AS one
     ) AS entry
     CROSS JOIN LATERAL (
         SELECT number, number / %(a_session)s AS session,
                ('x' || left(md5(entry.number || '/' || number), 7))::bit(28)::integer AS hash,
                ('x' || left(md5(entry.number || '.' || number / %(a_session)s), 7))::bit(28)::integer AS session_hash
         FROM generate_series(0, %(each)s - 1) AS number
     ) AS fact
     JOIN (VALUES (0, 'live_seconds'), (1, 'diamonds'), (2, 'likes'), (3, 'new_followers'), (4, 'live_seconds'),
                  (5, 'diamonds'), (6, 'likes'), (7, 'shares'), (8, 'live_seconds'), (9, 'diamonds'),
                  (10, 'likes'), (11, 'match_wins')) AS kind (number, slug) ON kind.number = fact.number %% 12
     JOIN livefest_metric metric ON metric.fest_id = %(fest)s AND metric.slug = kind.slug
"""


def make_crowd(*, creators: int, facts_each: int) -> Fest:
    """A fest with so many creators over all regions and leagues, and so many facts of each; nothing is scored yet. The
    creators' handles are those of `bench.setting.handle`, from 1 on."""
    load_campaign(CAMPAIGN.read_text().replace("roster = 500", "").encode())
    fest = Fest.objects.get()
    values = {
        "fest": fest.pk,
        "slug": fest.slug,
        "source": create_source(fest=fest, name="seed").pk,
        "number": creators,
        "each": facts_each,
        "starts": fest.starts,
        "supporters": creators,
        "a_session": FACTS_A_SESSION,
    }
    execute("SET session_replication_role = replica")  # no row looks up each of its references
    for statement in (CREATORS, ENTRIES, MEMBERSHIPS, FACTS):
        execute(statement, values)
    execute("RESET session_replication_role")
    execute("VACUUM ANALYZE")
    return fest
