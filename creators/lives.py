"""Who is on air, as sources report it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from creators.intake import Refusal, find_entries
from creators.models import Source
from creators.reports import LiveReport
from livefest.sql import execute

# Rows in rising order of rooms, so that two senders of the same lives never wait for each other in a circle.
UPSERT_LIVES = """
INSERT INTO creators_live (source_id, room, entry_id, started_at, ended_at, title, url, reported_at)
SELECT %s, room, entry_id, started_at, ended_at, title, url, %s
FROM unnest(%b::text[], %b::bigint[], %b::timestamptz[], %b::timestamptz[], %b::text[], %b::text[])
     AS report (room, entry_id, started_at, ended_at, title, url)
ON CONFLICT (source_id, room) DO UPDATE
SET entry_id = excluded.entry_id, started_at = excluded.started_at, ended_at = excluded.ended_at,
    title = excluded.title, url = excluded.url, reported_at = excluded.reported_at
WHERE creators_live.reported_at <= excluded.reported_at
"""


def record_lives(*, source: Source, reports: Sequence[LiveReport], reported_at: datetime) -> list[Refusal]:
    """Stores what the source says of its lives, as of `reported_at`: a report older than the one that stands changes
    nothing, and of two on one room in a batch the later one stands. Returns those of unknown creators."""
    refused: list[Refusal] = []
    newest: dict[str, LiveReport] = {}
    with transaction.atomic():
        entries = find_entries(source.fest_id, {report.creator for report in reports})
        for index, report in enumerate(reports):
            if report.creator in entries:
                newest[report.room] = report
            else:
                refused.append(Refusal(index, report.room, f'creator "{report.creator}" is unknown in this fest'))
        if newest:
            ordered = [newest[room] for room in sorted(newest)]
            columns = zip(
                *(
                    (live.room, entries[live.creator], live.started_at, live.ended_at, live.title, live.url)
                    for live in ordered
                ),
                strict=True,
            )
            execute(UPSERT_LIVES, [source.pk, reported_at, *(list(column) for column in columns)])
    return refused
