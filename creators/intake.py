"""The one way in for facts: from reports of a source to rows, each exactly once, whoever sends them how often.

The outcome of a batch is that of its facts taken one after the other; the work is done in a few statements over
many. CAMPAIGN.md, "Facts file", is the rule book.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from creators.models import Source
from creators.reports import FactReport
from creators.terms import Terms
from livefest import clock, metrics
from livefest.sql import execute

SOURCE_LOCK = 0x6C66  # class of the advisory locks on sources

INSERT_FACTS = """
INSERT INTO creators_fact (fest_id, source_id, entry_id, metric_id, quantity, at, received_at, reverses_id, counts,
                           external_id, session, supporter)
SELECT %s, %s, entry_id, metric_id, quantity, at, %s, reverses_id, counts, external_id, session, supporter
FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::timestamptz[], %b::bigint[], %b::boolean[], %b::text[],
            %b::text[], %b::text[])
     AS report (entry_id, metric_id, quantity, at, reverses_id, counts, external_id, session, supporter)
ON CONFLICT DO NOTHING
RETURNING external_id
"""

INSERT_MARKS = """
INSERT INTO creators_mark (fest_id, entry_id, day)
SELECT %s, entry_id, day FROM unnest(%b::bigint[], %b::date[]) AS touched (entry_id, day)
"""

# A subquery for each handle, so that it is looked up by index whatever the planner thinks of a join.
FIND_ENTRIES = """
SELECT handle, (
    SELECT entry.id
    FROM creators_creator creator JOIN creators_entry entry ON entry.creator_id = creator.id AND entry.fest_id = %s
    WHERE creator.handle = asked.handle
)
FROM unnest(%b::text[]) AS asked (handle)
"""

FIND_STORED = """
SELECT fact.external_id, fact.id, fact.entry_id, fact.metric_id, fact.quantity, fact.at, fact.session,
       fact.supporter, coalesce(original.external_id, ''), fact.counts,
       EXISTS (SELECT FROM creators_fact reversal WHERE reversal.reverses_id = fact.id)
FROM creators_fact fact LEFT JOIN creators_fact original ON original.id = fact.reverses_id
WHERE fact.source_id = %s AND fact.external_id = ANY(%b::text[])
"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A fact that was not taken: which of the batch (from 0), its id, and why."""

    index: int
    id: str
    reason: str


@dataclass(slots=True)
class Outcome:
    """What became of a batch: every fact is in exactly one of the four."""

    accepted: int = 0
    duplicates: int = 0
    conflicts: list[Refusal] = field(default_factory=list)
    rejected: list[Refusal] = field(default_factory=list)


class SourcePaused(Exception):
    """Staff have paused the source: nothing was stored, and the same may be sent again later."""


class Stored(NamedTuple):
    """A fact as it stands in the database."""

    id: int
    entry_id: int
    metric_id: int
    quantity: int
    at: datetime
    session: str
    supporter: str
    reverses: str
    counts: bool
    reversed: bool


class Checked(NamedTuple):
    """A report with what can be known of it without looking at other facts.

    `place` is where it stands in the batch, from 0. `days` are the fest days that it touches. `refusal` says why it
    can't be taken now; None where nothing speaks against it, and only then are the ids those of rows.
    """

    place: int
    report: FactReport
    entry_id: int
    metric_id: int
    days: Sequence[date]
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Usual:
    """A run as nearly all are: no refusals, no reversals, no repetitions. Its rows can be made before it is stored."""

    columns: list[list[Any]]
    touched: set[tuple[int, date]]


@dataclass(frozen=True, slots=True)
class Run:
    """Facts none of whose outcomes hangs on another's; `usual` where nothing needs to be looked up for them."""

    facts: list[Checked]
    usual: Usual | None


@dataclass(frozen=True, slots=True)
class CheckedBatch:
    """What `check_facts` hands to `store_facts`."""

    source: Source
    arrived_at: datetime
    runs: list[Run]

    @property
    def needs_source_alone(self) -> bool:
        """Whether its facts hang on each other, or undo others."""
        return len(self.runs) > 1 or any(fact.report.reverses for run in self.runs for fact in run.facts)


def record_facts(*, source: Source, reports: Sequence[FactReport], arrived_at: datetime) -> Outcome:
    """Takes in a batch: `check_facts`, then `store_facts`."""
    return store_facts(check_facts(source=source, reports=reports, arrived_at=arrived_at))


def measure(source: Source, outcome: Outcome, reports: Sequence[FactReport], *, way: str, malformed: int) -> None:
    """Counts a batch that was stored, for whoever watches; `way` is "webhook" or "file", `malformed` what was refused
    before. How late facts come is told by the newest of the batch: the others are old also where a source is quick."""
    metrics.count_facts(
        fest=source.fest.slug,
        source=source.name,
        way=way,
        accepted=outcome.accepted,
        duplicates=outcome.duplicates,
        conflicts=len(outcome.conflicts),
        rejected=malformed + len(outcome.rejected),
    )
    if outcome.accepted:
        newest = max(report.at for report in reports)
        lag = metrics.FACT_LAG.labels(source.fest.slug, source.name)
        lag.observe(max((clock.now() - newest).total_seconds(), 0.0))


