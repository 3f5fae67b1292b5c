"""Awards and the ledger at random: certified, proposed, approved, claimed, declined, too late, not eligible, paid,
failed, taken back and certified anew, by several people, in any order. Whatever was refused, and whatever not: nobody
has anything twice, nothing is paid that another hasn't approved, the ledger is what the awards say, and who is due
something has it, unless they had their chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import Phase
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from creators.correction_steps import undo
from creators.models import Correction, Participation
from livefest import clock
from livefest.models import Fest
from rankings.results import AlreadyCertified, current_edition
from rewards.awards import AwardError, approve, decline, find_ineligible, fulfil, offer, revoke, verify
from rewards.claims import claim
from rewards.due import due_of
from rewards.ledger import MONEY, balances
from rewards.lists import lists_of
from rewards.models import Award, AwardStep, EditionReview, LedgerEntry, PayoutLine
from rewards.models.award import HAD_THEIR_CHANCE, LIVE
from rewards.payout_answers import import_answer
from rewards.payouts import export_batch, make_batch
from rewards.proposing import awards_of, expire_due, handles, propose_awards
from rewards.reconciliation import settle
from tests.effort import draws
from tests.kept import kept
from tests.rewards.prizes import OVER, after_grace, certified, certify, disqualify, staff

pytestmark = pytest.mark.django_db

REWARDS = ("gems", "pot", "gala")
DETAILS = {"name": "x", "payee": "IBAN"}
people = st.sampled_from(["nia", "omar", "pia"])
creators = st.sampled_from(["ann", "ben", "cat", "fay"])
numbers = st.integers(0, 50)


class Awarding(RuleBasedStateMachine):
    settings: ClassVar[Settings]

    def __init__(self) -> None:
        super().__init__()
        self.settings.LIVEFEST_NOW = OVER
        self.begun = transaction.atomic()
        self.begun.__enter__()
        self.fest: Fest = kept(certified, *REWARDS)
        self.editions = 1
        self.equal = False  # whether the awards were made what the present edition makes due

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.begun.__exit__(None, None, None)

    def on_one(self, states: list[str], number: int, verb: Callable[[Award], object]) -> bool:
        """Does something with one of the awards in some state; whether it could be done."""
        awards = list(Award.objects.filter(state__in=states).order_by("pk"))
        if not awards:
            return False
        with suppress(AwardError):
            verb(awards[number % len(awards)])
            return True
        return False

    @initialize(far=st.lists(st.integers(0, 4), min_size=13, max_size=13))
    def begin(self, far: list[int]) -> None:
        """Some are on their way already, so that few steps lead far."""
        self.propose("nia")
        for award, steps in zip(Award.objects.order_by("pk"), far, strict=False):
            with suppress(AwardError):
                self.go(award, steps, "omar", "pia")

    @rule(by=people)
    def propose(self, by: str) -> None:
        propose_awards(self.fest, by=staff(by))
        self.equal = True

    @rule(by=people, other=people, number=numbers, far=st.integers(1, 4))
    def step_on(self, by: str, other: str, number: int, far: int) -> None:
        self.on_one(["proposed", "approved", "offered", "claimed"], number, lambda one: self.go(one, far, by, other))

    def go(self, award: Award, far: int, by: str, other: str) -> None:
        """So many steps of the usual way."""
        steps: list[Callable[[Award], Any]] = [
            lambda award: approve(award, by=staff(by)),
            lambda award: offer(award, by=staff(other)),
            lambda award: claim(award, token=uuid4(), details=DETAILS),
            lambda award: verify(award, by=staff(other)),
        ]
        begun = ["proposed", "approved", "offered", "claimed"].index(award.state)
        for step in steps[begun : begun + far]:
            step(award)

    @rule(by=people, number=numbers)
    def hand_out(self, by: str, number: int) -> None:
        self.on_one(["verified", "approved"], number, lambda award: fulfil(award, by=staff(by)))

    @rule(number=numbers)
    def declines(self, number: int) -> None:
        self.on_one(["offered", "claimed"], number, decline)

    @rule(by=people, number=numbers)
    def is_not_eligible(self, by: str, number: int) -> None:
        states = ["proposed", "approved", "offered", "claimed", "verified"]
        self.on_one(states, number, lambda award: find_ineligible(award, by=staff(by), reason="Under age"))

    @rule(by=people, number=numbers)
    def is_taken_back(self, by: str, number: int) -> None:
        states = ["proposed", "offered", "verified", "fulfilled", "ineligible"]
        if self.on_one(states, number, lambda award: revoke(award, by=staff(by), reason="A mistake")):
            self.equal = False

    @rule(days=st.integers(1, 8))
    def time_passes(self, days: int) -> None:
        self.settings.LIVEFEST_NOW = (clock.now() + timedelta(days=days)).isoformat()
        expire_due(self.fest)

    @rule(by=people, answers=st.lists(st.sampled_from(["paid", "failed"]), min_size=1, max_size=6))
    def is_paid(self, by: str, answers: list[str]) -> None:
        """A batch, and an answer to the first of its lines, which comes twice; the others wait."""
        for unit in ("EUR", "diamonds"):
            with suppress(AwardError):
                batch = make_batch(fest=self.fest, unit=unit, by=staff(by)).batch
                export_batch(batch=batch, by=staff(by))
                said = [
                    f"{line.number},{answer},{line.amount},r-{line.pk},closed"
                    for line, answer in zip(batch.lines.order_by("number"), answers, strict=False)
                ]
                content = "\n".join(["line,status,amount,reference,problem", *said]).encode()
                for _time in range(2):
                    import_answer(batch=batch, content=content, by=staff(by))

    @rule(by=people, status=st.sampled_from(["paid", "failed"]))
    def answer_comes_late(self, by: str, status: str) -> None:
        line = PayoutLine.objects.filter(state="waiting").select_related("batch").first()
        if line:
            said = f"line,status,amount,reference,problem\n{line.number},{status},{line.amount},r-{line.pk},closed\n"
            with suppress(AwardError):
                import_answer(batch=line.batch, content=said.encode(), by=staff(by))

    @rule(handle=creators)
    def is_suspended_or_not_any_more(self, handle: str) -> None:
        participation = Participation.objects.get(fest=self.fest, handle=handle)
        suspended = participation.state == Participation.State.SUSPENDED
        participation.state = Participation.State.APPROVED if suspended else Participation.State.SUSPENDED
        participation.reason, participation.decided_by = "" if suspended else "Insults", staff("nia")
        participation.save()

    @precondition(lambda self: self.editions < 3)
    @rule(handle=creators)
    def is_certified_anew(self, handle: str) -> None:
        """With somebody disqualified, or not any more."""
        present = Correction.objects.in_force().filter(entry__creator__handle=handle).first()
        if present:
            undo(present, by=staff("nia"), reason="Was right")
        else:
            disqualify(self.fest, handle)
        with suppress(AlreadyCertified):
            certify(self.fest, "Anew")
        self.editions += 1
        self.equal = False

    @rule(by=people)
    def is_settled(self, by: str) -> None:
        for review in EditionReview.objects.filter(outcome="to_settle"):
            with suppress(AwardError):
                settle(review=review, by=staff(by), note="Paid back")

    @invariant()
    def every_state_is_explained(self) -> None:
        steps: dict[int, list[tuple[str, str, int | None]]] = {}
        for step in AwardStep.objects.order_by("award", "number"):
            steps.setdefault(step.award_id, []).append((step.from_state, step.to_state, step.by_id))
        for award in Award.objects.all():
            history = steps[award.pk]
            assert len(history) == award.steps_taken
            assert [one[0] for one in history] == ["", *(one[1] for one in history[:-1])]
            assert history[-1][1] == award.state
            by = {state: person for _from, state, person in history}
            if "approved" in by:
                assert by["approved"] not in (None, by["proposed"])
            if "fulfilled" in by:
                assert by["fulfilled"] not in (None, by["approved"])

    @invariant()
    def nobody_has_anything_twice(self) -> None:
        held = Award.objects.filter(state__in=LIVE)
        for fields in (("reward", "within", "period", "handle"), ("reward", "within", "period", "slot")):
            assert [one for one, number in Counter(held.values_list(*fields)).items() if number > 1] == []

    @invariant()
    def ledger_is_what_the_awards_say(self) -> None:
        money = Award.objects.filter(reward__kind__in=MONEY)
        for balance in balances(self.fest):
            of_unit = money.filter(unit=balance.unit)
            owed = of_unit.filter(state__in=["approved", "offered", "claimed", "verified"])
            paid = of_unit.filter(state="fulfilled")
            assert balance.owed == sum(owed.values_list("amount", flat=True))
            assert balance.paid == sum(paid.values_list("amount", flat=True))
        for entry in LedgerEntry.objects.filter(kind="paid").select_related("award"):
            approved = entry.award.steps.get(to_state="approved")
            proposed = entry.award.steps.get(to_state="proposed")
            assert approved.by_id not in (None, proposed.by_id, entry.by_id)
            assert entry.award.steps.filter(to_state="verified").exists()

    @invariant()
    def no_entitlement_is_lost_and_none_is_too_much(self) -> None:
        edition = current_edition(self.fest)
        assert edition
        if not self.equal:
            return
        for one in lists_of(edition):
            live = {award.handle: award for award in awards_of(one).filter(state__in=LIVE)}
            holding = {handle: award.amount for handle, award in live.items()}
            had = handles(awards_of(one).filter(state__in=HAD_THEIR_CHANCE))
            due = {each.handle: each.amount for each in due_of(one.reward, one.rows(), without=had, holding=holding)}
            assert set(due) <= set(live), "who is due it has it"
            for handle, award in live.items():
                if due.get(handle) != award.amount:  # then an earlier edition's, in their hands or on the way there
                    review = award.reviews.get(edition=edition)
                    assert review.outcome in ("to_settle", "settled")


def test_awards_at_random(settings: Settings) -> None:
    after_grace(settings)
    Awarding.settings = settings
    # Not shrunk: an example takes a second, and what it did is printed step by step.
    tried = effort(max_examples=draws(15), stateful_step_count=40, deadline=None, phases=[Phase.reuse, Phase.generate])
    run_state_machine_as_test(Awarding, settings=tried)
