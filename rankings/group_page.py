"""What the pages of leagues and communities show: how one comes in, who its members are, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from creators.former import KEY, former_creator, is_former
from creators.keyset import LastRow
from creators.models import Group
from livefest.campaign.words import in_words
from livefest.models import Fest
from livefest.site import RegionName, region_name
from livefest.sql import execute
from rankings.board_page import Row, board_page, board_url, default_period
from rankings.copies import shown_members
from rankings.models import Board, Snapshot
from rankings.standings import Listed, place_of, size, standings_of

ROWS = 50
TOP = 10
SCORE = "score"  # the measure of a contribution that counts
MICRO = 1_000_000  # amounts have six places

CONTRIBUTIONS = """
SELECT entry_id, amount FROM rankings_contribution
WHERE standing_id = %(standing)s AND group_id = %(group)s AND measure = %(measure)s
"""

COPIED_CONTRIBUTIONS = """
SELECT entry_id, amount FROM rankings_contributioncopy
WHERE copy_id = %(copy)s AND board = %(board)s AND period = %(period)s AND group_id = %(group)s
"""

TOTAL = "SELECT coalesce(sum(amount), 0) FROM ({contributions}) AS contribution"

# A community's members by what they give it, with competition ranks, from the row on that follows (amount, handle).
# Reads all members that have given something.
MEMBERS = f"""
SELECT member.*
FROM (
    SELECT rank() OVER (ORDER BY contribution.amount DESC) AS rank, creator.handle, {KEY} AS key, creator.name,
           region.code, contribution.amount
    FROM ({{contributions}}) AS contribution
         JOIN creators_entry entry ON entry.id = contribution.entry_id
         JOIN creators_creator creator ON creator.id = entry.creator_id
         LEFT JOIN livefest_region region ON region.id = entry.region_id
) AS member
WHERE %(amount)s::numeric IS NULL OR amount < %(amount)s OR amount = %(amount)s AND handle > %(handle)s
ORDER BY amount DESC, handle
LIMIT %(count)s
"""

# The member at a place in that order, or the last before it.
NEAREST = f"""
SELECT contribution.amount, creator.handle, {KEY}
FROM ({{contributions}}) AS contribution
     JOIN creators_entry entry ON entry.id = contribution.entry_id
     JOIN creators_creator creator ON creator.id = entry.creator_id
WHERE contribution.amount > %(amount)s OR contribution.amount = %(amount)s AND creator.handle <= %(handle)s
ORDER BY contribution.amount, creator.handle DESC
LIMIT 1
"""


@dataclass(frozen=True)
class GroupCard:
    """A group with its number of members."""

    group: Group
    members: int

    @property
    def is_league(self) -> bool:
        return self.group.kind == Group.Kind.LEAGUE

    @property
    def places_left(self) -> int:
        """Of a roster."""
        return max(0, (self.group.roster or 0) - self.members)

    @property
    def cut(self) -> str:
        """Whom a league takes, in words; "" where its organiser places."""
        metric, low, below = self.group.placement_metric, self.group.placement_at_least, self.group.placement_below
        if metric is None:
            return ""
        words = {
            "metric": metric.local.name,
            "low": in_words(low, metric.unit),
            "below": in_words(below, metric.unit) if below is not None else "",
        }
        if below is None:
            return (_("%(low)s %(metric)s and more") if low else _("Any number of %(metric)s")) % words
        return (_("%(low)s to under %(below)s %(metric)s") if low else _("Under %(below)s %(metric)s")) % words


@dataclass(frozen=True)
class Member:
    """`handle` is empty for who is not named any more. `share` is of the community's score, in tenths of a percent."""

    rank: int
    after: After
    handle: str
    name: str
    region: RegionName | None
    amount: Decimal
    share: Decimal

    @property
    def score(self) -> int:
        return int(self.amount)

    @property
    def key(self) -> str:
        return self.after.key


@dataclass(frozen=True)
class After:
    """The last member of the page before; addresses name them by their key (`creators.former`)."""

    amount: Decimal
    handle: str
    key: str

    @classmethod
    def parse(cls, text: str) -> After | None:
        """None for the first page. Raises NoSuchPage."""
        last = LastRow.parse(text, digits=38)
        return cls(Decimal(last.number).scaleb(-6), last.handle, last.key) if last else None

    def __str__(self) -> str:
        return str(LastRow(int(self.amount * MICRO), self.handle, self.key))


@dataclass(frozen=True)
class BoardLink:
    """A board on which the group stands; without `rank` it isn't ranked there."""

    board: Board
    url: str
    rank: int | None = None
    of: int = 0


