"""LIVEs that creators have announced, as the programme counts and lists them: of those to come, never all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from creators.models import PlannedLive
from creators.planned_lives import lives_to_come
from livefest.models import Fest
from livefest.pages import ROW_ID
from livefest.views.places import Person, person_of

ROWS = 40
Window = tuple[datetime, datetime]


class NoSuchPage(Exception):
    """A page that the list doesn't have."""


@dataclass(frozen=True)
class Announced:
    live: PlannedLive
    person: Person


@dataclass(frozen=True)
class AnnouncedPage:
    """`total` is how many are to come in the whole window; `after` names the last row, None where no more follow."""

    rows: list[Announced]
    total: int
    after: int | None


def announced_in(fest: Fest, window: Window, now: datetime, *, after: str) -> AnnouncedPage:
    """Up to `ROWS` of a window, those that follow the one named; it may have begun meanwhile. Raises NoSuchPage."""
    starts, ends = window
    wanted = lives_to_come(fest, now).filter(starts_at__gte=starts, starts_at__lt=ends)
    total = wanted.count()
    if after:
        of_window = PlannedLive.objects.filter(fest=fest, starts_at__gte=starts, starts_at__lt=ends)
        last = of_window.filter(pk=int(after)).first() if ROW_ID.fullmatch(after) else None
        if last is None:
            raise NoSuchPage
        wanted = wanted.filter(Q(starts_at__gt=last.starts_at) | Q(starts_at=last.starts_at, pk__gt=last.pk))
    found = list(wanted[: ROWS + 1])
    rows = [Announced(live, person_of(live.entry, fest)) for live in found[:ROWS]]
    return AnnouncedPage(rows, total, rows[-1].live.pk if len(found) > ROWS else None)


def counts_of(fest: Fest, windows: Sequence[Window], now: datetime) -> list[int]:
    """How many are to come in each, with one query."""
    each = {
        f"window{number}": Count("pk", filter=Q(starts_at__gte=starts, starts_at__lt=ends))
        for number, (starts, ends) in enumerate(windows)
    }
    counted = lives_to_come(fest, now).aggregate(**each) if each else {}
    return [counted[name] for name in each]
