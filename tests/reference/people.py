"""Who takes part, and what has been decided and stays: memberships, joins, placements, admissions, closings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tests.reference.corrections import Correction
from tests.reference.moments import Campaign

Kind = Literal["league", "community"]


@dataclass(frozen=True)
class Membership:
    """That a creator was placed in, joined or was put by staff into a group; `group` None says that they left.

    `since` (UTC) orders what was decided of one creator and kind: the last one holds, also over the creators file.
    """

    creator: str
    kind: Kind
    group: str | None
    since: datetime


@dataclass(frozen=True)
class Records:
    """ "What was decided at a moment is a record and stays through a rebuild."

    `joins` has the moment at which a creator joined a challenge, by (challenge, handle). `placed` names the leagues
    whose placement has been made, `admissions` who was admitted to each round that has been opened (staff may have
    amended it). `closed_at` is the moment up to which `close` has run; None: never. `corrections` are those of staff
    that are in force. Moments are UTC.
    """

    memberships: tuple[Membership, ...] = ()
    joins: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    placed: frozenset[str] = frozenset()
    admissions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    closed_at: datetime | None = None
    corrections: tuple[Correction, ...] = ()

    def has_closed(self, moment: datetime) -> bool:
        return self.closed_at is not None and moment <= self.closed_at


@dataclass(frozen=True)
class Person:
    """A creator with their present region, category and groups; "" and None where there is none."""

    handle: str
    region: str
    category: str
    league: str | None
    community: str | None

    @property
    def groups(self) -> set[str]:
        return {group for group in (self.league, self.community) if group}


def people_of(campaign: Campaign, creators: Iterable[Mapping[str, str]], records: Records) -> list[Person]:
    """The creators as they are now. `creators` are rows of the creators file: "groups are slugs separated by `;`"; "A
    creator is in at most one league and one community of a fest." """
    kinds = {group["slug"]: group["kind"] for group in campaign.get("groups", [])}
    people = []
    for row in creators:
        present: dict[Kind, str | None] = {"league": None, "community": None}
        for slug in (row.get("groups") or "").split(";"):
            if slug.strip():
                present[kinds[slug.strip()]] = slug.strip()
        for membership in sorted(records.memberships, key=lambda membership: membership.since):
            if membership.creator == row["handle"]:
                present[membership.kind] = membership.group
        people.append(
            Person(
                row["handle"],
                row.get("region") or "",
                row.get("category") or "",
                present["league"],
                present["community"],
            )
        )
    return people
