"""A fest of two communities and a league, to join and leave."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from creators.communities import hand_over, join_community, set_way_in
from creators.creators_file import load_creators
from creators.intake import record_facts
from creators.models import Entry, Group, Membership
from creators.reports import parse_fact
from creators.sources import create_source
from livefest.campaign import load_campaign
from livefest.models import Fest, User
from rankings.export import standing_rows
from rankings.models import Board
from rankings.refresh import refresh
from tests.creators.conftest import DURING

CAMPAIGN = """
[fest]
slug = "commons"
name = "Commons"
time_zone = "UTC"
starts = 2026-02-13T00:00:00
ends = 2026-02-17T00:00:00
grace_hours = 24
regions = ["GB"]
[[metrics]]
slug = "coins"
name = "Coins"
[[rules]]
slug = "coins"
metric = "coins"
points = 1
[[groups]]
slug = "owls"
name = "Owls"
kind = "community"
roster = 2
[[groups]]
slug = "bats"
name = "Bats"
kind = "community"
[[groups]]
slug = "glow"
name = "Glow"
kind = "league"
[[boards]]
slug = "communities"
name = "Communities"
of = "groups"
period = "fest"
"""
OVER = "2026-02-17T00:00:00+00:00"
_ids = count()


def commons(handles: Iterable[str]) -> Fest:
    load_campaign(CAMPAIGN)
    fest = Fest.objects.get(slug="commons")
    load_creators(fest=fest, data="\n".join(["handle,name", *(f"{handle},{handle}" for handle in handles)]).encode())
    return fest


def entry(handle: str) -> Entry:
    return Entry.objects.get(creator__handle=handle, fest__slug="commons")


def group(slug: str) -> Group:
    return Group.objects.get(slug=slug, fest__slug="commons")


def member_of(handle: str) -> str | None:
    """The slug of the community that they are in."""
    place = Membership.objects.filter(entry__creator__handle=handle, kind="community").first()
    return place.group.slug if place else None


def staff() -> User:
    user, _created = User.objects.get_or_create(username="staff", defaults={"is_staff": True})
    return user


def opened(slug: str, way_in: str = "open", code: str | None = None) -> Group:
    return set_way_in(group=group(slug), way_in=way_in, by=staff(), code=code)


def owned(slug: str, handle: str, way_in: str = "approval") -> Group:
    """The community, owned by this creator."""
    join_community(entry=entry(handle), group=group(slug), by=staff())
    hand_over(group=group(slug), to=entry(handle), by=staff())
    return opened(slug, way_in)


def give(**coins: int) -> None:
    fest = Fest.objects.get(slug="commons")
    reports = [
        parse_fact(
            {
                "id": f"f-{next(_ids)}",
                "creator": handle,
                "metric": "coins",
                "quantity": number,
                "at": "2026-02-14T10:00:00Z",
            }
        )
        for handle, number in coins.items()
    ]
    assert record_facts(source=create_source(fest=fest, name="file"), reports=reports, arrived_at=DURING).accepted


def standing() -> dict[str, int]:
    """The communities' scores after a refresh."""
    fest = Fest.objects.get(slug="commons")
    refresh(fest)
    board = Board.objects.get(fest=fest, slug="communities")
    return {handle: score for _rank, handle, score, _reached_at in standing_rows(board)}
