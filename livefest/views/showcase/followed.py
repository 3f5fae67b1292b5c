"""What is shown of those whom a viewer follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from creators.models import Entry, Live
from creators.models.creator import HANDLE_LENGTH
from livefest.models import Fest
from livefest.views.places import Person, person_of
from livefest.views.showcase.forward import live_of
from livefest.views.showcase.standing import first_board, points_of_entries, ranks_on
from rankings.models import Board

MOST = 100


@dataclass(frozen=True)
class FollowedCard:
    """`rank` is None where they aren't ranked; `live` where they aren't LIVE."""

    handle: str
    person: Person
    live: Live | None
    rank: int | None
    points: int


@dataclass(frozen=True)
class FollowedPage:
    """Who is LIVE comes first, then by rank. `url` asks for the same again."""

    cards: list[FollowedCard]
    on_air: int
    board: Board | None
    url: str


def handles_asked(named: Iterable[str]) -> list[str]:
    """Each once, in order of their letters, the first hundred; nothing that is no handle."""
    found = {handle for handle in named if handle.isprintable() and 0 < len(handle) <= HANDLE_LENGTH}
    return sorted(found)[:MOST]


def followed_page(fest: Fest, handles: list[str], now: datetime) -> FollowedPage:
    """Of the fest's creators among them; whom it doesn't know, or who is not named any more, is left out."""
    named = Entry.objects.filter(fest=fest, creator__handle__in=handles, creator__withdrawn_at=None)
    entries = list(named.select_related("creator", "region").order_by("creator__handle"))
    board = first_board(fest)
    lives = live_of(fest, [entry.pk for entry in entries], now)
    ranks = ranks_on(board, entries, now) if board else {}
    points = points_of_entries(fest, entries)
    cards = [
        FollowedCard(
            entry.creator.handle,
            person_of(entry, fest),
            lives.get(entry.pk),
            ranks.get(entry.creator.handle),
            points.get(entry.pk, 0),
        )
        for entry in entries
    ]
    cards.sort(key=lambda card: (card.live is None, card.rank is None, card.rank or 0, card.handle))
    address = reverse("following_cards", kwargs={"fest": fest.slug})
    query = urlencode([("h", entry.creator.handle) for entry in entries])
    return FollowedPage(cards, len(lives), board, f"{address}?{query}")
