"""What a fest has beside boards: challenges, groups and editions of certified results."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from challenges.challenge_page import Card, cards_of
from creators.models import Group
from livefest import clock
from livefest.api.answers import KEPT, answer, api
from livefest.api.description import (
    COUNT,
    FEST,
    FLAG,
    LINK,
    MOMENT,
    NEXT,
    PAGED,
    RANK,
    REGION,
    SLUG,
    TEXT,
    many,
    one_of,
    or_null,
    reading,
    thing,
)
from livefest.api.parameters import limit_asked, next_page, numbers_after, numbers_cursor
from livefest.pages import public_page
from livefest.site import fest_of, version_of_fest
from rankings.copies import shown_members
from rankings.models import Edition

PLACED = "g"  # cursors of groups


@api()
@public_page(version_of_fest, query=["lang"], headers=KEPT)
def challenges(request: HttpRequest, fest: str) -> HttpResponse:
    return answer({"challenges": [challenge_said(card) for card in cards_of(fest_of(fest), clock.now())]})


def challenge_said(card: Card) -> dict[str, Any]:
    challenge = card.challenge
    group, region = challenge.within_group, challenge.within_region
    return {
        "challenge": challenge.slug,
        "name": challenge.local.name,
        "state": card.state,
        "starts": card.starts,
        "ends": card.ends,
        "per": challenge.per,
        "day": str(card.day) if card.day and challenge.per == challenge.Per.DAY else None,
        "goals": [{"metric": goal.metric.slug, "at_least": goal.at_least} for goal in challenge.goals.all()],
        "group": group.slug if group else None,
        "region": region.code if region else None,
        "must_be_joined": challenge.join,
        "points": challenge.points,
        "first": challenge.first,
        "taken": card.won if challenge.first else None,
        "page": reverse("challenge", kwargs={"fest": challenge.fest.slug, "challenge": challenge.slug}),
    }


@api("after", "limit")
@public_page(version_of_fest, query=["after", "lang", "limit"], headers=KEPT)
def groups(request: HttpRequest, fest: str) -> HttpResponse:
    """In the order of the site."""
    found, limit, after = fest_of(fest), limit_asked(request), numbers_after(request, PLACED)
    wanted = Group.objects.filter(fest=found).order_by("position", "id")
    if after:
        position, id = after
        wanted = wanted.filter(Q(position__gt=position) | Q(position=position, pk__gt=id))
    shown = list(wanted[: limit + 1])
    last = shown[limit - 1] if len(shown) > limit else None
    members = shown_members(found, shown[:limit])
    following = numbers_cursor(PLACED, last.position, last.pk) if last else ""
    return answer(
        {
            "groups": [group_said(group, members.get(group.pk, 0), fest) for group in shown[:limit]],
            "next": next_page(request, following),
        }
    )


def group_said(group: Group, members: int, fest: str) -> dict[str, Any]:
    return {
        "group": group.slug,
        "name": group.local.name,
        "kind": group.kind,
        "members": members,
        "roster": group.roster,
        "page": reverse("group", kwargs={"fest": fest, "group": group.slug}),
    }


@api()
@public_page(version_of_fest, query=["lang"], headers=KEPT)
def results(request: HttpRequest, fest: str) -> HttpResponse:
    """The latest edition first."""
    editions = Edition.objects.filter(fest=fest_of(fest)).select_related("replaces").order_by("-number")
    shown = editions.only("number", "certified_at", "reason", "replaces__number", "sha256", "length", "campaign_sha256")
    return answer({"editions": [edition_said(edition, fest) for edition in shown]})


def edition_said(edition: Edition, fest: str) -> dict[str, Any]:
    parts = {"fest": fest, "number": edition.number}
    return {
        "edition": edition.number,
        "certified": edition.certified_at,
        "replaces": edition.replaces.number if edition.replaces else None,
        "reason": edition.reason,
        "sha256": edition.sha256,
        "bytes": edition.length,
        "file": reverse("results_file", kwargs=parts),
        "campaign_sha256": edition.campaign_sha256,
        "campaign": reverse("results_campaign", kwargs=parts),
        "page": reverse("results_edition", kwargs=parts),
    }


SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
SCHEMAS = {
    "Challenges": thing(
        challenges=many(
            thing(
                challenge=SLUG,
                name=TEXT,
                state=one_of("open", "next", "over"),
                starts=MOMENT,
                ends={**MOMENT, "description": "UTC, exclusive."},
                per=one_of("session", "day", "fest"),
                day=or_null({"type": "string", "format": "date"}, "Of one per day: the latest that has begun."),
                goals=many(thing(metric=SLUG, at_least=COUNT), "All must be met."),
                group=or_null(SLUG, "Only its members."),
                region=REGION,
                must_be_joined=FLAG,
                points=or_null(COUNT, "For who meets it."),
                first=or_null(RANK, "Only for the first so many."),
                taken=or_null(COUNT, "How many of these places are."),
                page=LINK,
            )
        )
    ),
    "Groups": thing(
        groups=many(
            thing(
                group=SLUG,
                name=TEXT,
                kind=one_of("league", "community"),
                members=COUNT,
                roster=or_null(COUNT, "Most members; null: any number."),
                page=LINK,
            )
        ),
        next=NEXT,
    ),
    "Results": thing(
        editions=many(
            thing(
                edition=RANK,
                certified=MOMENT,
                replaces=or_null(RANK),
                reason={**TEXT, "description": "Why the one before was replaced."},
                sha256=SHA256,
                bytes=COUNT,
                file={**LINK, "description": "All rows of all standings, as JSON lines."},
                campaign_sha256=SHA256,
                campaign={**LINK, "description": "The rules by which was scored, as TOML."},
                page=LINK,
            )
        )
    ),
}
PATHS = {
    "/api/v1/fests/{fest}/challenges": reading("listChallenges", "The challenges", "Challenges", path=[FEST]),
    "/api/v1/fests/{fest}/groups": reading(
        "listGroups", "The leagues and communities", "Groups", path=[FEST], query=PAGED
    ),
    "/api/v1/fests/{fest}/results": reading(
        "listResults", "The editions of certified results, the latest first", "Results", path=[FEST]
    ),
}
