"""What lies in a creator's fest days, as the engine cuts it: the parts that count, and the facts that have none.

The statements are those of a refresh (`creators/parts.py`, `creators/payments.py`), for one reader and some days, in a
transaction that is rolled back. Moments are UTC; quantities are in the metric's unit, without multipliers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.db import transaction

from creators.adjustments import adjust_parts
from creators.models import Correction, Entry
from creators.parts import COUNTS, GATHER_PARTS, PART, lay_out_time
from creators.payments import gather_payments
from livefest.sql import execute
from livefest.timeline import Timeline

Kind = Correction.Kind

READERS = "(SELECT entry_id, since, until FROM reader) AS whole"

# As a refresh looks facts up, but for a moment it needs no fact of later days; a duration may reach back from any.
LOOK_UP_DAYS = f"""
CROSS JOIN LATERAL (
    SELECT * FROM creators_fact fact
    WHERE fact.entry_id = reader.entry_id AND fact.at >= reader.since
      AND (fact.at < reader.until OR fact.metric_id = ANY (%(durations)s::bigint[])) AND {COUNTS}
    OFFSET 0
) AS fact
"""

READ = """
SELECT part.fact_id, part.metric_id, part.session, part.supporter, part.number, part.day, part.segment, part.quantity,
       part.at, coalesce(fact.external_id, ''), fact.quantity, fact.received_at
FROM part LEFT JOIN LATERAL (
    SELECT external_id, quantity, received_at FROM creators_fact fact WHERE fact.id = part.fact_id OFFSET 0
) AS fact ON true
WHERE part.at < coalesce(%(horizon)s::timestamptz, 'infinity')
  AND part.at >= %(since)s AND part.at < %(until)s
ORDER BY part.at, part.fact_id
"""

# Of which day a fact is that has no part: a duration of the one in which it ends; one that ends after the fest and
# reaches into it, of the last.
HOME = """
(CASE WHEN fact.metric_id <> ALL (%(durations)s::bigint[]) THEN fact.at
      WHEN fact.quantity > extract(epoch FROM date_trunc('second', fact.at) - %(end)s)
      THEN least(date_trunc('second', fact.at), %(end)s) - interval '1 microsecond'
      ELSE date_trunc('second', fact.at) END)
"""

WITHOUT_PART = f"""
SELECT stretch.day, fact.id, fact.metric_id, fact.session, fact.supporter, fact.quantity, fact.at, fact.external_id,
       fact.received_at, fact.source_id, fact.counts, reversal.received_at
FROM (
    SELECT *, {HOME} AS home FROM creators_fact fact
    WHERE entry_id = %(entry)s AND reverses_id IS NULL AND at >= %(since)s
      AND at < CASE WHEN %(until)s < %(end)s::timestamptz THEN %(until)s + interval '1 second' ELSE 'infinity' END
      AND at < coalesce(%(horizon)s::timestamptz, 'infinity')
    OFFSET 0
) AS fact
     JOIN stretch ON stretch.starts <= fact.home AND stretch.ends > fact.home
     LEFT JOIN LATERAL (
         SELECT received_at FROM creators_fact reversal WHERE reversal.reverses_id = fact.id OFFSET 0
     ) AS reversal ON true
WHERE fact.home >= %(since)s AND fact.home < %(until)s
  AND NOT EXISTS (SELECT FROM part WHERE part.fact_id = fact.id)
ORDER BY fact.at, fact.id
"""

# Those that no stretch of the fest's time reaches.
OUTSIDE = """
SELECT NULL, fact.id, fact.metric_id, fact.session, fact.supporter, fact.quantity, fact.at,
       fact.external_id, fact.received_at, fact.source_id, fact.counts, reversal.received_at
FROM creators_fact fact
     LEFT JOIN LATERAL (
         SELECT received_at FROM creators_fact reversal WHERE reversal.reverses_id = fact.id OFFSET 0
     ) AS reversal ON true
