"""Who is invited, who comes, who waits, and who comes in for whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override
from pytest_django import Settings

from livefest import clock
from livefest.models import Fest, Notification
from livefest.notifications import subject_of
from rewards.awards import AwardError, TooLate, WrongState, decline, revoke
from rewards.invitations import (
    Needs,
    accept,
    decline_invitation,
    delete_old_needs,
    invite_claimed,
    needs_of,
    place_in_line,
)
from rewards.models import AwardEvent, Invitation, Ticket
from tests.rewards.guests import browser_of, comes, gala, good_tickets, invitation_of
from tests.rewards.prizes import award_of, claimed, staff, who

__all__ = ["gala"]
pytestmark = pytest.mark.django_db


def answers() -> dict[str, tuple[str, int, int]]:
    """Answer, people and good tickets of each guest."""
    guests = Invitation.objects.select_related("award").order_by("pk")
    return {one.award.handle: (one.answer, one.people, one.tickets.filter(void_at=None).count()) for one in guests}


def told(handle: str) -> list[str]:
    kinds = Notification.objects.filter(user__participations__handle=handle).order_by("pk")
    return [kind for kind in kinds.values_list("kind", flat=True) if kind.startswith("invit")]


def test_who_claimed_is_invited_and_has_a_ticket_for_each_person(gala: Fest) -> None:
    assert answers() == {"ann": ("open", 1, 0), "ben": ("open", 1, 0)}
    assert comes("ann", "Zoë").answer == "comes"
    assert answers()["ann"] == ("comes", 2, 2)
    assert needs_of(invitation_of("ann")) == Needs(["Zoë"], "no nuts", "")
    assert "Zoë" not in invitation_of("ann").needs
    assert "nuts" not in invitation_of("ann").needs
    before = [ticket.serial for ticket in good_tickets("ann")]
    comes("ann", "Zoë")  # sent again
    assert [ticket.serial for ticket in good_tickets("ann")] == before
    comes("ann")
    assert [ticket.serial for ticket in good_tickets("ann")] == before[:1]


def test_a_full_event_has_a_waiting_list_in_order(gala: Fest) -> None:
    comes("ann", "Zoë", "Yan")
    assert comes("ben", "Cy").answer == "waits"
    assert place_in_line(invitation_of("ben")) == 1
    with pytest.raises(AwardError, match="may bring 2"):
        comes("ann", "Zoë", "Yan", "Xi")
    comes("ann", "Zoë")  # leaves two places
    assert answers() == {"ann": ("comes", 2, 2), "ben": ("comes", 2, 2)}
    assert told("ben") == ["invited", "invitation_let_in"]
    with pytest.raises(AwardError, match="room for 0 more"):
        comes("ann", "Zoë", "Yan")
    assert answers()["ann"] == ("comes", 2, 2)


def test_who_declines_leaves_their_places_to_who_waits(gala: Fest) -> None:
    comes("ann", "Zoë", "Yan")
    comes("ben", "Cy")
    decline_invitation(invitation_of("ann"))
    assert answers() == {"ann": ("declined", 1, 0), "ben": ("comes", 2, 2)}
    assert invitation_of("ann").needs == ""
    assert comes("ann", "Zoë", "Yan").answer == "waits"  # they may think again, and are last then


@pytest.mark.parametrize("ends", ["declined", "revoked"])
def test_an_award_that_ends_takes_its_invitation_and_tickets_along(gala: Fest, ends: str) -> None:
    comes("ann", "Zoë", "Yan")
    comes("ben", "Cy")
    award = award_of(gala, "gala", "ann")
    if ends == "declined":
        decline(award)
    else:
        revoke(award, by=staff("omar"), reason="Not theirs")
    assert answers() == {"ann": ("withdrawn", 1, 0), "ben": ("comes", 2, 2)}
    assert Ticket.objects.filter(void_at__isnull=False).count() == 3
    with pytest.raises(WrongState, match="withdrawn"):
        comes("ann")
    with pytest.raises(WrongState, match="withdrawn"):
        decline_invitation(invitation_of("ann"))
    assert answers()["ann"] == ("withdrawn", 1, 0)
    if ends == "declined":
        assert who(gala, "gala") == ["cat", "ben"]
        claimed(award_of(gala, "gala", "cat"))
        assert answers()["cat"] == ("open", 1, 0)
        assert told("cat") == ["invited"]


def test_answers_end_in_time_but_who_was_invited_later_has_longer(gala: Fest, settings: Settings) -> None:
    comes("ben")
    event = AwardEvent.objects.get()
    decline(award_of(gala, "gala", "ann"))
    settings.LIVEFEST_NOW = event.answer_before.isoformat()
    with pytest.raises(TooLate):
        comes("ben", "Cy")
    claimed(award_of(gala, "gala", "cat"))
    assert comes("cat", "Dot").answer == "comes"
    settings.LIVEFEST_NOW = (event.starts - timedelta(seconds=1)).isoformat()
    decline_invitation(invitation_of("ben"))
    settings.LIVEFEST_NOW = event.starts.isoformat()
    with pytest.raises(TooLate):
        decline_invitation(invitation_of("cat"))
    with pytest.raises(TooLate):
        accept(invitation_of("cat"), needs=Needs())


def test_an_event_set_up_later_invites_who_has_claimed(gala: Fest) -> None:
    Invitation.objects.all().delete()
    event = AwardEvent.objects.get()
    assert invite_claimed(event) == 2
    assert invite_claimed(event) == 0


def test_needs_are_deleted_some_time_after_the_event(gala: Fest, settings: Settings) -> None:
    comes("ann", "Zoë")
    event = AwardEvent.objects.get()
    settings.LIVEFEST_NOW = (event.ends + timedelta(days=settings.KEEP_CLAIM_DAYS, seconds=-1)).isoformat()
    assert delete_old_needs() == 0
    settings.LIVEFEST_NOW = (clock.now() + timedelta(seconds=1)).isoformat()
    assert delete_old_needs() == 1
    assert needs_of(invitation_of("ann")) == Needs()


def test_answering_on_the_page(gala: Fest) -> None:
    path = f"/en/prizes/me/awards/{invitation_of('ann').award_id}/invitation/"
    ann = browser_of("ann")
    assert "The Gala" in ann.get(path).content.decode()
    assert browser_of("ben").get(path).status_code == 404
    sent = {"comes": "yes", "companion_1": "Zoë", "diet": "No nuts", "access": ""}
    page = ann.post(path, sent, follow=True).content.decode()
    assert "You come. Here are your tickets." in page
    assert "Ticket 2" in page
    assert "Zoë" in page
    assert ann.post(path, {"comes": ""}).status_code == 422
    assert "You don&#x27;t come." in ann.post(path, {"comes": "no"}, follow=True).content.decode()


def test_the_event_is_named_in_the_guests_language(gala: Fest) -> None:
    AwardEvent.objects.update(translations={"es": {"name": "La gala", "place": "Ayuntamiento\nCalle Mayor 1"}})
    comes("ann")
    path = f"/prizes/me/awards/{invitation_of('ann').award_id}/invitation/"
    ann = browser_of("ann")
    pages = {language: ann.get(f"/{language}{path}").content.decode() for language in ("en", "es")}
    assert ["The Gala" in pages["en"], "Town Hall" in pages["en"], "La gala" in pages["en"]] == [True, True, False]
    assert ["La gala" in pages["es"], "Calle Mayor 1" in pages["es"], "The Gala" in pages["es"]] == [True, True, False]
    tickets = Notification.objects.get(user__participations__handle="ann", kind="invitation_tickets")
    for language, name in (("en", "The Gala"), ("es", "La gala")):
        with override(language):
            assert name in subject_of(tickets)
