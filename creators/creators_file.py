"""The creators file: a fest's creators with their region, category and groups, from CSV."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from creators.models import Group
from creators.models.creator import validate_handle
from livefest import audit, clock
from livefest.campaign.registry import suggestion
from livefest.models import Fest
from livefest.sql import execute, raw_cursor

COLUMNS = ["handle", "name", "region", "category", "groups"]
REQUIRED_COLUMNS = {"handle", "name"}
MOST_PROBLEMS = 1000  # told at once

# Dropped at the end of the transaction, or here by a second load within it.
ROWS = """
DROP TABLE IF EXISTS creators_file_row, creators_file_group, creators_file_named, creators_file_joining;
CREATE TEMP TABLE creators_file_row (
    line integer, handle text COLLATE "C", name text, region text, category text, has_groups boolean
) ON COMMIT DROP;
CREATE TEMP TABLE creators_file_group (line integer, handle text COLLATE "C", slug text) ON COMMIT DROP
"""

REPEATED_HANDLES = """
SELECT line, handle, first FROM (
    SELECT line, handle, min(line) OVER (PARTITION BY handle) AS first FROM creators_file_row
) AS row WHERE line > first ORDER BY line LIMIT %s
"""

UPSERT_CREATORS = """
INSERT INTO creators_creator (handle, name)
SELECT handle, name FROM creators_file_row ORDER BY handle
ON CONFLICT (handle) DO UPDATE SET name = excluded.name WHERE creators_creator.name <> excluded.name
"""

UPSERT_ENTRIES = """
INSERT INTO creators_entry (fest_id, creator_id, region_id, category)
SELECT %(fest)s, creator.id, region.id, row.category
FROM creators_file_row row
     JOIN creators_creator creator ON creator.handle = row.handle
     LEFT JOIN livefest_region region ON region.fest_id = %(fest)s AND region.code = row.region
ORDER BY creator.id
ON CONFLICT (creator_id, fest_id) DO UPDATE SET region_id = excluded.region_id, category = excluded.category
WHERE (creators_entry.region_id, creators_entry.category) IS DISTINCT FROM (excluded.region_id, excluded.category)
RETURNING xmax = 0
"""

# What the file says of memberships: the entry of each row that speaks of groups, with each group that it names.
NAMED = """
CREATE TEMP TABLE creators_file_named ON COMMIT DROP AS
SELECT row.line, entry.id AS entry_id, "group".id AS group_id, "group".kind
FROM creators_file_row row
     JOIN creators_creator creator ON creator.handle = row.handle
     JOIN creators_entry entry ON entry.creator_id = creator.id AND entry.fest_id = %(fest)s
     LEFT JOIN creators_file_group named ON named.line = row.line
     LEFT JOIN creators_group "group" ON "group".fest_id = %(fest)s AND "group".slug = named.slug
WHERE row.has_groups
"""

# Leaving comes before joining, so that a file may swap members of a full community.
LEAVE = """
DELETE FROM creators_membership membership
WHERE membership.entry_id IN (SELECT entry_id FROM creators_file_named)
  AND NOT EXISTS (SELECT FROM creators_file_named named
                  WHERE named.entry_id = membership.entry_id AND named.group_id = membership.group_id)
  AND (membership.origin = 'file'
       OR EXISTS (SELECT FROM creators_file_named named
                  WHERE named.entry_id = membership.entry_id AND named.kind = membership.kind))
"""

JOINING = """
CREATE TEMP TABLE creators_file_joining ON COMMIT DROP AS
SELECT named.line, named.entry_id, named.group_id, named.kind
FROM creators_file_named named
WHERE named.group_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM creators_membership membership
                  WHERE membership.entry_id = named.entry_id AND membership.group_id = named.group_id)
"""

# In rising order, so that two who lock several never wait for each other in a circle.
LOCK_GROUPS = """
SELECT id FROM creators_group
WHERE roster IS NOT NULL AND id IN (SELECT group_id FROM creators_file_joining) ORDER BY id FOR NO KEY UPDATE
"""

# The trigger on memberships holds the roster in any case; here each row too many is told by its line.
OVER_ROSTER = """
SELECT line, slug, roster FROM (
    SELECT joining.line, "group".slug, "group".roster,
           row_number() OVER (PARTITION BY "group".id ORDER BY joining.line)
           + (SELECT count(*) FROM creators_membership present WHERE present.group_id = "group".id) AS place
    FROM creators_file_joining joining JOIN creators_group "group" ON "group".id = joining.group_id
    WHERE "group".roster IS NOT NULL
) AS row WHERE place > roster ORDER BY line LIMIT %s
"""

JOIN = """
INSERT INTO creators_membership (fest_id, entry_id, group_id, kind, origin, since)
SELECT %(fest)s, entry_id, group_id, kind, 'file', %(now)s FROM creators_file_joining ORDER BY line
"""


class CreatorsFileError(Exception):
    """A creators file that was refused, with every problem found, each with its line; nothing of it was stored."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    handle: str
    name: str
    region: str
    category: str
    groups: tuple[str, ...] | None  # None: the file has no such column


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many of the file's creators were new to the fest, were changed (groups apart), and there are in all."""

    added: int
    updated: int
    total: int


