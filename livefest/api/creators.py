"""Creators: one with where they stand, and those who are LIVE."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from creators.former import name_of
from creators.models import Entry, Live
from livefest import clock
from livefest.api.answers import KEPT, answer, api
from livefest.api.description import (
    COUNT,
    FEST,
    HANDLE,
    LINK,
    MOMENT,
    NEXT,
    PAGED,
    RANK,
    REGION,
    SLUG,
    TEXT,
    Schema,
    in_path,
    many,
    named,
    or_null,
    reading,
    thing,
)
from livefest.api.fests import shown_of
from livefest.api.parameters import limit_asked, microseconds, moment_of, next_page, numbers_after, numbers_cursor
from livefest.models import Fest
from livefest.pages import public_page
from livefest.site import fest_of, version_of_fest
from livefest.views.creator_page import Rank, entry_of, ranks_of
from livefest.views.creator_profile import said_by
from livefest.views.places import boards_of, group_names
from livefest.views.showcase.forward import lives_on_air
from rankings.copies import shown_belonging

STARTED = "s"  # cursors of lives


@api()
@public_page(version_of_fest, query=["lang"], headers=KEPT)
def creator(request: HttpRequest, fest: str, handle: str) -> HttpResponse:
    found = fest_of(fest)
    entry = entry_of(found, handle)
    belonging, said = shown_belonging(entry), said_by(entry.creator)
    ranks, _earlier = ranks_of(entry, belonging, boards_of(found), group_names(found))
    live = lives_on_air(found, clock.now()).filter(entry=entry).first()
    return answer(
        {
            "handle": handle,
            "name": name_of(entry.creator),
            "region": belonging.region or (entry.region.code if entry.region else None),
            "category": belonging.category or None,
            "groups": [group.slug for group in belonging.groups],
            "bio": said.bio if said else "",
            "links": [link.url for link in said.links] if said else [],
            "picture": said.picture or None if said else None,
            "page": page_of(found, handle),
            "standings": shown_of(found.pk),
            "ranks": [rank_said(rank) for rank in ranks],
            "live": live_said(live) if live else None,
        }
    )


@api("after", "limit")
@public_page(version_of_fest, query=["after", "lang", "limit"], headers=KEPT)
def live(request: HttpRequest, fest: str) -> HttpResponse:
    """The newest first."""
    found, limit, after = fest_of(fest), limit_asked(request), numbers_after(request, STARTED)
    lives = lives_on_air(found, clock.now())
    on_air = lives.count()
    if after:
        started, id = moment_of(after[0]), after[1]
        lives = lives.filter(Q(started_at__lt=started) | Q(started_at=started, pk__lt=id))
    shown = list(lives[: limit + 1])
    last = shown[limit - 1] if len(shown) > limit else None
    following = numbers_cursor(STARTED, microseconds(last.started_at), last.pk) if last else ""
    rows = [{**who(one.entry, found), **live_said(one)} for one in shown[:limit]]
    return answer({"on_air": on_air, "lives": rows, "next": next_page(request, following)})


def live_said(live: Live) -> dict[str, Any]:
    return {"title": live.title, "started": live.started_at, "watch": live.url or None}


def who(entry: Entry, fest: Fest) -> dict[str, Any]:
    handle = entry.creator.handle
    return {
        "handle": handle,
        "name": name_of(entry.creator),
        "region": entry.region.code if entry.region else None,
        "page": page_of(fest, handle),
    }


def page_of(fest: Fest, handle: str) -> str:
    return reverse("creator", kwargs={"fest": fest.slug, "handle": handle})


def rank_said(rank: Rank) -> dict[str, Any]:
    return {
        "board": rank.board.slug,
        "within": rank.which.within,
        "period": rank.which.period,
        "rank": rank.rank,
        "ranked": rank.size,
        "score": rank.score,
        "behind": rank.gap,
        "page": rank.url,
    }


ON_AIR: dict[str, Schema] = {
    "title": TEXT,
    "started": MOMENT,
    "watch": {**NEXT, "description": "Where to watch; null where the source names nothing."},
}
NAMED: Schema = {**HANDLE, "type": "string", "description": "Names one creator across fests."}
SCHEMAS = {
    "Creator": thing(
        handle=NAMED,
        name=TEXT,
        region=REGION,
        category=or_null(TEXT),
        groups=many(SLUG, "League and community."),
        bio=TEXT,
        links=many(TEXT),
        picture={**NEXT, "description": "Square."},
        page=LINK,
        standings=named("Shown"),
        ranks=many(named("Rank"), "One for each board and place; of a board of days the last day."),
        live={"anyOf": [thing(**ON_AIR), {"type": "null"}]},
    ),
    "Rank": thing(
        board=SLUG,
        within=TEXT,
        period=TEXT,
        rank=RANK,
        ranked=RANK,
        score=COUNT,
        behind=or_null(COUNT, "How far the next better score is ahead; null at the top."),
        page=LINK,
    ),
    "Lives": thing(
        on_air={**COUNT, "description": "How many are LIVE."},
        lives=many(thing(handle=NAMED, name=TEXT, region=REGION, page=LINK, **ON_AIR)),
        next=NEXT,
    ),
}
CREATOR = in_path("handle", "The creator's handle, without @.", {**TEXT, "minLength": 1, "maxLength": 128}, "ada")
PATHS = {
    "/api/v1/fests/{fest}/creators/{handle}": reading("readCreator", "A creator", "Creator", path=[FEST, CREATOR]),
    "/api/v1/fests/{fest}/live": reading(
        "listLive", "Who is LIVE, the newest first", "Lives", path=[FEST], query=PAGED
    ),
}
