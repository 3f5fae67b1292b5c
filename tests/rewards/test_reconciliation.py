"""Reconciliation: the sums add up, and whatever is left to do is on one of its lists."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from livefest.models import AuditEntry, Fest
from livefest.sql import execute
from rewards.awards import AwardError
from rewards.models import Award, EditionReview, LedgerEntry
from rewards.payouts import make_batch
from rewards.reconciliation import Reconciliation, reconciliation, settle
from tests.admin.pages import body, messages
from tests.rankings.results.certifying import run
from tests.rewards.paid import all_paid, answered, batch_of, ready, said
from tests.rewards.prizes import award_of, certify, disqualify, proposed, staff

pytestmark = pytest.mark.django_db
__all__ = ["ready"]  # a fixture


def lists(found: Reconciliation) -> dict[str, list[Any]]:
    """By name, whom each list has: of lines and awards the handle."""
    names = ("paid", "failed", "missing", "said_otherwise")
    of_lines: dict[str, list[Any]] = {name: [line.award.handle for line in getattr(found, name)] for name in names}
    others: dict[str, list[Any]] = {
        "unexported": [batch.number for batch in found.unexported],
        "unbatched": [f"{award.handle} {award.amount}" for award in found.unbatched],
        "to_settle": [(review.award.handle, review.difference) for review in found.to_settle],
    }
    return {name: rows for name, rows in {**of_lines, **others}.items() if rows}


def sums(fest: Fest) -> dict[str, tuple[int, ...]]:
    """By unit: entitled, cancelled, paid, owed; not verified, to be paid, in a batch."""
    found = reconciliation(fest)
    assert found.in_balance, found.problems
    return {
        one.unit: (*one.balance[1:], one.balance.owed, one.on_the_way, one.open, one.waiting) for one in found.units
    }


def test_every_award_is_on_one_list_until_it_is_paid(ready: Fest, settings: Settings) -> None:
    assert sums(ready) == {
        "EUR": (40_074, 0, 0, 40_074, 0, 40_074, 0),
        "diamonds": (2500, 0, 0, 2500, 0, 2500, 0),
    }
    make_batch(fest=ready, unit="diamonds", by=staff("pia"))
    batch = batch_of(ready)
    assert lists(reconciliation(ready)) == {"unexported": [1]}
    answered(batch, said("1,paid,10001,tx,", "2,paid,10101,tx,", "3,failed,6668,,Closed"))
    found = reconciliation(ready)
    assert lists(found) == {
        "paid": ["ann"],
        "failed": ["cat"],
        "missing": ["choir", "dan", "eve"],  # left out of the answer
        "said_otherwise": ["ben"],
        "unexported": [1],
        "unbatched": ["cat 6668"],
    }
    assert [(line.said, line.amount) for line in found.said_otherwise] == [(10_101, 10_001)]
    assert sums(ready)["EUR"] == (40_074, 0, 10_001, 30_073, 0, 6668, 23_405)
    second = batch_of(ready)
    assert lists(reconciliation(ready))["missing"] == ["choir", "dan", "eve"]
    settings.LIVEFEST_NOW = "2026-02-26T00:00:01Z"  # seven days after the export
    assert lists(reconciliation(ready))["missing"] == ["choir", "dan", "eve", "cat"]
    assert lists(reconciliation(ready, days=8))["missing"] == ["choir", "dan", "eve"]
    answered(second, all_paid(second))
    answered(batch, said("2,paid,10001,tx,", "4,paid,70,tx,", "5,paid,6667,tx,", "6,paid,6667,tx,"))
    assert lists(reconciliation(ready)) == {
        "paid": ["ann", "ben", "choir", "dan", "eve", "cat"],
        "unexported": [1],
    }
    assert sums(ready)["EUR"] == (40_074, 0, 40_074, 0, 0, 0, 0)


def test_new_edition_leaves_differences_and_takes_back_what_then_fails(ready: Fest, client: Client) -> None:
    """ben is disqualified once he is paid."""
    batch, diamonds = batch_of(ready), batch_of(ready, "diamonds")
    answered(batch, all_paid(batch))
    answered(diamonds, all_paid(diamonds))
    disqualify(ready, "ben")
    certify(ready, "Bought views")
    proposed(ready)
    found = lists(reconciliation(ready))["to_settle"]
    assert ("ben", 500) in found
    assert ("ben", 10_001) in found
    review = reconciliation(ready).to_settle.get(award=award_of(ready, "gems", "ben"))
    for by, note, why in [
        ("omar", "Paid back", "“omar” approved this award"),
        ("pia", " ", "Say how it was settled"),
    ]:
        with pytest.raises(AwardError, match=why):
            settle(review=review, by=staff(by), note=note)
    for _again in range(2):
        settled = settle(review=review, by=staff("pia"), note="Paid back on Friday")
    assert (settled.outcome, settled.settled_by, settled.note) == ("settled", staff("pia"), "Paid back on Friday")
    assert AuditEntry.objects.filter(verb="settle difference", reason="Paid back on Friday").count() == 1
    other = reconciliation(ready).to_settle.get(award=award_of(ready, "pot", "ben"))
    client.force_login(staff("pia"))
    settling = reverse("admin:rewards_payoutbatch_settle", args=[other.pk])
    assert "Say how it was settled" in messages(client.post(settling, {"reason": ""}, follow=True))[0]
    page = client.post(settling, {"reason": "Waived"}, follow=True)
    assert messages(page) == ["Settled."]
    assert "Everything adds up" in body(page)
    assert not any(
        handle == "ben" and amount in (500, 10_001) for handle, amount in lists(reconciliation(ready))["to_settle"]
    )
    proposed(ready)  # again: what is settled stays so
    assert not any(
        handle == "ben" and amount in (500, 10_001) for handle, amount in lists(reconciliation(ready))["to_settle"]
    )


def test_what_the_payer_could_not_pay_follows_the_new_edition(ready: Fest) -> None:
    batch = batch_of(ready)
    disqualify(ready, "ann")
    certify(ready, "Bought views")
    proposed(ready)
    award = award_of(ready, "pot", "ann")
    assert award.state == "verified"
    review = reconciliation(ready).to_settle.get(award=award)
    with pytest.raises(AwardError, match="The payer has not answered yet"):
        settle(review=review, by=staff("pia"), note="x")
    answered(batch, said("1,failed,10001,,Stopped"))
    award.refresh_from_db()
    assert award.state == "revoked"
    assert EditionReview.objects.get(pk=review.pk).outcome == "revoked"
    with pytest.raises(AwardError, match="There is nothing to settle"):
        settle(review=review, by=staff("pia"), note="x")
    assert reconciliation(ready).in_balance


def test_what_does_not_add_up_is_said(ready: Fest, client: Client) -> None:
    batch = batch_of(ready)
    answered(batch, said("1,paid,10001,tx,"))
    assert run("reconcile", "prizes").endswith("Everything adds up.\n")
    execute("SET LOCAL session_replication_role = replica")  # no trigger holds, as in a bad restore
    LedgerEntry.objects.filter(kind="paid")._raw_delete("default")
    Award.objects.filter(reward__slug="pot", handle="ben").update(amount=10_000)
    execute("SET LOCAL session_replication_role = origin")
    assert reconciliation(ready).problems == [
        "400.74 EUR are owed by the ledger, but 300.72 EUR owed by the awards.",
        "0.00 EUR are paid by the ledger, but 100.01 EUR paid by the payers' answers.",
        "0.00 EUR are paid by the ledger, but 100.01 EUR of awards that are fulfilled.",
        "300.72 EUR are of awards that are verified, but 300.73 EUR open and with payers.",
    ]
    with pytest.raises(CommandError, match="This doesn't add up"):
        run("reconcile", "prizes")
    client.force_login(staff("pia"))
    page = body(client.get(reverse("admin:rewards_payoutbatch_reconcile", args=[ready.pk])))
    assert "Pay nothing until it is explained" in page
