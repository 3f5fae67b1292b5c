"""Payout batches: the verified awards of one unit, Diamonds or a currency, as a file for who pays them.

A batch is made once, handed out as often as somebody says why, and answered (`rewards/payout_answers.py`). An award
waits in, or was paid by, one batch at most, which the database holds. `docs/payouts.md` has the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.translation import gettext as _

from livefest import clock
from livefest.audit import acting, record
from livefest.encryption import cipher
from livefest.models import Fest, User
from rewards.awards import (
    FULFIL,
    AwardError,
    NotAllowed,
    lock_awards_of,
    locked,
    otherwise_by,
    refuse_stranger,
    take_back,
)
from rewards.bulk import held_up
from rewards.claims import decrypted
from rewards.ledger import MONEY
from rewards.models import Award, AwardStep, Claim, EditionReview, PayoutBatch, PayoutExport, PayoutLine, Reward
from rewards.payout_file import Payment, as_csv

State = Award.State
PURPOSE = "payouts"


class PayoutError(AwardError):
    """What can't be done with a batch as it stands. The text is for people: why, and what to do instead."""


class NothingToPay(PayoutError):
    """There is nothing that this person could put into a batch now."""


class ExportedAlready(PayoutError):
    """It was handed out before."""


class LeftOut(NamedTuple):
    """A verified award that didn't come into the batch, and why."""

    award: Award
    why: str


@dataclass(frozen=True)
class Made:
    batch: PayoutBatch
    left_out: list[LeftOut] = field(default_factory=list)


def make_batch(*, fest: Fest, unit: str, by: User) -> Made:
    """Puts all awards of a unit ("diamonds", or a currency such as "USD") that can be paid into a new batch.

    What `by` approved, what something stands in the way of, and cash without a payee is left out, and said. Who makes
    another at the same time waits. Raises NotAllowed, NothingToPay.
    """
    refuse_stranger(by, FULFIL)
    with acting(by=by):
        lock_awards_of(fest.pk)
        payments, left_out = sorted_out(unpaid(fest).filter(unit=unit), by=by)
        if not payments:
            raise NothingToPay(nothing_text(fest, unit, left_out))
        batch = store(fest, unit, payments, by=by)
        after = {"unit": unit, "payments": batch.count, "total": batch.total, "digest": batch.digest}
        record(batch, verb="make payout batch", after=after)
    return Made(batch, left_out)


def unpaid(fest: Fest) -> QuerySet[Award]:
    """Diamonds and money that were verified, and neither wait in a batch nor were paid."""
    held = PayoutLine.objects.filter(award=OuterRef("pk"), state__in=[PayoutLine.State.WAITING, PayoutLine.State.PAID])
    verified = Award.objects.filter(fest=fest, state=State.VERIFIED, reward__kind__in=MONEY)
    return verified.filter(~Exists(held)).select_related("reward", "fest", "entry__creator", "entry__fest")


def sorted_out(awards: QuerySet[Award], *, by: User) -> tuple[list[Payment], list[LeftOut]]:
    """Which of the awards can be paid, in the order of the file (the handles' bytes), and which not. They are locked:
    what would take one of them a step on waits until the batch is there."""
    found = list(awards.order_by("pk").select_for_update(of=["self"]))
    own = set(approved_by(by).filter(award__in=found).values_list("award", flat=True))
    given = dict(Claim.objects.filter(award__in=found).exclude(details="").values_list("award", "details"))
    held = {award.pk: why for award, why in held_up(Award.objects.filter(pk__in=[award.pk for award in found]))}
    payments, left_out = [], []
    for award in sorted(found, key=lambda award: (award.handle.encode(), award.pk)):
        try:
            if award.pk in own:
                raise NotAllowed(_("“%(by)s” approved it: somebody else pays it.") % {"by": by})
            if why := held.get(award.pk):
                raise PayoutError(" ".join(one.text for one in why))
            payments.append(payment_of(award, given.get(award.pk, "")))
        except AwardError as error:
            left_out.append(LeftOut(award, str(error)))
    return payments, left_out


