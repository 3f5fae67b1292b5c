"""What the page of an edition of results shows: who won on each board, what the edition changed, and its proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.utils.formats import date_format

from livefest.models import Fest
from livefest.sql import execute
from rankings.board_page import board_url, names_of, place_choices, unnamed
from rankings.models import Board, Edition, EditionDifference, Snapshot

LEADING = 10  # rows of a board's only standing
WINNERS = 3  # of each standing of a board that has several
STANDINGS = 60  # of a board; the file has them all
DIFFERENCES, DIFFERING = 10, 5  # standings of which differences are shown, and rows of each

FIRST = """
SELECT snapshot_id, ranks[1:%(most)s], handles[1:%(most)s], scores[1:%(most)s]
FROM rankings_snapshotchunk WHERE snapshot_id = ANY (%(snapshots)s) AND number = 0
"""


class Person(NamedTuple):
    """Whoever is ranked: a creator, a community or a supporter. `url` is "" for who has no page."""

    key: str
    name: str
    flag: str
    region: str
    url: str


class Ranked(NamedTuple):
    rank: int
    person: Person
    score: int


@dataclass(frozen=True)
class Standing:
    """`label` says which of the board's standings it is; `url` leads to it while its edition is the present one."""

    label: str
    url: str
    ranked: int
    rows: list[Ranked]

    @property
    def podium(self) -> list[Ranked]:
        return self.rows[:3] if len(self.rows) >= 3 else []


@dataclass(frozen=True)
class BoardResults:
    """A board with its standings: the only one with its leading rows, or several with their winners. `more` standings
    are not shown."""

    slug: str
    name: str
    standings: list[Standing]
    more: int

    @property
    def single(self) -> Standing | None:
        one = self.standings[0]
        return one if len(self.standings) == 1 and not one.label else None


class Change(NamedTuple):
    person: Person
    old_rank: int | None
    old_score: int | None
    rank: int | None
    score: int | None


@dataclass(frozen=True)
class Difference:
    """What changed in a standing: how many rows, and the leading of them."""

    title: str
    total: int
    rows: list[Change]


@dataclass(frozen=True)
class ResultsPage:
    edition: Edition
    replaced_by: Edition | None
    editions: list[Edition]
    boards: list[BoardResults]
    differences: list[Difference]
    more_differences: int
    differing: int


def results_page(edition: Edition) -> ResultsPage:
    fest = edition.fest
    editions = list(Edition.objects.filter(fest=fest).defer("campaign", "standings", "corrections").order_by("-number"))
    later = next((one for one in editions if one.number == edition.number + 1), None)
    boards = {board.slug: board for board in boards_of(fest)}
    differences = list(EditionDifference.objects.filter(edition=edition).order_by("number"))
    return ResultsPage(
        edition=edition,
        replaced_by=later,
        editions=editions,
        boards=board_results(edition, boards, linked=later is None),
        differences=[shown_difference(one, boards) for one in differences[:DIFFERENCES]],
        more_differences=max(0, len(differences) - DIFFERENCES),
        differing=sum(one.total for one in differences),
    )


def boards_of(fest: Fest) -> list[Board]:
    return list(Board.objects.filter(fest=fest).select_related("fest", "round", "within_group"))


def board_results(edition: Edition, boards: dict[str, Board], *, linked: bool) -> list[BoardResults]:
    """Of every board on which somebody is ranked, in the order of the file."""
    found = Snapshot.objects.in_bulk(edition.standings)
    ordered = [found[id] for id in edition.standings]
    results = []
    for slug, snapshots in groupby(ordered, key=lambda snapshot: snapshot.board):
        of_board, board = list(snapshots), boards.get(slug)
        standings = shown_standings(board, of_board[:STANDINGS], linked=linked)
        results.append(
            BoardResults(slug, board.local.name if board else slug, standings, max(0, len(of_board) - STANDINGS))
        )
    return results


def shown_standings(board: Board | None, snapshots: Sequence[Snapshot], *, linked: bool) -> list[Standing]:
    labels = labels_of(board)
    single = len(snapshots) == 1 and not label_of(snapshots[0], board, labels)
    first = {
        snapshot: list(zip(*columns, strict=True))
        for snapshot, *columns in execute(
            FIRST, {"snapshots": [one.pk for one in snapshots], "most": LEADING if single else WINNERS}
        )
    }
    people = people_of(board, [handle for rows in first.values() for _rank, handle, _score in rows])
    return [
        Standing(
            label_of(snapshot, board, labels),
            board_url(board, within=snapshot.within, period=snapshot.period) if board and linked else "",
            snapshot.size,
            [Ranked(rank, people[handle], score) for rank, handle, score in first[snapshot.pk]],
        )
        for snapshot in snapshots
    ]


def labels_of(board: Board | None) -> dict[str, str]:
    """The names of a board's places."""
    return {choice.value: choice.label for choice in place_choices(board, "")} if board else {}


def label_of(snapshot: Snapshot, board: Board | None, labels: dict[str, str]) -> str:
    """Which of a board's standings it is: its place and its day, as far as the board has several."""
    split = board is None or (board.within != Board.Within.ALL and not board.within_group_id)
    place = labels.get(snapshot.within, snapshot.within) if split else ""
    if board is None:
        period = snapshot.period
    else:
        of_days = board.period == Board.Period.DAY
        period = date_format(date.fromisoformat(snapshot.period), "MONTH_DAY_FORMAT") if of_days else ""
    return " · ".join(part for part in (place, period) if part)


def people_of(board: Board | None, handles: Sequence[str]) -> dict[str, Person]:
    """By handle; who is no more, or of a board that is no more, by their handle alone."""
    names = names_of(board, list(dict.fromkeys(handles))) if board else {}
    return {handle: Person(*names.get(handle, unnamed(handle))) for handle in handles}


def shown_difference(difference: EditionDifference, boards: dict[str, Board]) -> Difference:
    board = boards.get(difference.board)
    snapshot = Snapshot(board=difference.board, within=difference.within, period=difference.period)
    label = label_of(snapshot, board, labels_of(board))
    rows = difference.rows[:DIFFERING]
    people = people_of(board, [row[0] for row in rows])
    name = board.local.name if board else difference.board
    return Difference(
        f"{name} · {label}" if label else name, difference.total, [Change(people[row[0]], *row[1:]) for row in rows]
    )
