"""What becomes of each line, computed by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.reference import Intake, Line, csv_lines, json_lines
from tests.reference.small import LATE, campaign, fact, moment, reversal

LEAGUE = (
    '[[groups]]\nslug = "g"\nkind = "league"\n'
    'placement = { metric = "coins", from = 2026-02-06T00:00:00, until = 2026-02-13T00:00:00 }\n'
)


def results(*lines: Line, at: datetime = LATE, rules: str = "") -> list[str]:
    intake = Intake(campaign(rules), frozenset({"ada", "bo"}))
    intake.take(lines, arrived_at=at)
    return [outcome.result for outcome in intake.outcomes]


def one(**changes: Any) -> dict[str, Any]:
    return {"id": "x", "creator": "ada", "metric": "coins", "quantity": 5, "at": "2026-02-14T10:00:00Z", **changes}


def test_same_content_is_a_duplicate_and_other_content_a_conflict() -> None:
    assert results(
        one(),
        one(at="2026-02-14T19:00:00+09:00", session=None, supporter="", unknown=1),
        one(quantity=6),
        one(creator="nobody"),
        one(quantity="many"),
        one(),
    ) == ["accepted", "duplicate", "conflict", "conflict", "rejected", "duplicate"]


def test_id_of_a_rejected_fact_is_free() -> None:
    assert results(one(creator="nobody"), one()) == ["rejected", "accepted"]


def test_known_fact_is_a_duplicate_also_after_grace() -> None:
    intake = Intake(campaign(), frozenset({"ada"}))
    intake.take([one()], arrived_at=moment("18T23:59:59.999999"))
    intake.take([one(), one(id="y")], arrived_at=moment("19T00:00:00"))
    assert [outcome.result for outcome in intake.outcomes] == ["accepted", "duplicate", "rejected"]


def test_ids_are_unique_per_source() -> None:
    intake = Intake(campaign(), frozenset({"ada"}))
    intake.take([one()], arrived_at=LATE)
    intake.take([one(quantity=6)], arrived_at=LATE, source="other")
    assert intake.counts() == {"accepted": 2}


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": 9},
        {"id": "x" * 129},
        {"creator": "nobody"},
        {"metric": "nothing"},
        {"metric": "vouchers"},
        {"metric": "bonus"},
        {"quantity": 0},
        {"quantity": -5},
        {"quantity": 1.0},
        {"quantity": True},
        {"quantity": "5"},
        {"quantity": 10**12 + 1},
        {"reverses": "y"},
        {"at": "2026-02-14T10:00:00"},
        {"at": "2026-02-14"},
        {"at": "2026-02-17T00:00:00Z"},
        {"at": "2026-02-12T23:59:59.999999Z"},
        {"session": 7},
        {"supporter": "\ud800"},
    ],
    ids=str,
)
def test_fact_is_rejected(changes: dict[str, Any]) -> None:
    assert results(one(**changes)) == ["rejected"]


def test_lines_that_are_no_json_are_rejected_and_blank_ones_skipped() -> None:
    content = b'\xef\xbb\xbf\n{"live": "room", "creator": "ada"}\nnot json\n[]\nnull\n  \n{"id": "\xff"}\n{"id": NaN}\n'
    assert results(*json_lines(content)) == ["live", *["rejected"] * 5]


def test_csv_has_the_same_columns() -> None:
    content = b"id,creator,metric,quantity,at,supporter\nx,ada,coins,5,2026-02-14T10:00:00Z,\n\ny,ada,coins,5.0,,\n"
    assert results(*csv_lines(content), one()) == ["accepted", "rejected", "duplicate"]


def test_five_minutes_ahead_are_taken() -> None:
    at = moment("14T09:55:00")
    assert results(one(), at=at) == ["accepted"]
    assert results(one(), at=at - timedelta(microseconds=1)) == ["rejected"]


def test_duration_past_the_end_is_judged_by_the_end() -> None:
    long = one(metric="live", quantity=7200, at="2026-02-17T01:00:00Z")
    assert results(long, at=moment("17T00:00:00")) == ["accepted"]
    assert results(long, at=moment("16T23:55:00")) == ["accepted"]
    assert results(long, at=moment("16T23:54:59")) == ["rejected"]


@pytest.mark.parametrize(
    ("at", "seconds", "result"),
    [
        ("2026-02-13T00:00:00Z", 3600, "rejected"),
        ("2026-02-13T00:00:00.9Z", 3600, "rejected"),
        ("2026-02-13T00:00:01Z", 3600, "accepted"),
        ("2026-02-17T01:00:00Z", 3600, "rejected"),
        ("2026-02-17T01:00:00Z", 3601, "accepted"),
        ("2026-02-13T00:00:01Z", 10**12, "accepted"),
    ],
)
def test_duration_is_in_the_window_if_any_part_is(at: str, seconds: int, result: str) -> None:
    assert results(one(metric="live", quantity=seconds, at=at)) == [result]


def test_window_begins_where_a_placement_looks_back_to() -> None:
    at = datetime(2026, 2, 6, tzinfo=UTC).isoformat()
    assert results(one(at=at), rules=LEAGUE) == ["accepted"]
    assert results(one(at=at)) == ["rejected"]


def test_reversal_undoes_a_taken_fact_once() -> None:
    first = fact("ada", "coins", 5, "14T10:00:00", session="room", supporter="fan")
    undo = reversal(first)
    again = {**undo, "id": "again"}
    of_reversal = {**undo, "id": "of-reversal", "reverses": undo["id"], "quantity": 5}
    assert results(undo, first, undo, undo, again, of_reversal) == [
        "rejected",
        "accepted",
        "accepted",
        "duplicate",
        "rejected",
        "rejected",
    ]
    assert results(first, undo, {**undo, "id": "r-2", "reverses": undo["id"]}) == ["accepted", "accepted", "rejected"]


@pytest.mark.parametrize(
    "change",
    [{"creator": "bo"}, {"metric": "likes"}, {"at": "2026-02-14T10:00:01Z"}, {"quantity": -4}, {"quantity": 5}],
    ids=str,
)
def test_reversal_repeats_its_fact(change: dict[str, Any]) -> None:
    first = fact("ada", "coins", 5, "14T10:00:00")
    assert results(first, {**reversal(first), **change}) == ["accepted", "rejected"]