def payment_of(award: Award, encrypted_details: str) -> Payment:
    """Diamonds go to a handle, the platform's own name of somebody; cash to the payee of the claim."""
    if award.reward.kind == Reward.Kind.DIAMONDS:
        creator = award.entry.creator if award.entry else None
        return Payment(award, creator.name if creator else "", creator.handle if creator else award.handle)
    try:
        details = decrypted(encrypted_details) if encrypted_details else {}
    except InvalidToken as error:
        raise undecipherable() from error
    if not details.get("payee"):
        raise PayoutError(_("It has no payee reference: the claim gives one."))
    return Payment(award, details.get("name", ""), details["payee"])


def undecipherable() -> PayoutError:
    return PayoutError(_("What is stored can't be decrypted: put the former SECRET_KEY into SECRET_KEY_FALLBACKS."))


def nothing_text(fest: Fest, unit: str, left_out: Sequence[LeftOut]) -> str:
    if left_out:
        text = _("Nothing of %(unit)s can be paid now. Left out: %(count)d, such as that of “%(handle)s”. %(why)s")
        first = left_out[0]
        return text % {"unit": unit, "count": len(left_out), "handle": first.award.handle, "why": first.why}
    others = sorted(set(unpaid(fest).order_by().values_list("unit", flat=True)))
    if others:
        text = _("There is nothing of “%(unit)s” to pay; there is of: %(others)s.")
        return text % {"unit": unit, "others": ", ".join(others)}
    return _("There is nothing to pay: an award comes into a batch once it is verified, and into one only.")


def store(fest: Fest, unit: str, payments: Sequence[Payment], *, by: User) -> PayoutBatch:
    number = 1 + (PayoutBatch.objects.filter(fest=fest).aggregate(last=Max("number"))["last"] or 0)
    content = as_csv(number, payments)
    batch = PayoutBatch.objects.create(
        fest=fest,
        number=number,
        unit=unit,
        count=len(payments),
        total=sum(payment.award.amount for payment in payments),
        digest=sha256(content).hexdigest(),
        content=cipher(PURPOSE).encrypt(content).decode(),
        made_by=by,
        made_at=clock.now(),
    )
    PayoutLine.objects.bulk_create(
        PayoutLine(batch=batch, number=line, award=payment.award, amount=payment.award.amount)
        for line, payment in enumerate(payments, start=1)
    )
    return batch


def export_batch(*, batch: PayoutBatch, by: User, reason: str = "") -> bytes:
    """The batch's file, to hand to the payer. Every export is kept; from the second on it has a reason, and its first
    line says which copy it is. Without that line it is, byte for byte, the first one, of which the digest is.

    By nobody who approved one of its awards. Raises NotAllowed, ExportedAlready, PayoutError.
    """
    refuse_stranger(by, FULFIL)
    refuse_approver(batch, by)
    reason = reason.strip()
    with acting(by=by, reason=reason):
        batch = locked_batch(batch)  # of two at once, one is the second copy
        before = batch.exports.select_related("by").order_by("-copy").first()
        if before and not reason:
            text = _("Batch %(number)d was exported already, by “%(by)s” at %(at)s UTC: say why it is again.")
            at = f"{before.at:%Y-%m-%d %H:%M}"
            raise ExportedAlready(text % {"number": batch.number, "by": before.by, "at": at})
        if not before and not batch.lines.filter(state=PayoutLine.State.WAITING).exists():
            raise PayoutError(_("Batch %(number)d was cancelled: make a new one.") % {"number": batch.number})
        content = content_of(batch)
        copy = before.copy + 1 if before else 1
        PayoutExport.objects.create(batch=batch, copy=copy, by=by, at=clock.now(), reason=reason)
        record(batch, verb="export payout batch", after={"copy": copy})
    if copy == 1:
        return content
    mark = f"COPY {copy} of batch {batch.number}: pay nothing twice. SHA-256 without this line: {batch.digest}\n"
    return mark.encode() + content


