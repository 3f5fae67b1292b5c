"""What a new edition of results changes against the one that it replaces, standing by standing."""

from __future__ import annotations

from typing import Any, NamedTuple

from livefest.sql import execute
from rankings.models import Edition, EditionDifference, Snapshot

MOST_ROWS = 50  # of a standing's differences that are kept, the leading ones; the files have them all

DIFFERENCES = """
WITH before AS (
    SELECT listed.handle, listed.rank, listed.score
    FROM rankings_snapshotchunk chunk
         CROSS JOIN LATERAL unnest(chunk.handles, chunk.ranks, chunk.scores) AS listed (handle, rank, score)
    WHERE chunk.snapshot_id = %(before)s
), after AS (
    SELECT listed.handle, listed.rank, listed.score
    FROM rankings_snapshotchunk chunk
         CROSS JOIN LATERAL unnest(chunk.handles, chunk.ranks, chunk.scores) AS listed (handle, rank, score)
    WHERE chunk.snapshot_id = %(after)s
)
SELECT handle, before.rank, before.score, after.rank, after.score,
       count(*) FILTER (WHERE before.rank IS NOT NULL AND after.rank IS NOT NULL) OVER (),
       count(*) FILTER (WHERE before.rank IS NULL) OVER (), count(*) FILTER (WHERE after.rank IS NULL) OVER ()
FROM before FULL JOIN after USING (handle)
WHERE ROW(before.rank, before.score) IS DISTINCT FROM ROW(after.rank, after.score)
ORDER BY least(before.rank, after.rank), after.rank NULLS LAST, handle
LIMIT %(most)s
"""


class Pair(NamedTuple):
    """A standing in two editions; None where nobody was ranked."""

    name: tuple[str, str, str]
    before: Snapshot | None
    after: Snapshot | None

    @property
    def is_untouched(self) -> bool:
        """Whether it is a copy of the same version of the same standing."""
        if self.before is None or self.after is None:
            return False
        return (self.before.standing_id, self.before.version) == (self.after.standing_id, self.after.version)


def store_differences(edition: Edition) -> None:
    """Compares an edition with the one that it replaces, in the transaction that stores it."""
    if edition.replaces is None:
        return
    rows: list[EditionDifference] = []
    for pair in pairs(edition.replaces, edition):
        if pair.is_untouched:
            continue
        found = execute(DIFFERENCES, {"before": id_of(pair.before), "after": id_of(pair.after), "most": MOST_ROWS})
        if found:
            rows.append(difference(edition, len(rows), pair, found))
    EditionDifference.objects.bulk_create(rows)


def difference(edition: Edition, number: int, pair: Pair, found: list[tuple[Any, ...]]) -> EditionDifference:
    board, within, period = pair.name
    changed, came, left = found[0][5:]
    return EditionDifference(
        edition=edition,
        number=number,
        board=board,
        within=within,
        period=period,
        changed=changed,
        came=came,
        left=left,
        rows=[row[:5] for row in found],
    )


def pairs(before: Edition, after: Edition) -> list[Pair]:
    """The standings of both, in the order of the newer file; those that it has no longer at the end."""
    old, new = named(before), named(after)
    return [Pair(name, old.get(name), new.get(name)) for name in {**new, **old}]


def named(edition: Edition) -> dict[tuple[str, str, str], Snapshot]:
    found = Snapshot.objects.in_bulk(edition.standings)
    ordered = [found[id] for id in edition.standings]
    return {(snapshot.board, snapshot.within, snapshot.period): snapshot for snapshot in ordered}


def id_of(snapshot: Snapshot | None) -> int:
    return snapshot.pk if snapshot else 0
