"""Who does something: a creator for themself, or a member of staff."""

from __future__ import annotations

from typing import TypeAlias, TypeGuard

from creators.models import Entry
from livefest.models import User

# Creators sign in as users in their turn; what they do as creators, they do as their entry in the fest.
Actor: TypeAlias = Entry | User


def is_staff(by: Actor) -> TypeGuard[User]:
    return isinstance(by, User) and by.is_active and by.is_staff


def acts_for(by: Actor, entry: Entry) -> bool:
    """Whether the actor is this creator, or staff."""
    return is_staff(by) or by == entry
