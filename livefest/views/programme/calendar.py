"""The programme as iCalendar (RFC 5545): moments in UTC, ids that stay, and the same bytes whoever asks and when.

A show's version is when it was last saved, which calendars go by that have it already. Of rounds, bonus hours and the
fest's own moments nobody keeps when they were changed: their version never changes, and a calendar that subscribed
takes what is there now. A bonus window has its moments in its id: moved, it is another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from livefest.models import Fest
from livefest.views.programme.items import Item

REFRESH = timedelta(hours=1)
FIRST_VERSION = datetime(2020, 1, 1, tzinfo=UTC)
# A text holds tabs and line ends, but no other control characters.
NOT_OF_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
Absolute = Callable[[str], str]


def calendar_of(fest: Fest, items: Iterable[Item], absolute: Absolute) -> bytes:
    """To subscribe to. `absolute` makes a whole address of a path."""
    name = _("%(fest)s: programme") % {"fest": fest.local.name}
    calendar = begun(name)
    page = absolute(reverse("programme", kwargs={"fest": fest.slug}))
    calendar.add("url", page)
    source = absolute(reverse("programme_calendar", kwargs={"fest": fest.slug}))
    calendar.add("source", source, parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for item in items:
        calendar.add_component(event_of(fest, item, absolute))
    return bytes(calendar.to_ical(sorted=False))


def calendar_of_show(fest: Fest, item: Item, absolute: Absolute) -> bytes:
    """To be taken over once."""
    calendar = begun(item.title)
    calendar.add_component(event_of(fest, item, absolute))
    return bytes(calendar.to_ical(sorted=False))


def begun(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//LIVE Fest//Programme//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", text(name))
    calendar.add("x-wr-calname", text(name))
    return calendar


def event_of(fest: Fest, item: Item, absolute: Absolute) -> Event:
    version = item.show.updated_at.replace(microsecond=0) if item.show else FIRST_VERSION
    event = Event()
    event.add("uid", f"{item.key}.{fest.slug}@livefest")
    event.add("dtstamp", version)
    event.add("last-modified", version)
    event.add("sequence", int((version - FIRST_VERSION).total_seconds()))
    event.add("summary", text(f"{fest.local.name}: {item.title}" if item.kind != "show" else item.title))
    event.add("dtstart", item.starts.astimezone(UTC))
    if item.ends:
        event.add("dtend", item.ends.astimezone(UTC))
    if item.label:
        event.add("categories", [text(item.label)])
    if item.show:
        event.add("description", text(described(item)))
        if item.show.url:
            event.add("location", text(item.show.url))
    event.add("url", absolute(item.url or reverse("programme", kwargs={"fest": fest.slug})))
    event.add("transp", "TRANSPARENT")  # it is to be seen, not to be busy with
    return event


def described(item: Item) -> str:
    """Its text, and who hosts it."""
    assert item.show is not None  # noqa: S101  the caller looked
    hosts = ", ".join(host.name for host in item.hosts)
    parts = [str(item.show.local.text), _("With %(hosts)s") % {"hosts": hosts} if hosts else ""]
    return "\n\n".join(part for part in parts if part)


def text(words: str) -> vText:
    return vText(NOT_OF_TEXT.sub("", words))
