"""What becomes of the lines of a facts file, one after the other, as CAMPAIGN.md's "Facts file" and "Now" say."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from tests.reference.moments import Campaign, calendar_of

FIVE_MINUTES = timedelta(minutes=5)
MOST = 10**12
LONGEST = 128  # characters of an id, handle, session or supporter
ISO_8601 = re.compile(r"[0-9W-]+T[0-9:.,]+(Z|[+-][0-9:]+)")

Result = Literal["accepted", "duplicate", "conflict", "rejected", "live"]
Line = bytes | str | Mapping[str, Any] | None


class Malformed(ValueError):
    """Not the shape of a fact."""


@dataclass(frozen=True)
class Fact:
    """The parsed fields: "Content is the parsed fields; equal instants are equal; absent, null and empty are equal;
    unknown keys are ignored." `at` is UTC, "" stands for absent."""

    id: str
    creator: str
    metric: str
    quantity: int
    at: datetime
    session: str = ""
    supporter: str = ""
    reverses: str = ""
    source: str = "file"


@dataclass(frozen=True)
class Outcome:
    """What became of one line; the id is "" where none could be read."""

    line: int
    id: str
    result: Result
    reason: str = ""


@dataclass
class Intake:
    """The facts of a fest as they come, and what became of each. `handles` are those of the creators file.

    `taken` has the accepted facts by source and id, in their order of arrival.
    """

    campaign: Campaign
    handles: frozenset[str]
    taken: dict[tuple[str, str], Fact] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calendar = calendar_of(self.campaign)

    @property
    def accepted(self) -> list[Fact]:
        return list(self.taken.values())

    def take(self, lines: Iterable[Line], *, arrived_at: datetime, source: str = "file") -> None:
        for number, line in enumerate(lines, 1):
            if isinstance(line, bytes | str) and not line.strip():
                continue  # "Blank lines in a facts or creators file are skipped."
            self.outcomes.append(self.take_one(number, line, arrived_at, source))

    def take_one(self, number: int, line: Line, arrived_at: datetime, source: str) -> Outcome:
        """ "Shape is checked first, then the id, then the rest. An id whose fact was rejected is free." """
        data: object = line
        try:
            data = parse(line)
            if isinstance(data, Mapping) and data.get("live"):
                return Outcome(number, "", "live")  # "It scores nothing."
            fact = shaped(data, source)
        except Malformed as error:
            id = data.get("id") if isinstance(data, Mapping) else None
            return Outcome(number, id if isinstance(id, str) else "", "rejected", str(error))
        # "unique per source. The same id again with the same content is a duplicate … With different content it is a
        # conflict: reported, the first stands."
        known = self.taken.get((fact.source, fact.id))
        if known:
            return Outcome(number, fact.id, "duplicate" if known == fact else "conflict")
        refusal = self.refusal(fact, arrived_at)
        if refusal:
            return Outcome(number, fact.id, "rejected", refusal)
        self.taken[fact.source, fact.id] = fact
        return Outcome(number, fact.id, "accepted")

    def refusal(self, fact: Fact, arrived_at: datetime) -> str:
        """Why a fact with a new id is not taken; "" where it is."""
        calendar = self.calendar
        metrics = {metric["slug"]: metric for metric in self.campaign["metrics"]}
        if fact.creator not in self.handles:
            return "unknown creator"
        # "Paid metrics can't be ingested."
        if fact.metric not in metrics or metrics[fact.metric].get("paid"):
            return "unknown metric"
        # "A fact that arrives after the end of grace, or whose `at` is over five minutes after its arrival, is
        # rejected." Reading (docs/facts.md): the end of grace is exclusive, like every end.
        if arrived_at >= calendar.fest.ends + timedelta(hours=self.campaign["fest"].get("grace_hours", 0)):
            return "after grace"
        # Reading (docs/facts.md): a duration that runs on past the fest's end is judged by that end. Reading: it is
        # the `at` as sent that is judged, not the whole second that it is taken down to.
        is_duration = metrics[fact.metric].get("unit") == "s"
        judged = min(fact.at, calendar.fest.ends) if is_duration else fact.at
        if judged > arrived_at + FIVE_MINUTES:
            return "over five minutes after its arrival"
        # "A fact is in the window if any part of it is." Reading (docs/facts.md): a part needs some length.
        if is_duration:
            ends = fact.at.replace(microsecond=0)
            length = abs(fact.quantity)
            # Not `ends - timedelta(seconds=length)`: 10^12 seconds reach back beyond the calendar.
            begins_before_end = (ends - calendar.fest.ends) < timedelta(seconds=length)
            if ends <= calendar.taken.starts or not begins_before_end:
                return "out of the window"
        elif not calendar.taken.holds(fact.at):
            return "out of the window"
        return self.reversal_refusal(fact) if fact.reverses else ""

    def reversal_refusal(self, fact: Fact) -> str:
        """ "That names a fact already taken (`reverses`), repeats its creator, metric and `at`, and has its quantity
        negated (session and supporter need not be repeated) … A fact is reversed at most once, a reversal never; a
        reversal of a fact not (yet) taken is rejected and may be sent again." """
        known = self.taken.get((fact.source, fact.reverses))
        if known is None:
            return "reverses a fact that has not been taken"
        if known.reverses:
            return "reverses a reversal"
        if any((other.source, other.reverses) == (fact.source, fact.reverses) for other in self.taken.values()):
            return "reversed already"
        if (known.creator, known.metric, known.at) != (fact.creator, fact.metric, fact.at):
            return "not of the fact that it reverses"
        return "" if fact.quantity == -known.quantity else "not its quantity negated"

    def counts(self) -> Counter[Result]:
        return Counter(outcome.result for outcome in self.outcomes)


