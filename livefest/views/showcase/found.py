"""What a search finds in a fest: creators by the beginning of handle or name, the rest by that of any word of its
name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from challenges.models import Challenge
from creators.models import Group
from creators.models.creator import HANDLE_LENGTH
from livefest.models import Fest
from livefest.site import region_name
from livefest.sql import execute
from livefest.views.showcase.forward import live_of
from rankings.board_page import creator_addresses

Named = TypeVar("Named", Group, Challenge)

MOST = 10

# Handles that begin so, by an index in byte order, and names, by one on lower(name); each index is read until so many
# of the fest are found. Nobody who is suspended or not named any more.
CREATORS = """
SELECT DISTINCT ON (handle) entry, handle, name, code FROM (
    (SELECT entry.id AS entry, creator.handle, creator.name, region.code
     FROM creators_creator creator
          JOIN creators_entry entry ON entry.creator_id = creator.id AND entry.fest_id = %(fest)s
          LEFT JOIN livefest_region region ON region.id = entry.region_id
     WHERE creator.handle >= %(text)s AND creator.handle < %(text)s || U&'\\+10FFFF' AND {shown}
     ORDER BY creator.handle LIMIT %(most)s)
    UNION ALL
    (SELECT entry.id, creator.handle, creator.name, region.code
     FROM creators_creator creator
          JOIN creators_entry entry ON entry.creator_id = creator.id AND entry.fest_id = %(fest)s
          LEFT JOIN livefest_region region ON region.id = entry.region_id
     WHERE lower(creator.name) LIKE lower(%(like)s) AND {shown}
     ORDER BY lower(creator.name) USING ~<~, creator.handle LIMIT %(most)s)
) AS hit
ORDER BY handle LIMIT %(most)s
"""
SHOWN = """
creator.withdrawn_at IS NULL AND NOT EXISTS (
    SELECT FROM creators_participation participation
    WHERE participation.creator_id = creator.id AND participation.fest_id = %(fest)s
      AND participation.state = 'suspended'
)
"""


@dataclass(frozen=True)
class Hit:
    """`tag` says which of several that it is: a creator's handle, where the name isn't it."""

    key: str
    name: str
    tag: str
    flag: str
    url: str
    live: bool = False


@dataclass(frozen=True)
class Hits:
    """Of one kind, at most ten; `more`: there are others that begin so."""

    hits: list[Hit]
    more: bool


@dataclass(frozen=True)
class Found:
    creators: Hits
    groups: Hits
    challenges: Hits

    @property
    def count(self) -> int:
        return sum(len(kind.hits) for kind in (self.creators, self.groups, self.challenges))


def text_asked(typed: str) -> str:
    """What is looked for: no blanks around it, no @ before it; empty where nobody and nothing can be called so."""
    text = " ".join(typed.split()).removeprefix("@")[:HANDLE_LENGTH]
    return text if text.isprintable() else ""


def found_by(fest: Fest, text: str, now: datetime) -> Found:
    creators = find_creators(fest, text, most=MOST, now=now)
    groups = [
        Hit(group.slug, group.local.name, group.get_kind_display(), "", url_of(fest, "group", group))
        for group in named_like(Group.objects.filter(fest=fest), text)
    ]
    challenges = [
        Hit(challenge.slug, challenge.local.name, "", "", url_of(fest, "challenge", challenge))
        for challenge in named_like(Challenge.objects.filter(fest=fest), text)
    ]
    return Found(ten_of(creators), ten_of(groups), ten_of(challenges))


def ten_of(hits: list[Hit]) -> Hits:
    return Hits(hits[:MOST], len(hits) > MOST)


def url_of(fest: Fest, name: str, row: Group | Challenge) -> str:
    return reverse(name, kwargs={"fest": fest.slug, name: row.slug})


def find_creators(fest: Fest, text: str, *, most: int, now: datetime | None = None) -> list[Hit]:
    """Up to one more than `most`, by handle; whose is just this comes first. With `now` it is said who is LIVE."""
    values = {"fest": fest.pk, "text": text, "like": like(text) + "%", "most": most + 1}
    rows = execute(CREATORS.format(shown=SHOWN), values)
    rows.sort(key=lambda row: row[1] != text)
    lives = live_of(fest, [row[0] for row in rows], now) if now and rows else {}
    address = creator_addresses(fest.slug)
    return [
        Hit(
            key=handle,
            name=name or handle,
            tag=f"@{handle}" if name else "",
            flag=region_name(code).flag if code else "",
            url=address(handle),
            live=entry in lives,
        )
        for entry, handle, name, code in rows
    ]


def named_like(rows: QuerySet[Named], text: str) -> list[Named]:
    """Those of whose name a word begins so, in the organiser's language or the reader's, and one more than ten."""
    translated = f"translations__{get_language()}__name"
    begins = Q(name__istartswith=text) | Q(name__icontains=f" {text}") | Q(slug__startswith=text)
    begins |= Q(**{f"{translated}__istartswith": text}) | Q(**{f"{translated}__icontains": f" {text}"})
    return list(rows.filter(begins).order_by("position", "pk")[: MOST + 1])


def like(text: str) -> str:
    """As LIKE reads it, letter by letter."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
