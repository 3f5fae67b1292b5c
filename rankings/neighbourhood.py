"""A creator's own standings with who is just ahead and just behind, for their own eyes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from creators.models import Entry
from livefest.copies import own_copy, shown_copy
from rankings.board_page import ROWS, board_url
from rankings.models import Board, Standing
from rankings.own_ranks import own_listed
from rankings.places import Place
from rankings.standings import Listed, find_standing, listing, recorded_listing, recorded_surroundings, surroundings

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
    return shown_copy(entry.fest_id) is not None and own_copy(entry.fest_id) is None


def own_standings(entry: Entry, today: date | None) -> Iterator[OwnStanding]:
    """Where a creator stands on the campaign's boards of creators, in the campaign's order, each read as it is asked
    for; of boards of days only `today`, every day where that is None.

    As `rankings.own_ranks` has it: as published, during a freeze as derived now unless SHOW_OWN_DURING_FREEZE is off,
    and once results are certified as in these.
    """
    derived = sees_derived(entry)
    for board, listed in own_listed(entry, today):
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
    around = (recorded_surroundings if derived else surroundings)(listed, handle, around=AROUND)
    if around is None:
        return None
    place, size, places = around
    better = better_than(place, places)
    if not better and place.rank > 1:  # more are equal than were looked at
        read = recorded_listing if derived else listing
        better = better_than(place, read(listed, position=place.rank - 2, count=1).places)
    worse = [one for one in places if one.rank > place.rank]
    return OwnStanding(
        board=board,
        listed=listed,
        place=place,
        size=max(size, place.rank),
        ahead=better[-1] if better else None,
        behind=worse[0] if worse else None,
    )


def better_than(place: Place, places: list[Place]) -> list[Place]:
    """Those of a better rank; of places that were read at another moment only who is still ahead by what is known."""
    return [one for one in places if one.rank < place.rank and one.score >= place.score and one.handle != place.handle]
