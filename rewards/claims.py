"""Claiming an award: accepting it, with what its kind needs, once.

Personal data is encrypted before it is stored, read only by who fulfils, and deleted some days after it was needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from creators.communities import violated
from livefest import clock
from livefest.audit import acting, record
from livefest.encryption import cipher
from livefest.models import User
from rewards.awards import FULFIL, AwardError, Obstructed, TooLate, locked, refuse_state, refuse_stranger, step
from rewards.eligibility import obstacles
from rewards.models import Award, AwardStep, Claim, Reward

PURPOSE = "claims"
State, Kind = Award.State, Reward.Kind

# What each kind needs of the winner: names of fields, in the order in which they are asked for.
NEEDS: dict[str, list[str]] = {
    Kind.DIAMONDS: [],
    Kind.BADGE: [],
    Kind.INVITATION: [],
    Kind.CASH: ["name", "payee"],
    Kind.MERCH: ["name", "street", "postcode", "city", "country"],
}


def claim(award: Award, *, token: UUID, details: Mapping[str, str]) -> Claim:
    """Accepts an award for its creator, until its deadline. `token` was made with the form: sent again it is the same
    claim, whatever became of the first sending. `details` has what NEEDS names.

    Raises AwardError: TooLate, Obstructed for what the creator mends first, WrongState.
    """
    needed = {name: details.get(name, "").strip() for name in NEEDS[award.reward.kind]}
    if missing := [name for name, value in needed.items() if not value]:
        raise AwardError(_("Something is missing: %(names)s.") % {"names": ", ".join(missing)})
    try:
        with transaction.atomic():
            award = locked(award)
            present = Claim.objects.filter(award=award).first()
            if present:
                if present.token == token:
                    return present
                raise AwardError(_("This is claimed already, with what was given then; ask staff to change it."))
            refuse_state(award, State.OFFERED)
            if award.deadline and clock.now() >= award.deadline:
                raise TooLate(_("The time to claim this is over; it passes to the next in rank."))
            if why := [one.text for one in obstacles(award)]:
                raise Obstructed(" ".join(why))
            made = Claim.objects.create(award=award, token=token, claimed_at=clock.now(), details=encrypted(needed))
            step(award, State.CLAIMED, by_creator=True)
    except IntegrityError as error:
        if violated(error) == "rewards_claim_token_key":  # of another award: the form was tampered with
            raise AwardError(
                _("This form was made for another award; open the award's page and send it anew.")
            ) from error
        raise
    return made


def read_details(award: Award, *, by: User, reason: str) -> dict[str, str]:
    """What the winner gave, for who hands it out; that they looked is in the audit. Empty once it was deleted.
    Raises NotAllowed."""
    refuse_stranger(by, FULFIL)
    with acting(by=by, reason=reason):
        record(award, verb="read claim")
    return details_of(award)


def details_of(award: Award) -> dict[str, str]:
    """For the program's own use: a batch's file."""
    found = Claim.objects.filter(award=award).exclude(details="").first()
    return decrypted(found.details) if found else {}


def delete_old_details() -> int:
    """Empties what was needed KEEP_CLAIM_DAYS ago: of awards that are fulfilled or have ended. How many."""
    until = clock.now() - timedelta(days=settings.KEEP_CLAIM_DAYS)
    done = [State.FULFILLED, State.DECLINED, State.EXPIRED, State.INELIGIBLE, State.REVOKED]
    lately = AwardStep.objects.filter(award=OuterRef("award"), to_state__in=done, at__gt=until)
    old = Claim.objects.filter(~Exists(lately), award__state__in=done).exclude(details="")
    return old.update(details="", details_deleted_at=clock.now())


def encrypted(details: Mapping[str, str]) -> str:
    return cipher(PURPOSE).encrypt(json.dumps(details).encode()).decode() if details else ""


def decrypted(text: str) -> dict[str, str]:
    details: dict[str, str] = json.loads(cipher(PURPOSE).decrypt(text.encode()))
    return details
