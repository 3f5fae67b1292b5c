"""What the public page of ceremonies shows: what was announced so far, and nothing of what was not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from livefest.models import Fest
from livefest.sql import execute
from rankings.board_page import board_url, names_of, place_choices, unnamed
from rankings.ceremony import on_stage, where
from rankings.models import Board, Ceremony, CeremonyRow, CeremonyStep

MOST_PAST = 20  # ceremonies that are over

VERSION = """
SELECT count(DISTINCT ceremony.id), count(step.id)
FROM livefest_fest fest
     JOIN rankings_ceremony ceremony ON ceremony.fest_id = fest.id
     LEFT JOIN rankings_ceremonystep step ON step.ceremony_id = ceremony.id
WHERE fest.slug = %s
"""


@dataclass(frozen=True)
class Announced:
    """A row that was announced. `latest`: with the last step."""

    rank: int
    key: str
    name: str
    flag: str
    region: str
    url: str
    score: int
    latest: bool


@dataclass(frozen=True)
class Show:
    """A ceremony as far as it went: rows best first; `next_rank` is announced next, None where all are."""

    title: str
    subtitle: str
    board_url: str
    rows: list[Announced]
    next_rank: int | None

    @property
    def latest(self) -> list[Announced]:
        return [row for row in self.rows if row.latest]


@dataclass(frozen=True)
class CeremonyPage:
    """The ceremony that is on, those that are still to come by their titles, and those that are over, newest first."""

    on: Show | None
    coming: list[str]
    past: list[Show]


def ceremony_page(fest: Fest) -> CeremonyPage:
    on = on_stage(fest)
    waiting = Ceremony.objects.to_be_held().filter(fest=fest, taken=None).order_by("pk")
    over = Ceremony.objects.filter(fest=fest, taken__act=CeremonyStep.Act.DONE).order_by("-taken__at", "-pk")
    boards = {board.slug: board for board in Board.objects.filter(fest=fest).select_related("fest", "round")}
    return CeremonyPage(
        on=show_of(on, boards) if on else None,
        coming=[" · ".join(part for part in titles_of(one, boards.get(one.board)) if part) for one in waiting],
        past=[show_of(one, boards) for one in over[:MOST_PAST]],
    )


def show_of(ceremony: Ceremony, boards: dict[str, Board]) -> Show:
    board = boards.get(ceremony.board)
    shown = where(ceremony).shown
    rows = list(CeremonyRow.objects.filter(ceremony=ceremony, step__lte=shown).order_by("position"))
    following = CeremonyRow.objects.filter(ceremony=ceremony, step=shown + 1).values_list("rank", flat=True).first()
    title, subtitle = titles_of(ceremony, board)
    return Show(
        title=title,
        subtitle=subtitle,
        board_url=board_url(board, within=ceremony.within, period=ceremony.period) if board else "",
        rows=announced(rows, board, latest=shown),
        next_rank=following,
    )


def announced(rows: Iterable[CeremonyRow], board: Board | None, *, latest: int) -> list[Announced]:
    """Rows with names, by handle where the board is no more; `latest` is the step that was taken last."""
    listed = list(rows)
    names = names_of(board, [row.handle for row in listed]) if board else {}
    return [
        Announced(
            row.rank,
            *names.get(row.handle, unnamed(row.handle)),
            score=row.score,
            latest=row.step == latest,
        )
        for row in listed
    ]


def titles_of(ceremony: Ceremony, board: Board | None) -> tuple[str, str]:
    """The board's name, and place and period in words."""
    if board is None:  # the campaign has it no more
        return ceremony.board, " · ".join(part for part in (ceremony.within, ceremony.period) if part)
    places = {choice.value: choice.label for choice in place_choices(board, ceremony.within)}
    period = _("Whole festival") if board.period == Board.Period.FEST else ceremony.period
    if board.period == Board.Period.DAY:
        period = date_format(date.fromisoformat(ceremony.period), "MONTH_DAY_FORMAT")
    elif board.round:
        period = board.round.local.name
    return board.local.name, " · ".join(part for part in (places.get(ceremony.within, ceremony.within), period) if part)


def ceremony_version(fest: str) -> str:
    """Changes with every step of a fest's ceremonies (by its slug): they are only ever added."""
    ((prepared, steps),) = execute(VERSION, [fest])
    return f"{prepared}.{steps}"


def ceremony_url(fest: Fest) -> str:
    """Of the page, while a ceremony is on; else empty."""
    return reverse("ceremony", kwargs={"fest": fest.slug}) if on_stage(fest) else ""
