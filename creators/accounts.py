"""From an account to the creator that it acts as, and back."""

from __future__ import annotations

from creators.models import Entry, Participation
from livefest.models import Fest, User

# Those who take part in a fest with an account, whom notifications reach; a query goes on with its own conditions.
ACCOUNTS = """
FROM creators_participation participation
     JOIN livefest_user person ON person.id = participation.user_id AND person.is_active
     JOIN creators_entry entry
         ON entry.fest_id = participation.fest_id AND entry.creator_id = participation.creator_id
WHERE participation.fest_id = %(fest)s AND participation.state = 'approved'
"""


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


def user_of(entry: Entry) -> User | None:
    """Whose account the creator's is."""
    return User.objects.filter(profile__creator=entry.creator_id, is_active=True).first()