def check_facts(*, source: Source, reports: Sequence[FactReport], arrived_at: datetime) -> CheckedBatch:
    """Everything about a batch that doesn't hang on other facts; reads and stores nothing.

    `arrived_at` is the moment that grace and future are judged by.
    """
    terms = Terms(source.fest, arrived_at)
    entries = find_entries(source.fest_id, {report.creator for report in reports})
    checked = []
    for place, report in enumerate(reports):
        refusal = terms.refusal(report)
        entry_id = entries.get(report.creator)
        metric = terms.metrics.get(report.metric)
        if refusal is None and entry_id is None:
            refusal = f'creator "{report.creator}" is unknown in this fest'
        days = terms.days_of(report, metric) if metric and refusal is None else ()
        checked.append(Checked(place, report, entry_id or 0, metric.id if metric else 0, days, refusal))
    runs = [Run(facts, usual(facts)) for facts in independent_runs(checked)]
    return CheckedBatch(source, arrived_at, runs)


def store_facts(batch: CheckedBatch) -> Outcome:
    """Stores the facts of a batch that are new, in one transaction, with the marks of what they touch.

    The result is as if the facts had come one by one in their order. Safe under any number of senders at once:
    those of one source meet in the unique key of (source, id), in rising order of ids, so that none waits for
    another in a circle; a batch whose facts hang on each other has the source for itself.

    Raises SourcePaused, and whatever PostgreSQL raises when it is away; then nothing of the batch is stored.
    """
    outcome = Outcome()
    touched: set[tuple[int, date]] = set()
    source = batch.source
    with transaction.atomic():
        if lock_source(source, alone=batch.needs_source_alone):
            raise SourcePaused(f'source "{source.name}" is paused; resume it to take its facts')
        for run in batch.runs:
            store_run(source, batch.arrived_at, run, outcome, touched)
        if touched:
            entries, days = zip(*touched, strict=True)
            execute(INSERT_MARKS, [source.fest_id, list(entries), list(days)])
    outcome.conflicts.sort(key=lambda refusal: refusal.index)
    outcome.rejected.sort(key=lambda refusal: refusal.index)
    return outcome


def independent_runs(batch: Sequence[Checked]) -> Iterator[list[Checked]]:
    """The batch cut into runs within which no fact's outcome hangs on another's: an id stands once (but for exact
    repetitions, which share the first one's outcome) and no reversal meets its fact or a rival."""
    run: list[Checked] = []
    ids: dict[str, FactReport] = {}
    targets: set[str] = set()
    for checked in batch:
        report = checked.report
        if report.reverses:
            dependent = report.id in ids or report.reverses in ids or report.reverses in targets
        else:
            dependent = report.id in ids and ids[report.id] != report
        if dependent:
            yield run
            run, ids, targets = [], {}, set()
        run.append(checked)
        ids.setdefault(report.id, report)
        if report.reverses:
            targets.add(report.reverses)
    if run:
        yield run


def usual(facts: list[Checked]) -> Usual | None:
    """The rows of a run that needs no look-up; None for any other."""
    new = {fact.report.id: fact for fact in facts if fact.refusal is None and not fact.report.reverses}
    if len(new) < len(facts):
        return None
    touched = {(fact.entry_id, day) for fact in facts if counts(fact, {}) for day in fact.days}
    return Usual(columns_of(new, {}), touched)


def store_run(source: Source, arrived_at: datetime, run: Run, outcome: Outcome, touched: set[tuple[int, date]]) -> None:
    """Stores one run and adds to `outcome` and `touched`."""
    refusals: dict[str, str] = {}
    stored: dict[str, Stored] = {}
    if run.usual:
        taken = insert_facts(source, arrived_at, run.usual.columns)
        if len(taken) == len(run.facts):
            outcome.accepted += len(taken)
            touched |= run.usual.touched
            return
        new = {fact.report.id: fact for fact in run.facts}
    else:
        stored = find_stored(source, ids_to_look_up(run.facts))
        new = new_facts(run.facts, stored, refusals)
        taken = insert_facts(source, arrived_at, columns_of(new, stored))
    if len(taken) < len(new):
        stored |= find_stored(source, new.keys() - taken)
        if lost := new.keys() - taken - stored.keys():
            raise RuntimeError(f"facts neither stored nor there before: {sorted(lost)[:10]}")

    for checked in run.facts:
        id = checked.report.id
        if id in taken:
            taken.discard(id)  # an exact repetition further on is a duplicate
            outcome.accepted += 1
            if counts(checked, stored):
                touched.update([(checked.entry_id, day) for day in checked.days])
        elif id in stored and not same_content(checked, stored[id]):
            reason = "another fact of this source has this id; the first stands"
            outcome.conflicts.append(Refusal(checked.place, id, reason))
        elif id in stored or id in new:
            outcome.duplicates += 1
        else:
            outcome.rejected.append(Refusal(checked.place, id, refusals[id]))


