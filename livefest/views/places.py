"""Names of places of boards and of who stands there, for pages that show several boards at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from creators.former import key_of, name_of
from creators.models import Entry, Group
from livefest.models import Fest
from livefest.models.translated import local_names
from livefest.site import region_name
from rankings.board_page import board_url
from rankings.board_page import place_label as place_label  # noqa: PLC0414  pages of several boards find it here
from rankings.models import Board


class Person(NamedTuple):
    """Somebody with a page, or without (`url` empty). `key` tells rows apart (`creators.former`)."""

    key: str
    name: str
    flag: str = ""
    url: str = ""


def boards_of(fest: Fest) -> list[Board]:
    return list(Board.objects.filter(fest=fest).select_related("fest", "round", "within_group").order_by("position"))


def group_names(fest: Fest) -> dict[str, str]:
    return local_names(Group.objects.filter(fest=fest))


def period_label(board: Board, period: str) -> str:
    if board.period == Board.Period.DAY:
        return date_format(date.fromisoformat(period), "MONTH_DAY_FORMAT")
    return board.round.local.name if board.round else _("Whole festival")


def standing_url(board: Board, within: str | None, period: str) -> str:
    """The address of a standing; without a place, of where the board itself leads to."""
    if within is None:
        return reverse("board_redirect", kwargs={"fest": board.fest.slug, "board": board.slug})
    return board_url(board, within=within, period=period)


def person_of(entry: Entry, fest: Fest) -> Person:
    """Of an entry with its creator and region."""
    flag = region_name(entry.region.code).flag if entry.region else ""
    creator = entry.creator
    url = reverse("creator", kwargs={"fest": fest.slug, "handle": creator.handle}) if not creator.withdrawn_at else ""
    return Person(key_of(creator), name_of(creator), flag, url)


def people_named(fest: Fest, handles: Iterable[str]) -> dict[str, Person]:
    """Creators by handle."""
    entries = Entry.objects.filter(fest=fest, creator__handle__in=list(handles)).select_related("creator", "region")
    return {entry.creator.handle: person_of(entry, fest) for entry in entries}