WHERE fact.entry_id = %(entry)s AND fact.reverses_id IS NULL
  AND fact.at < coalesce(%(horizon)s::timestamptz, 'infinity')
  AND (fact.at < %(starts)s::timestamptz + interval '1 second' OR fact.at >= %(end)s)
  AND CASE WHEN fact.metric_id = ANY (%(durations)s::bigint[])
           THEN date_trunc('second', fact.at) <= %(starts)s
                OR fact.quantity <= extract(epoch FROM date_trunc('second', fact.at) - %(end)s)
           ELSE fact.at < %(starts)s OR fact.at >= %(end)s END
ORDER BY fact.at, fact.id
LIMIT %(most)s
"""


class Why(StrEnum):
    """Why something counts for nothing."""

    REVERSED = "reversed"  # its source took it back
    OWN = "own supporter"
    VOID = "void"
    OUT = "disqualified"
    OUTSIDE = "outside the festival"
    TAKEN = "taken away"  # by an adjustment
    CHANGED = "changed"  # by none of what is told of now


class Part(NamedTuple):
    """What counts of a fact in one stretch, of an adjustment or of a payment. `whole` is the fact's quantity. `taken`
    is what an adjustment took of the part."""

    fact_id: int  # below zero: even for payments, odd for adjustments
    metric_id: int
    session: str
    supporter: str
    number: int  # of the stretch, from 1; 0 for adjustments
    day: date
    segment: datetime
    quantity: Decimal
    at: datetime
    id: str = ""
    whole: int | None = None
    received_at: datetime | None = None
    taken: Decimal = Decimal(0)

    @property
    def payment_id(self) -> int | None:
        return -self.fact_id // 2 if self.fact_id < 0 and self.fact_id % 2 == 0 else None

    @property
    def correction_id(self) -> int | None:
        return (-self.fact_id - 1) // 2 if self.fact_id < 0 and self.fact_id % 2 else None


class Uncounted(NamedTuple):
    """A fact that counts for nothing (`Why.TAKEN`: a part of one). `day` is None outside of the fest. `since`: when it
    was taken back or declared void."""

    day: date | None
    metric_id: int
    session: str
    supporter: str
    quantity: int
    at: datetime
    id: str
    received_at: datetime
    why: Why
    correction: Correction | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Reading:
    """Whose facts are read, of the fest days that start in [since, until). durations: the metrics that last."""

    entry: Entry
    timeline: Timeline
    durations: Sequence[int]
    since: datetime
    until: datetime
    corrections: Sequence[Correction]  # that concern the creator

    def values(self) -> dict[str, object]:
        return {
            "entry": self.entry.pk,
            "since": self.since,
            "until": self.until,
            "horizon": self.timeline.horizon,
            "durations": list(self.durations),
            "starts": self.timeline.starts,
            "end": self.entry.fest.ends,
            "fest": self.entry.fest_id,
        }


@contextmanager
def rolled_back() -> Iterator[None]:
    """What is made inside, temporary tables and settings, is gone afterwards."""
    with transaction.atomic():
        # As for a refresh: no table is read from end to end for one creator's rows, and nothing is worth compiling.
        execute("SET LOCAL enable_seqscan = off")
        execute("SET LOCAL jit = off")
        yield
        transaction.set_rollback(True)


def read_days(reading: Reading) -> tuple[list[Part], list[Uncounted]]:
    """The parts in the order of their moments, after them those of payments, and the facts without one."""
    values = reading.values()
    with rolled_back():
        lay_out_time(reading.timeline)
        execute("DROP TABLE IF EXISTS reader, part, rescored")
        execute(
            "CREATE TEMP TABLE reader ON COMMIT DROP AS SELECT %(entry)s::bigint AS entry_id, "
            "%(since)s::timestamptz AS since, %(until)s::timestamptz AS until",
            values,
        )
        execute(PART.format(table="part"))
        execute(GATHER_PARTS.format(table="part", readers=READERS, facts=LOOK_UP_DAYS), values)
        uncounted = [why_uncounted(row, reading) for row in execute(WITHOUT_PART, values)]
        adjusted = any(one.kind == Kind.ADJUSTMENT for one in reading.corrections)
        before = parts_now(values) if adjusted else []
        adjust_parts("part", readers=READERS, paid=False)
        parts, taken = with_taken(before, parts_now(values), reading)
        execute("CREATE TEMP TABLE rescored ON COMMIT DROP AS SELECT entry_id, since FROM reader")
        gather_payments()
        return parts + parts_now(values), sorted(uncounted + taken, key=lambda one: one.at)


def read_outside(reading: Reading, most: int | None) -> list[Uncounted]:
    """The first facts that no part of the fest's time reaches (None: all); the reading is of the whole fest."""
    values = {**reading.values(), "starts": reading.since, "most": most}
    return [why_uncounted(row, reading, else_=Why.OUTSIDE) for row in execute(OUTSIDE, values)]


