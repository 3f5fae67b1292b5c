"""Small campaigns, creators and facts for the hand-computed tests.

The fest lasts from 13 to 16 February 2026 in UTC unless a test says otherwise; "14T20:00:00" is short for a moment of
that month in UTC.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tests.reference import Campaign, Intake, Ledger, Records, Row, all_rows, close, ledger_at

BASE = """
[[metrics]]
slug = "coins"
[[metrics]]
slug = "likes"
[[metrics]]
slug = "live"
unit = "s"
[[metrics]]
slug = "vouchers"
paid = true
"""
FEST = {
    "slug": "small",
    "time_zone": "UTC",
    "starts": datetime(2026, 2, 13),
    "ends": datetime(2026, 2, 17),
    "grace_hours": 48,
    "regions": ["GB", "IE"],
}
LATE = datetime(2026, 2, 18, tzinfo=UTC)  # within the grace period
numbers = itertools.count(1)


def campaign(text: str = "", **fest: Any) -> Campaign:
    """A campaign of these sections in TOML, with other keys of [fest]."""
    return {"fest": {**FEST, **fest}, **tomllib.loads(BASE + text)}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-02-{text}").replace(tzinfo=UTC)


def brief(at: datetime) -> str:
    """The inverse of `moment`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat().removeprefix("2026-02-")


def creators(*lines: str) -> list[dict[str, str]]:
    """Rows of a creators file from "handle region category groups", all but the handle optional, "-" for none."""
    rows = []
    for line in lines:
        handle, region, category, groups, *_ = [*line.split(), "-", "-", "-"]
        values = {"handle": handle, "name": handle, "region": region, "category": category, "groups": groups}
        rows.append({key: "" if value == "-" else value for key, value in values.items()})
    return rows


def fact(creator: str, metric: str, quantity: int, at: str, **more: Any) -> dict[str, Any]:
    """A fact with an id of its own, at a moment in short form or in ISO 8601 with an offset."""
    if len(at) < len("2026-02-13T20:15:00"):
        at = f"2026-02-{at}Z"
    return {"id": f"f-{next(numbers)}", "creator": creator, "metric": metric, "quantity": quantity, "at": at, **more}


def reversal(original: dict[str, Any]) -> dict[str, Any]:
    kept = {key: original[key] for key in ("creator", "metric", "at")}
    return {**kept, "id": f"r-{original['id']}", "quantity": -original["quantity"], "reverses": original["id"]}


def taken(rules: Campaign, people: Iterable[dict[str, str]], *facts: dict[str, Any]) -> Intake:
    """An intake in which every one of these facts was accepted."""
    intake = Intake(rules, frozenset(row["handle"] for row in people))
    intake.take(facts, arrived_at=LATE)
    assert [outcome for outcome in intake.outcomes if outcome.result != "accepted"] == []
    return intake


def ledger(
    rules: Campaign,
    people: list[dict[str, str]],
    *facts: dict[str, Any],
    records: Records | None = None,
    closed_at: datetime | None = LATE,
) -> Ledger:
    """What counts once these facts came and everything up to `closed_at` is closed."""
    accepted = taken(rules, people, *facts).accepted
    records = records or Records()
    if closed_at is not None:
        records = close(rules, people, accepted, records, closed_at=closed_at)
    return ledger_at(rules, people, accepted, records)


def gains(rules: Campaign, *facts: dict[str, Any], rule: str = "r") -> list[tuple[str, int]]:
    """What ada gains by a rule: moments in short form, and points."""
    return [(brief(gain.at), gain.points) for gain in ledger(rules, creators("ada"), *facts).gains["ada", rule]]


def ranks(rows: Iterable[Row]) -> list[str]:
    """Rows in short: "board within period: rank handle score @ reached_at", without what is empty or "fest"."""
    short = []
    for row in rows:
        where = " ".join(part for part in (row.board, row.within, row.period) if part not in ("", "fest"))
        short.append(f"{where}: {row.rank} {row.handle} {row.score} @ {brief(row.reached_at)}")
    return short


def standing(
    rules: Campaign,
    people: list[dict[str, str]],
    *facts: dict[str, Any],
    records: Records | None = None,
    closed_at: datetime | None = LATE,
) -> list[str]:
    """Every row of every board, in short."""
    return ranks(all_rows(ledger(rules, people, *facts, records=records, closed_at=closed_at)))
