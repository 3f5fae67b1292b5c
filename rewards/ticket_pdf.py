"""A ticket on paper: one page of A4."""

from __future__ import annotations

import io
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from livefest import clock
from livefest.drawing import drawable
from livefest.models import Fest
from rewards.drawing import new_pdf
from rewards.models import AwardEvent, Ticket
from rewards.tickets import qr_png


def ticket_pdf(ticket: Ticket, *, name: str, handle: str) -> bytes:
    """`name` is whose it is; in a script that the font hasn't, the guest's `handle` stands there."""
    event = ticket.invitation.event
    pdf = new_pdf(drawable(event.local.name, _("Ticket")), language=get_language() or "en")
    pdf.set_creation_date(clock.now())
    lines = [
        (30, drawable(event.local.name, _("Award event"))),
        (18, drawable(name, handle)),
        (14, drawable(when(event))),
        *((14, drawable(line)) for line in event.local.place.splitlines()[:6]),
    ]
    for size, text in lines:
        pdf.set_font(size=size)
        pdf.multi_cell(0, size * 0.5, text, align="C", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(2)
    side = 110.0
    alt = _("The ticket's QR code")
    pdf.image(io.BytesIO(qr_png(ticket)), x=(pdf.w - side) / 2, y=pdf.get_y() + 6, w=side, alt_text=alt)
    pdf.set_y(pdf.get_y() + side + 12)
    pdf.set_font(size=11)
    footer = _("It lets one person in, once. Show it on paper or on a phone; don't pass on a picture of it.")
    pdf.multi_cell(0, 6, drawable(footer), align="C", new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def when(event: AwardEvent) -> str:
    """When it begins, in its own zone."""
    moment = date_format(localtime(event.starts, ZoneInfo(event.time_zone)), "MOMENT_FORMAT")
    return f"{moment} ({event.time_zone})"


def file_name(fest: Fest, ticket: Ticket, ending: str) -> str:
    return f"{fest.slug}-ticket-{ticket.number}.{ending}"
