"""The creators file: a fest's creators with their region, category and groups, from CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from creators.intake import execute
from creators.models import Entry, Group, Membership
from creators.models.creator import validate_handle
from livefest import clock
from livefest.campaign.registry import suggestion
from livefest.models import Fest

COLUMNS = ["handle", "name", "region", "category", "groups"]
REQUIRED_COLUMNS = {"handle", "name"}
BATCH = 10_000

UPSERT_CREATORS = """
INSERT INTO creators_creator (handle, name)
SELECT handle, name FROM unnest(%s::text[], %s::text[]) AS row (handle, name) ORDER BY handle
ON CONFLICT (handle) DO UPDATE SET name = excluded.name WHERE creators_creator.name <> excluded.name
"""

UPSERT_ENTRIES = """
INSERT INTO creators_entry (fest_id, creator_id, region_id, category)
SELECT %s, creator.id, region.id, row.category
FROM unnest(%s::text[], %s::text[], %s::text[]) AS row (handle, region, category)
     JOIN creators_creator creator ON creator.handle = row.handle
     LEFT JOIN livefest_region region ON region.fest_id = %s AND region.code = row.region
ORDER BY creator.id
ON CONFLICT (creator_id, fest_id) DO UPDATE SET region_id = excluded.region_id, category = excluded.category
WHERE (creators_entry.region_id, creators_entry.category) IS DISTINCT FROM (excluded.region_id, excluded.category)
RETURNING xmax = 0
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
    groups = {group.slug: group for group in Group.objects.filter(fest=fest)}
    regions = set(fest.regions.values_list("code", flat=True))
    rows = read_rows(data)
    problems = list(row_problems(rows, regions, groups))
    if problems:
        raise CreatorsFileError(problems)
    with transaction.atomic():
        # One load of a fest at a time; its rosters are counted under this lock.
        Fest.objects.select_for_update().get(pk=fest.pk)
        added = updated = 0
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            execute(UPSERT_CREATORS, [[row.handle for row in part], [row.name for row in part]])
            columns = [[getattr(row, name) for row in part] for name in ("handle", "region", "category")]
            written = [new for (new,) in execute(UPSERT_ENTRIES, [fest.pk, *columns, fest.pk])]
            added += sum(written)
            updated += len(written) - sum(written)
        place(fest, rows, groups)
    return Loaded(added, updated, len(rows))


def read_rows(data: bytes) -> list[Row]:
    """The rows of a CSV file with their line numbers; blank lines are skipped."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CreatorsFileError([f"line {line}: is not UTF-8; save the file as UTF-8"]) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    header: list[str] | None = None
    try:
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            if header is None:
                header = checked_header(values, reader.line_num)
            else:
                rows.append(to_row(dict(zip(header, values, strict=False)), values, header, reader.line_num))
    except csv.Error as error:
        raise CreatorsFileError([f"line {reader.line_num}: is not CSV: {error}"]) from error
    if header is None:
        raise CreatorsFileError([f"the file is empty; begin with the line {','.join(COLUMNS)}"])
    return rows


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


def to_row(cells: dict[str, str], values: list[str], header: list[str], line: int) -> Row:
    if len(values) != len(header):
        raise CreatorsFileError(
            [f"line {line}: has {len(values)} values for {len(header)} columns; put a value with a comma in quotes"]
        )
    groups = cells.get("groups")
    return Row(
        line,
        cells["handle"].strip(),
        cells["name"].strip(),
        cells.get("region", "").strip(),
        cells.get("category", "").strip(),
        None if groups is None else tuple(slug.strip() for slug in groups.split(";") if slug.strip()),
    )


def row_problems(rows: list[Row], regions: set[str], groups: dict[str, Group]) -> Iterator[str]:
    lines: dict[str, int] = {}
    for row in rows:
        where = f"line {row.line}"
        try:
            validate_handle(row.handle)
        except ValidationError as error:
            yield f'{where}: handle "{row.handle[:128]}": {" ".join(error.messages)}'
        if row.handle in lines:
            yield f'{where}: "{row.handle}" stands on line {lines[row.handle]} already; write each creator once'
        lines.setdefault(row.handle, row.line)
        if row.region and row.region not in regions:
            yield f'{where}: region "{row.region}" is none of the fest\'s; {suggestion(row.region, sorted(regions))}'
        for name, value, length in (("name", row.name, 200), ("category", row.category, 64)):
            if len(value) > length:
                yield f"{where}: the {name} has {len(value)} characters; write at most {length}"
            if "\0" in value:
                yield f"{where}: the {name} has a NUL character; leave it out"
        yield from group_problems(row, where, groups)


def group_problems(row: Row, where: str, groups: dict[str, Group]) -> Iterator[str]:
    of_kind: dict[str, str] = {}
    for slug in row.groups or ():
        group = groups.get(slug)
        if group is None:
            yield f'{where}: group "{slug}" is unknown; {suggestion(slug, sorted(groups))}'
        elif of_kind.setdefault(group.kind, slug) != slug:
            kind = "leagues" if group.kind == Group.Kind.LEAGUE else "communities"
            yield f'{where}: "{of_kind[group.kind]}" and "{slug}" are both {kind}; a creator is in at most one'


def place(fest: Fest, rows: list[Row], groups: dict[str, Group]) -> None:
    """Makes the memberships what the rows say, leaving first and then joining, so that a file may swap members of a
    full community. Raises CreatorsFileError for rows over a roster."""
    named = [row for row in rows if row.groups is not None]
    entries = dict(
        Entry.objects.filter(fest=fest, creator__handle__in=[row.handle for row in named]).values_list(
            "creator__handle", "id"
        )
    )
    present: dict[int, dict[str, Membership]] = {}
    for membership in Membership.objects.filter(fest=fest, entry_id__in=entries.values()):
        present.setdefault(membership.entry_id, {})[membership.kind] = membership
    leaving: list[int] = []
    joining: list[tuple[Row, Membership]] = []
    for row in named:
        entry_id = entries[row.handle]
        wanted = {groups[slug].kind: groups[slug] for slug in row.groups or ()}
        for kind, membership in present.get(entry_id, {}).items():
            group = wanted.get(kind)
            if group is not None and group.id == membership.group_id:
                del wanted[kind]
            elif group is not None or membership.origin == Membership.Origin.FILE:
                leaving.append(membership.pk)
        joining += [
            (
                row,
                Membership(
                    fest=fest,
                    entry_id=entry_id,
                    group=group,
                    kind=kind,
                    origin=Membership.Origin.FILE,
                    since=clock.now(),
                ),
            )
            for kind, group in wanted.items()
        ]
    for start in range(0, len(leaving), BATCH):
        Membership.objects.filter(pk__in=leaving[start : start + BATCH]).delete()
    refuse_over_roster(joining, groups)
    Membership.objects.bulk_create([membership for _row, membership in joining], batch_size=BATCH)


def refuse_over_roster(joining: list[tuple[Row, Membership]], groups: dict[str, Group]) -> None:
    """The trigger on memberships holds the roster in any case; here each row too many is told by its line."""
    problems: list[str] = []
    places = {
        group.pk: group.roster - group.memberships.count() for group in groups.values() if group.roster is not None
    }
    for row, membership in joining:
        if membership.group_id in places:
            places[membership.group_id] -= 1
            if places[membership.group_id] < 0:
                problems.append(
                    f'line {row.line}: "{membership.group.slug}" is full; its roster is {membership.group.roster}'
                )
    if problems:
        raise CreatorsFileError(problems)