@dataclass(frozen=True)
class GroupPage:
    """`boards` are those of communities, for one of them; `inside` those that rank the group's own members, of which
    the first is shown by its best (`top`). `scored` is the board that the members' shares are of."""

    card: GroupCard
    boards: list[BoardLink]
    inside: list[BoardLink]
    top: list[Row]
    scored: Board | None
    total: int
    rows: list[Member]
    asked: After | None
    following: After | None

    @property
    def first_url(self) -> str:
        return reverse("group", kwargs={"fest": self.card.group.fest.slug, "group": self.card.group.slug})

    @property
    def url(self) -> str:
        return self.first_url + (f"?{urlencode({'after': str(self.asked)})}" if self.asked else "")

    @property
    def next_url(self) -> str:
        return f"{self.first_url}?{urlencode({'after': str(self.following)})}" if self.following else ""


def group_cards(fest: Fest) -> list[GroupCard]:
    """The fest's groups in the campaign's order."""
    groups = list(Group.objects.filter(fest=fest).select_related("placement_metric").order_by("position", "id"))
    members = shown_members(fest, groups)
    return [GroupCard(group, members.get(group.pk, 0)) for group in groups]


def group_page(group: Group, now: datetime, *, after: str) -> GroupPage:
    """A group's page, with up to 50 members of a community after the one that `after` names, or the nearest before:
    so there are no more pages than members, whatever is asked for. Raises NoSuchPage."""
    asked = After.parse(after)
    card = GroupCard(group, shown_members(group.fest, [group]).get(group.pk, 0))
    own = Q(within=Board.Within.GROUP) & (Q(within_group=None) | Q(within_group=group))
    found = Board.objects.filter(Q(of=Board.Of.GROUPS) | own, fest=group.fest_id).order_by("position", "id")
    boards = list(found.select_related("fest", "round", "within_group", "score_metric"))
    communal = [] if card.is_league else [board for board in boards if board.of == Board.Of.GROUPS]
    inside = [board for board in boards if board.of != Board.Of.GROUPS]
    inside.sort(key=lambda board: (board.of != Board.Of.CREATORS, board.period != Board.Period.FEST))
    standings = standings_of(boards, within=["", group.slug])
    top: list[Row] = []
    if card.is_league and inside:
        period = default_period(inside[0], now)
        standing = standings.get((inside[0].pk, group.slug, period))
        top = board_page(inside[0], standing, within=group.slug, period=period, number=1).rows[:TOP]
    scored = next((board for board in communal if board.period == Board.Period.FEST), None)
    standing = standings.get((scored.pk, "", "fest")) if scored else None
    total, asked, rows = members_of(group, scored, standing, asked) if scored and standing else (Decimal(0), None, [])
    last = rows[ROWS - 1] if len(rows) > ROWS else None
    return GroupPage(
        card=card,
        boards=[link_of(board, standings, group, now) for board in communal],
        inside=[
            BoardLink(board, board_url(board, within=group.slug, period=default_period(board, now))) for board in inside
        ],
        top=top,
        scored=scored,
        total=int(total),
        rows=rows[:ROWS],
        asked=asked,
        following=last.after if last else None,
    )


def link_of(board: Board, standings: dict[tuple[int, str, str], Listed], group: Group, now: datetime) -> BoardLink:
    """A board of communities with the group's rank, of a board of days today's."""
    period = default_period(board, now)
    link = BoardLink(board, board_url(board, period=period))
    standing = standings.get((board.pk, "", period))
    place = place_of(standing, group.slug) if standing else None
    return replace(link, rank=place.rank, of=size(standing)) if standing and place else link


def members_of(
    group: Group, board: Board, listed: Listed, asked: After | None
) -> tuple[Decimal, After | None, list[Member]]:
    """The community's score in a standing, exact, and its members after the one that was asked for or the nearest
    before, who is given too; one more than a page."""
    copied = isinstance(listed, Snapshot)
    contributions = COPIED_CONTRIBUTIONS if copied else CONTRIBUTIONS
    values = {
        "standing": listed.pk,
        "copy": listed.copy_id if isinstance(listed, Snapshot) else None,
        "board": board.slug,
        "period": listed.period,
        "group": group.pk,
        "measure": SCORE,
        "amount": asked.amount if asked else None,
        "handle": asked.handle if asked else "",
        "count": ROWS + 1,
    }
    if asked:
        before = execute(NEAREST.format(contributions=contributions), values)
        asked = After(*before[0]) if before else None
        values |= {"amount": asked.amount if asked else None, "handle": asked.handle if asked else ""}
    ((total,),) = execute(TOTAL.format(contributions=contributions), values)
    found = execute(MEMBERS.format(contributions=contributions), values)
    return (
        total,
        asked,
        [
            Member(
                rank=rank,
                after=After(amount, handle, key),
                handle="" if is_former(key) else handle,
                name=former_creator() if is_former(key) else name or handle,
                region=region_name(code) if code else None,
                amount=amount,
                share=(amount * 100 / total).quantize(Decimal("0.1")),
            )
            for rank, handle, key, name, code, amount in found
        ],
    )
