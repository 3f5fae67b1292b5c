"""Which features of CAMPAIGN.md come into play in a script, by what the slow reading made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from tests.rankings.fests import Expected, Script
from tests.rankings.fests_campaigns import BONUS, PAID, Table
from tests.rankings.fests_events import Amend, Close, Correct, Event, Facts, Join, Move, Refresh, Region, Undo
from tests.reference import Adjustment, Completion, Correction, Disqualification, Row, all_rows, completions
from tests.reference.boards import periods_of
from tests.reference.moments import MICROSECOND


def features_of(script: Script, outcome: Expected) -> set[str]:
    return {
        *of_boards(script, outcome),
        *of_standings(script, outcome),
        *of_payments(script, outcome),
        *of_challenges(script, outcome),
        *of_decisions(script, outcome),
        *of_facts(outcome),
    }


def of_boards(script: Script, outcome: Expected) -> Iterator[str]:
    """What the boards are that rank somebody."""
    ranked = {row.board for row in outcome.rows}
    rounds = {round_["slug"]: round_ for round_ in script.campaign["rounds"]}
    for board in script.campaign["boards"]:
        if board["slug"] not in ranked:
            continue
        of, within, score = board["of"], board.get("within", "none"), board.get("score", "points")
        yield f"board of {of}"
        yield f"board within {'{ group }' if isinstance(within, dict) else within}"
        yield f"board of {'a round' if board['period'] in rounds else board['period']}"
        yield f"score {score}"
        if "admits" in rounds.get(board["period"], {}):
            yield f"board of {of} of a round that admits"
        if score == "points":
            yield "board of some rules" if "rules" in board else "board of all rules"


def of_standings(script: Script, outcome: Expected) -> Iterator[str]:
    boards = {board["slug"]: board for board in script.campaign["boards"]}
    for above, below in pairwise(outcome.rows):
        if standing_of(above) != standing_of(below):
            continue
        yield "several ranked"
        if above.rank == below.rank:
            yield "rank shared"
            if above.handle.lower() > below.handle.lower():
                yield "equals listed by bytes"
        elif above.score == below.score:
            words = boards[above.board].get("tie_break", ["earliest"])
            yield f"tie broken by {'earliest' if words[0] == 'earliest' else 'a metric'}"
    for key in ("gates", "minimum"):
        if len(rows_of(outcome, without(script.campaign, "boards", key))) > len(outcome.rows):
            yield f"{key} kept somebody out"


def of_payments(script: Script, outcome: Expected) -> Iterator[str]:
    campaign, ledger = script.campaign, outcome.ledger
    boards = {board["slug"]: board for board in campaign["boards"]}
    ends = {window.ends - MICROSECOND for board in boards.values() for _period, window in periods_of(ledger, board)}
    ranked = {(row.board, row.handle) for row in outcome.rows}
    for payment in outcome.payments:
        kind, slug, *_ = payment.entitlement
        yield f"{kind} paid in {payment.metric}"
        if kind == "challenge" and payment.at in ends:
            yield "challenge met as a period ended"
        if kind == "rank":
            keys = {key for bonus in boards[slug]["rank_bonus"] for key in bonus}
            yield from (f"rank_bonus with {key}" for key in keys & {"percent", "points", "at_least"})
            if counts_paid(boards[slug]):
                yield "board paid that counts what is paid"
        for board in boards.values():
            if counts_paid(board) and (board["slug"], payment.creator) in ranked:
                yield f"{kind} paid to somebody ranked where payments count"
    for (_handle, rule), gains in ledger.gains.items():
        if rule == "rule-paid" and gains:
            yield "paid metric scored by a rule"


def of_challenges(script: Script, outcome: Expected) -> Iterator[str]:
    tables = {table["slug"]: table for table in script.campaign["challenges"]}
    for completion in outcome.completions:
        table = tables[completion.challenge]
        yield f"challenge met per {table['per']}"
        yield f"challenge met with {len(table['goals'])} goals"
        keys = ("within", "starts", "ends", "first", "points")
        yield from (f"challenge met with {key}" for key in keys if key in table)
        if "points" not in table:
            yield "challenge met without points"
        if table["join"]:
            yield "challenge met with join"
    without_first = completions_of(outcome, without(script.campaign, "challenges", "first"))
    if len(without_first) > len(outcome.completions):
        yield "race lost"
        met = Counter((one.challenge, one.day, one.at) for one in without_first)
        won = Counter((one.challenge, one.day, one.at) for one in outcome.completions)
        if any(0 < won[key] < count for key, count in met.items()):
            yield "race decided by handle"
    if len(completions_of(outcome, without(script.campaign, "challenges", "join"))) > len(outcome.completions):
        yield "joined too late or never"


def of_decisions(script: Script, outcome: Expected) -> Iterator[str]:
    """Placements, admissions, and the events."""
    records = outcome.records
    moves = [event for event in script.events if isinstance(event, Move)]
    if len(records.memberships) > len(moves):
        yield "creator placed"
    if len({one.group for one in records.memberships} - {move.group for move in moves}) > 1:
        yield "creators placed in several leagues"
    for admitted in records.admissions.values():
        if admitted:
            yield "creator admitted"
            if len(admitted) < len(outcome.ledger.people):
                yield "creator not admitted"
    closed = False
    for event in script.events:
        closed |= isinstance(event, Close)
        yield name_of(event, closed)


def name_of(event: Event, closed: bool) -> str:
    match event:
        case Facts():
            return "facts after a closing" if closed else "facts before all closings"
        case Close():
            return "closing"
        case Refresh():
            return "refresh"
        case Move(group=group):
            return "creator moved" if group else "creator moved out"
        case Region():
            return "region changed"
        case Join():
            return "challenge joined"
        case Amend(admitted=admitted):
            return "creator admitted by staff" if admitted else "admission taken back"
        case Correct(correction):
            return kind_of(correction)
        case Undo():
            return "correction undone"


def kind_of(correction: Correction) -> str:
    match correction:
        case Adjustment(metric=metric, quantity=quantity):
            return f"{'paid' if metric in (BONUS, PAID) else 'done'} {'added' if quantity > 0 else 'taken away'}"
        case Disqualification(since=since):
            return "disqualified from a moment on" if since else "disqualified of everything"
        case _:
            return type(correction).__name__


def of_facts(outcome: Expected) -> Iterator[str]:
    calendar, taken = outcome.ledger.calendar, outcome.intake.accepted
    if any(fact.reverses for fact in taken):
        yield "fact reversed"
    if any(fact.supporter == fact.creator for fact in taken):
        yield "gift to oneself"
    if any(fact.at < calendar.fest.starts for fact in taken):
        yield "fact before the fest"
    parts = [part for theirs in outcome.ledger.parts.values() for part in theirs if part.lasts]
    if any(part.at.microsecond == 999_999 for part in parts):
        yield "duration up to a boundary"
    if max(Counter(part.session for part in parts if part.session[0] == "fact").values(), default=0) > 1:
        yield "duration cut"


def standing_of(row: Row) -> tuple[str, str, str]:
    return row.board, row.within, row.period


def counts_paid(board: Table) -> bool:
    rules = board.get("rules", [BONUS])
    return board.get("score") in (BONUS, PAID) or ("score" not in board and bool({BONUS, "rule-paid"} & {*rules}))


def without(campaign: Table, section: str, key: str) -> Table:
    """The campaign with no such key in any table of a section."""
    tables = [{name: value for name, value in table.items() if name != key} for table in campaign[section]]
    return {**campaign, section: tables}


def completions_of(outcome: Expected, campaign: Table) -> list[Completion]:
    """What would be met with other challenges."""
    ledger = outcome.ledger
    parts = [part for theirs in ledger.parts.values() for part in theirs]
    return completions(replace(ledger.calendar, campaign=campaign), ledger.people, parts, ledger.records)


def rows_of(outcome: Expected, campaign: Table) -> list[Row]:
    """Who would be ranked on other boards."""
    return all_rows(replace(outcome.ledger, calendar=replace(outcome.ledger.calendar, campaign=campaign)))
