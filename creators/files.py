"""Facts files, JSON Lines or CSV, read as a stream: the memory used doesn't grow with the file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from creators.reports import (
    FactReport,
    LiveReport,
    Malformed,
    integer_or_text,
    is_live,
    parse_fact,
    parse_json,
    parse_live,
    readable_id,
)

# Facts in one transaction. More make each fact cheaper (a commit and a hand-over between threads are shared), but keep
# other senders of the source waiting longer where a batch needs the source for itself: this is about 0.2 s.
BATCH = 5000
LONGEST_LINE = 65_536  # bytes; a report has a few hundred
REQUIRED_COLUMNS = {"id", "creator", "metric", "quantity", "at"}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class NotAFactsFile(ValueError):
    """A file that can't be read as facts at all; the text says what to do."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no report: its number (from 1), the id where one could be read, and why."""

    line: int
    id: str
    reason: str


@dataclass(slots=True)
class Batch:
    """Up to 5,000 lines, in order and with their numbers, sorted by what they are; `position` is how many bytes of
    the file had been read (0 where it is a pipe)."""

    facts: list[tuple[int, FactReport]] = field(default_factory=list)
    lives: list[tuple[int, LiveReport]] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    position: int = 0


def read_batches(path: Path) -> Iterator[Batch]:
    """The reports of a facts file in batches: CSV where the name ends in .csv, else JSON Lines.

    Raises OSError, and NotAFactsFile for a CSV without the columns.
    """
    with path.open("rb") as file:
        lines = csv_rows(file) if path.suffix.lower() == ".csv" else json_lines(file)
        yield from batches(lines, file)


def batches(lines: Iterator[tuple[int, object]], file: BinaryIO) -> Iterator[Batch]:
    while chunk := list(islice(lines, BATCH)):
        batch = Batch()
        for number, data in chunk:
            try:
                if isinstance(data, Malformed):
                    raise data
                if is_live(data):
                    batch.lives.append((number, parse_live(data)))
                else:
                    batch.facts.append((number, parse_fact(data)))
            except Malformed as error:
                batch.bad.append(BadLine(number, readable_id(data), str(error)))
        batch.position = file.tell() if file.seekable() else 0
        yield batch


def json_lines(file: BinaryIO) -> Iterator[tuple[int, object]]:
    """Each line's number and JSON value, or the Malformed that it is; blank lines are skipped."""
    for number, line in numbered_lines(file):
        if isinstance(line, Malformed):
            yield number, line
        elif line.strip():
            try:
                yield number, parse_json(line)
            except Malformed as error:
                yield number, error


def numbered_lines(file: BinaryIO) -> Iterator[tuple[int, bytes | Malformed]]:
    """Lines without a leading byte order mark; one that is too long stands as Malformed and is never held whole."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if number == 1:
            line = line.removeprefix(BYTE_ORDER_MARK)
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield number, Malformed(f"longer than {LONGEST_LINE} bytes")
        else:
            yield number, line


def csv_rows(file: BinaryIO) -> Iterator[tuple[int, object]]:
    """Each row's line number and its values by column, or the Malformed that it is; blank lines are skipped.

    A row is one line: no field of a report has a line break, and so a stray quote costs its own row and no other.
    """
    header: list[str] | None = None
    for number, line in numbered_lines(file):
        if not isinstance(line, Malformed) and not line.strip(b" \t\r\n,"):
            continue
        row = line if isinstance(line, Malformed) else csv_row(line)
        if header is None:
            header = checked_header(row)
        elif isinstance(row, Malformed):
            yield number, row
        else:
            cells: dict[str, object] = dict(zip(header, row, strict=False))
            cells["quantity"] = integer_or_text(str(cells.get("quantity", "")))
            too_many = Malformed(f"has {len(row)} columns; the header has {len(header)}")
            yield number, cells if len(row) <= len(header) else too_many


def csv_row(line: bytes) -> list[str] | Malformed:
    try:
        return next(csv.reader([line.decode()], strict=True))
    except UnicodeDecodeError:
        return Malformed("not UTF-8")
    except csv.Error as error:
        return Malformed(f"not CSV: {error}")


def checked_header(row: list[str] | Malformed) -> list[str]:
    if isinstance(row, Malformed) or not set(row) >= REQUIRED_COLUMNS:
        raise NotAFactsFile(
            "the first line is not a CSV header with at least id,creator,metric,quantity,at; "
            "add it, or name a JSON Lines file other than .csv"
        )
    return row
