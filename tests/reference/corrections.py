"""What staff correct, as docs/corrections.md says: voids, disqualifications and adjustments.

"A correction is another fact, a void or an adjustment with who, when and why": each is a record, and those that were
undone are not among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from tests.reference.intake import Fact
from tests.reference.moments import Calendar, Window
from tests.reference.parts import Part, Quantity

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Adjustment:
    """More or less of a metric on a fest day."""

    creator: str
    metric: str
    day: date
    quantity: int


@dataclass(frozen=True)
class FactVoid:
    id: str
    source: str = "file"


@dataclass(frozen=True)
class SessionVoid:
    """Of a creator, as one source or (None) any tells it."""

    creator: str
    session: str
    source: str | None = None


@dataclass(frozen=True)
class RangeVoid:
    """`ids` are those of the source's facts that had come in when it came into force."""

    source: str
    window: Window
    ids: frozenset[str]


@dataclass(frozen=True)
class Disqualification:
    """`since` None: of everything."""

    creator: str
    since: datetime | None = None


Correction = Adjustment | FactVoid | SessionVoid | RangeVoid | Disqualification


def is_void(fact: Fact, corrections: Iterable[Correction]) -> bool:
    for correction in corrections:
        match correction:
            case FactVoid(id, source):
                void = (fact.id, fact.source) == (id, source)
            case SessionVoid(creator, session, source):
                void = (fact.creator, fact.session) == (creator, session) and source in (None, fact.source)
            case RangeVoid(source, window, ids):
                void = fact.source == source and window.holds(fact.at) and fact.id in ids
            case _:
                void = False
        if void:
            return True
    return False


def out_since(creator: str, corrections: Iterable[Correction]) -> datetime | None:
    """From when on nothing of a creator counts; None for whom everything does."""
    for correction in corrections:
        if isinstance(correction, Disqualification) and correction.creator == creator:
            return correction.since or BEFORE_ALL
    return None


def adjusted(calendar: Calendar, parts: Sequence[Part], corrections: Sequence[Correction], *, paid: bool) -> list[Part]:
    """All parts, of facts or of payments, as the adjustments of metrics that are paid or not make them."""
    result = list(parts)
    adjustments = [
        (number, one)
        for number, one in enumerate(corrections)
        if isinstance(one, Adjustment) and is_paid(calendar, one.metric) == paid and counts(calendar, one, corrections)
    ]
    for number, one in adjustments:
        if one.quantity > 0:
            starts = day_window(calendar, one.day).starts
            session = ("adjustment", str(number))
            result.append(Part(one.creator, one.metric, one.quantity, starts, session, weighted=False))
    for key in {(one.creator, one.metric, one.day) for _number, one in adjustments if one.quantity < 0}:
        less = sum(
            -one.quantity
            for _number, one in adjustments
            if one.quantity < 0 and (one.creator, one.metric, one.day) == key
        )
        result = without_the_first(calendar, result, *key, less)
    return result


def without_the_first(
    calendar: Calendar, parts: list[Part], creator: str, metric: str, day: date, less: Quantity
) -> list[Part]:
    """ "The first so much of that day in time order"; what ranks pay is left alone."""
    window = day_window(calendar, day)
    found = [
        part
        for part in parts
        if (part.creator, part.metric) == (creator, metric)
        and window.holds(part.at)
        and part.session[:2] != ("payment", "rank")
    ]
    kept = [part for part in parts if part not in found]
    for part in sorted(found, key=lambda part: (part.at, part.name)):
        taken = min(part.quantity, less)
        less -= taken
        if taken < part.quantity:
            kept.append(shortened(part, taken))
    return kept


def shortened(part: Part, taken: Quantity) -> Part:
    """A duration loses its beginning."""
    lasts = part.lasts
    if lasts is not None:
        lasts = Window(lasts.starts + timedelta(microseconds=int(Fraction(taken) * 1_000_000)), lasts.ends)
    return replace(part, quantity=part.quantity - taken, lasts=lasts)


def counts(calendar: Calendar, adjustment: Adjustment, corrections: Iterable[Correction]) -> bool:
    """Not on a day of which nothing counts, and not on one that is no day of the fest (any more)."""
    if all(day.date != adjustment.day for day in calendar.days):
        return False
    since = out_since(adjustment.creator, corrections)
    return since is None or day_window(calendar, adjustment.day).starts < since


def day_window(calendar: Calendar, day: date) -> Window:
    (found,) = (one.window for one in calendar.days if one.date == day)
    return found


def is_paid(calendar: Calendar, metric: str) -> bool:
    return metric == "bonus" or any(
        one["slug"] == metric and one.get("paid", False) for one in calendar.campaign["metrics"]
    )
