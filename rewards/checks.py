"""What staff look at before an award is verified, and who signed it. The program decides none of it."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from livefest import clock
from livefest.audit import acting
from livefest.models import User
from rewards.awards import VERIFY, AwardError, locked, refuse_state, refuse_stranger
from rewards.models import Award, RequiredCheck, SignedCheck


class Check(NamedTuple):
    """A check that an award needs or had; signed: None while nobody has."""

    required: RequiredCheck
    signed: SignedCheck | None


def required_of(award: Award) -> QuerySet[RequiredCheck]:
    """Those in use for its kind and the region of who claims it, as the database asks for them (migration 0004)."""
    region = award.entry.region_id if award.entry else None
    found = RequiredCheck.objects.filter(fest=award.fest_id, kind=award.reward.kind, retired_at=None)
    return found.filter(Q(region=None) | Q(region=region) if region else Q(region=None)).order_by("pk")


def checks_of(award: Award) -> list[Check]:
    """What is to be signed, and what was; the latter also where it is no longer asked for."""
    signed = {one.check_required_id: one for one in award.checks.select_related("check_required", "signed_by")}
    found = [Check(required, signed.pop(required.pk, None)) for required in required_of(award)]
    return [*found, *(Check(one.check_required, one) for one in signed.values())]


def sign(award: Award, *, check: RequiredCheck, by: User, note: str = "") -> SignedCheck:
    """Somebody looked, and vouches for it; again it is the same signature. `note` has no personal data. Raises
    AwardError."""
    refuse_stranger(by, VERIFY)
    with acting(by=by):
        award = locked(award)
        present = SignedCheck.objects.filter(award=award, check_required=check).first()
        if present:
            return present
        refuse_state(award, Award.State.CLAIMED)
        if not required_of(award).filter(pk=check.pk).exists():
            raise AwardError(
                _("“%(check)s” is not asked for of this award; sign what its page lists.") % {"check": check}
            )
        return SignedCheck.objects.create(
            award=award, check_required=check, signed_by=by, signed_at=clock.now(), note=note.strip()
        )
