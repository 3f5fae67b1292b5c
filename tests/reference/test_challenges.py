"""Challenges, races and what they pay, computed by hand."""

from __future__ import annotations

from typing import Any

from tests.reference import Records
from tests.reference.small import brief, campaign, creators, fact, ledger, moment, reversal


def challenge(text: str) -> dict[str, Any]:
    goals = 'goals = [{ metric = "coins", at_least = 10 }]\n' if "goals" not in text else ""
    return campaign(f'[[challenges]]\nslug = "c"\npoints = 100\n{goals}{text}')


def met(
    text: str, people: list[dict[str, str]], *facts: dict[str, Any], records: Records | None = None
) -> list[tuple[str, str]]:
    found = ledger(challenge(text), people, *facts, records=records)
    assert [(one.creator, one.at) for one in found.payments] == [(one.creator, one.at) for one in found.completions]
    assert all((one.metric, one.points) == ("bonus", 100) for one in found.payments)
    return [(one.creator, brief(one.at)) for one in found.completions]


def test_all_goals_must_be_met() -> None:
    goals = 'goals = [{ metric = "coins", at_least = 10 }, { metric = "live", at_least = 60 }]\nper = "fest"\n'
    assert met(
        goals,
        creators("ada"),
        fact("ada", "coins", 10, "13T10:00:00"),
        fact("ada", "live", 59, "13T11:00:00"),
        fact("ada", "live", 1, "14T11:00:00"),
    ) == [("ada", "14T11:00:00")]


def test_day_can_be_met_every_day_and_within_one_only() -> None:
    assert met(
        'per = "day"\n',
        creators("ada"),
        fact("ada", "coins", 9, "13T10:00:00"),
        fact("ada", "coins", 10, "14T10:00:00"),
        fact("ada", "coins", 10, "14T11:00:00"),
        fact("ada", "coins", 9, "15T10:00:00"),
        fact("ada", "coins", 1, "15T11:00:00"),
    ) == [("ada", "14T10:00:00"), ("ada", "15T11:00:00")]


def test_session_is_whole_across_days_and_met_once() -> None:
    assert met(
        'per = "session"\n',
        creators("ada", "bo"),
        fact("ada", "coins", 9, "13T10:00:00", session="s"),
        fact("ada", "coins", 9, "13T11:00:00", session="t"),
        fact("ada", "coins", 1, "14T10:00:00", session="s"),
        fact("ada", "coins", 10, "14T12:00:00"),
        fact("bo", "coins", 5, "14T12:00:00"),
        fact("bo", "coins", 5, "14T12:00:00"),
    ) == [("ada", "14T10:00:00")]


def test_window_of_the_challenge_cuts_what_counts() -> None:
    window = "starts = 2026-02-14T10:00:00\nends = 2026-02-14T12:00:00\n"
    seconds = 'goals = [{ metric = "live", at_least = 3600 }]\nper = "fest"\n' + window
    assert met(seconds, creators("ada"), fact("ada", "live", 7200, "14T11:00:00")) == [("ada", "14T11:00:00")]
    assert met(seconds, creators("ada"), fact("ada", "live", 7200, "14T10:59:59")) == []
    assert met(seconds, creators("ada"), fact("ada", "live", 7200, "14T13:00:00")) == [("ada", "14T11:59:59.999999")]


def test_joining_counts_from_its_moment() -> None:
    text = 'per = "fest"\njoin = true\n'
    people = creators("ada", "bo")
    facts = [fact(who, "coins", 5, f"14T{hour}:00:00") for who in ("ada", "bo") for hour in (10, 11, 12)]
    joined = Records(joins={("c", "ada"): moment("14T11:00:00")})
    assert met(text, people, *facts, records=joined) == [("ada", "14T12:00:00")]
    later = Records(joins={("c", "ada"): moment("14T11:00:00.000001")})
    assert met(text, people, *facts, records=later) == []


def test_joining_within_a_duration_counts_its_seconds_since() -> None:
    text = 'goals = [{ metric = "live", at_least = 1800 }]\nper = "fest"\njoin = true\n'
    one = fact("ada", "live", 7200, "14T12:00:00")
    joined = Records(joins={("c", "ada"): moment("14T11:30:00")})
    assert met(text, creators("ada"), one, records=joined) == [("ada", "14T12:00:00")]
    later = Records(joins={("c", "ada"): moment("14T11:30:00.5")})
    assert met(text, creators("ada"), one, records=later) == []


def test_within_looks_at_present_region_or_groups() -> None:
    league = '[[groups]]\nslug = "g"\nkind = "league"\n'
    people = creators("ada GB - g", "bo IE")
    facts = [fact(who, "coins", 10, "14T10:00:00") for who in ("ada", "bo")]
    assert met('per = "fest"\nwithin = { group = "g" }\n' + league, people, *facts) == [("ada", "14T10:00:00")]
    assert met('per = "fest"\nwithin = { region = "IE" }\n' + league, people, *facts) == [("bo", "14T10:00:00")]


def test_race_is_strict_and_equal_moments_go_by_handle() -> None:
    people = creators("ada", "Zoe", "émile", "bo")
    facts = [fact(row["handle"], "coins", 10, "14T10:00:00") for row in people]
    text = 'per = "fest"\nfirst = 3\n'
    assert [handle for handle, _at in met(text, people, *facts)] == ["Zoe", "ada", "bo"]
    assert [handle for handle, _at in met(text, people, *facts, reversal(facts[0]))] == ["Zoe", "bo", "émile"]


def test_race_is_counted_for_each_day() -> None:
    facts = [fact(who, "coins", 10, f"{day}T1{who == 'bo':d}:00:00") for who in ("ada", "bo") for day in (13, 14)]
    assert met('per = "day"\nfirst = 1\n', creators("ada", "bo"), *facts) == [
        ("ada", "13T10:00:00"),
        ("ada", "14T10:00:00"),
    ]


def test_payment_in_another_paid_metric_and_completion_without_one() -> None:
    one = fact("ada", "coins", 10, "14T10:00:00")
    found = ledger(challenge('per = "fest"\nmetric = "vouchers"\n'), creators("ada"), one)
    assert [(pay.metric, pay.points) for pay in found.payments] == [("vouchers", 100)]
    rules = challenge('per = "fest"\n')
    del rules["challenges"][0]["points"]
    found = ledger(rules, creators("ada"), one)
    assert (len(found.completions), found.payments) == (1, [])