def parts_now(values: dict[str, object]) -> list[Part]:
    return [Part(*row) for row in execute(READ, values)]


def with_taken(before: list[Part], after: list[Part], reading: Reading) -> tuple[list[Part], list[Uncounted]]:
    """The parts after adjusting, each with what was taken of it, and those of which nothing is left."""
    left = {(part.fact_id, part.number): part for part in after}
    taken = []
    for part in before:
        key = part.fact_id, part.number
        if key not in left:
            cause = next((one for one in reading.corrections if takes_from(one, part)), None)
            since = cause.in_force_at if cause else None
            assert part.received_at is not None  # noqa: S101  before adjusting there are facts alone
            taken.append(
                Uncounted(
                    part.day,
                    part.metric_id,
                    part.session,
                    part.supporter,
                    int(part.quantity),
                    part.at,
                    part.id,
                    part.received_at,
                    Why.TAKEN,
                    cause,
                    since,
                )
            )
        elif left[key].quantity != part.quantity:
            left[key] = left[key]._replace(taken=part.quantity - left[key].quantity)
    return list(left.values()), taken


def takes_from(correction: Correction, part: Part) -> bool:
    """Whether it is an adjustment that takes away of the part's metric on its day."""
    takes = correction.kind == Kind.ADJUSTMENT and (correction.quantity or 0) < 0
    return takes and (correction.metric_id, correction.day) == (part.metric_id, part.day)


def why_uncounted(row: tuple[object, ...], reading: Reading, else_: Why = Why.CHANGED) -> Uncounted:
    """Why a fact (a row of the statements above) has no part."""
    day, _pk, metric, session, supporter, quantity, at, name, received_at, _source, counts, reversed_at = row
    told = Uncounted(day, metric, session, supporter, quantity, at, name, received_at, else_)  # type: ignore[arg-type]
    if reversed_at is not None:
        return told._replace(why=Why.REVERSED, since=reversed_at)  # type: ignore[arg-type]
    for one in reading.corrections:
        if makes_void(one, row):
            return told._replace(why=Why.VOID, correction=one, since=one.in_force_at)
    if not counts:
        return told._replace(why=Why.OWN)
    out = next((one for one in reading.corrections if one.kind == Kind.DISQUALIFICATION), None)
    if out and else_ is Why.CHANGED:
        return told._replace(why=Why.OUT, correction=out, since=out.since or out.in_force_at)
    return told


def makes_void(correction: Correction, row: tuple[object, ...]) -> bool:
    _day, pk, _metric, session, _supporter, _quantity, at, _name, received_at, source, *_more = row
    match correction.kind:
        case Kind.FACT:
            return correction.fact_id == pk
        case Kind.SESSION:
            return correction.session == session and correction.source_id in (None, source)
        case Kind.RANGE:
            came, starts, ends = correction.in_force_at, correction.starts, correction.ends
            known = correction.source_id == source and came is not None and starts is not None and ends is not None
            return known and starts <= at < ends and received_at <= came  # type: ignore[operator]
        case _:
            return False
