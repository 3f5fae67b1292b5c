"""What is decided about those who apply to take part: approved, refused, suspended, and let back in.

Every function may be called again with the same effect, and tells the creator in its transaction. Of two who claim one
creator the database lets one in, whoever decides at once. `creators/applications.py` has how they apply,
`creators/proofs.py` what shows that a handle is theirs.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creators.communities import violated
from creators.models import Creator, Entry, Participation, Profile
from creators.notices import PARTICIPATION
from livefest import clock
from livefest.models import User
from livefest.models.translated import in_each_language
from livefest.notifications import notify

Proof = Participation.Proof
State = Participation.State
Way = Participation.Way

IN = [State.APPROVED, State.SUSPENDED]
# Of two who are approved for one creator, or one for two, at the same moment.
TAKEN = {"participation_creator_once", "creators_profile_pkey", "creators_profile_user_id_key"}


class ParticipationError(Exception):
    """Why it can't be done as things stand. The text is for people: why, and what to do instead."""


class Decided(ParticipationError):
    """It has been decided differently, or isn't decided yet."""


class NotProved(ParticipationError):
    """Nothing shows yet that the handle is theirs."""


class Taken(ParticipationError):
    """The creator is another account's, or the account another creator's."""


class UnknownHandle(ParticipationError):
    """No creator has this handle."""


class HandleRefused(ParticipationError):
    """Nobody may apply with this handle by themself."""


@transaction.atomic
def approve(*, participation: Participation, by: User | None) -> Participation:
    """Lets them take part: with an entry in the fest and the creator's profile, each made where it is missing.

    by: None where their proof was enough. A creator's entry keeps the region and category that it has. Raises
    NotProved, Decided, Taken.
    """
    creator = creator_for(participation)
    participation = locked(participation)
    if participation.state == State.APPROVED:
        return participation
    refuse_other_state(participation, State.APPLIED)
    if not participation.proof:
        raise NotProved(
            _("Nothing shows yet that @%(handle)s is theirs. Look for the code %(code)s in the bio, and say so first.")
            % {"handle": participation.handle, "code": participation.code}
        )
    if creator is None or creator.handle != participation.handle:
        raise Decided(
            _("The application was changed just now, to @%(handle)s. Look again.") % {"handle": participation.handle}
        )
    try:
        with transaction.atomic():
            give_profile(creator, participation.user)
            Entry.objects.get_or_create(
                fest=participation.fest,
                creator=creator,
                defaults={"region": participation.region, "category": participation.category},
            )
            participation.creator = creator
            decide(participation, State.APPROVED, by)
    except IntegrityError as error:
        if violated(error) in TAKEN:
            raise taken(creator) from error
        raise
    return participation


@transaction.atomic
def refuse(*, participation: Participation, reason: str, by: User) -> Participation:
    """Declines an application, for a reason that they read. They may apply again. Raises Decided."""
    participation = locked(participation)
    if participation.state != State.REFUSED:
        refuse_other_state(participation, State.APPLIED)
        decide(participation, State.REFUSED, by, reason)
    return participation


@transaction.atomic
def suspend(*, participation: Participation, reason: str, by: User) -> Participation:
    """From now on they can look at what is theirs and change nothing; their points go on to count. Raises Decided."""
    participation = locked(participation)
    if participation.state != State.SUSPENDED:
        refuse_other_state(participation, State.APPROVED)
        decide(participation, State.SUSPENDED, by, reason)
    return participation


@transaction.atomic
def lift(*, participation: Participation, by: User) -> Participation:
    """Ends a suspension. Raises Decided."""
    participation = locked(participation)
    if participation.state != State.APPROVED:
        refuse_other_state(participation, State.SUSPENDED)
        decide(participation, State.APPROVED, by)
    return participation


def is_taken(participation: Participation) -> bool:
    """Whether the creator that they claim is somebody else's; nobody is told before their own proof."""
    others = Profile.objects.filter(creator__handle=participation.handle, user__isnull=False)
    return bool(participation.proof) and others.exclude(user=participation.user_id).exists()


def creator_for(participation: Participation) -> Creator | None:
    """The creator of the handle, locked: who else approves somebody for them waits. One who is new is made."""
    stored = Participation.objects.filter(pk=participation.pk).first() or participation
    if stored.way == Way.NEW and stored.state == State.APPLIED and stored.proof:
        Creator.objects.get_or_create(handle=stored.handle, defaults={"name": stored.name})
    return Creator.objects.select_for_update(no_key=True).filter(handle=stored.handle).first()


def give_profile(creator: Creator, user: User) -> None:
    """Makes the creator the account's. Raises Taken, or IntegrityError where another does so at the same moment."""
    profile, _new = Profile.objects.get_or_create(creator=creator, defaults={"user": user, "since": clock.now()})
    if profile.user_id is None:
        profile.user, profile.since = user, clock.now()
        profile.save(update_fields=["user", "since"])
    elif profile.user_id != user.pk:
        raise taken(creator)
    if creator.withdrawn_at:  # back again, under their own handle
        creator.withdrawn_at = None
        creator.save(update_fields=["withdrawn_at"])


def locked(participation: Participation) -> Participation:
    """The participation as it is stored now; who else would decide it waits. Raises Decided where it was withdrawn."""
    rows = Participation.objects.select_for_update(of=("self",), no_key=True).select_related("user", "fest", "region")
    stored = rows.filter(pk=participation.pk).first()
    if stored is None:
        raise Decided(_("@%(handle)s has withdrawn the application.") % {"handle": participation.handle})
    return stored


def decide(participation: Participation, state: str, by: User | None, reason: str = "") -> None:
    participation.state, participation.reason = state, reason
    participation.decided_at, participation.decided_by = clock.now(), by
    participation.save(update_fields=["creator", "state", "reason", "decided_at", "decided_by"])
    notify(
        participation.user,
        PARTICIPATION,
        key=f"{participation.pk}/{state}/{participation.decided_at.isoformat()}",
        fest=participation.fest,
        data={
            "fest": in_each_language(participation.fest),
            "handle": participation.handle,
            "decision": str(state),
            "reason": reason,
        },
    )


def refuse_other_state(participation: Participation, wanted: str) -> None:
    """Raises Decided, saying what can be done instead."""
    if participation.state == wanted:
        return
    texts = {
        State.APPLIED: _("@%(handle)s has applied and waits for a decision; approve or refuse."),
        State.APPROVED: _("@%(handle)s takes part already; suspend them if they must not."),
        State.REFUSED: _("@%(handle)s was refused; they can apply again."),
        State.SUSPENDED: _("@%(handle)s is suspended; lift the suspension to let them back in."),
    }
    raise Decided(texts[State(participation.state)] % {"handle": participation.handle})


def taken(creator: Creator) -> Taken:
    return Taken(
        _(
            "Somebody else was approved for @%(handle)s, or this account for another creator: an account has one "
            "creator, and a creator one account. Ask staff if that is wrong."
        )
        % {"handle": creator.handle}
    )


def unknown(handle: str) -> str:
    return _("Nobody of the handle @%(handle)s takes part. Check how it is spelled, or apply as new.") % {
        "handle": handle
    }