def new_facts(facts: list[Checked], stored: dict[str, Stored], refusals: dict[str, str]) -> dict[str, Checked]:
    """Those to be inserted, by id; adds to `refusals` why others can't be taken."""
    new: dict[str, Checked] = {}
    for checked in facts:
        id = checked.report.id
        refusal = checked.refusal
        if refusal is None and checked.report.reverses and id not in stored:
            refusal = reversal_refusal(checked, stored.get(checked.report.reverses))
        if refusal is not None:
            refusals[id] = refusal
        elif id not in stored:
            new.setdefault(id, checked)
    return new


def counts(checked: Checked, stored: dict[str, Stored]) -> bool:
    """Whether a fact counts at all: not where its supporter is its creator, or that of the fact that it undoes."""
    report = checked.report
    if report.reverses:
        return stored[report.reverses].counts
    return report.supporter != report.creator


def ids_to_look_up(run: list[Checked]) -> set[str]:
    """The ids whose stored facts decide before anything is inserted: those of facts that would be refused (they may
    be known already), of reversals, and of what these undo."""
    asked = set()
    for checked in run:
        if checked.refusal is not None or checked.report.reverses:
            asked.add(checked.report.id)
            if checked.report.reverses:
                asked.add(checked.report.reverses)
    return asked


def reversal_refusal(checked: Checked, original: Stored | None) -> str | None:
    """Why a reversal doesn't undo the fact that it names; None where it does."""
    report = checked.report
    if original is None:
        return f'reverses "{report.reverses}", which has not been taken'
    if original.reverses:
        return f'reverses "{report.reverses}", which is a reversal itself'
    if original.reversed:
        return f'reverses "{report.reverses}", which has been reversed already'
    for name, repeated in (
        ("creator", checked.entry_id == original.entry_id),
        ("metric", checked.metric_id == original.metric_id),
        ("at", report.at == original.at),
    ):
        if not repeated:
            return f'reverses "{report.reverses}", but its {name} is another'
    if report.quantity != -original.quantity:
        return f'reverses "{report.reverses}", but its quantity is not {-original.quantity}'
    return None


def same_content(checked: Checked, stored: Stored) -> bool:
    report = checked.report
    return (
        checked.metric_id == stored.metric_id
        and checked.entry_id == stored.entry_id
        and report.quantity == stored.quantity
        and report.at == stored.at
        and report.session == stored.session
        and report.supporter == stored.supporter
        and report.reverses == stored.reverses
    )


def lock_source(source: Source, *, alone: bool) -> bool:
    """Until the transaction ends: with others that don't ask to be alone, or alone. Returns whether it is paused."""
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    paused = "SELECT paused_at IS NOT NULL FROM creators_source WHERE id = %s"
    ((_, is_paused),) = execute(f"SELECT {function}(%s, %s), ({paused})", [SOURCE_LOCK, source.id % 2**31, source.id])
    return bool(is_paused)


def find_entries(fest_id: int, handles: Iterable[str]) -> dict[str, int]:
    """The ids of the fest's entries by handle; handles without an entry are left out."""
    found = execute(FIND_ENTRIES, [fest_id, list(handles)])
    return {handle: entry_id for handle, entry_id in found if entry_id is not None}


def find_stored(source: Source, ids: Iterable[str]) -> dict[str, Stored]:
    """What stands in the database under these ids of the source."""
    wanted = list(ids)
    if not wanted:
        return {}
    return {
        row[0]: Stored(row[1], row[2], row[3], row[4], row[5].astimezone(UTC), *row[6:])
        for row in execute(FIND_STORED, [source.id, wanted])
    }


def columns_of(new: dict[str, Checked], stored: dict[str, Stored]) -> list[list[Any]]:
    """The rows of new facts as INSERT_FACTS' columns, in rising order of ids. `stored` has the facts that reversals
    among them undo."""
    facts = [new[id] for id in sorted(new)]
    reports = [fact.report for fact in facts]
    return [
        [fact.entry_id for fact in facts],
        [fact.metric_id for fact in facts],
        [report.quantity for report in reports],
        [report.at for report in reports],
        [stored[report.reverses].id if report.reverses else None for report in reports],
        [counts(fact, stored) for fact in facts],
        [report.id for report in reports],
        [report.session for report in reports],
        [report.supporter for report in reports],
    ]


def insert_facts(source: Source, arrived_at: datetime, columns: list[list[Any]]) -> set[str]:
    """Stores the rows and returns the ids of those that were not there already."""
    if not columns[0]:
        return set()
    return {id for (id,) in execute(INSERT_FACTS, [source.fest_id, source.id, arrived_at, *columns])}
