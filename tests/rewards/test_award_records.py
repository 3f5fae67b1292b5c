"""What the database holds of awards, whoever writes: by SQL, past every function."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from livefest.models import Fest
from rewards.awards import decline, find_ineligible
from rewards.models import Award, LedgerEntry, RequiredCheck
from rewards.models.award import STEPS
from tests.rewards.prizes import award_of, claimed, offered, proposed, staff

pytestmark = pytest.mark.django_db

STEP = """
INSERT INTO rewards_awardstep (award_id, number, from_state, to_state, by_id, by_creator, at, reason)
VALUES (%(award)s, %(number)s, %(from)s, %(to)s, %(by)s, false, now(), 'because')
"""
LINE = """
INSERT INTO rewards_ledgerentry (fest_id, award_id, kind, amount, unit, by_id, at)
VALUES (%(fest)s, %(award)s, %(kind)s, %(amount)s, %(unit)s, %(by)s, now())
"""
COLUMNS = [
    "fest_id",
    "reward_id",
    "edition_id",
    "rules_sha256",
    "within",
    "period",
    "handle",
    "entry_id",
    "rank",
    "score",
    "slot",
    "amount",
    "unit",
]
COLUMNS += ["state", "steps_taken", "made_at"]


def run(sql: str, values: Any = None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def refused(match: str, sql: str, values: Any = None) -> None:
    with pytest.raises(IntegrityError, match=match):
        run(sql, values)


def copied(**values: str) -> str:
    """A new award like that of an id, proposed, with other values (SQL) of some columns."""
    new = {"state": "'proposed'", "steps_taken": "0", **values}
    columns = ", ".join(new.get(column, column) for column in COLUMNS)
    return f"INSERT INTO rewards_award ({', '.join(COLUMNS)}) SELECT {columns} FROM rewards_award WHERE id = %s"


@pytest.fixture
def gems(fest: Fest) -> Award:
    """ann's Diamonds, approved by omar and offered."""
    proposed(fest)
    return offered(award_of(fest, "gems", "ann"))


