"""Communities, as creators join and leave them: by an open way in, with a code, or on request.

Every function may be called again with the same effect. Who may do it is decided here; that a roster is never
exceeded, that a creator is in one community and an owner is a member, the database holds, whoever comes at once.
Leagues are not joined, they place. What a change means for the standings, the next refresh finds by itself.
"""

from __future__ import annotations

import re
import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg import Error

from creators.actors import Actor, acts_for, is_staff
from creators.models import Entry, Group, JoinRequest, Membership
from creators.models.creator import JOIN_CODE_PATTERN
from livefest import clock
from livefest.models import Fest

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is read as something else
OWNER_MISFITS = {"group_owner_is_member", "group_owner_of_same_fest"}

Outcome = JoinRequest.Outcome
WayIn = Group.WayIn


class CommunityError(Exception):
    """What can't be done with a community as it stands. The text is for people: why, and what to do instead."""


class NotAllowed(CommunityError):
    """It is not this actor's to do."""


class TooLate(CommunityError):
    """The fest is over."""


class WrongWayIn(CommunityError):
    """The community is joined in another way, or can't be joined."""


class WrongCode(CommunityError):
    """The code is missing or isn't the community's."""


class CommunityFull(CommunityError):
    """The roster has no place left."""


class InAnother(CommunityError):
    """The creator is in a community, or has asked for one, and may be in or ask for one only."""


class Decided(CommunityError):
    """The request has been decided differently."""


@transaction.atomic
def join_community(*, entry: Entry, group: Group, by: Actor, code: str | None = None) -> Membership:
    """Puts a creator into a community with the way in that it has, until the fest ends; may be before it starts.

    Staff need no code, nor an open door. An open request of the creator's is closed with it. Raises CommunityError.
    """
    group = community(group, entry)
    if not acts_for(by, entry):
        raise NotAllowed(_("Only “%(entry)s” or staff can do this.") % {"entry": entry})
    present = membership_of(entry)
    if present and present.group_id == group.pk:
        return present
    refuse_late(group.fest)
    if is_staff(by):
        return give_place(entry, group, Membership.Origin.STAFF)
    refuse_way_in(group, {WayIn.OPEN, WayIn.CODE})
    if group.way_in == WayIn.CODE and not same_code(code or "", group.join_code):
        raise WrongCode(
            _("This is not the code of “%(group)s”; ask its owner or staff for it.") % {"group": group.local.name}
        )
    return give_place(entry, group, Membership.Origin.JOINED)


@transaction.atomic
def leave_community(*, entry: Entry, by: Actor) -> Group | None:
    """Takes a creator out of their community, until the fest ends; which it was, None if they were in none.

    What a creator joined they may leave; where the creators file or staff placed them (the next file would do it
    again), staff take them out. An owner hands over first, unless they are the last. Raises CommunityError.
    """
    if not acts_for(by, entry):
        raise NotAllowed(_("Only “%(entry)s” or staff can do this.") % {"entry": entry})
    membership = membership_of(entry)
    if membership is None:
        return None
    group = membership.group
    refuse_late(entry.fest)
    if membership.origin != Membership.Origin.JOINED and not is_staff(by):
        raise NotAllowed(
            _("“%(entry)s” was placed in “%(group)s”; ask staff to take them out.")
            % {"entry": entry, "group": group.local.name}
        )
    if group.owner_id == entry.pk and group.memberships.exclude(entry=entry).exists():
        raise NotAllowed(
            _("“%(entry)s” owns “%(group)s”; hand it over to another member first.")
            % {"entry": entry, "group": group.local.name}
        )
    membership.delete()
    return group


@transaction.atomic
def hand_over(*, group: Group, to: Entry, by: Actor) -> Group:
    """Makes a member the community's owner: by the one it has, or by staff. Raises CommunityError."""
    group = community(group, to, lock=True)
    if group.owner_id == to.pk:
        return group
    refuse_stranger(group, by)
    try:
        with transaction.atomic():
            Group.objects.filter(pk=group.pk).update(owner=to)
    except IntegrityError as error:
        if violated(error) in OWNER_MISFITS:
            raise NotAllowed(
                _("“%(entry)s” is not in “%(group)s”; choose one of its members.")
                % {"entry": to, "group": group.local.name}
            ) from error
        raise
    group.owner = to
    return group


