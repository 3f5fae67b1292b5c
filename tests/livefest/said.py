"""What the page of rules must say of a campaign file: each table's numbers, as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tests.texts import words_of

Table = dict[str, Any]

# Quantities of a metric. Everything else is a number of something.
QUANTITIES = {"per", "at", "at_least", "below", "minimum"}
# No text: which ones they are is said otherwise.
UNSAID = {("rules", "per", 1)}


class Said(NamedTuple):
    """A text that must stand in what is said of a table."""

    section: str
    slug: str
    text: str


def grouped(number: int) -> str:
    return f"{number:,}"


def lasting(seconds: int) -> str:
    """ "1 hour 30 minutes"."""
    parts = [(seconds // 3600, "hour"), (seconds % 3600 // 60, "minute"), (seconds % 60, "second")]
    words = [f"{grouped(number)} {word}{'' if number == 1 else 's'}" for number, word in parts if number]
    return " ".join(words) or "0 seconds"


def due_of(document: Table) -> Iterator[Said]:
    """Every integer and range of ranks of the file's lists."""
    durations = {metric["slug"] for metric in document.get("metrics", []) if metric.get("unit") == "s"}
    for section, tables in document.items():
        if section == "fest":
            continue
        for table in tables:
            for path, value in numbers(table):
                if (section, path[-1], value) not in UNSAID:
                    lasts = metric_of(section, table, path) in durations and path[-1] in QUANTITIES
                    yield Said(section, table["slug"], written(section, table, path[-1], value, lasts=lasts))


def numbers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from numbers(inner, (*path, index))
    elif path[-1] == "ranks" or (isinstance(value, int) and not isinstance(value, bool)):
        yield path, value


def metric_of(section: str, table: Table, path: tuple[Any, ...]) -> str:
    """The metric that a number is a quantity of: that of the innermost table around it which names one. A rank bonus
    names what it pays; its `at_least` is a score."""
    if section == "boards" and (path[0] in ("rank_bonus", "minimum")):
        return str(table.get("score", ""))
    found, inner = table.get("metric", ""), table
    for step in path[:-1]:
        inner = inner[step]
        if isinstance(inner, dict):
            found = inner.get("metric", found)
    return str(found)


def written(section: str, table: Table, key: Any, value: Any, *, lasts: bool) -> str:
    if key == "ranks":
        first, dash, last = str(value).partition("-")
        if last == first or not dash:
            return f"Rank {grouped(int(first))}"
        return f"Ranks {grouped(int(first))} to {grouped(int(last))}" if last else f"Rank {grouped(int(first))} and all"
    if key == "amount" and table["kind"] == "cash":
        return f"{value / 100:,.2f} {table['currency']}"
    if key == "per" and lasts:
        return {1: "second", 60: "full minute", 3600: "full hour"}.get(value, lasting(value))
    return lasting(value) if lasts else grouped(value)


def stands_in(text: str, whole: str) -> bool:
    """Whether it stands there, and not as a part of another number."""
    return re.search(rf"(?<![\w,.]){re.escape(text)}(?!\d|,\d|\.\d)", whole) is not None


def plain(html: str) -> str:
    return words_of(html)


def part_of(html: str, id: str) -> str:
    """The text of the element with this id, which is an article, a list's item or a section."""
    found = re.search(rf'<(article|li|section) id="{re.escape(id)}".*?</\1>', html, re.DOTALL)
    assert found, f"nothing has the id {id}"
    return plain(found[0])


def moments(value: Any, zone: ZoneInfo) -> Iterator[str]:
    """Every date-time of a document, as a <time> has it."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from moments(inner, zone)
    elif isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=zone)
        yield aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