@pytest.mark.parametrize(
    "change",
    [
        "state = 'fulfilled'",
        "state = 'fulfilled', steps_taken = steps_taken + 1",
        "steps_taken = 1",
        "amount = amount + 1",
        "handle = 'lou'",
        "edition_id = edition_id + 1",
        "slot = 9",
    ],
)
def test_award_changes_by_steps_alone(gems: Award, change: str) -> None:
    refused("award_kept|refused: its state changes by a step", f"UPDATE rewards_award SET {change}")
    # Nor by who knows how the step says that it may.
    with pytest.raises(IntegrityError, match="refused: its state changes by a step"), transaction.atomic():
        run("SELECT set_config('livefest.award_step', %s, true)", [str(gems.pk)])
        run(f"UPDATE rewards_award SET {change} WHERE id = %s", [gems.pk])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE rewards_awardstep SET reason = 'x'",
        "DELETE FROM rewards_awardstep",
        "TRUNCATE rewards_awardstep",
        "TRUNCATE rewards_award CASCADE",
        "UPDATE rewards_ledgerentry SET amount = 1",
        "DELETE FROM rewards_ledgerentry",
        "TRUNCATE rewards_ledgerentry",
    ],
)
def test_records_are_only_ever_added(gems: Award, sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        run(sql)


def test_award_can_not_be_deleted_or_begin_elsewhere(gems: Award) -> None:
    refused("refused: its state changes by a step", "DELETE FROM rewards_award WHERE id = %s", [gems.pk])
    for values in ({"state": "'approved'"}, {"steps_taken": "1"}):
        refused("refused: its state changes by a step", copied(handle="'lou'", slot="99", **values), [gems.pk])


def test_nobody_has_the_same_twice_and_no_place_is_given_twice(gems: Award) -> None:
    refused("award_once_each", copied(slot="99"), [gems.pk])
    refused("award_place_once", copied(handle="'lou'"), [gems.pk])


def test_who_declined_or_was_not_eligible_has_no_second_award(fest: Fest) -> None:
    proposed(fest)
    decline(offered(award_of(fest, "gems", "ann")))
    find_ineligible(award_of(fest, "gems", "ben"), by=staff("pia"), reason="Under age")
    for name in ("ann", "ben"):
        refused("award_once_each", copied(slot="99"), [award_of(fest, "gems", name).pk])


def step(award: Award, to: str, by: str, **values: Any) -> dict[str, Any]:
    award.refresh_from_db()
    given = {"award": award.pk, "number": award.steps_taken + 1, "from": award.state, "to": to, "by": staff(by).pk}
    return given | values


def test_steps_follow_each_other(gems: Award) -> None:
    states = [state for state, _label in Award.State.choices]
    for state in states:
        if state not in STEPS["offered"]:
            refused("awardstep_follows|not paid there", STEP, step(gems, state, "pia"))
    refused("does not follow", STEP, step(gems, "claimed", "pia", number=2))
    refused("does not follow", STEP, step(gems, "verified", "pia", **{"from": "claimed"}))
    refused("awardstep_by_somebody", STEP, step(gems, "claimed", "pia") | {"by": None})
    run(STEP, step(gems, "claimed", "pia"))
    gems.refresh_from_db()
    assert (gems.state, gems.steps_taken) == ("claimed", 4)


def test_two_people(fest: Fest) -> None:
    proposed(fest)  # by nia
    badge = award_of(fest, "badge", "ann")
    refused("takes a second person", STEP, step(badge, "approved", "nia"))
    refused("takes a second person", STEP, step(badge, "approved", "nia") | {"by": None})
    run(STEP, step(badge, "approved", "omar"))
    for state in ("offered", "claimed", "verified"):
        run(STEP, step(badge, state, "nia"))
    refused("takes a second person", STEP, step(badge, "fulfilled", "omar"))
    run(STEP, step(badge, "fulfilled", "nia"))


def test_checks_are_signed_before_it_is_verified(fest: Fest) -> None:
    proposed(fest)
    badge = claimed(award_of(fest, "badge", "ann"))
    for region in ("IE", "GB"):
        RequiredCheck.objects.create(fest=fest, kind="badge", region=fest.regions.get(code=region), name="Identity")
    refused("not all required checks are signed", STEP, step(badge, "verified", "pia"))
    RequiredCheck.objects.filter(region__code="GB").delete()
    run(STEP, step(badge, "verified", "pia"))


def test_ledger_is_of_the_awards_own_amounts(gems: Award, fest: Fest) -> None:
    line = {"fest": fest.pk, "award": gems.pk, "kind": "paid", "amount": 500, "unit": "diamonds", "by": staff("pia").pk}
    assert list(LedgerEntry.objects.values_list("award", "kind", "amount")) == [(gems.pk, "entitled", 500)]
    cannot = "is not what the ledger can say"
    for values in (
        {"kind": "entitled"},  # twice
        {"amount": 501},
        {"unit": "EUR"},
        {"kind": "cancelled"},  # it hasn't ended
        {"kind": "paid"},  # it isn't verified
        {"award": award_of(fest, "gems", "ben").pk},  # it isn't entitled
        {"kind": "entitled", "award": award_of(fest, "gems", "ben").pk},  # it isn't approved
    ):
        refused(cannot, LINE, line | values)
    for state in ("claimed", "verified"):
        run(STEP, step(gems, state, "pia"))
    refused("not paid there", STEP, step(gems, "fulfilled", "pia"))
    for by in (staff("omar").pk, None):
        refused(cannot, LINE, line | {"by": by})  # who approved
    run(LINE, line)
    refused("ledgerentry_once", LINE, line)
    refused(cannot, LINE, line | {"kind": "cancelled"})
    run(STEP, step(gems, "fulfilled", "pia"))


def test_everything_is_of_one_fest(gems: Award, fest: Fest) -> None:
    other = Fest.objects.create(
        slug="other", name="Other", time_zone="UTC", starts=fest.starts, ends=fest.ends, grace_hours=1
    )
    refused("refused: its state|same_fest", copied(fest_id=str(other.pk)), [gems.pk])
    line = {"fest": other.pk, "award": gems.pk, "kind": "paid", "amount": 500, "unit": "diamonds", "by": None}
    refused("ledger", LINE, line)