def load_creators(*, fest: Fest, data: bytes) -> Loaded:
    """Creates or updates the creators of a CSV file and their groups; all of it, or nothing and CreatorsFileError.

    A row's groups are the whole truth of what the file places: a group that an earlier file named and this one
    doesn't is left. What staff, placement or joining did stays, unless the row names another group of that kind.
    """
    groups = {group.slug: group.kind for group in Group.objects.filter(fest=fest)}
    regions = set(fest.regions.values_list("code", flat=True))
    values = {"fest": fest.pk, "now": clock.now()}
    with transaction.atomic():
        # One load of a fest at a time.
        Fest.objects.select_for_update(no_key=True).get(pk=fest.pk)
        for statement in ROWS.split(";"):
            execute(statement)
        copy_rows(data, regions, groups)
        refuse(
            f'line {line}: "{handle}" stands on line {first} already; write each creator once'
            for line, handle, first in execute(REPEATED_HANDLES, [MOST_PROBLEMS])
        )
        execute(UPSERT_CREATORS)
        written = [new for (new,) in execute(UPSERT_ENTRIES, values)]
        execute(NAMED, values)
        execute(LEAVE)
        execute(JOINING)
        execute(LOCK_GROUPS)
        refuse(
            f'line {line}: "{slug}" is full; its roster is {roster}'
            for line, slug, roster in execute(OVER_ROSTER, [MOST_PROBLEMS])
        )
        execute(JOIN, values)
        ((total,),) = execute("SELECT count(*) FROM creators_file_row")
        loaded = Loaded(added=sum(written), updated=len(written) - sum(written), total=total)
        summary = {"file": hashlib.sha256(data).hexdigest(), **asdict(loaded)}
        audit.record(fest, verb="load creators", after=summary)
    return loaded


def refuse(problems: Iterable[str]) -> None:
    """Raises CreatorsFileError if there is any problem."""
    found = list(problems)
    if len(found) > MOST_PROBLEMS:
        found[MOST_PROBLEMS:] = ["… and more"]
    if found:
        raise CreatorsFileError(found)


def copy_rows(data: bytes, regions: set[str], groups: dict[str, str]) -> None:
    """Reads, checks and copies the file's rows into the temporary tables. Raises CreatorsFileError."""
    problems: list[str] = []
    named: list[tuple[int, str, str]] = []
    with raw_cursor() as cursor:
        with cursor.copy("COPY creators_file_row FROM STDIN") as copy:
            for row in read_rows(data):
                found = list(row_problems(row, regions, groups))
                problems += found
                if not problems:
                    copy.write_row((row.line, row.handle, row.name, row.region, row.category, row.groups is not None))
                    named += [(row.line, row.handle, slug) for slug in row.groups or ()]
                elif len(problems) > MOST_PROBLEMS:
                    break
        refuse(problems)
        with cursor.copy("COPY creators_file_group FROM STDIN") as copy:
            for line in named:
                copy.write_row(line)


def read_rows(data: bytes) -> Iterator[Row]:
    """The rows of a CSV file with their line numbers; blank lines are skipped."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CreatorsFileError([f"line {line}: is not UTF-8; save the file as UTF-8"]) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    try:
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            if header is None:
                header = checked_header(values, reader.line_num)
            else:
                yield to_row(values, header, reader.line_num)
    except csv.Error as error:
        raise CreatorsFileError([f"line {reader.line_num}: is not CSV: {error}"]) from error
    if header is None:
        raise CreatorsFileError([f"the file is empty; begin with the line {','.join(COLUMNS)}"])


def checked_header(header: list[str], line: int) -> list[str]:
    problems = [
        f'line {line}: unknown column "{name}"; {suggestion(name, COLUMNS)}' for name in header if name not in COLUMNS
    ]
    problems += [f'line {line}: the column "{name}" is missing; add it' for name in REQUIRED_COLUMNS - set(header)]
    if len(set(header)) < len(header):
        problems.append(f"line {line}: a column stands twice; write each once")
    if problems:
        raise CreatorsFileError(sorted(problems))
    return header


def to_row(values: list[str], header: list[str], line: int) -> Row:
    if len(values) != len(header):
        raise CreatorsFileError(
            [f"line {line}: has {len(values)} values for {len(header)} columns; put a value with a comma in quotes"]
        )
    cells = dict(zip(header, values, strict=True))
    groups = cells.get("groups")
    return Row(
        line,
        cells["handle"].strip(),
        cells["name"].strip(),
        cells.get("region", "").strip(),
        cells.get("category", "").strip(),
        None if groups is None else tuple(dict.fromkeys(slug.strip() for slug in groups.split(";") if slug.strip())),
    )


def row_problems(row: Row, regions: set[str], groups: dict[str, str]) -> Iterator[str]:
    where = f"line {row.line}"
    try:
        validate_handle(row.handle)
    except ValidationError as error:
        yield f'{where}: handle "{row.handle[:128]}": {" ".join(error.messages)}'
    if row.region and row.region not in regions:
        yield f'{where}: region "{row.region}" is none of the fest\'s; {suggestion(row.region, sorted(regions))}'
    for name, value, length in (("name", row.name, 200), ("category", row.category, 64)):
        if len(value) > length:
            yield f"{where}: the {name} has {len(value)} characters; write at most {length}"
        if "\0" in value:
            yield f"{where}: the {name} has a NUL character; leave it out"
    of_kind: dict[str, str] = {}
    for slug in row.groups or ():
        kind = groups.get(slug)
        if kind is None:
            yield f'{where}: group "{slug}" is unknown; {suggestion(slug, sorted(groups))}'
        elif of_kind.setdefault(kind, slug) != slug:
            kinds = "leagues" if kind == Group.Kind.LEAGUE else "communities"
            yield f'{where}: "{of_kind[kind]}" and "{slug}" are both {kinds}; a creator is in at most one'
