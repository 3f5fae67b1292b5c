"""What the comparison of some creators shows: a column for each, and only what the public is shown of them anyway."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from challenges.copies import shown_completions
from creators.models import Entry, Live
from creators.models.creator import HANDLE_LENGTH
from livefest.models import Fest
from livefest.views.creator_page import Rank, ranks_of, rule_labels, rules_of, standings_over_days
from livefest.views.places import Person, boards_of, group_names, person_of
from livefest.views.showcase.forward import live_of
from livefest.views.showcase.race import Race, race_of
from rankings.copies import shown_belonging, shown_points
from rankings.models import Board
from rankings.snapshots import Which

FEWEST, MOST = 2, 4


@dataclass(frozen=True)
class Compared:
    """`without` is the address of the comparison without them."""

    entry: Entry
    person: Person
    live: Live | None
    without: str

    @property
    def handle(self) -> str:
        return self.entry.creator.handle


class Cell(NamedTuple):
    """A figure of one of them; `best` of all that are compared. None where there is none."""

    value: int | None
    best: bool
    of: int = 0
    score: int = 0


@dataclass(frozen=True)
class Line:
    """A row of the table: what is compared, where more is said of it, and a cell for each."""

    title: str
    note: str
    url: str
    cells: list[Cell]


@dataclass(frozen=True)
class Comparison:
    """`unknown` is the first handle that is nobody's here; empty where all are somebody's."""

    people: list[Compared]
    unknown: str
    boards: list[Line]
    points: list[Line]
    challenges: list[Line]
    race: Race | None

    @property
    def complete(self) -> bool:
        return len(self.people) >= FEWEST and not self.unknown

    @property
    def full(self) -> bool:
        return len(self.people) >= MOST


def asked_for(named: Iterable[str]) -> list[str]:
    """The handles that were named, each once, in that order; a leading @ is left out."""
    handles = (text.strip().removeprefix("@")[:HANDLE_LENGTH] for text in named)
    return list(dict.fromkeys(handle for handle in handles if handle and handle.isprintable()))


def comparison(fest: Fest, handles: Sequence[str], now: datetime) -> Comparison:
    named = Entry.objects.filter(fest=fest, creator__handle__in=handles, creator__withdrawn_at=None)
    entries = {entry.creator.handle: entry for entry in named.select_related("creator", "region")}
    unknown = next((handle for handle in handles if handle not in entries), "")
    chosen = [entries[handle] for handle in handles if handle in entries]
    for entry in chosen:
        entry.fest = fest
    people = compared(fest, chosen, now)
    if len(chosen) < FEWEST or unknown:
        return Comparison(people, unknown, [], [], [], None)
    boards, groups = boards_of(fest), group_names(fest)
    ranks = [ranks_of(entry, shown_belonging(entry), boards, groups)[0] for entry in chosen]
    shared = shared_standings(ranks)
    over_days = standings_over_days([one for row in shared for one in row if one])
    return Comparison(
        people=people,
        unknown="",
        boards=[board_line(row) for row in shared],
        points=point_lines(fest, chosen),
        challenges=challenge_lines(fest, chosen),
        race=race_of(fest, over_days[0], chosen, now) if over_days else None,
    )


def compared(fest: Fest, entries: list[Entry], now: datetime) -> list[Compared]:
    lives = live_of(fest, [entry.pk for entry in entries], now)
    address = reverse("compare", kwargs={"fest": fest.slug})
    handles = [entry.creator.handle for entry in entries]
    rows = []
    for entry in entries:
        others = urlencode([("c", handle) for handle in handles if handle != entry.creator.handle])
        without = f"{address}?{others}" if others else address
        rows.append(Compared(entry, person_of(entry, fest), lives.get(entry.pk), without))
    return rows


def shared_standings(ranks: list[list[Rank]]) -> list[list[Rank | None]]:
    """The standings in which at least two of them are, in the order of the boards, each with their ranks in it."""
    found: dict[Which, list[Rank | None]] = {}
    for number, own in enumerate(ranks):
        for rank in own:
            found.setdefault(rank.which, [None] * len(ranks))[number] = rank
    rows = [row for row in found.values() if sum(rank is not None for rank in row) >= FEWEST]
    return sorted(rows, key=lambda row: board_of(row).position)


def board_of(row: list[Rank | None]) -> Board:
    return next(rank.board for rank in row if rank)


def board_line(row: list[Rank | None]) -> Line:
    best = min(rank.rank for rank in row if rank)
    some = next(rank for rank in row if rank)
    cells = [Cell(rank.rank, rank.rank == best, rank.size, rank.score) if rank else Cell(None, False) for rank in row]
    note = " · ".join(part for part in (some.place, some.period) if part)
    return Line(some.board.local.name, note, some.url, cells)


def point_lines(fest: Fest, entries: list[Entry]) -> list[Line]:
    """By rule, of those that gave any of them something; the first line is the sum."""
    by_rule: list[dict[int, int]] = []
    for entry in entries:
        sums: dict[int, int] = {}
        for (_day, rule), points in shown_points(entry).items():
            sums[rule] = sums.get(rule, 0) + points
        by_rule.append(sums)
    rules = [rule for rule in rules_of(fest) if any(rule.pk in sums for sums in by_rule)]
    lines = [
        figures(label, [sums.get(rule.pk, 0) for sums in by_rule])
        for rule, label in zip(rules, rule_labels(rules), strict=True)
    ]
    return [figures("", [sum(sums.values()) for sums in by_rule]), *lines] if lines else []


def challenge_lines(fest: Fest, entries: list[Entry]) -> list[Line]:
    """How often each met a challenge, of those that any of them met; the first line is the sum."""
    met: dict[int, dict[int, int]] = {}
    challenges = {}
    completions = shown_completions(fest.pk).filter(entry__in=entries).select_related("challenge")
    for completion in completions.order_by("challenge__position", "challenge_id"):
        challenges[completion.challenge_id] = completion.challenge
        counts = met.setdefault(completion.challenge_id, {})
        counts[completion.entry_id] = counts.get(completion.entry_id, 0) + 1
    lines = [
        figures(
            challenge.local.name,
            [met[pk].get(entry.pk, 0) for entry in entries],
            url=reverse("challenge", kwargs={"fest": fest.slug, "challenge": challenge.slug}),
        )
        for pk, challenge in challenges.items()
    ]
    totals = [sum(counts.get(entry.pk, 0) for counts in met.values()) for entry in entries]
    return [figures("", totals), *lines] if lines else []


def figures(title: str, values: list[int], url: str = "") -> Line:
    """The best stand out where not all are level."""
    best = max(values)
    return Line(title, "", url, [Cell(value, value == best > min(values)) for value in values])
