"""What if this creator is disqualified? Every rank and every award that would move, without anything being done.

The look runs the real thing, as that of a correction does (`rankings/corrections.py`): in a transaction that is rolled
back, with the disqualification in force, all standings are derived, and the rewards are asked who is due them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction

from creators.corrections import disqualification
from creators.models import Entry
from livefest import clock
from livefest.models import User
from livefest.sql import execute
from rankings.correction_moves import Leading, begin_moves, count_changes, count_others, leading_moves
from rankings.corrections import keep_facts_out, pretend
from rankings.locks import fest_lock
from rankings.refresh import derive
from rankings.results import current_edition
from rewards.due import due_of
from rewards.eligibility import refused_for_good
from rewards.lists import List, lists_now, lists_of
from rewards.models import Award
from rewards.models.award import HAD_THEIR_CHANCE, LIVE
from rewards.proposing import awards_of, handles, unit_of, who_claim

RANKS_LISTED = 1_000

Where = tuple[int, str, str]  # a reward's id, place and period


class AwardMove(NamedTuple):
    """What somebody has of a reward, or is due, and what they would be due; 0 for nothing. `state`: of the award that
    they have; "" before there is one. `unit` as in Award."""

    reward: str
    within: str
    period: str
    handle: str
    before: int
    after: int
    unit: str
    state: str

    @property
    def to_settle(self) -> bool:
        """It was fulfilled: what is too much or too little is settled with them."""
        return self.state == Award.State.FULFILLED


@dataclass(frozen=True)
class WhatIf:
    """changes: rows of standings whose score changes; others: rows that only come to another rank. ranks: those that
    are or were among the leading thousand of their standing and come to another rank, by standing and rank, the first
    thousand of `ranks_count`. awards: by reward, in the order of the lists. certified: against the edition that stands
    and the awards by it; else against what would be certified now."""

    changes: int
    others: int
    ranks_count: int
    ranks: list[Leading]
    awards: list[AwardMove]
    certified: bool


def what_if_disqualified(entry: Entry, *, by: User) -> WhatIf:
    """Takes as long as two refreshes, under the fest's lock. Raises Decided where they are disqualified already."""
    correction, fest = disqualification(entry=entry), entry.fest
    with fest_lock(fest), transaction.atomic():
        try:
            keep_facts_out(correction)
            derive(fest, rebuild=False)
            edition = current_edition(fest)
            before = dues(list(lists_of(edition) if edition else lists_now(fest)))
            begin_moves()
            pretend(correction, by, clock.now())
            derive(fest, rebuild=False, moves_into="correction_move")
            execute("ANALYZE correction_move")
            count, ranks = leading_moves(leaders=RANKS_LISTED, most=RANKS_LISTED)
            awards = moved(before, dues(list(lists_now(fest)), ask_who_has=False))
            return WhatIf(count_changes(), count_others(), count, ranks, awards, edition is not None)
        finally:
            transaction.set_rollback(True)


class Dues(NamedTuple):
    """By list, what each is due (handle to amount); of whom awards say so, their state."""

    lists: dict[Where, List]
    amounts: dict[Where, dict[str, int]]
    states: dict[Where, dict[str, str]]


def dues(lists: list[List], *, ask_who_has: bool = True) -> Dues:
    """What is due on each list; `ask_who_has`: or what is awarded already, where something is."""
    found = Dues({}, {}, {})
    for one in lists:
        where = (one.reward.pk, one.within, one.period)
        live = {award.handle: award for award in awards_of(one).filter(state__in=LIVE)}
        found.lists[where] = one
        found.states[where] = {handle: award.state for handle, award in live.items()}
        if ask_who_has and awards_of(one).exists():
            found.amounts[where] = {handle: award.amount for handle, award in live.items()}
        else:
            found.amounts[where] = due_on(one, {handle: award.amount for handle, award in live.items()})
    return found


def due_on(one: List, holding: dict[str, int]) -> dict[str, int]:
    """What each is due of a list, past those who had their chance or can't have it."""
    without = handles(awards_of(one).filter(state__in=HAD_THEIR_CHANCE))
    while True:
        due = due_of(one.reward, one.rows(), without=without, holding=holding)
        new = [each.handle for each in due if each.handle not in holding]
        refused = refused_for_good(who_claim(one.reward, new))
        if not refused:
            return {each.handle: each.amount for each in due}
        without |= set(refused)


def moved(before: Dues, after: Dues) -> list[AwardMove]:
    """What differs; lists that are only in one of the two too: nobody is ranked there in the other."""
    moves = []
    for where, one in {**before.lists, **after.lists}.items():
        old, new = before.amounts.get(where, {}), after.amounts.get(where, {})
        states = before.states.get(where) or after.states.get(where) or {}
        for handle in [*old, *(handle for handle in new if handle not in old)]:
            if old.get(handle, 0) != new.get(handle, 0):
                place = (one.reward.slug, one.within, one.period, handle)
                amounts = (old.get(handle, 0), new.get(handle, 0))
                moves.append(AwardMove(*place, *amounts, unit_of(one.reward), states.get(handle, "")))
    return moves