def cancel_batch(*, batch: PayoutBatch, by: User, reason: str) -> PayoutBatch:
    """Gives up a batch that nobody was handed: its awards can stand in the next, or be taken back. Again it changes
    nothing. Raises NotAllowed, ExportedAlready, PayoutError."""
    refuse_stranger(by, FULFIL)
    if not reason.strip():
        raise PayoutError(_("Say why: give a reason."))
    with acting(by=by, reason=reason.strip()):
        lock_awards_of(batch.fest_id)
        batch = locked_batch(batch)
        if batch.exports.exists():
            text = _("Batch %(number)d was exported: the payer's answer says what becomes of its lines.")
            raise ExportedAlready(text % {"number": batch.number})
        waiting = list(batch.lines.filter(state=PayoutLine.State.WAITING).select_related("award"))
        for line in waiting:
            fail(line, problem=_("Cancelled before it was exported."), by=by)
        if waiting:
            record(batch, verb="cancel payout batch")
    return batch


def fail(line: PayoutLine, *, problem: str, by: User, reference: str = "") -> None:
    """It was not paid, and its award can stand in the next batch; unless a new edition of the results had it otherwise
    while it was with the payer: then it is taken back now. The fest's awards are locked (`lock_awards_of`)."""
    line.state, line.said, line.answered_at = PayoutLine.State.FAILED, None, clock.now()
    line.problem, line.reference = problem, reference
    line.save(update_fields=["state", "said", "answered_at", "problem", "reference"])
    review = line.award.reviews.select_related("edition").order_by("-edition__number").first()
    if review and review.outcome == EditionReview.Outcome.TO_SETTLE:
        take_back(locked(line.award), by=by, reason=otherwise_by(review.edition))
        review.outcome, review.difference = EditionReview.Outcome.REVOKED, 0
        review.save(update_fields=["outcome", "difference"])


def content_of(batch: PayoutBatch) -> bytes:
    if not batch.content:
        text = _("The file of batch %(number)d is deleted: its last line was answered %(days)d days ago or more.")
        raise PayoutError(text % {"number": batch.number, "days": settings.KEEP_CLAIM_DAYS})
    try:
        return cipher(PURPOSE).decrypt(batch.content.encode())
    except InvalidToken as error:
        raise undecipherable() from error


def locked_batch(batch: PayoutBatch) -> PayoutBatch:
    """As it is stored now; who else would export, cancel or answer it waits."""
    return PayoutBatch.objects.select_for_update(of=["self"]).select_related("fest").get(pk=batch.pk)


def approved_by(user: User) -> QuerySet[AwardStep]:
    return AwardStep.objects.filter(to_state=State.APPROVED, by=user)


def refuse_approver(batch: PayoutBatch, by: User) -> None:
    """Two people: who approved one of its awards neither hands the batch out nor answers it. Raises NotAllowed."""
    own = approved_by(by).filter(award__payout_lines__batch=batch).select_related("award").first()
    if own:
        text = _("“%(by)s” approved the award of “%(handle)s” in it: somebody else pays this batch.")
        raise NotAllowed(text % {"by": by, "handle": own.award.handle})


def delete_old_content() -> int:
    """Empties the files (names, payees) of batches whose last line was answered KEEP_CLAIM_DAYS ago. How many."""
    until = clock.now() - timedelta(days=settings.KEEP_CLAIM_DAYS)
    lines = PayoutLine.objects.filter(batch=OuterRef("pk"))
    needed = lines.filter(answered_at=None) | lines.filter(answered_at__gt=until)
    return PayoutBatch.objects.filter(~Exists(needed)).exclude(content="").update(content="")
