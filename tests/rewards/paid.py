"""The fest of tests/rewards/prizes.py with Diamonds and cash verified, and what its payer answers.

omar approved them, nia verified them; pia, who did neither, pays. By the order of a batch's file these are 500 Diamonds
for each of ann, ben, cat, dan and eve; and of EUR ann and ben 100.01, cat 66.68, choir 0.70, dan and eve 66.67.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from pytest_django import Settings

from livefest.models import Fest
from rewards.awards import verify
from rewards.claims import claim
from rewards.models import Award, PayoutBatch, PayoutLine
from rewards.payout_answers import Answered, import_answer
from rewards.payouts import export_batch, make_batch
from tests.kept import kept
from tests.rewards.prizes import after_grace, certified, offered, proposed, staff

HEADER = "line,status,amount,reference,problem"


@pytest.fixture
def ready(db: None, settings: Settings) -> Fest:
    after_grace(settings)
    return kept(verified_fest)


def verified_fest() -> Fest:
    fest = certified()
    proposed(fest)
    for award in Award.objects.filter(fest=fest, reward__slug__in=["gems", "pot", "tour"]).order_by("pk"):
        verified(award)
    return fest


def verified(award: Award) -> Award:
    """Approved by omar, claimed with a payee of its own, verified by nia."""
    details = {"name": f"{award.handle.title()} Ó Súilleabháin", "payee": f"IE-{award.handle}"}
    claim(offered(award), token=uuid4(), details=details)
    return verify(award, by=staff("nia"))


def batch_of(fest: Fest, unit: str = "EUR") -> PayoutBatch:
    """Made and exported by pia."""
    batch = make_batch(fest=fest, unit=unit, by=staff("pia")).batch
    export_batch(batch=batch, by=staff("pia"))
    return batch


def said(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def all_paid(batch: PayoutBatch) -> bytes:
    return said(*(f"{line.number},paid,{line.amount},tx-{line.number}," for line in batch.lines.all()))


def answered(batch: PayoutBatch, content: bytes, *, by: str = "pia") -> Answered:
    return import_answer(batch=batch, content=content, by=staff(by))


def line_of(batch: PayoutBatch, handle: str) -> PayoutLine:
    return batch.lines.get(award__handle=handle)
