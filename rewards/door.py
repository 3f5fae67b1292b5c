"""The door of the award event: who is let in, once, by however many phones, with a connection that comes and goes.

A phone that has none decides by its list of good tickets and by what it let in itself, and tells the server when it is
back: with the moment at which the person went in, and its own name. What it tells again has the same answer. Of two
phones that let the same ticket in, the first that is heard is right, and the other is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Max, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from livefest import clock
from livefest.audit import acting, record
from livefest.models import User
from rewards.awards import AwardError, refuse_stranger
from rewards.invitations import needs_of
from rewards.models import AwardEvent, Invitation, Ticket
from rewards.tickets import Altered, read_code

ADMIT = "rewards.admit"
ADMITTED, AGAIN, VOID, OTHER_EVENT, ALTERED, UNKNOWN = "admitted", "again", "void", "other_event", "altered", "unknown"
DRIFT = timedelta(minutes=5)  # by which a phone's clock may be ahead
LONGEST_AWAY = timedelta(hours=24)  # without a connection


@dataclass(frozen=True)
class Verdict:
    """What is said to a code. `at`: when the ticket was admitted, now or before. `name`: whose it is, where it is
    genuine and for this event."""

    result: str
    text: str
    name: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Counters:
    inside: int
    expected: int


def admit(event: AwardEvent, *, code: str, by: User, at: datetime | None = None, device: str = "") -> Verdict:
    """Lets in who shows the code, or says why not. `at`: when that was, to the millisecond, for a phone that had no
    connection; else now. The same code, device and moment again have the same answer.

    Raises NotAllowed, and AwardError for a moment that can't be.
    """
    refuse_stranger(by, ADMIT)
    at = moment_of(at, device)
    try:
        read = read_code(code)
    except Altered:
        return Verdict(ALTERED, _("No genuine ticket: it was altered, or is none of ours."))
    if read.event != event.pk:
        return Verdict(OTHER_EVENT, _("A ticket of another event."))
    with acting(by=by):
        try:
            tickets = Ticket.objects.select_for_update(of=["self"])  # its invitation may be answered meanwhile
            ticket = tickets.get(serial=read.serial, invitation__event=event)
        except ObjectDoesNotExist:
            return Verdict(UNKNOWN, _("Genuine, but not on the list: ask the organisers."))
        ticket.invitation = Invitation.objects.select_related("award__entry__creator", "event").get(
            pk=ticket.invitation_id
        )
        name = name_of(ticket)
        if ticket.admitted_at == at and ticket.admitted_by_id == by.pk:
            return Verdict(ADMITTED, _("Come in."), name, at)
        if ticket.admitted_at:
            said = _("Already admitted at %(time)s.") % {"time": time_at(event, ticket.admitted_at)}
            return Verdict(AGAIN, said, name, ticket.admitted_at)
        if ticket.void_at:
            return Verdict(VOID, _("Void: the invitation was withdrawn, or this person was taken off it."), name)
        ticket.admitted_at, ticket.admitted_by = at, by
        ticket.save(update_fields=["admitted_at", "admitted_by"])
        record(ticket, verb="admitted", after={"device": device[:64]} if device else {})
    return Verdict(ADMITTED, _("Come in."), name, at)


def moment_of(at: datetime | None, device: str) -> datetime:
    """The millisecond in which a phone let somebody in; in place of its microseconds stands a number of the device, so
    that of two phones in the same millisecond each is known again."""
    now = clock.now()
    at = at or now
    if not now - LONGEST_AWAY <= at <= now + DRIFT:
        raise AwardError(_("The phone's clock says %(moment)s: set it right and try again.") % {"moment": at})
    number = int.from_bytes(hashlib.sha256(device.encode()).digest()[:4], "big") % 1000
    return at.replace(microsecond=at.microsecond // 1000 * 1000 + number)


def name_of(ticket: Ticket) -> str:
    """The guest's name, or the companion's and whose."""
    award = ticket.invitation.award
    guest = award.entry.creator.name or award.handle if award.entry else award.handle
    if ticket.number == 1:
        return guest
    names = needs_of(ticket.invitation).companions
    companion = names[ticket.number - 2] if len(names) > ticket.number - 2 else _("Companion")
    return _("%(companion)s, with %(guest)s") % {"companion": companion, "guest": guest}


def time_at(event: AwardEvent, moment: datetime) -> str:
    return date_format(localtime(moment, ZoneInfo(event.time_zone)), "TIME_FORMAT")


def counters(event: AwardEvent) -> Counters:
    """How many are in, and how many are expected in all."""
    good = Ticket.objects.filter(invitation__event=event)
    found = good.aggregate(
        inside=Count("pk", filter=Q(admitted_at__isnull=False)),
        expected=Count("pk", filter=Q(void_at=None) | Q(admitted_at__isnull=False)),
    )
    return Counters(found["inside"], found["expected"])


def door_list(event: AwardEvent) -> Iterator[tuple[str, str]]:
    """Of each good ticket its hash, which says nothing to who has no ticket, and when it was admitted ("HH:MM" at the
    event), or ""."""
    tickets = Ticket.objects.filter(invitation__event=event, void_at=None).order_by("pk")
    for serial, admitted in tickets.values_list("serial", "admitted_at"):
        yield hashlib.sha256(serial.bytes).hexdigest(), time_at(event, admitted) if admitted else ""


def list_version(event: AwardEvent) -> str:
    """Changes whenever the list does."""
    tickets = Ticket.objects.filter(invitation__event=event)
    parts = tickets.aggregate(
        newest=Max("pk"),
        void=Count("pk", filter=Q(void_at__isnull=False)),
        inside=Count("pk", filter=Q(admitted_at__isnull=False)),
    )
    return "-".join(str(part or 0) for part in parts.values())


def open_events() -> list[AwardEvent]:
    """Those that are not over, and what was over a day ago at most: the next first."""
    since = clock.now() - timedelta(days=1)
    return list(AwardEvent.objects.select_related("fest").filter(ends__gte=since).order_by("starts", "pk"))