def json_lines(content: bytes) -> list[Line]:
    """The lines of a JSON Lines file: "a byte order mark at the start of a file is skipped"."""
    return list(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"))


def csv_lines(content: bytes) -> list[Line]:
    """The rows of "CSV with the same columns"; a quantity is an integer's digits. For files that are UTF-8."""
    rows: list[Line] = []
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        values: dict[str, Any] = dict(row)
        if re.fullmatch("-?[1-9][0-9]*", values["quantity"]):
            values["quantity"] = int(values["quantity"])
        rows.append(values)
    return rows


def parse(line: Line) -> object:
    """The JSON value of a line; what is no text any more stands as it is. Raises Malformed."""
    if not isinstance(line, bytes | str):
        return line

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    try:
        text = line.decode() if isinstance(line, bytes) else line
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:  # not UTF-8 and not JSON are both ValueErrors
        raise Malformed(str(error)) from error


def shaped(data: object, source: str) -> Fact:
    """The fact that a value is. Raises Malformed.

    Reading (docs/facts.md): shape is everything that a fact says by itself, the sign of the quantity included.
    """
    if not isinstance(data, Mapping):
        raise Malformed("not an object")
    quantity = data.get("quantity")
    # "`quantity` is a JSON integer, positive, up to 10^12, but for a reversal" (true is no integer in JSON).
    if type(quantity) is not int or quantity == 0 or abs(quantity) > MOST:
        raise Malformed("quantity is not an integer from 1 to 10^12")
    reverses = text_of(data, "reverses")
    if (quantity < 0) != bool(reverses):
        raise Malformed("quantity has the wrong sign")
    fact = Fact(
        id=text_of(data, "id"),
        creator=text_of(data, "creator"),
        metric=text_of(data, "metric"),
        quantity=quantity,
        at=instant_of(data.get("at")),
        session=text_of(data, "session"),
        supporter=text_of(data, "supporter"),
        reverses=reverses,
        source=source,
    )
    if not (fact.id and fact.creator and fact.metric):
        raise Malformed("id, creator or metric is missing")
    return fact


def text_of(data: Mapping[str, Any], key: str) -> str:
    """ "Ids, handles, sessions and supporters have up to 128 characters." Reading: metrics too (none is that long);
    a lone surrogate is not UTF-8; a NUL is malformed."""
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
        raise Malformed(f"{key} is not a text of up to {LONGEST} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Malformed(f"{key} is not UTF-8") from error
    return value


def instant_of(value: object) -> datetime:
    """ "`at` is ISO 8601 with an offset, any offset", "used to the microsecond" (finer digits are cut off)."""
    if not isinstance(value, str) or not ISO_8601.fullmatch(value):
        raise Malformed("at is not ISO 8601 with an offset")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed(str(error)) from error
