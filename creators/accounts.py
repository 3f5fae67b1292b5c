"""From an account to the creator that it acts as, and back."""

from __future__ import annotations

from django.db.models import QuerySet

from creators.models import Entry, Participation
from livefest.models import Fest, User

State = Participation.State


def participation_of(user: User, fest: Fest) -> Participation | None:
    """The account's part in the fest, in whatever state."""
    rows = Participation.objects.select_related("creator", "region", "fest")
    return rows.filter(user=user, fest=fest).first()


def entry_of(participation: Participation) -> Entry | None:
    """The creator's entry in the fest: of one who was approved, suspended or not; None before."""
    if participation.creator_id is None:
        return None
    entries = Entry.objects.select_related("creator", "region", "fest")
    return entries.filter(fest=participation.fest_id, creator=participation.creator_id).first()


def accounts_in(fest: Fest) -> QuerySet[Participation]:
    """Those who take part with an account, whom notifications reach."""
    return Participation.objects.filter(fest=fest, state=State.APPROVED, user__is_active=True)


def user_of(entry: Entry) -> User | None:
    """Whose account the creator's is."""
    return User.objects.filter(profile__creator=entry.creator_id, is_active=True).first()
