"""Where cash goes, given anew by its winner after the payer could not pay it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from rewards.awards import AwardError, Obstructed, locked, refuse_state
from rewards.claims import LONGEST, checked, details_of, encrypted
from rewards.models import Award, Claim, PayoutExport, PayoutLine, Reward


def tried_payments() -> QuerySet[PayoutLine]:
    """The newest first, without those of batches that were cancelled before the payer saw them."""
    seen = Exists(PayoutExport.objects.filter(batch=OuterRef("batch")))
    return PayoutLine.objects.filter(seen | ~Q(state=PayoutLine.State.FAILED)).order_by("-pk")


def failed_payment(award: Award) -> PayoutLine | None:
    """The last payment of an award, if it failed."""
    last = tried_payments().filter(award=award).first()
    return last if last and last.state == PayoutLine.State.FAILED else None


def is_payee_asked(award: Award) -> bool:
    """Whether the award is cash whose last payment failed, so that its winner may name another payee."""
    if award.state != Award.State.VERIFIED or award.reward.kind != Reward.Kind.CASH:
        return False
    return failed_payment(award) is not None


def correct_payee(award: Award, *, payee: str) -> None:
    """By the winner; the name, which staff checked, stays. The next batch pays there. Raises AwardError."""
    try:
        payee = checked("payee", payee)
    except AwardError as error:
        told = _("Write the payee reference: at most %(most)d characters in one line.") % {"most": LONGEST}
        raise AwardError(told) from error
    with transaction.atomic():
        award = locked(award)
        refuse_state(award, Award.State.VERIFIED)
        if not is_payee_asked(award):
            raise Obstructed(_("It can be changed once a payment has failed; none has, or it is being paid anew."))
        Claim.objects.filter(award=award).update(details=encrypted({**details_of(award), "payee": payee}))
