"""Where a creator's community stands, and what the creator gives to it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from creators.models import Entry, Group
from rankings.board_page import board_url
from rankings.copies import shown_members
from rankings.models import Board, Contribution, ContributionCopy, GroupTotal, Snapshot
from rankings.standings import find_standing, place_of, size

SCORE = "score"  # the measure of a contribution that counts


@dataclass(frozen=True)
class OwnCommunity:
    """`rank` is None where it isn't ranked, `board` where no board ranks communities over the whole fest. `share` is
    what the creator gives of its score, in percent with one place."""

    group: Group
    members: int
    board: Board | None = None
    url: str = ""
    rank: int | None = None
    of: int = 0
    given: int = 0
    share: Decimal | None = None


def own_community(entry: Entry, group: Group) -> OwnCommunity:
    """As everybody is shown it, also during a freeze: a community's rank would tell of others."""
    members = shown_members(entry.fest, [group]).get(group.pk, 0)
    boards = Board.objects.filter(fest=entry.fest_id, of=Board.Of.GROUPS, period=Board.Period.FEST)
    board = boards.select_related("fest", "round").order_by("position", "pk").first()
    if board is None:
        return OwnCommunity(group, members)
    url = board_url(board)
    standing = find_standing(board)
    place = place_of(standing, group.slug) if standing else None
    if standing is None or place is None:
        return OwnCommunity(group, members, board, url)
    if isinstance(standing, Snapshot):
        copied = ContributionCopy.objects.filter(
            copy=standing.copy_id, board=board.slug, period=standing.period, group=group
        )
        given = copied.filter(entry=entry).values_list("amount", flat=True).first() or Decimal(0)
        total = Decimal(place.score)
    else:
        own = Contribution.objects.filter(entry=entry, standing=standing, measure=SCORE, group=group)
        given = own.values_list("amount", flat=True).first() or Decimal(0)
        totals = GroupTotal.objects.filter(standing=standing, group=group, measure=SCORE)
        total = totals.values_list("amount", flat=True).first() or Decimal(0)
    share = (given * 100 / total).quantize(Decimal("0.1")) if total else None
    return OwnCommunity(group, members, board, url, place.rank, size(standing), int(given), share)
