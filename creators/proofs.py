"""What shows that a handle is theirs who applies: a code in the bio, a social account, an earlier approval.

A code is one application's: it shows nothing for another account, nor for a later application, nor once it is too old.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import timedelta

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from creators.communities import CODE_ALPHABET
from creators.models import Participation, Profile
from creators.participations import Decided, Proof, State, Taken, Way, approve, locked, refuse_other_state
from livefest import clock
from livefest.models import User

CODE_HOLDS = timedelta(days=7)
BY_THEMSELVES = [Proof.BIO, Proof.SOCIAL, Proof.EARLIER]  # what needs nobody of staff


def new_code() -> str:
    """A code that can't be guessed and can be typed off, such as "LF-K7QM-2XHD" (40 bits, for a week)."""
    return "-".join(["LF", *("".join(secrets.choice(CODE_ALPHABET) for _letter in range(4)) for _part in range(2))])


def give_code(participation: Participation) -> None:
    participation.code, participation.code_expires_at = new_code(), clock.now() + CODE_HOLDS


@transaction.atomic
def renew_code(*, participation: Participation) -> Participation:
    """A new code in place of one that is too old; one that still holds stays. Raises Decided."""
    participation = locked(participation)
    refuse_other_state(participation, State.APPLIED)
    if not code_holds(participation):
        give_code(participation)
        participation.save(update_fields=["code", "code_expires_at"])
    return participation


def code_holds(participation: Participation) -> bool:
    return clock.now() < participation.code_expires_at


@transaction.atomic
def prove(*, participation: Participation, proof: str, code: str = "") -> Participation:
    """Records what showed that the handle is theirs; what was recorded before stays.

    code: what was seen in the bio, for the proofs that it gives. Raises Decided, also where that isn't, or isn't any
    more, the code that has to stand there.
    """
    participation = locked(participation)
    refuse_other_state(participation, State.APPLIED)
    if participation.proof:
        return participation
    if proof in {Proof.BIO, Proof.STAFF} and not (code == participation.code and code_holds(participation)):
        raise Decided(
            _("The code %(code)s in the bio of @%(handle)s is too old or not theirs. They get a new one on their page.")
            % {"code": code, "handle": participation.handle}
        )
    participation.proof, participation.proved_at = proof, clock.now()
    participation.save(update_fields=["proof", "proved_at"])
    return participation


def settle(participation: Participation) -> Participation:
    """Proves an application by what is known of the account already, and approves a claim that needs nobody of staff.

    One for whose creator somebody else was approved stays as it is, for staff to look at.
    """
    if participation.state != State.APPLIED:
        return participation
    if not participation.proof and (proof := proof_at_hand(participation.user, participation.handle)):
        participation = prove(participation=participation, proof=proof)
    is_enough = participation.way == Way.CLAIM and participation.proof in BY_THEMSELVES
    if is_enough and settings.APPROVE_PROVED_CLAIMS:
        with suppress(Taken):
            return approve(participation=participation, by=None)
    return participation


def proof_at_hand(user: User, handle: str) -> str:
    """The proof that the account has without doing more; "" where it has none."""
    if Profile.objects.filter(user=user, creator__handle=handle).exists():
        return Proof.EARLIER
    for account in SocialAccount.objects.filter(user=user, provider="tiktok"):
        username = (account.extra_data or {}).get("username")
        # TikTok's are in small letters, however a source writes them.
        if isinstance(username, str) and username and username.casefold() == handle.casefold():
            return Proof.SOCIAL
    return Proof.NONE
