"""A slow, obvious reading of CAMPAIGN.md, to test the apps against. It imports nothing from them, and no Django.

`standings` goes the whole way from lines of a facts file to the rows of every board. The steps can be called and
compared one by one:

    intake = Intake(campaign, handles); intake.take(lines, arrived_at=…)          what became of each line, the facts
    records = close(campaign, creators, intake.accepted, records, closed_at=…)     placements and admissions
    ledger = ledger_at(campaign, creators, intake.accepted, records)               parts, gains, payments
    all_rows(ledger)                                                               the standings

Moments are aware datetimes in UTC, durations seconds, points integers. Where CAMPAIGN.md can be read in two ways, the
word "Reading:" stands beside the sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tests.reference.boards import Row, all_rows, board_rows
from tests.reference.closing import Creators, close, ledger_at
from tests.reference.completions import Completion, Payment, completions
from tests.reference.corrections import (
    Adjustment,
    Correction,
    Disqualification,
    FactVoid,
    RangeVoid,
    SessionVoid,
)
from tests.reference.intake import Fact, Intake, Line, Outcome, csv_lines, json_lines
from tests.reference.ledger import Ledger
from tests.reference.moments import Calendar, Campaign, FestDay, Window, calendar_of
from tests.reference.parts import Part, parts_of, parts_of_all
from tests.reference.people import Membership, Person, Records, people_of
from tests.reference.points import Gain, gained

__all__ = [
    "Adjustment",
    "Calendar",
    "Campaign",
    "Completion",
    "Correction",
    "Disqualification",
    "Fact",
    "FactVoid",
    "FestDay",
    "Gain",
    "Intake",
    "Ledger",
    "Line",
    "Membership",
    "Outcome",
    "Part",
    "Payment",
    "Person",
    "RangeVoid",
    "Records",
    "Row",
    "SessionVoid",
    "Window",
    "all_rows",
    "board_rows",
    "calendar_of",
    "close",
    "completions",
    "csv_lines",
    "gained",
    "json_lines",
    "ledger_at",
    "parts_of",
    "parts_of_all",
    "people_of",
    "standings",
]


def standings(
    campaign: Campaign,
    creators: Creators,
    facts: Iterable[Line],
    *,
    arrived_at: datetime,
    closed_at: datetime | None = None,
    records: Records | None = None,
    paid: bool = True,
) -> list[Row]:
    """Every standing of every board, after these lines came at `arrived_at` and everything up to `closed_at` (None:
    nothing more than `records` say) was closed. Without `paid`, no challenge and no rank pays."""
    creators = list(creators)
    intake = Intake(campaign, frozenset(row["handle"] for row in creators))
    intake.take(facts, arrived_at=arrived_at)
    records = records or Records()
    if closed_at is not None:
        records = close(campaign, creators, intake.accepted, records, closed_at=closed_at)
    return all_rows(ledger_at(campaign, creators, intake.accepted, records, paid=paid))
