"""What a creator sees of their own ranks: also during a freeze, where the organiser has it so."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings

from creators.models import Entry
from livefest.copies import shown_copy
from rankings.copies import shown_belonging
from rankings.models import Board
from rankings.places import Place
from rankings.standings import derived_place, place_of, scores_of, size, standings_with


class OwnRank(NamedTuple):
    """A creator's place in one standing, of how many. Board, place and period are named as in addresses."""

    board: str
    within: str
    period: str
    place: Place
    size: int


def own_ranks(entry: Entry) -> list[OwnRank]:
    """Where a creator stands, for their own eyes, by the campaign's boards: as derived now, or as the public is shown
    it once results are certified, and during a freeze unless SHOW_OWN_DURING_FREEZE. For no page that others read."""
    copy = shown_copy(entry.fest_id)
    boards = list(Board.objects.filter(fest=entry.fest_id, of=Board.Of.CREATORS).order_by("position", "pk"))
    if copy and not (copy.is_freeze and settings.SHOW_OWN_DURING_FREEZE):
        ranks = shown_ranks(entry, boards)
    else:
        ranks = derived_ranks(entry, boards)
    order = {board.slug: number for number, board in enumerate(boards)}
    return sorted(ranks, key=lambda rank: (order[rank.board], rank.within, rank.period))


def derived_ranks(entry: Entry, boards: list[Board]) -> list[OwnRank]:
    ranks = []
    for score in scores_of(entry, boards):
        standing = score.standing
        place = derived_place(standing, score.handle)
        if place:
            ranks.append(OwnRank(score.board.slug, standing.within, standing.period, place, standing.size))
    return ranks


def shown_ranks(entry: Entry, boards: list[Board]) -> list[OwnRank]:
    ranks = []
    for board, listed in standings_with(entry, boards, within=shown_belonging(entry).places):
        place = place_of(listed, entry.creator.handle)
        if place:
            ranks.append(OwnRank(board.slug, listed.within, listed.period, place, size(listed)))
    return ranks
