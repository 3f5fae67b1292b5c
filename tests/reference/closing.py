"""What closing decides and pays: placements, admissions and rank bonuses, as CAMPAIGN.md's "Groups", "Rounds" and
"Bonus points" say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from tests.reference.boards import Row, board_rows, periods_of
from tests.reference.completions import Payment, challenge_payments, completions
from tests.reference.corrections import adjusted, is_void, out_since
from tests.reference.intake import Fact
from tests.reference.ledger import Ledger, ledger_of
from tests.reference.moments import (
    MICROSECOND,
    Calendar,
    Campaign,
    Table,
    calendar_of,
    placement_window,
    placing_groups,
    round_window,
)
from tests.reference.parts import Part, parts_of_all, quantity_in
from tests.reference.people import Membership, Records, people_of
from tests.reference.points import BONUS

Creators = Iterable[Mapping[str, str]]


def close(
    campaign: Campaign, creators: Creators, facts: Iterable[Fact], records: Records, *, closed_at: datetime
) -> Records:
    """The records after `close --at`: "what the scheduler does when WHEN has come: places, admits, closes days and
    rounds, pays rank bonuses". Idempotent: what has been decided is not decided again. `facts` are the accepted ones
    that are known now.

    Everything happens in the order of its moment. Reading: at one moment leagues are placed first; then periods that
    end there have paid (their payments lie a microsecond before); then rounds that begin there are opened.
    """
    creators, facts = list(creators), list(facts)
    for moment in moments_to_close(campaign, records, closed_at):
        records = place(campaign, creators, facts, records, moment)
        records = replace(records, closed_at=max(moment, records.closed_at or moment))
        records = admit(campaign, creators, facts, records, moment)
    return replace(records, closed_at=max(closed_at, records.closed_at or closed_at))


def moments_to_close(campaign: Campaign, records: Records, closed_at: datetime) -> list[datetime]:
    """The moments, in order, at which something is decided that has not been decided yet."""
    moments = {
        placement_window(campaign, group).ends
        for group in placing_groups(campaign)
        if group["slug"] not in records.placed
    }
    moments |= {
        round_window(campaign, round_).starts
        for round_ in campaign.get("rounds", [])
        if "admits" in round_ and round_["slug"] not in records.admissions
    }
    return sorted(moment for moment in moments if moment <= closed_at)


def place(campaign: Campaign, creators: Creators, facts: Iterable[Fact], records: Records, moment: datetime) -> Records:
    """ "`placement` (`at_least` 0 if omitted, no upper end if `below` is) places who has no league yet, at its `until`;
    who has no facts has 0."

    Reading: a placement is made once; who comes to the fest after it is placed by the creators file or by staff.
    """
    calendar = calendar_of(campaign)
    parts = standing_parts(calendar, facts, records)
    placing = [
        group
        for group in placing_groups(campaign)
        if group["slug"] not in records.placed and placement_window(campaign, group).ends == moment
    ]
    memberships = list(records.memberships)
    for person in people_of(campaign, creators, records):
        theirs = [part for part in parts if part.creator == person.handle]
        for group in placing:
            placement = group["placement"]
            quantity = quantity_in(theirs, placement["metric"], placement_window(campaign, group))
            fits = placement.get("at_least", 0) <= quantity and (
                "below" not in placement or quantity < placement["below"]
            )
            if person.league is None and fits:
                memberships.append(Membership(person.handle, "league", group["slug"], moment))
                break  # "overlapping league placements [are] refused"
    placed = records.placed | {group["slug"] for group in placing}
    return replace(records, memberships=tuple(memberships), placed=placed)


def admit(campaign: Campaign, creators: Creators, facts: Iterable[Fact], records: Records, moment: datetime) -> Records:
    """ "`admits` takes everyone whose rank is at most `top` in any standing of that board, as known when the round
    opens (or is closed later)".

    Reading: what is known is what has come in by the time of closing; what is judged is the standing as the round
    opens, so that facts and payments of the round's own time admit nobody, however late the closing is.
    """
    opening = [
        round_
        for round_ in campaign.get("rounds", [])
        if "admits" in round_
        and round_["slug"] not in records.admissions
        and round_window(campaign, round_).starts == moment
    ]
    if not opening:
        return records
    ledger = ledger_at(campaign, creators, facts, records)
    admissions = dict(records.admissions)
    for round_ in opening:
        board = board_of(campaign, round_["admits"]["board"])
        rows = board_rows(ledger, board, before=moment)
        admissions[round_["slug"]] = frozenset(row.handle for row in rows if row.rank <= round_["admits"]["top"])
    return replace(records, admissions=admissions)


def board_of(campaign: Campaign, slug: str) -> Table:
    (board,) = (board for board in campaign["boards"] if board["slug"] == slug)
    return dict(board)


def ledger_at(
    campaign: Campaign, creators: Creators, facts: Iterable[Fact], records: Records, *, paid: bool = True
) -> Ledger:
    """Everything that counts now; without `paid`, no payments.

    Rank bonuses hang on standings and standings on rank bonuses. "Boards that count, directly or around a circle, what
    they pay are refused", so paying again and again what the standings say comes to rest.
    """
    calendar = calendar_of(campaign)
    people = people_of(campaign, creators, records)
    parts = adjusted(calendar, standing_parts(calendar, facts, records), records.corrections, paid=False)
    completed = completions(calendar, people, parts, records)
    if not paid:
        return ledger_of(calendar, people, records, parts, completed, [])
    for_challenges = challenge_payments(calendar, completed)
    payments = for_challenges
    for _attempt in range(len(campaign.get("boards", [])) + 2):
        ledger = ledger_of(calendar, people, records, parts, completed, payments)
        due = for_challenges + rank_bonuses(ledger)
        if due == payments:
            return ledger
        payments = due
    raise ValueError("the boards of this campaign count what they pay")


def standing_parts(calendar: Calendar, facts: Iterable[Fact], records: Records) -> list[Part]:
    """The parts of facts that staff have not declared void, of creators who are not out."""
    valid = [fact for fact in facts if not is_void(fact, records.corrections)]
    return parts_of_all(calendar, valid, lambda creator: out_since(creator, records.corrections))


def rank_bonuses(ledger: Ledger) -> list[Payment]:
    """ "a rank bonus pays at the last microsecond of its board's period, percentages rounded down; the first entry of
    `rank_bonus` that fits pays, and each standing of the board pays by itself": "paid when the board's period closes;
    percent of its score, or points = N"."""
    payments = []
    for board in ledger.calendar.campaign.get("boards", []):
        if not board.get("rank_bonus"):
            continue
        ends = {period: window.ends for period, window in periods_of(ledger, board)}
        for row in board_rows(ledger, board):
            bonus = fitting(board["rank_bonus"], row)
            if bonus is None or not ledger.records.has_closed(ends[row.period]):
                continue
            points = row.score * bonus["percent"] // 100 if "percent" in bonus else bonus["points"]
            at = ends[row.period] - MICROSECOND
            out = out_since(row.handle, ledger.records.corrections)
            if points and (out is None or at < out):
                entitlement = ("rank", row.board, row.within, row.period, row.handle)
                payments.append(Payment(row.handle, bonus.get("metric", BONUS), points, at, entitlement))
    return payments


def fitting(bonuses: list[Table], row: Row) -> Table | None:
    """The first entry whose ranks ("1", "1-3" or "6-", which has no end) and `at_least` a row fits."""
    for bonus in bonuses:
        first, dash, last = bonus["ranks"].partition("-")
        lowest = int(last) if last else None if dash else int(first)
        in_ranks = int(first) <= row.rank and (lowest is None or row.rank <= lowest)
        if in_ranks and row.score >= bonus.get("at_least", 0):
            return bonus
    return None
