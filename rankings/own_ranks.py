"""What a creator sees of their own ranks: also during a freeze, where the organiser has it so."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from creators.models import Entry
from livefest.copies import own_copy
from rankings.copies import shown_belonging
from rankings.models import Board
from rankings.places import Place
from rankings.standings import Listed, place_of, recorded_place, scores_of, size, standings_with


class OwnRank(NamedTuple):
    """A creator's place in one standing, of how many. Board, place and period are named as in addresses."""

    board: str
    within: str
    period: str
    place: Place
    size: int


def own_ranks(entry: Entry, *, day: date | None = None) -> list[OwnRank]:
    """Where a creator stands, for their own eyes, by the campaign's boards: as derived now, or as the public is shown
    it once results are certified, and during a freeze unless SHOW_OWN_DURING_FREEZE. Of boards of days only `day`
    (None: every day). For no page that others read."""
    derived = own_copy(entry.fest_id) is None
    ranks = []
    for board, listed in own_listed(entry, day):
        place = (recorded_place if derived else place_of)(listed, entry.creator.handle)
        if place:
            ranked = listed.size if derived else size(listed)
            ranks.append(OwnRank(board.slug, listed.within, listed.period, place, ranked))
    return ranks


def own_listed(entry: Entry, day: date | None) -> list[tuple[Board, Listed]]:
    """The standings of creators in which a creator is ranked, for their own eyes, by the campaign's boards, then place
    and period; of boards of days only `day` (None: every day)."""
    found = Board.objects.filter(fest=entry.fest_id, of=Board.Of.CREATORS).order_by("position", "pk")
    boards = {board.pk: board for board in found.select_related("fest", "round", "score_metric")}
    listed: list[tuple[Board, Listed]]
    if own_copy(entry.fest_id):
        listed = standings_with(entry, list(boards.values()), within=shown_belonging(entry).places)
    else:
        scores = scores_of(entry, list(boards.values()))
        listed = [(boards[score.board_id], score.standing) for score in scores]
    order = {pk: number for number, pk in enumerate(boards)}
    return sorted(
        (
            (board, one)
            for board, one in listed
            if day is None or board.period != Board.Period.DAY or one.period == str(day)
        ),
        key=lambda found: (order[found[0].pk], found[1].within, found[1].period),
    )
