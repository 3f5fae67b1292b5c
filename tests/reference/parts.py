"""From accepted facts to the parts that count, each with its moment, as CAMPAIGN.md's "Moments" says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from tests.reference.intake import Fact
from tests.reference.moments import MICROSECOND, Calendar, Window

Quantity = int | Fraction  # a fraction only of seconds, where a boundary lies within a second


@dataclass(frozen=True)
class Part:
    """A quantity of a metric that counts at a moment (UTC).

    `lasts` is where a part of a duration lies, None for what is a moment. `session` is told apart from every other
    session of the creator. A payment is a part too: "scored like facts but not facts"; so is what staff add, which is
    not `weighted` by bonus windows. `name` orders parts of one moment: that of the fact, nothing of an adjustment.
    """

    creator: str
    metric: str
    quantity: Quantity
    at: datetime
    session: tuple[str, ...]
    supporter: str = ""
    lasts: Window | None = None
    weighted: bool = True
    name: tuple[str, ...] = ()


def standing_facts(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that count: [a reversal] "undoes [its fact], wherever that fact counted"; "A fact whose supporter is
    its creator is accepted and counts for nothing anywhere." """
    facts = list(facts)
    undone = {(fact.source, fact.reverses) for fact in facts if fact.reverses}
    return [
        fact
        for fact in facts
        if not fact.reverses and (fact.source, fact.id) not in undone and fact.supporter != fact.creator
    ]


def parts_of_all(
    calendar: Calendar, facts: Iterable[Fact], out: Callable[[str], datetime | None] = lambda creator: None
) -> list[Part]:
    """The parts of the facts that count, those before the fest included, in the order of their moments. `out` says from
    when on nothing of a creator counts."""
    parts = [part for fact in standing_facts(facts) for part in parts_of(calendar, fact, out(fact.creator))]
    return sorted(parts, key=lambda part: part.at)


def parts_of(calendar: Calendar, fact: Fact, out: datetime | None = None) -> list[Part]:
    """The parts of one positive fact that lie in what is taken: "parts outside count for nothing". Nothing counts from
    the moment `out` on, which cuts like a boundary."""
    boundaries = calendar.boundaries if out is None else sorted({*calendar.boundaries, out})
    name = (fact.id, fact.source)
    # "A fact without a session is a session of its own": named by its id, which no other fact has.
    session = ("session", fact.session) if fact.session else ("fact", fact.source, fact.id)
    if not is_duration(calendar, fact.metric):
        # "every other fact is a moment"
        if not calendar.taken.holds(fact.at) or (out is not None and fact.at >= out):
            return []
        return [Part(fact.creator, fact.metric, fact.quantity, fact.at, session, fact.supporter, name=name)]
    # "A fact of a metric with unit = "s" lasted that long and ends at its `at`"; "The `at` of a duration is taken down
    # to the whole second."
    ends = fact.at.replace(microsecond=0)
    if timedelta(seconds=fact.quantity) > ends - calendar.taken.starts:
        begins = calendar.taken.starts  # what lies before counts for nothing (and may be before the year 1)
    else:
        begins = ends - timedelta(seconds=fact.quantity)
    # "A duration is cut at every boundary that it straddles."
    cuts = [begins, *(boundary for boundary in boundaries if begins < boundary < ends), ends]
    parts = []
    for piece_begins, piece_ends in pairwise(cuts):
        # "each part counts where it lies, at its end, and a part that ends on a boundary counts at the last
        # microsecond before it, also when that is the fact's own `at`"
        at = piece_ends - MICROSECOND if piece_ends in boundaries else piece_ends
        if calendar.taken.holds(at) and (out is None or at < out):
            length = seconds(piece_begins, piece_ends)
            lasts = Window(piece_begins, piece_ends)
            parts.append(Part(fact.creator, fact.metric, length, at, session, fact.supporter, lasts, name=name))
    return parts


def is_duration(calendar: Calendar, metric: str) -> bool:
    return any(one["slug"] == metric and one.get("unit") == "s" for one in calendar.campaign["metrics"])


def seconds(begins: datetime, ends: datetime) -> Quantity:
    """The seconds between two moments, exactly.

    Reading: a boundary within a second cuts the second; nothing is rounded until points are.
    """
    length = Fraction((ends - begins) // MICROSECOND, 1_000_000)
    return length.numerator if length.denominator == 1 else length


def quantity_in(parts: Iterable[Part], metric: str, window: Window) -> Quantity:
    """The sum of the quantities of a metric in a window, "without multipliers and caps"."""
    return total(part.quantity for part in parts if part.metric == metric and window.holds(part.at))


def total(quantities: Iterable[Quantity]) -> Quantity:
    result: Quantity = 0
    for quantity in quantities:
        result += quantity
    return result
