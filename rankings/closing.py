"""What closing decides, in the order of its moments: placements, openings of rounds, that periods pay, and the freeze.
It records the history too.

CAMPAIGN.md, "Commands" (`close`). Each is decided once and is a record then. Nothing else does these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from creators.models import Group
from creators.placement import place
from livefest.campaign import read_campaign
from livefest.models import Fest, Round
from rankings.admissions import open_rounds
from rankings.boards import plans_of
from rankings.freezing import freeze, freeze_is_due
from rankings.history import due_kind, record_history
from rankings.locks import fest_lock
from rankings.models import RefreshState
from rankings.rank_bonuses import closings
from rankings.refresh import Refreshed, refresh


@dataclass
class Closed:
    """What a closing did: creators placed, creators admitted, whether the boards froze, and the refresh at its end."""

    placed: int
    admitted: int
    froze: bool
    refreshed: Refreshed

    def __str__(self) -> str:
        return f"{self.placed} placed, {self.admitted} admitted{', boards frozen' * self.froze}; {self.refreshed}"


def close(fest: Fest, *, at: datetime, wait: bool = True) -> Closed | None:
    """Decides everything whose moment has come by `at` (UTC) and has not been decided, and refreshes.

    Idempotent, and in the right order however late: at one moment leagues are placed first, then periods that end
    there pay, then rounds that begin there are opened, then the boards freeze. Another closing or refresh of the fest
    waits, or returns None if it should not. Died in the middle, the next one goes on where it was.
    """
    with fest_lock(fest, wait=wait) as held:
        if not held:
            return None
        placed = admitted = 0
        freezes = freeze_is_due(fest, at)
        for moment in undecided(fest, at):
            placed += place(fest, at=moment)
            advance(fest, moment)
            # What happened at the freeze or after must not be seen, however late this is.
            refresh(fest, before=fest.freeze if freeze_is_due(fest, at) else None)
            admitted += open_rounds(fest, at=moment)
            if freeze_is_due(fest, moment):
                freeze(fest)
        advance(fest, at)
        refreshed = refresh(fest)
        assert refreshed is not None  # noqa: S101  the lock is held
        record_history(fest, at=at)
        return Closed(placed, admitted, freezes, refreshed)


def undecided(fest: Fest, at: datetime) -> list[datetime]:
    """The moments by `at`, in order, at which a league is to be placed, a round opened or the boards frozen."""
    placements = Group.objects.filter(fest=fest, placement_until__lte=at, placed_at=None)
    openings = Round.objects.filter(fest=fest, starts__lte=at, opening=None).exclude(admits_board="")
    moments = {group.placement_until for group in placements} | {round_.starts for round_ in openings}
    if freeze_is_due(fest, at):
        moments.add(fest.freeze)
    return sorted(moment for moment in moments if moment is not None)


@transaction.atomic
def advance(fest: Fest, moment: datetime) -> None:
    """Records that everything up to `moment` is closed; it never goes back."""
    state, _created = RefreshState.objects.select_for_update().get_or_create(fest=fest)
    if state.closed_at is None or state.closed_at < moment:
        state.closed_at = moment
        state.save(update_fields=["closed_at"])


def is_due(fest: Fest, at: datetime) -> bool:
    """Whether something waits to be closed: a placement, an opening, the freeze, a period that ended and pays, or what
    is to be recorded."""
    state = RefreshState.objects.filter(fest=fest).first()
    if undecided(fest, at) or due_kind(fest, state, at):
        return True
    closed_at = state.closed_at if state else None
    if closed_at is not None and closed_at >= fest.ends:
        return False
    campaign = read_campaign(fest)
    return any(
        ends <= at and (closed_at is None or ends > closed_at)
        for plan in plans_of(fest)
        if plan.rank_bonuses
        for _period, ends in closings(campaign, plan)
    )
