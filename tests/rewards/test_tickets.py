"""Tickets: a signed code, whose page, picture and PDF their owner alone can open."""

from __future__ import annotations

import base64
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from PIL import Image
from pytest_django import Settings

from livefest.models import Fest
from rewards.invitations import decline_invitation
from rewards.models import AwardEvent
from rewards.tickets import Altered, code_of, read_code
from tests.rewards.guests import browser_of, code, comes, gala, good_tickets, invitation_of

__all__ = ["gala"]
pytestmark = pytest.mark.django_db


def test_a_code_says_its_event_and_serial_and_nothing_else_does(gala: Fest, settings: Settings) -> None:
    comes("ann")
    ticket = good_tickets("ann")[0]
    whole = code_of(ticket)
    assert len(whole) == 136
    assert read_code(f" {whole[:70].lower()}\n{whole[70:]} ") == (ticket.invitation.event_id, ticket.serial)
    raw = base64.b32decode(whole)
    for at in (0, 4, 9, 20, 21, 84):
        with pytest.raises(Altered):
            read_code(base64.b32encode(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).decode())
    for text in ("", "x", whole[:-1], whole + "A", "1" * 136, "Ä" * 136, str(uuid4())):
        with pytest.raises(Altered):
            read_code(text)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [old]
    assert read_code(whole).serial == ticket.serial
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Altered):
        read_code(whole)


def test_page_picture_and_pdf_are_their_owners(gala: Fest) -> None:
    comes("ann", "Зоя")  # in a script that the font hasn't
    path = f"/en/prizes/me/awards/{invitation_of('ann').award_id}/ticket/"
    ann, ben = browser_of("ann"), browser_of("ben")
    page = ann.get(f"{path}2/")
    assert {"private", "no-store"} <= set(page["Cache-Control"].split(", "))
    assert "Зоя, with Ann" in page.content.decode()
    assert code("ann", 2) in page.content.decode()
    picture = ann.get(f"{path}1.png")
    assert Image.open(io.BytesIO(picture.content)).size[0] > 400
    pdf = ann.get(f"{path}2.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf["Content-Type"] == "application/pdf"
    for ending in ("1/", "1.png", "1.pdf"):
        assert ben.get(path + ending).status_code == 404
        assert "private, no-store" in ann.get(path + ending)["Cache-Control"]
    decline_invitation(invitation_of("ann"))
    assert ann.get(f"{path}1/").status_code == 404


def test_an_event_has_tickets_of_its_own(gala: Fest) -> None:
    comes("ann")
    event = AwardEvent.objects.get()
    other = AwardEvent.objects.create(
        fest=gala,
        name="Other",
        place="There",
        time_zone="UTC",
        starts=event.starts,
        ends=event.ends + timedelta(days=1),
        answer_before=event.answer_before,
        capacity=1,
    )
    assert read_code(code("ann")).event == event.pk != other.pk
