"""A whole fest's rewards: certified, proposed, approved by another, offered, claimed, declined, too late, passed on,
paid, reconciled, invited, let in; at its end the ledger is in balance and every state explained."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from livefest import clock
from livefest.models import Fest
from rewards.awards import TooLate, approve, decline, find_ineligible, fulfil, offer, verify
from rewards.checks import required_of, sign
from rewards.claims import claim
from rewards.door import admit
from rewards.invitations import Needs, accept, invite_claimed
from rewards.ledger import balances
from rewards.models import Award, Invitation, RequiredCheck, Ticket
from rewards.payout_answers import import_answer
from rewards.payouts import NothingToPay, export_batch, make_batch
from rewards.proposing import dry_run, expire_due, propose_awards
from rewards.reconciliation import reconciliation
from rewards.tickets import code_of
from tests.rewards.prizes import award_of, certify, disqualify, gala_event, given, person, staff, who

pytestmark = pytest.mark.django_db

DETAILS = {
    "name": "A. Winner",
    "payee": "IBAN 1",
    "street": "Main Street 1",
    "postcode": "1",
    "city": "Cork",
    "country": "IE",
}


def claim_it(award: Award) -> None:
    claim(award, token=uuid4(), details=DETAILS)


def signed(award: Award) -> None:
    for check in required_of(award):
        sign(award, check=check, by=staff("omar"))


def test_whole_fest(fest: Fest, settings: Settings) -> None:
    nia, omar, pia = staff("nia"), staff("omar"), staff("pia")
    RequiredCheck.objects.create(fest=fest, kind="cash", name="Tax form")

    # Looked at, proposed by one, approved and offered by another.
    assert len(dry_run(fest, by=nia).proposed) == 29
    propose_awards(fest, by=nia)
    for award in Award.objects.order_by("pk"):
        offer(approve(award, by=omar), by=omar)
    pot = 4 * 10_001
    assert [(one.unit, one.entitled) for one in balances(fest)] == [("EUR", pot + 70), ("diamonds", 5 * 500 + 9)]

    # Claimed by most. ben declines the gala, and so does who is next; cat isn't eligible; eve is too late for the pot.
    late = [award_of(fest, "pot", "eve"), award_of(fest, "gala", "ann")]
    for award in Award.objects.exclude(pk__in=[one.pk for one in late]).exclude(entry=None):
        claim_it(award)
    decline(award_of(fest, "gala", "ben"), reason="Exams")
    assert who(fest, "gala") == ["ann", "cat"]
    decline(offer(approve(award_of(fest, "gala", "cat"), by=omar)))
    offer(approve(award_of(fest, "gala", "dan"), by=omar))
    claim_it(award_of(fest, "gala", "dan"))
    find_ineligible(award_of(fest, "pot", "cat"), by=pia, reason="No tax form, for good")
    settings.LIVEFEST_NOW = (clock.now() + timedelta(days=7)).isoformat()
    with pytest.raises(TooLate):
        claim_it(award_of(fest, "pot", "eve"))
    assert expire_due(fest) == 2
    assert given(fest, "pot", live=False) == [
        ("ann", 10_001, "claimed"),
        ("ben", 10_001, "claimed"),
        ("cat", 6_668, "ineligible"),
        ("fay", 6_668, "proposed"),
        ("dan", 6_667, "claimed"),
        ("eve", 6_667, "expired"),
        ("gus", 6_667, "proposed"),
    ]
    assert who(fest, "gala") == ["eve", "dan"]
    for reward, name in (("pot", "fay"), ("pot", "gus"), ("gala", "eve")):
        claim_it(offer(approve(award_of(fest, reward, name), by=omar), by=omar))

    # Checked, and paid: one payment fails and stands in the next batch.
    for award in Award.objects.filter(state="claimed"):
        signed(award)
        verify(award, by=omar)
    for unit in ("EUR", "diamonds"):
        batch = make_batch(fest=fest, unit=unit, by=pia).batch
        export_batch(batch=batch, by=pia)
        lines = [
            f"{line.number},{'failed' if line.award.handle == 'gus' else 'paid'},{line.amount},ref-{line.number},closed"
            for line in batch.lines.all()
        ]
        answer = "\n".join(["line,status,amount,reference,problem", *lines]).encode()
        assert import_answer(batch=batch, content=answer, by=pia).wrong == []
    assert [(one.unit, one.owed) for one in balances(fest)] == [("EUR", 6_667), ("diamonds", 0)]
    again = make_batch(fest=fest, unit="EUR", by=pia).batch
    export_batch(batch=again, by=pia)
    import_answer(batch=again, content=b"line,status,amount,reference\n1,paid,6667,ref-9\n", by=pia)
    with pytest.raises(NothingToPay):
        make_batch(fest=fest, unit="EUR", by=pia)
    for award in Award.objects.filter(state="verified"):
        fulfil(award, by=pia)

    # Invited to the gala, and let in once.
    event = gala_event(fest, days=9, name="Gala", place="Town hall", time_zone="Europe/Dublin", capacity=2)
    assert invite_claimed(event) == len(who(fest, "gala"))
    invitation = accept(Invitation.objects.get(award=award_of(fest, "gala", "eve")), needs=Needs([], "no nuts", ""))
    assert invitation.answer == Invitation.Answer.COMES
    ticket = Ticket.objects.get(invitation=invitation)
    dora = person("dora", "admit")
    said = [admit(event, code=code_of(ticket), by=dora, device=door).result for door in ("east", "west")]
    assert said == ["admitted", "again"]
    with pytest.raises(IntegrityError, match="admits once"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(admitted_at=clock.now() + timedelta(minutes=1))

    # A correction after all was paid: what is in their hands stays, and is listed; the rest follows.
    disqualify(fest, "dan")
    certify(fest, "Dan is out")
    done = propose_awards(fest, by=nia)
    assert {(one.reward.slug, one.handle) for one in done.to_settle} >= {
        ("gems", "dan"),
        ("pot", "dan"),
        ("gala", "dan"),
    }
    assert who(fest, "gems") == ["ann", "ben", "cat", "dan", "eve"], "dan's is to settle"
    found = reconciliation(fest)
    assert [(one.unit, one.paid) for one in balances(fest)] == [("EUR", pot + 70), ("diamonds", 5 * 500 + 9)]
    assert found is not None

    # Every state is explained by its steps, and nothing is owed but what is under way.
    for award in Award.objects.all():
        steps = list(award.steps.order_by("number"))
        assert [step.from_state for step in steps[1:]] == [step.to_state for step in steps[:-1]]
        assert steps[-1].to_state == award.state
        assert steps[-1].reason or award.state not in ("ineligible", "revoked")
    for balance in balances(fest):
        under_way = Award.objects.filter(unit=balance.unit, state__in=["approved", "offered", "claimed", "verified"])
        assert balance.owed == sum(under_way.values_list("amount", flat=True)) == 0
