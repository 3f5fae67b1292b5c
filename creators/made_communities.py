"""Communities that creators make themselves, where the fest has it so. They are no part of the campaign file."""

from __future__ import annotations

import secrets
import unicodedata

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from creators.actors import Actor, acts_for
from creators.communities import (
    CommunityError,
    InAnother,
    NotAllowed,
    WayIn,
    give_place,
    membership_of,
    new_code,
    refuse_late,
)
from creators.models import Entry, Group, Membership
from livefest import clock

NAME_LEAST, NAME_MOST = 3, 60
AFTER_THE_FILE = 1_000_000  # their position in lists: after those of the campaign file
SLUG_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is read as something else
WAYS_IN = [WayIn.OPEN, WayIn.CODE, WayIn.APPROVAL]  # closed are those that staff close


class WrongName(CommunityError):
    """A community can't be called so."""


@transaction.atomic
def make_community(*, entry: Entry, name: str, way_in: str, by: Actor) -> Group:
    """Makes a community that the creator owns and is the first member of, until the fest ends; the one that they are in
    if it is of that name and theirs already. Raises CommunityError."""
    if not acts_for(by, entry):
        raise NotAllowed(_("Only “%(entry)s” or staff can do this.") % {"entry": entry})
    # Who sends the form twice at once waits here, and then finds what the first made.
    entry = Entry.objects.select_for_update(of=["self"], no_key=True).select_related("fest", "creator").get(pk=entry.pk)
    fest, name = entry.fest, clean_name(name)
    present = membership_of(entry)
    if present and present.group.owner_id == entry.pk and present.group.made_at and present.group.name == name:
        return present.group
    if not fest.communities_by_creators:
        raise NotAllowed(
            _("%(fest)s has no communities of creators' own; join one of its own.") % {"fest": fest.local.name}
        )
    refuse_late(fest)
    if present:
        raise InAnother(
            _("“%(entry)s” is in “%(group)s” already, and in one community at most; leave it first.")
            % {"entry": entry, "group": present.group.local.name}
        )
    if way_in not in WAYS_IN:
        raise CommunityError(
            _("“%(way_in)s” is no way in; choose from %(ways)s.") % {"way_in": way_in, "ways": ", ".join(WAYS_IN)}
        )
    if Group.objects.filter(fest=fest, name__iexact=name).exists():
        raise WrongName(_("There is a “%(name)s” already; choose another name.") % {"name": name})
    group = Group.objects.create(
        fest=fest,
        slug=new_slug(name),
        name=name,
        kind=Group.Kind.COMMUNITY,
        roster=fest.made_roster,
        way_in=way_in,
        join_code=new_code() if way_in == WayIn.CODE else "",
        made_at=clock.now(),
        position=AFTER_THE_FILE,
    )
    give_place(entry, group, Membership.Origin.JOINED)
    Group.objects.filter(pk=group.pk).update(owner=entry)
    group.owner = entry
    return group


def clean_name(name: str) -> str:
    """The name as it is kept: composed, with single spaces. Raises WrongName."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not all(character.isprintable() for character in name):
        raise WrongName(_("The name has invisible characters in it; type it anew."))
    if not NAME_LEAST <= len(name) <= NAME_MOST:
        raise WrongName(
            _("A name has %(least)d to %(most)d characters, this has %(length)d.")
            % {"least": NAME_LEAST, "most": NAME_MOST, "length": len(name)}
        )
    if not any(character.isalnum() for character in name):
        raise WrongName(_("A name has at least one letter or digit."))
    return name


def new_slug(name: str) -> str:
    """Made from the name, as far as it has Latin letters, with an end that makes it unique: "c-night-owls-7kq2mx"."""
    end = "".join(secrets.choice(SLUG_LETTERS) for _letter in range(6))
    return "-".join(part for part in ("c", slugify(name)[:40].strip("-_"), end) if part)
