"""Whom pages put forward, and who of them is LIVE: nobody who is suspended, and nobody who is not named any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from creators.models import Live, Participation, Spotlight
from livefest.models import Fest
from livefest.views.places import Person, person_of

SPOTLIGHTS = 6
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class SpotlightCard:
    """`live` is where they are LIVE now; None where they aren't."""

    spotlight: Spotlight
    person: Person
    live: Live | None


def suspended(fest: Fest, creator: str) -> Exists:
    """For a query: whether the creator to whom `creator` leads is suspended in the fest."""
    state = Participation.State.SUSPENDED
    return Exists(Participation.objects.filter(fest=fest, creator=OuterRef(creator), state=state))


def put_forward(rows: QuerySet[M], fest: Fest) -> QuerySet[M]:
    """Those of the rows, each with an `entry` of the fest, whose creator has neither left nor is suspended; with all
    that is shown of the creator."""
    shown = rows.filter(~suspended(fest, "entry__creator"), entry__fest=fest, entry__creator__withdrawn_at=None)
    return shown.select_related("entry__creator", "entry__region")


def lives_on_air(fest: Fest, now: datetime) -> QuerySet[Live]:
    """Of those whom pages put forward, the newest first."""
    return put_forward(Live.objects.on_air(now).filter(source__fest=fest), fest).order_by("-started_at", "-pk")


def live_of(fest: Fest, entries: Iterable[int], now: datetime) -> dict[int, Live]:
    """Where some entries (ids) are LIVE now, by entry; of several the newest."""
    found = Live.objects.on_air(now).filter(source__fest=fest, entry__in=list(entries))
    return {live.entry_id: live for live in found.order_by("started_at", "pk")}


def spotlights(fest: Fest, now: datetime) -> list[SpotlightCard]:
    """Those whom staff put forward now, in their order."""
    lit = Spotlight.objects.filter(Q(ends=None) | Q(ends__gt=now), fest=fest, starts__lte=now)
    found = list(put_forward(lit, fest)[:SPOTLIGHTS])
    lives = live_of(fest, [one.entry_id for one in found], now) if found else {}
    return [SpotlightCard(one, person_of(one.entry, fest), lives.get(one.entry_id)) for one in found]
