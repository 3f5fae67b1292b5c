"""The gala of tests/rewards/prizes.py: an award event for six people with two companions each, to which its first two
ranks are invited; both claimed it."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from creators.models import Participation
from livefest.models import Fest
from rewards.invitations import Needs, accept
from rewards.models import Invitation, Ticket
from rewards.tickets import code_of
from tests.kept import kept
from tests.rewards.prizes import after_grace, award_of, certified, claimed, gala_event, proposed


def invited() -> Fest:
    fest = certified("gala")
    gala_event(
        fest,
        days=10,
        name="The Gala",
        place="Town Hall\n1 Main Street",
        time_zone="Europe/London",
        capacity=4,
        companions=2,
    )
    proposed(fest)
    for handle in ("ann", "ben"):
        claimed(award_of(fest, "gala", handle))
    return fest


@pytest.fixture
def gala(db: None, settings: Settings) -> Fest:
    after_grace(settings)
    return kept(invited)


def invitation_of(handle: str) -> Invitation:
    return Invitation.objects.get(award__handle=handle, award__reward__slug="gala")


def comes(handle: str, *companions: str) -> Invitation:
    return accept(invitation_of(handle), needs=Needs(list(companions), "no nuts", ""))


def good_tickets(handle: str) -> list[Ticket]:
    tickets = Ticket.objects.filter(invitation__award__handle=handle, void_at=None)
    return list(tickets.select_related("invitation").order_by("number"))


def code(handle: str, number: int = 1) -> str:
    return code_of(good_tickets(handle)[number - 1])


def browser_of(handle: str) -> Client:
    client = Client()
    client.force_login(Participation.objects.get(handle=handle).user)
    return client
