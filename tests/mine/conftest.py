"""A creator with an account, who takes part."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from creators.models import Creator, Entry, Participation, Profile
from livefest.models import Fest, User

NOW = datetime(2026, 2, 14, 12, tzinfo=UTC)  # in the second day of uk-valentine


def take_part(fest: Fest, handle: str, *, user: User | None = None, region: str = "GB") -> Participation:
    """Somebody with an account who was approved for the creator of this handle; made where they are missing."""
    email = f"{handle}@example.org"
    user = user or User.objects.create_user(username=email, email=email, password="a-pass-of-theirs")
    creator, _new = Creator.objects.get_or_create(handle=handle, defaults={"name": handle.title()})
    Entry.objects.get_or_create(
        fest=fest, creator=creator, defaults={"region": fest.regions.filter(code=region).first()}
    )
    Profile.objects.get_or_create(creator=creator, defaults={"user": user, "since": NOW})
    return Participation.objects.create(
        user=user,
        fest=fest,
        creator=creator,
        way=Participation.Way.CLAIM,
        handle=handle,
        code="LF-AAAA-BBBB",
        code_expires_at=NOW,
        proof=Participation.Proof.STAFF,
        proved_at=NOW,
        state=Participation.State.APPROVED,
        applied_at=NOW,
        decided_at=NOW,
    )


def agree_to_age(participation: Participation) -> None:
    """They said that they are old enough for the fest."""
    participation.user.ages_confirmed.get_or_create(
        fest=participation.fest,
        minimum_age=participation.fest.minimum_age,
        defaults={"confirmed_at": NOW},
    )


@pytest.fixture
def ada(uk_valentine: Fest, settings: object) -> Participation:
    """@ada.live takes part in uk-valentine, in its second day, and has agreed to everything."""
    settings.LIVEFEST_NOW = NOW.isoformat()  # type: ignore[attr-defined]
    participation = take_part(uk_valentine, "ada.live")
    agree_to_age(participation)
    return participation


@pytest.fixture
def as_ada(ada: Participation, client: Client) -> Client:
    """A browser that ada.live has signed in with."""
    client.force_login(ada.user)
    return client
