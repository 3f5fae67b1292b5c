"""Placements, admissions and rank bonuses, in the order of their moments, computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reference import Campaign, Membership, Records, all_rows, close, ledger_at
from tests.reference.small import (
    LATE,
    brief,
    campaign,
    creators,
    fact,
    ledger,
    moment,
    ranks,
    reversal,
    standing,
    taken,
)

RULES = '[[rules]]\nslug = "gifts"\nmetric = "coins"\npoints = 1\n'
LEAGUES = """
[[groups]]
slug = "high"
kind = "league"
placement = { metric = "coins", from = 2026-02-06T00:00:00, until = 2026-02-13T00:00:00, at_least = 10 }
[[groups]]
slug = "low"
kind = "league"
placement = { metric = "coins", from = 2026-02-06T00:00:00, until = 2026-02-13T00:00:00, below = 10 }
"""
HEATS = '[[rounds]]\nslug = "heats"\nstarts = 2026-02-13T00:00:00\nends = 2026-02-15T00:00:00\n'
FINAL = """
[[rounds]]
slug = "final"
starts = 2026-02-15T00:00:00
ends = 2026-02-17T00:00:00
admits = { board = "q", top = 1 }
"""


def board(slug: str, period: str, text: str = "") -> str:
    return f'[[boards]]\nslug = "{slug}"\nof = "creators"\nperiod = "{period}"\n{text}\n'


def placed(rules: Campaign, people: list[dict[str, str]], *facts: dict[str, Any], **terms: Any) -> dict[str, str]:
    memberships = close(rules, people, taken(rules, people, *facts).accepted, **terms).memberships
    return {one.creator: one.group or "" for one in memberships}


def test_placement_places_who_has_no_league_by_what_was_in_its_window() -> None:
    people = creators("ada", "bo", "cy", "dee - - low")
    facts = [fact("ada", "coins", 10, "12T23:59:59"), fact("bo", "coins", 9, "12T10:00:00")]
    facts += [fact("bo", "coins", 9, "13T00:00:00"), fact("dee", "coins", 99, "12T10:00:00")]
    rules = campaign(RULES + LEAGUES)
    before = placed(rules, people, *facts, records=Records(), closed_at=moment("12T23:59:59"))
    assert before == {}
    after = placed(rules, people, *facts, records=Records(), closed_at=moment("13T00:00:00"))
    assert after == {"ada": "high", "bo": "low", "cy": "low"}


def test_placement_stays_whatever_comes_later() -> None:
    people, rules = creators("ada"), campaign(RULES + LEAGUES)
    one = fact("ada", "coins", 10, "12T10:00:00")
    intake = taken(rules, people, one)
    records = close(rules, people, intake.accepted, Records(), closed_at=LATE)
    intake.take([reversal(one)], arrived_at=LATE)
    assert close(rules, people, intake.accepted, records, closed_at=LATE) == records
    moved = Records(memberships=(Membership("ada", "league", "low", moment("01T00:00:00")),))
    assert placed(rules, people, one, records=moved, closed_at=LATE) == {"ada": "low"}


def test_round_admits_the_best_and_only_their_facts_count_on_its_boards() -> None:
    rules = campaign(RULES + HEATS + FINAL + board("q", "heats", 'within = "region"') + board("f", "final"))
    people = creators("ada GB", "bo GB", "cy IE", "dee IE")
    facts = [fact("ada", "coins", 5, "14T10:00:00"), fact("bo", "coins", 4, "14T10:00:00")]
    facts += [fact(handle, "coins", 3, "14T10:00:00") for handle in ("cy", "dee")]
    facts += [fact(row["handle"], "coins", 9, "15T10:00:00") for row in people]
    assert standing(rules, people, *facts)[4:] == [
        "f final: 1 ada 9 @ 15T10:00:00",
        "f final: 1 cy 9 @ 15T10:00:00",
        "f final: 1 dee 9 @ 15T10:00:00",
    ]
    assert standing(rules, people, *facts, closed_at=moment("14T23:59:59"))[4:] == []


def test_admission_looks_at_the_standing_as_the_round_opens_however_late() -> None:
    rules = campaign(RULES + FINAL + board("q", "fest") + board("f", "final"))
    people = creators("ada", "bo")
    facts = [fact("ada", "coins", 5, "14T10:00:00"), fact("bo", "coins", 99, "15T00:00:00")]
    accepted = taken(rules, people, *facts).accepted
    for closed_at in (moment("15T00:00:00"), LATE):
        assert close(rules, people, accepted, Records(), closed_at=closed_at).admissions == {"final": {"ada"}}


def test_admission_stays_and_may_be_amended() -> None:
    rules = campaign(RULES + FINAL + board("q", "fest") + board("f", "final"))
    people = creators("ada", "bo")
    one = fact("ada", "coins", 5, "14T10:00:00")
    intake = taken(rules, people, one, fact("bo", "coins", 9, "16T10:00:00"))
    records = close(rules, people, intake.accepted, Records(), closed_at=LATE)
    intake.take([reversal(one)], arrived_at=LATE)
    assert close(rules, people, intake.accepted, records, closed_at=LATE) == records
    amended = Records(admissions={"final": frozenset({"bo"})}, closed_at=LATE)
    assert ranks(all_rows(ledger_at(rules, people, intake.accepted, amended)))[-1] == "f final: 1 bo 9 @ 16T10:00:00"


def test_admission_counts_what_periods_that_ended_have_paid() -> None:
    bonus = 'rank_bonus = [{ ranks = "2", points = 50 }]'
    rules = campaign(RULES + HEATS + FINAL + board("h", "heats", bonus + '\nrules = ["gifts"]') + board("q", "fest"))
    people = creators("ada", "bo")
    facts = [fact("ada", "coins", 5, "14T10:00:00"), fact("bo", "coins", 4, "14T10:00:00")]
    accepted = taken(rules, people, *facts).accepted
    assert close(rules, people, accepted, Records(), closed_at=LATE).admissions == {"final": {"bo"}}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ('{ ranks = "1", percent = 20 }', {"ada": 19}),
        ('{ ranks = "2-3", percent = 10 }', {"bo": 5, "cy": 5}),
        ('{ ranks = "2-", at_least = 50, points = 7 }', {"bo": 7, "cy": 7}),
        (
            '{ ranks = "1", at_least = 100, points = 7 }, { ranks = "1-", points = 1 }',
            {"ada": 1, "bo": 1, "cy": 1, "dee": 1},
        ),
        ('{ ranks = "4", percent = 1 }', {}),
    ],
)
def test_first_entry_that_fits_pays_percent_rounded_down(entries: str, expected: dict[str, int]) -> None:
    rules = campaign(RULES + board("h", "fest", f'rules = ["gifts"]\nrank_bonus = [{entries}]'))
    people = creators("ada", "bo", "cy", "dee")
    facts = [fact("ada", "coins", 99, "14T10:00:00"), fact("dee", "coins", 3, "14T10:00:00")]
    facts += [fact(handle, "coins", 50, "14T10:00:00") for handle in ("bo", "cy")]
    payments = ledger(rules, people, *facts).payments
    assert {one.creator: one.points for one in payments} == expected
    assert {brief(one.at) for one in payments} <= {"16T23:59:59.999999"}
    assert ledger(rules, people, *facts, closed_at=moment("16T23:59:59.999999")).payments == []


def test_each_standing_pays_by_itself_when_its_period_closes() -> None:
    rules = campaign(
        RULES
        + board("d", "day", 'rules = ["gifts"]\nwithin = "group"\nrank_bonus = [{ ranks = "1", points = 7 }]')
        + board("t", "fest")
        + '[[groups]]\nslug = "gold"\nkind = "league"\n[[groups]]\nslug = "choir"\nkind = "community"\n'
    )
    people = creators("ada - - gold;choir")
    facts = [fact("ada", "coins", 1, "13T10:00:00"), fact("ada", "coins", 1, "14T10:00:00")]
    one_day = ledger(rules, people, *facts, closed_at=moment("14T00:00:00"))
    assert [(one.entitlement[2], brief(one.at)) for one in one_day.payments] == [
        ("gold", "13T23:59:59.999999"),
        ("choir", "13T23:59:59.999999"),
    ]
    assert standing(rules, people, *facts)[-1] == "t: 1 ada 30 @ 14T23:59:59.999999"


def test_late_fact_changes_who_is_paid() -> None:
    rules = campaign(RULES + board("h", "fest", 'rules = ["gifts"]\nrank_bonus = [{ ranks = "1", points = 7 }]'))
    people = creators("ada", "bo")
    one = fact("ada", "coins", 9, "14T10:00:00")
    intake = taken(rules, people, one, fact("bo", "coins", 5, "14T10:00:00"))
    records = close(rules, people, intake.accepted, Records(), closed_at=LATE)
    assert [pay.creator for pay in ledger_at(rules, people, intake.accepted, records).payments] == ["ada"]
    intake.take([reversal(one)], arrived_at=LATE)
    assert [pay.creator for pay in ledger_at(rules, people, intake.accepted, records).payments] == ["bo"]


def test_boards_that_pay_each_other_in_a_line_come_to_rest() -> None:
    days = board("d", "day", 'rules = ["gifts"]\nrank_bonus = [{ ranks = "1", percent = 50 }]')
    heats = board(
        "h", "heats", 'rules = ["gifts", "bonus"]\nrank_bonus = [{ ranks = "1", percent = 10, metric = "vouchers" }]'
    )
    voucher = '[[rules]]\nslug = "v"\nmetric = "vouchers"\npoints = 10\n'
    total = board("t", "fest", 'rules = ["v"]')
    for sections in (days + heats + total, total + heats + days):
        rules = campaign(RULES + voucher + HEATS + sections)
        rows = standing(rules, creators("ada"), fact("ada", "coins", 100, "13T10:00:00"))
        assert "t: 1 ada 150 @ 14T23:59:59.999999" in rows


def test_board_that_counts_what_it_pays_is_no_campaign() -> None:
    rules = campaign(RULES + board("h", "fest", 'rank_bonus = [{ ranks = "1", percent = 100 }]'))
    with pytest.raises(ValueError, match="count what they pay"):
        standing(rules, creators("ada"), fact("ada", "coins", 100, "13T10:00:00"))
