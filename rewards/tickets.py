"""Tickets of the award event: one for each person, as a signed code that the door can check without a connection.

A code is a version (1), the event's id (4 bytes), the ticket's serial (16) and an Ed25519 signature of these, in
base32: 136 letters and digits, which a QR code packs densely and a hand scanner types on any keyboard. The key is
derived from SECRET_KEY; codes made with one of its fallbacks stay good.
"""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID, uuid4

import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from livefest import clock
from livefest.encryption import derived_key
from rewards.models import Invitation, Ticket

PURPOSE = "award event tickets"
VERSION = b"\x01"
SIGNED, SIGNATURE = 21, 64  # bytes
LETTERS = 136


class Altered(ValueError):
    """It is no code of ours, or something of it was changed."""


class Code(NamedTuple):
    """What a genuine code says."""

    event: int
    serial: UUID


def code_of(ticket: Ticket) -> str:
    signed = VERSION + ticket.invitation.event_id.to_bytes(4, "big") + ticket.serial.bytes
    return base64.b32encode(signed + private_key(settings.SECRET_KEY).sign(signed)).decode()


def read_code(text: str) -> Code:
    """What a code says, however it was typed. Raises Altered."""
    letters = "".join(text.split()).upper()
    try:
        raw = base64.b32decode(letters) if len(letters) == LETTERS else b""
    except ValueError as error:
        raise Altered from error
    if raw[:1] != VERSION:
        raise Altered
    signed, signature = raw[:SIGNED], raw[SIGNED:]
    if not any(signed_with(key, signed, signature) for key in public_keys()):
        raise Altered
    return Code(int.from_bytes(signed[1:5], "big"), UUID(bytes=signed[5:]))


def signed_with(key: Ed25519PublicKey, signed: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def public_keys() -> list[Ed25519PublicKey]:
    """By which the door knows what is genuine: of SECRET_KEY, and of its fallbacks."""
    return [private_key(key).public_key() for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


@lru_cache(maxsize=8)
def private_key(secret_key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(derived_key(secret_key, PURPOSE)))


def keep_tickets(invitation: Invitation) -> None:
    """Makes the tickets just those of the people who come: new ones for who has none, void for who doesn't come. Who
    is in keeps theirs as it was."""
    people = invitation.people if invitation.answer == Invitation.Answer.COMES else 0
    good = invitation.tickets.filter(void_at=None)
    good.filter(admitted_at=None, number__gt=people).update(void_at=clock.now())
    there = set(good.values_list("number", flat=True))
    missing = [number for number in range(1, people + 1) if number not in there]
    now = clock.now()
    Ticket.objects.bulk_create(
        Ticket(invitation=invitation, number=number, serial=uuid4(), made_at=now) for number in missing
    )


def qr_svg(ticket: Ticket) -> str:
    """As a `data:` address, dark on white in every scheme: a scanner reads nothing else."""
    return segno.make(code_of(ticket), error="m").svg_data_uri(border=4, light="#fff", dark="#000")


def qr_png(ticket: Ticket, *, scale: int = 12) -> bytes:
    file = io.BytesIO()
    segno.make(code_of(ticket), error="m").save(file, kind="png", scale=scale, border=4)
    return file.getvalue()
