"""A creator's own standings with who is just ahead and just behind, for their own eyes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from creators.models import Entry
from livefest.copies import shown_copy
from rankings.board_page import ROWS, board_url
from rankings.copies import shown_belonging
from rankings.models import Board, Standing
from rankings.places import Place
from rankings.standings import (
    Listed,
    Listing,
    derived_place,
    find_standing,
    listing,
    place_of,
    recorded_listing,
    scores_of,
    standings_with,
)

AROUND = 3  # places above and below that are looked at


@dataclass(frozen=True)
class OwnStanding:
    """A creator's place in one standing, of `size`. `ahead` is the nearest of those with a better rank, `behind` the
    nearest with a worse one; None where there is nobody, or only equals within reach."""

    board: Board
    listed: Listed
    place: Place
    size: int
    ahead: Place | None
    behind: Place | None

    @property
    def gap(self) -> int | None:
        """To the next better rank; 0 where the tie-break alone decides."""
        return self.ahead.score - self.place.score if self.ahead else None

    @property
    def lead(self) -> int | None:
        return self.place.score - self.behind.score if self.behind else None

    @property
    def row_url(self) -> str:
        """The address of the creator's row."""
        page = self.place.position // ROWS + 1
        url = board_url(self.board, within=self.listed.within, period=self.listed.period)
        return f"{url}?page={page}#p{self.place.position + 1}" if page > 1 else f"{url}#p{self.place.position + 1}"


def sees_derived(entry: Entry) -> bool:
    """Whether the creator is shown where they stand now although the public boards are frozen."""
    copy = shown_copy(entry.fest_id)
    return bool(copy and copy.is_freeze and settings.SHOW_OWN_DURING_FREEZE)


def is_as_it_was(entry: Entry) -> bool:
    """Whether the creator is shown a copy, as the public is: nothing of it moves."""
    return shown_copy(entry.fest_id) is not None and not sees_derived(entry)


def own_standings(entry: Entry, today: date | None) -> Iterator[OwnStanding]:
    """Where a creator stands on the campaign's boards of creators, in the campaign's order, each read as it is asked
    for; of boards of days only `today`, every day where that is None.

    As `rankings.own_ranks` has it: as published, during a freeze as derived now unless SHOW_OWN_DURING_FREEZE is off,
    and once results are certified as in these.
    """
    boards = Board.objects.filter(fest=entry.fest_id, of=Board.Of.CREATORS)
    wanted = list(boards.select_related("fest", "round", "score_metric").order_by("position", "pk"))
    derived = sees_derived(entry)
    found: list[tuple[Board, Listed]]
    if derived:
        by_id = {board.pk: board for board in wanted}
        found = [(by_id[score.board_id], score.standing) for score in scores_of(entry, wanted)]
    else:
        found = standings_with(entry, wanted, within=shown_belonging(entry).places)
    order = {board.pk: number for number, board in enumerate(wanted)}
    found.sort(key=lambda one: (order[one[0].pk], one[1].within, one[1].period))
    for board, listed in found:
        if board.period == Board.Period.DAY and today is not None and listed.period != str(today):
            continue
        own = own_standing(board, listed, entry.creator.handle, derived=derived)
        if own:
            yield own


def own_standing_at(entry: Entry, board: str, within: str, period: str) -> OwnStanding | None:
    """Where a creator stands in one standing, named as in addresses; None where they aren't ranked there."""
    found = Board.objects.filter(fest=entry.fest_id, of=Board.Of.CREATORS, slug=board)
    one = found.select_related("fest", "round", "score_metric").first()
    if one is None:
        return None
    derived = sees_derived(entry)
    listed = derived_standing(one, within, period) if derived else find_standing(one, within=within, period=period)
    return own_standing(one, listed, entry.creator.handle, derived=derived) if listed else None


def derived_standing(board: Board, within: str, period: str) -> Standing | None:
    return Standing.objects.filter(board=board, within=within, period=period).first()


def own_standing(board: Board, listed: Listed, handle: str, *, derived: bool) -> OwnStanding | None:
    """None where the standing was not published with the creator yet. `derived`: as PostgreSQL has it now."""

    def read(position: int, count: int) -> Listing:
        if derived:
            return recorded_listing(listed, position=position, count=count)
        return listing(listed, position=position, count=count)

    place = derived_place(listed, handle) if derived and isinstance(listed, Standing) else place_of(listed, handle)
    if place is None:
        return None
    first = max(0, place.position - AROUND)
    around = read(first, place.position - first + AROUND + 1)
    better = [one for one in around.places if one.rank < place.rank]
    if not better and place.rank > 1:  # more are equal than were looked at
        better = read(place.rank - 2, 1).places
    worse = [one for one in around.places if one.rank > place.rank]
    return OwnStanding(
        board=board,
        listed=listed,
        place=place,
        size=max(around.size, place.rank),
        ahead=better[-1] if better else None,
        behind=worse[0] if worse else None,
    )
