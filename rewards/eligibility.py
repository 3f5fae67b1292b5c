"""Whether somebody may receive an award: what stands in the way, in words that both they and staff read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from creators.accounts import user_of
from creators.models import Correction, Enquiry, Entry, Participation
from livefest.consent import what_is_missing
from livefest.models import Region
from rewards.models import Award


@dataclass(frozen=True)
class Obstacle:
    """Why an award can't go on. `final`: it never will, and passes to the next in rank; else it waits until this is
    mended. `theirs`: the creator mends it, not staff."""

    code: str
    text: str
    final: bool = False
    theirs: bool = False


def obstacles(award: Award) -> list[Obstacle]:
    """All that stands in the way of an award now. Awards of communities go by their owner; those of supporters have
    nobody here, and staff look after them."""
    return [*of_staff(award), *of_account(award.entry)] if award.entry else []


def of_staff(award: Award) -> list[Obstacle]:
    """Those of them that staff mend, or that are final; what is left is the creator's to mend, and stops only the
    claim."""
    return of_entry(award.entry) if award.entry else []


def of_entry(entry: Entry) -> list[Obstacle]:
    found = []
    corrections = Correction.objects.filter(entry=entry)
    if corrections.in_force().filter(kind=Correction.Kind.DISQUALIFICATION).exists():
        found.append(Obstacle("disqualified", _("They are disqualified."), final=True))
    states = Participation.objects.filter(fest=entry.fest_id, creator=entry.creator_id)
    if states.filter(state=Participation.State.SUSPENDED).exists():
        found.append(Obstacle("suspended", _("They are suspended."), final=True))
    if entry.region_id is None and Region.objects.filter(fest=entry.fest_id).exists():
        found.append(Obstacle("region", _("They have no country or region in this festival: staff set it.")))
    if corrections.undecided().exists() or Enquiry.objects.filter(entry=entry, outcome="").exists():
        found.append(
            Obstacle("review", _("A correction, a question or an appeal of theirs is open: it is decided first."))
        )
    return found


def refused_for_good(entries: Mapping[str, Entry]) -> dict[str, str]:
    """Of some of a fest, by handle, those who never can receive anything, and why: what `of_entry` calls final."""
    fests = {entry.fest_id for entry in entries.values()}
    out = Correction.objects.in_force().filter(fest__in=fests, kind=Correction.Kind.DISQUALIFICATION)
    suspended = Participation.objects.filter(fest__in=fests, state=Participation.State.SUSPENDED)
    disqualified = set(out.values_list("entry", flat=True))
    barred = set(suspended.values_list("fest", "creator"))
    return {
        handle: " ".join(one.text for one in of_entry(entry) if one.final)
        for handle, entry in entries.items()
        if entry.pk in disqualified or (entry.fest_id, entry.creator_id) in barred
    }


def of_account(entry: Entry) -> list[Obstacle]:
    """What their account lacks; they can mend all of it until the deadline."""
    user = user_of(entry)
    if user is None:
        return [Obstacle("account", _("No account is linked to them yet: they sign up and claim it."), theirs=True)]
    found = []
    if not EmailAddress.objects.filter(user=user, verified=True).exists():
        found.append(Obstacle("email", _("Their e-mail address is not verified."), theirs=True))
    missing = what_is_missing(user, entry.fest)
    if missing.minimum_age is not None:
        text = _("They have not confirmed that they are %(age)d or older.") % {"age": missing.minimum_age}
        found.append(Obstacle("age", text, theirs=True))
    if missing.terms is not None:
        found.append(Obstacle("terms", _("They have not accepted the festival's present terms."), theirs=True))
    return found