@transaction.atomic
def set_way_in(*, group: Group, way_in: str, by: Actor, code: str | None = None) -> Group:
    """Says how creators come into the community. Closing it and opening a closed one is for staff, all else also for
    its owner. `code`: for "code" only; None keeps the present one, or makes one. Raises CommunityError."""
    group = community(group, lock=True)
    refuse_stranger(group, by)
    if not is_staff(by) and WayIn.CLOSED in {way_in, group.way_in} and way_in != group.way_in:
        raise NotAllowed(_("Only staff close “%(group)s” or open it again; ask them.") % {"group": group.local.name})
    if way_in not in WayIn.values:
        raise CommunityError(
            _("“%(way_in)s” is no way in; choose from %(ways)s.") % {"way_in": way_in, "ways": ", ".join(WayIn.values)}
        )
    group.join_code = (code or group.join_code or new_code()) if way_in == WayIn.CODE else ""
    if group.join_code and not re.fullmatch(JOIN_CODE_PATTERN, group.join_code):
        raise CommunityError(
            _("“%(code)s” can't be a code; use 8 to 64 letters, digits and hyphens.") % {"code": group.join_code}
        )
    group.way_in = way_in
    group.save(update_fields=["way_in", "join_code"])
    return group


def community(group: Group, entry: Entry | None = None, *, lock: bool = False) -> Group:
    """The group as it is stored now. Raises CommunityError if it is a league or of another fest than the entry's."""
    rows = Group.objects.select_related("fest")
    stored = (rows.select_for_update(of=["self"], no_key=True) if lock else rows).get(pk=group.pk)
    if stored.kind != Group.Kind.COMMUNITY:
        raise CommunityError(
            _("“%(group)s” is a league: it places, nobody joins it. Choose a community.") % {"group": stored.local.name}
        )
    if entry is not None and entry.fest_id != stored.fest_id:
        raise CommunityError(
            _("“%(group)s” is of another fest; choose a community of %(fest)s.")
            % {"group": stored.local.name, "fest": entry.fest.local.name}
        )
    return stored


def membership_of(entry: Entry) -> Membership | None:
    """The creator's place in a community."""
    places = Membership.objects.select_related("group").filter(entry=entry, kind=Group.Kind.COMMUNITY)
    return places.first()


def give_place(entry: Entry, group: Group, origin: str) -> Membership:
    """Puts the creator in, unless they are already, and withdraws what they have asked for. Raises CommunityFull,
    InAnother. The roster is counted by the database, under the group's lock."""
    try:
        membership, _created = Membership.objects.select_related("group").get_or_create(
            entry=entry,
            kind=Group.Kind.COMMUNITY,
            defaults={"fest_id": group.fest_id, "group": group, "origin": origin, "since": clock.now()},
        )
    except IntegrityError as error:
        if violated(error) == "membership_within_roster":
            raise CommunityFull(
                _("“%(group)s” is full: its roster is %(roster)d. Choose another community, or ask staff to raise it.")
                % {"group": group.local.name, "roster": group.roster}
            ) from error
        raise
    if membership.group_id != group.pk:
        raise InAnother(
            _("“%(entry)s” is in “%(group)s” already, and in one community at most; leave it first.")
            % {"entry": entry, "group": membership.group.local.name}
        )
    JoinRequest.objects.filter(entry=entry, outcome=Outcome.OPEN).update(
        outcome=Outcome.WITHDRAWN, decided_at=clock.now()
    )
    return membership


def refuse_late(fest: Fest) -> None:
    if clock.now() >= fest.ends:
        raise TooLate(
            _("%(fest)s is over; communities stay as they are. Ask staff about a mistake.") % {"fest": fest.local.name}
        )


def refuse_stranger(group: Group, by: Actor) -> None:
    """Raises NotAllowed for who is neither the owner nor staff."""
    if not is_staff(by) and not (isinstance(by, Entry) and by.pk == group.owner_id):
        raise NotAllowed(
            _("Only the owner of “%(group)s” or staff can do this; ask them.") % {"group": group.local.name}
        )


def refuse_way_in(group: Group, wanted: set[WayIn]) -> None:
    """Raises WrongWayIn, saying the right one, if the community's is none of those wanted."""
    if group.way_in in wanted:
        return
    texts = {
        WayIn.OPEN: _("“%(group)s” is open; join it without asking."),
        WayIn.CODE: _("“%(group)s” is joined with a code; ask its owner or staff for it."),
        WayIn.APPROVAL: _("“%(group)s” takes members on request; ask to join."),
        WayIn.CLOSED: _("“%(group)s” is closed: staff place its members. Ask them."),
    }
    raise WrongWayIn(texts[WayIn(group.way_in)] % {"group": group.local.name})


def same_code(given: str, right: str) -> bool:
    """Compares in a time that says nothing of how much is right."""
    return secrets.compare_digest(given.strip().encode("utf-8", "replace"), right.encode())


def new_code() -> str:
    """A code that can't be guessed and can be read out, such as "K7QM-2XHD-9RTB" (60 bits)."""
    return "-".join("".join(secrets.choice(CODE_ALPHABET) for _letter in range(4)) for _part in range(3))


def violated(error: IntegrityError) -> str | None:
    """The name of the constraint."""
    cause = error.__cause__
    return cause.diag.constraint_name if isinstance(cause, Error) else None
