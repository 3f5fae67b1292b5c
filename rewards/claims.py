"""Claiming an award: accepting it, with what its kind needs, once.

Personal data is encrypted before it is stored, read only by who fulfils, and deleted some days after it was needed.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

import pycountry
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.communities import violated
from livefest import clock
from livefest.audit import acting, record
from livefest.encryption import cipher
from livefest.models import User
from rewards.awards import FULFIL, AwardError, Obstructed, TooLate, locked, refuse_state, refuse_stranger, step
from rewards.eligibility import obstacles
from rewards.models import Award, AwardStep, Claim, Reward
from rewards.models.award import ENDED

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
LABELS = {
    "name": gettext_lazy("Full name"),
    "payee": gettext_lazy("Payee reference"),
    "street": gettext_lazy("Street and number"),
    "postcode": gettext_lazy("Postcode"),
    "city": gettext_lazy("City"),
    "country": gettext_lazy("Country"),
}
COUNTRIES = {country.alpha_2 for country in pycountry.countries}
LONGEST = 200  # characters, of each
# What no name or address has: control characters, lone surrogates, line and paragraph separators, what is not assigned,
# and marks that turn the direction of what stands around them.
UNWRITABLE = {"Cc", "Cs", "Zl", "Zp", "Cn", "Co"}
TURNS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# What follows a claim, in its transaction.
CLAIMED: list[Callable[[Award], object]] = []


def claim(award: Award, *, token: UUID, details: Mapping[str, str]) -> Claim:
    """Accepts an award for its creator, until its deadline. `token` was made with the form: sent again it is the same
    claim, whatever became of the first sending. `details` has what NEEDS names; more is not kept.

    Raises AwardError: TooLate, Obstructed for what the creator mends first, WrongState.
    """
    needed = {name: checked(name, details.get(name, "")) for name in NEEDS[award.reward.kind]}
    try:
        with transaction.atomic():
            award = locked(award)
            present = Claim.objects.filter(award=award).first()
            if present:
                if present.token == token:
                    return present
                raise AwardError(_("This is claimed already, with what was given then; ask staff to change it."))
            if award.state == State.EXPIRED or is_late(award):
                raise TooLate(_("The time to claim this is over; it passes to the next in rank, if any."))
            refuse_state(award, State.OFFERED)
            if why := [one.text for one in obstacles(award)]:
                raise Obstructed(" ".join(why))
            made = Claim.objects.create(award=award, token=token, claimed_at=clock.now(), details=encrypted(needed))
            step(award, State.CLAIMED, by_creator=True)
            for follow in CLAIMED:
                follow(award)
    except IntegrityError as error:
        if violated(error) == "rewards_claim_token_key":  # of another award: the form was tampered with
            raise AwardError(
                _("This form was made for another award; open the award's page and send it anew.")
            ) from error
        raise
    return made


def is_late(award: Award) -> bool:
    """Whether its offer has run out, expired by the program already or not yet."""
    return award.state == State.OFFERED and award.deadline is not None and clock.now() >= award.deadline


def checked(name: str, text: str) -> str:
    """What was given under one name of NEEDS, as it is kept. Raises AwardError."""
    text, label = text.strip(), LABELS[name]
    if not text:
        raise AwardError(_("%(field)s is missing: fill it in.") % {"field": label})
    if len(text) > LONGEST:
        told = _("%(field)s has %(length)d characters: shorten it to %(most)d.")
        raise AwardError(told % {"field": label, "length": len(text), "most": LONGEST})
    if not is_writable(text) or (name == "payee" and not text.isprintable()):
        told = _("%(field)s has characters that can't be printed: write it by hand, in one line.")
        raise AwardError(told % {"field": label})
    if name == "country" and text not in COUNTRIES:
        raise AwardError(_("“%(code)s” is no country of ISO 3166: choose one of the list.") % {"code": text[:30]})
    return text


def is_writable(text: str) -> bool:
    """Whether it has only characters that names and addresses are written with, in one line."""
    return not any(unicodedata.category(letter) in UNWRITABLE or letter in TURNS for letter in text)


def read_details(award: Award, *, by: User, reason: str) -> dict[str, str]:
    """What the winner gave, for who hands it out; that they looked is in the audit. Empty once it was deleted.
    Raises NotAllowed."""
    refuse_stranger(by, FULFIL)
    with acting(by=by, reason=reason):
        record(award, verb="read claim")
    return details_of(award)


def details_of(award: Award) -> dict[str, str]:
    """The same for the program's own use, which the audit needn't know: keeping the rest where one thing is given
    anew."""
    found = Claim.objects.filter(award=award).exclude(details="").first()
    return decrypted(found.details) if found else {}


def delete_old_details() -> int:
    """Empties what was needed KEEP_CLAIM_DAYS ago: of awards that are fulfilled or have ended. How many."""
    until = clock.now() - timedelta(days=settings.KEEP_CLAIM_DAYS)
    done = [State.FULFILLED, *ENDED]
    lately = AwardStep.objects.filter(award=OuterRef("award"), to_state__in=done, at__gt=until)
    old = Claim.objects.filter(~Exists(lately), award__state__in=done).exclude(details="")
    return old.update(details="", details_deleted_at=clock.now())


def encrypted(details: Mapping[str, str]) -> str:
    return cipher(PURPOSE).encrypt(json.dumps(details).encode()).decode() if details else ""


def decrypted(text: str) -> dict[str, str]:
    details: dict[str, str] = json.loads(cipher(PURPOSE).decrypt(text.encode()))
    return details
