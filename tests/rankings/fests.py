"""Small random whole fests, each a script of what happens, and what the slow reading makes of it: a test plays the
events of one of `scripts()` in the app and compares what comes out with `expected(script)`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from hypothesis import strategies as st

from livefest.campaign import CampaignError
from livefest.campaign.document import check_document
from tests.rankings.fests_campaigns import Table, whole_campaign
from tests.rankings.fests_events import (
    ARRIVED_AT,
    Amend,
    Close,
    Correct,
    Event,
    Facts,
    Join,
    Move,
    Refresh,
    Region,
    Undo,
    creators,
    events,
    pool_of,
)
from tests.rankings.strategies import randoms
from tests.reference import (
    Completion,
    Correction,
    Intake,
    Ledger,
    Membership,
    Payment,
    Records,
    Row,
    all_rows,
    calendar_of,
    close,
    ledger_at,
)

__all__ = [
    "Amend",
    "Close",
    "Correct",
    "Event",
    "Expected",
    "Facts",
    "Join",
    "Move",
    "Refresh",
    "Region",
    "Script",
    "Undo",
    "expected",
    "is_valid",
    "script_of",
    "scripts",
]


@dataclass(frozen=True)
class Script:
    """A fest and what happens to it, in order. `campaign` is a document for `to_text`, `creators` are rows of the
    creators file, and facts arrive from `arrived_at` on."""

    campaign: Table
    creators: list[dict[str, str]]
    arrived_at: datetime
    events: list[Event]


@dataclass(frozen=True)
class Expected:
    """How things stand at the end of a script by the slow reading. `intake` has the accepted facts, `records` what was
    decided on the way, `ledger` everything else that counts."""

    rows: list[Row]
    intake: Intake
    records: Records
    ledger: Ledger

    @property
    def completions(self) -> list[Completion]:
        return self.ledger.completions

    @property
    def payments(self) -> list[Payment]:
        return self.ledger.payments


def is_valid(campaign: Table) -> bool:
    """Whether `load_campaign` takes it."""
    try:
        check_document(campaign)
    except CampaignError:
        return False
    return True


def script_of(random: Random) -> Script:
    """A random fest, valid but for one in twenty. Any Random will do: one with a seed gives hundreds a second."""
    campaign = whole_campaign(random)
    rows = creators(random, campaign)
    calendar = calendar_of(campaign)
    handles = [row["handle"] for row in rows]
    return Script(campaign, rows, ARRIVED_AT, events(random, calendar, handles, pool_of(random, calendar)))


def scripts() -> st.SearchStrategy[Script]:
    """Valid random fests, which shrink."""
    return randoms.map(script_of).filter(lambda script: is_valid(script.campaign))


def expected(script: Script) -> Expected:
    """The script played by the slow reading."""
    rows = {row["handle"]: dict(row) for row in script.creators}
    intake = Intake(script.campaign, frozenset(rows))
    records = Records()
    made: list[Correction] = []
    for event in script.events:
        match event:
            case Facts(lines, later):
                intake.take(lines, arrived_at=script.arrived_at + later)
            case Close(moment):
                records = close(script.campaign, rows.values(), intake.accepted, records, closed_at=moment)
            case Move(handle, kind, group, moment):
                moved = Membership(handle, kind, group, moment)
                records = replace(records, memberships=(*records.memberships, moved))
            case Region(handle, code):
                rows[handle]["region"] = code
            case Join(challenge, handle, moment):
                records = replace(records, joins={**records.joins, (challenge, handle): moment})
            case Amend(round_, handle, admitted):
                records = replace(records, admissions=amended(records.admissions, round_, handle, admitted))
            case Correct(correction):
                made.append(correction)
                records = replace(records, corrections=(*records.corrections, correction))
            case Undo(number):
                kept = tuple(one for one in records.corrections if one is not made[number])
                records = replace(records, corrections=kept)
            case Refresh():
                pass  # what is derived depends on no refresh
    ledger = ledger_at(script.campaign, rows.values(), intake.accepted, records)
    return Expected(all_rows(ledger), intake, records, ledger)


def amended(
    admissions: Mapping[str, frozenset[str]], round_: str, handle: str, admitted: bool
) -> dict[str, frozenset[str]]:
    others = admissions[round_] - {handle}
    return {**admissions, round_: others | {handle} if admitted else others}
