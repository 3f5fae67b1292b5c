"""Invitations to the award event: who is invited, who comes, and who waits for a place.

An event's row is locked before anything of its guests changes, after the award's where both are. That no more come than
there is room for the database holds (migration 0004). `docs/award-event.md` has the whole.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livefest import clock
from livefest.encryption import cipher
from rewards.awards import ENDINGS, AwardError, TooLate, WrongState, locked
from rewards.claims import CLAIMED, PURPOSE, is_writable
from rewards.invitation_notices import INVITED, LET_IN, TICKETS, tell_guest
from rewards.models import Award, AwardEvent, Claim, Invitation, Reward
from rewards.models.award import ACCEPTED
from rewards.tickets import keep_tickets

Answer = Invitation.Answer
LONGEST_NAME, LONGEST_NEED = 100, 300  # characters


@dataclass(frozen=True)
class Needs:
    """What the hosts are to know, encrypted as it is stored: the companions' names, what none of them eats, what they
    need to get around, hear and see."""

    companions: list[str] = field(default_factory=list)
    diet: str = ""
    access: str = ""


def invite(award: Award) -> Invitation | None:
    """The invitation of an award that is one and was accepted; None where it is none, or its event isn't set up yet.
    The award is locked. Follows each claim; may be called again."""
    event = event_of(award)
    if event is None:
        return None
    invitation, made = Invitation.objects.get_or_create(award=award, defaults={"event": event})
    if made:
        tell_guest(invitation, INVITED)
    return invitation


def event_of(award: Award) -> AwardEvent | None:
    """Where an award that was accepted invites to, if anywhere yet."""
    if award.reward.kind != Reward.Kind.INVITATION or award.state not in ACCEPTED:
        return None
    return AwardEvent.objects.filter(reward=award.reward_id).first()


def invite_claimed(event: AwardEvent) -> int:
    """Invites whose award was claimed before the event was set up; how many."""
    awards = Award.objects.filter(reward=event.reward_id, state__in=ACCEPTED, invitation=None)
    done = 0
    for award in awards.order_by("slot", "pk"):
        with transaction.atomic():
            done += invite(locked(award)) is not None
    return done


def accept(invitation: Invitation, *, needs: Needs) -> Invitation:
    """The guest comes, with so many companions as are named, or waits where there is no room. Sent again it changes
    what was said: with more people only if there is room for them. Who waits keeps their place in the list.

    Raises AwardError.
    """
    checked(needs, invitation.event)
    with transaction.atomic():
        invitation = locked_invitation(invitation)
        refuse_late(invitation)
        people, event = 1 + len(needs.companions), invitation.event
        if invitation.answer == Answer.COMES:
            refuse_no_room(invitation, people)
            refuse_fewer_than_inside(invitation, people)
        elif invitation.answer != Answer.WAITS:
            invitation.answered_at = clock.now()
            waiting = event.invitations.filter(answer=Answer.WAITS).exists()
            invitation.answer = Answer.WAITS if waiting or people > free_places(event) else Answer.COMES
        invitation.people, invitation.needs = people, encrypted(needs)
        invitation.save(update_fields=["answer", "people", "needs", "answered_at"])
        if invitation.answer == Answer.COMES:
            keep_tickets(invitation)
            tell_guest(invitation, TICKETS)
        let_in(event)  # fewer people than before leave places to who waits
    invitation.refresh_from_db()
    return invitation


def decline_invitation(invitation: Invitation) -> Invitation:
    """The guest doesn't come, or not any more, until the event begins; their places go to who waits. What they had
    written is deleted. Raises AwardError."""
    with transaction.atomic():
        invitation = locked_invitation(invitation)
        if invitation.answer == Answer.DECLINED:
            return invitation
        refuse_withdrawn(invitation)
        if clock.now() >= invitation.event.starts:
            raise TooLate(_("The event has begun; who doesn't come need not say so any more."))
        refuse_fewer_than_inside(invitation, 0)
        leave(invitation, Answer.DECLINED)
    return invitation


def withdraw(award: Award) -> None:
    """An award has ended: its guest isn't invited any more, whatever they answered. Follows each end."""
    found = Invitation.objects.filter(award=award).exclude(answer=Answer.WITHDRAWN).first()
    if found:
        lock_event(found.event)
        found.refresh_from_db()
        leave(found, Answer.WITHDRAWN)


def leave(invitation: Invitation, answer: Answer) -> None:
    """In a transaction that has locked the event."""
    invitation.answer, invitation.people, invitation.needs = answer, 1, ""
    invitation.answered_at = clock.now()
    invitation.save(update_fields=["answer", "people", "needs", "answered_at"])
    keep_tickets(invitation)
    let_in(invitation.event)


