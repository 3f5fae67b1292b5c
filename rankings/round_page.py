"""What the page of rounds shows: when each is, who advances into it, and who did."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Prefetch, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creators.former import name_of
from livefest.copies import shown_copy
from livefest.models import Fest, Round
from livefest.site import RegionName, region_name
from rankings.models import Admission, Board, Opening

SHOWN = 50  # of those admitted; all are on the round's boards


@dataclass(frozen=True)
class Admitted:
    """`handle` is empty for who is not named any more."""

    handle: str
    name: str
    region: RegionName | None


@dataclass(frozen=True)
class RoundCard:
    """A round with its boards. `source` is the board that admits; `opened` whether it has been asked."""

    round: Round
    state: str  # "open", "next" or "over"
    boards: list[Board]
    source: Board | None
    opened: bool
    admitted: int = 0
    first: list[Admitted] = field(default_factory=list)

    @property
    def advance(self) -> str:
        """Who takes part, in words."""
        if self.source is None or self.round.admits_top is None:
            return _("Everyone takes part.")
        return ways_of(self.source, self.round.admits_top)

    @property
    def more(self) -> int:
        """How many were admitted beyond those shown."""
        return self.admitted - len(self.first)


def ways_of(source: Board, top: int) -> str:
    """Who advances from a board: "The best 3 of each country or region of “Qualifying” advance."."""
    words = {
        "top": top,
        "board": source.local.name,
        "group": source.within_group.local.name if source.within_group else "",
    }
    daily = source.period == Board.Period.DAY
    if source.within_group:
        text = ngettext(
            "The best of %(group)s on “%(board)s” advances.",
            "The best %(top)d of %(group)s on “%(board)s” advance.",
            top,
        )
    elif source.within == Board.Within.REGION:
        text = ngettext(
            "The best of each country or region of “%(board)s” advances.",
            "The best %(top)d of each country or region of “%(board)s” advance.",
            top,
        )
    elif source.within == Board.Within.GROUP:
        text = ngettext(
            "The best of each league and community of “%(board)s” advances.",
            "The best %(top)d of each league and community of “%(board)s” advance.",
            top,
        )
    elif source.within == Board.Within.CATEGORY:
        text = ngettext(
            "The best of each category of “%(board)s” advances.",
            "The best %(top)d of each category of “%(board)s” advance.",
            top,
        )
    else:
        text = ngettext("The best of “%(board)s” advances.", "The best %(top)d of “%(board)s” advance.", top)
    return text % words + (" " + _("Each day's ranks count.") if daily else "")


def round_cards(fest: Fest, now: datetime) -> list[RoundCard]:
    """The fest's rounds in time."""
    boards = {board.slug: board for board in Board.objects.filter(fest=fest).select_related("within_group", "fest")}
    own = Prefetch("boards", Board.objects.order_by("position", "id"))
    rounds = Round.objects.filter(fest=fest).prefetch_related(own).order_by("starts", "position", "id")
    openings = {
        opening.round_id: opening
        for opening in shown_openings(fest).annotate(number=Count("admissions", filter=Q(admissions__admitted=True)))
    }
    first = first_admitted(fest)
    cards = []
    for one in rounds:
        opening = openings.get(one.pk)
        cards.append(
            RoundCard(
                round=one,
                state="next" if now < one.starts else "open" if now < one.ends else "over",
                boards=list(one.boards.all()),
                source=boards.get(one.admits_board),
                opened=opening is not None,
                admitted=opening.number if opening else 0,
                first=first.get(opening.pk, []) if opening else [],
            )
        )
    return cards


def shown_openings(fest: Fest) -> QuerySet[Opening]:
    """The openings that the public may know of: who was admitted during a freeze would tell how the boards stand."""
    openings = Opening.objects.filter(round__fest=fest)
    copy = shown_copy(fest.pk)
    return openings.filter(opened_at__lt=copy.shown_from) if copy and copy.is_freeze else openings


def first_admitted(fest: Fest) -> dict[int, list[Admitted]]:
    """The first of those admitted, by handle, for each opening."""
    number = Window(RowNumber(), partition_by=F("opening"), order_by="entry__creator__handle")
    admissions = (
        Admission.objects.filter(opening__in=shown_openings(fest), admitted=True)
        .annotate(number=number)
        .filter(number__lte=SHOWN)
        .select_related("entry__creator", "entry__region")
        .order_by("opening", "entry__creator__handle")
    )
    found: dict[int, list[Admitted]] = {}
    for admission in admissions:
        entry, creator = admission.entry, admission.entry.creator
        region = region_name(entry.region.code) if entry.region else None
        one = Admitted("" if creator.withdrawn_at else creator.handle, name_of(creator), region)
        found.setdefault(admission.opening_id, []).append(one)
    return found
