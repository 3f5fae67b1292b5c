"""Who met which challenge when, and what it pays, as CAMPAIGN.md's "Challenges" and "Bonus points" say."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tests.reference.moments import Calendar, Table, Window, challenge_window
from tests.reference.parts import Part, Quantity, seconds
from tests.reference.people import Person, Records
from tests.reference.points import BONUS


@dataclass(frozen=True)
class Completion:
    """That a creator met a challenge at a moment (UTC) and was early enough; `day` with `per = "day"` only."""

    challenge: str
    creator: str
    at: datetime
    day: date | None


@dataclass(frozen=True)
class Payment:
    """ "Payments are derived rows, unique per entitlement." `entitlement` names what is paid for."""

    creator: str
    metric: str
    points: int
    at: datetime
    entitlement: tuple[str, ...]

    def as_part(self) -> Part:
        """ "Scored like facts but not facts": a quantity at a moment, a session of its own."""
        kind, slug, _creator, *period = self.entitlement
        name = "/".join(word for word in (kind, slug, *period) if word)
        return Part(self.creator, self.metric, self.points, self.at, ("payment", *self.entitlement), name=(name,))


def completions(
    calendar: Calendar, people: Iterable[Person], parts: Iterable[Part], records: Records
) -> list[Completion]:
    """Every completion, by challenge in the order of the file, then by moment and handle."""
    people, parts = list(people), list(parts)
    found = []
    for challenge in calendar.campaign.get("challenges", []):
        met = []
        for person in people:
            if is_within(challenge, person):
                theirs = [part for part in parts if part.creator == person.handle]
                met += completions_of(calendar, challenge, person.handle, theirs, records)
        found += in_time(challenge, met)
    return found


def is_within(challenge: Table, person: Person) -> bool:
    """ "`within` looks at the creator's present region or groups." """
    within: dict[str, Any] = challenge.get("within") or {}
    if "group" in within:
        return within["group"] in person.groups
    if "region" in within:
        return bool(within["region"] == person.region)
    return True


def completions_of(
    calendar: Calendar, challenge: Table, creator: str, parts: list[Part], records: Records
) -> list[Completion]:
    """What one creator met, whoever was faster."""
    parts = counting_parts(calendar, challenge, creator, parts, records)
    # "With `per = "day"` the goals must be met within one fest day, can be met once each day … With "session" they
    # must be met within one session (here a session is whole, across days), with "fest" at all; either can be met
    # once by each creator."
    units: dict[Hashable, list[Part]] = {}
    for part in parts:
        unit: dict[str, Hashable] = {"day": calendar.day_of(part.at), "session": part.session, "fest": "fest"}
        units.setdefault(unit[challenge["per"]], []).append(part)
    met = []
    for unit_parts in units.values():
        at = moment_met(challenge["goals"], unit_parts)
        if at is not None:
            day = calendar.day_of(at) if challenge["per"] == "day" else None
            met.append(Completion(challenge["slug"], creator, at, day))
    met.sort(key=lambda completion: completion.at)
    return met if challenge["per"] == "day" else met[:1]


def counting_parts(
    calendar: Calendar, challenge: Table, creator: str, parts: Iterable[Part], records: Records
) -> list[Part]:
    """ "Only facts within `starts` and `ends` count, and, with `join`, within the time since joining": "what happened
    before joining does not count".

    Reading: who joins while a duration runs has its seconds since then (at its own moment, joining is no boundary).
    """
    window = challenge_window(calendar.campaign, challenge)
    window = Window(max(window.starts, calendar.fest.starts), min(window.ends, calendar.fest.ends))
    inside = [part for part in parts if window.holds(part.at)]
    if not challenge.get("join"):
        return inside
    joined_at = records.joins.get((challenge["slug"], creator))
    if joined_at is None:
        return []
    since = []
    for part in inside:
        if part.lasts is None:
            if part.at >= joined_at:
                since.append(part)
        elif part.lasts.ends > joined_at:
            begins = max(part.lasts.starts, joined_at)
            since.append(replace(part, quantity=seconds(begins, part.lasts.ends)))
    return since


def moment_met(goals: list[Table], parts: Iterable[Part]) -> datetime | None:
    """When "all must be met" first held; None where it never did."""
    sums: dict[str, Quantity] = {}
    for part in sorted(parts, key=lambda part: part.at):
        sums[part.metric] = sums.get(part.metric, 0) + part.quantity
        if all(sums.get(goal["metric"], 0) >= goal["at_least"] for goal in goals):
            return part.at
    return None


def in_time(challenge: Table, met: list[Completion]) -> list[Completion]:
    """ "only the first N to meet it, by when they met it": "`first` is strict: equal moments go by handle" (by its
    UTF-8 bytes); with days it "is counted for each day by itself"."""
    met = sorted(met, key=lambda completion: (completion.at, completion.creator.encode()))
    if "first" not in challenge:
        return met
    winners: list[Completion] = []
    for completion in met:
        ahead = [winner for winner in winners if winner.day == completion.day]
        if len(ahead) < challenge["first"]:
            winners.append(completion)
    return winners


def challenge_payments(calendar: Calendar, completed: Iterable[Completion]) -> list[Payment]:
    """ "points … paid at the moment it was met", in `bonus` "unless they name another metric"."""
    challenges = {challenge["slug"]: challenge for challenge in calendar.campaign.get("challenges", [])}
    payments = []
    for completion in completed:
        challenge = challenges[completion.challenge]
        if challenge.get("points"):
            payments.append(
                Payment(
                    completion.creator,
                    challenge.get("metric", BONUS),
                    challenge["points"],
                    completion.at,
                    ("challenge", completion.challenge, completion.creator, str(completion.day or "")),
                )
            )
    return payments