def let_in(event: AwardEvent) -> list[Invitation]:
    """Gives free places to who waits, first come first served: nobody overtakes who needs more places than are free.
    The event is locked; until it begins."""
    found: list[Invitation] = []
    if clock.now() >= event.starts:
        return found
    free = free_places(event)
    waiting = event.invitations.filter(answer=Answer.WAITS).select_related("event", "award__reward", "award__fest")
    for invitation in waiting.order_by("answered_at", "pk"):
        if invitation.people > free:
            break
        free -= invitation.people
        invitation.answer = Answer.COMES
        invitation.save(update_fields=["answer"])
        keep_tickets(invitation)
        tell_guest(invitation, LET_IN)
        found.append(invitation)
    return found


def refill(event: AwardEvent) -> list[Invitation]:
    """Lets in who waits after staff gave the event more room; who was let in."""
    with transaction.atomic():
        return let_in(lock_event(event))


def free_places(event: AwardEvent) -> int:
    return max(0, event.capacity - coming_to(event))


def coming_to(event: AwardEvent) -> int:
    """How many people, companions too."""
    return event.invitations.filter(answer=Answer.COMES).aggregate(people=Sum("people"))["people"] or 0


def place_in_line(invitation: Invitation) -> int | None:
    """Of who waits, from 1; None for everybody else."""
    if invitation.answer != Answer.WAITS:
        return None
    waiting = invitation.event.invitations.filter(answer=Answer.WAITS).order_by("answered_at", "pk")
    return list(waiting.values_list("pk", flat=True)).index(invitation.pk) + 1


def answer_until(invitation: Invitation) -> datetime:
    """Exclusive: the event's own moment; for who claimed later than that, because it passed to them so late, its
    beginning."""
    event = invitation.event
    late = Claim.objects.filter(award=invitation.award_id, claimed_at__gte=event.answer_before).exists()
    return event.starts if late else event.answer_before


def needs_of(invitation: Invitation) -> Needs:
    """What the guest wrote; nothing once it is deleted. For the guest and who looks after the event."""
    if not invitation.needs:
        return Needs()
    return Needs(**json.loads(cipher(PURPOSE).decrypt(invitation.needs.encode())))


def delete_old_needs() -> int:
    """Empties what guests wrote, KEEP_CLAIM_DAYS after their event. How many."""
    until = clock.now() - timedelta(days=settings.KEEP_CLAIM_DAYS)
    return Invitation.objects.filter(event__ends__lte=until).exclude(needs="").update(needs="")


def encrypted(needs: Needs) -> str:
    return cipher(PURPOSE).encrypt(json.dumps(asdict(needs)).encode()).decode()


def checked(needs: Needs, event: AwardEvent) -> None:
    if len(needs.companions) > event.companions:
        told = ngettext(
            "You may bring %(most)d companion, and %(named)d are named.",
            "You may bring %(most)d companions, and %(named)d are named.",
            event.companions,
        )
        raise AwardError(told % {"most": event.companions, "named": len(needs.companions)})
    refuse_long(needs.companions, LONGEST_NAME)
    for name in needs.companions:
        if not name.strip() or not is_writable(name):
            raise AwardError(_("The name of a companion is empty, or has characters that can't be printed."))
    refuse_long([needs.diet, needs.access], LONGEST_NEED)


def refuse_long(texts: Sequence[str], most: int) -> None:
    for text in texts:
        if len(text) > most or "\x00" in text:
            told = _("“%(start)s…” is longer than %(most)d characters: shorten it.")
            raise AwardError(told % {"start": text[:20].replace("\x00", ""), "most": most})


def refuse_withdrawn(invitation: Invitation) -> None:
    if invitation.answer == Answer.WITHDRAWN or not invitation.award.is_live:
        raise WrongState(_("This invitation was withdrawn."))


def refuse_late(invitation: Invitation) -> None:
    refuse_withdrawn(invitation)
    if clock.now() >= answer_until(invitation):
        raise TooLate(_("The time to answer is over. Write to the hosts if something has changed."))


def refuse_no_room(invitation: Invitation, people: int) -> None:
    free = free_places(invitation.event)
    if people - invitation.people > free:
        told = ngettext(
            "There is room for %(free)d more person; what you said before stands.",
            "There is room for %(free)d more people; what you said before stands.",
            free,
        )
        raise AwardError(told % {"free": free})


def refuse_fewer_than_inside(invitation: Invitation, people: int) -> None:
    """Who is in has come."""
    if invitation.tickets.filter(admitted_at__isnull=False, number__gt=people).exists():
        raise WrongState(_("Somebody of yours is in already; ask at the door."))


def locked_invitation(invitation: Invitation) -> Invitation:
    locked(invitation.award)
    lock_event(invitation.event)
    related = ("event", "award__reward", "award__fest", "award__entry__creator")
    return Invitation.objects.select_related(*related).get(pk=invitation.pk)


def lock_event(event: AwardEvent) -> AwardEvent:
    return AwardEvent.objects.select_for_update().get(pk=event.pk)


CLAIMED.append(invite)
ENDINGS.append(withdraw)
