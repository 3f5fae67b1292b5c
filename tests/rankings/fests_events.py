"""What happens to a small random fest: who takes part, facts, closings, and what staff and creators do in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal

from tests.rankings.fests_campaigns import REGIONS, Table, amounts
from tests.rankings.fests_corrections import correction, subject
from tests.rankings.strategies import METRICS, chance
from tests.reference import Calendar, Correction
from tests.reference.moments import placement_window, placing_groups, round_window

# In the order of their bytes: Zoë, a, ada, ada2, bo, éva.
HANDLES = ["ada", "Zoë", "a", "ada2", "éva", "bo"]
SUPPORTERS = ["", "fan", "ada", "Öz"]
MOST_FACTS = 24
# From here on everything arrives, within grace; closings may lie before it.
ARRIVED_AT = datetime(2026, 10, 27, tzinfo=UTC)
BEFORE_ALL = datetime(2026, 10, 1, tzinfo=UTC)

Kind = Literal["league", "community"]


@dataclass(frozen=True)
class Facts:
    """Lines of a facts file arrive, each a dict, so long after the script's moment of arrival."""

    lines: list[dict[str, Any]]
    later: timedelta = timedelta(0)


@dataclass(frozen=True)
class Refresh:
    """A scoring pass that changes nothing but what is derived."""


@dataclass(frozen=True)
class Close:
    """`close --at`; later ones have later moments."""

    moment: datetime


@dataclass(frozen=True)
class Move:
    """Staff puts a creator into another league or community, or (None) out of the one that they are in. `moment` is
    that of the closing before: what was decided up to then gives way, what is decided later (a placement of who has
    no league any more) stands."""

    handle: str
    kind: Kind
    group: str | None
    moment: datetime


@dataclass(frozen=True)
class Region:
    """Staff changes a creator's region; "" is none."""

    handle: str
    code: str


@dataclass(frozen=True)
class Join:
    """A creator joins a challenge, at most once; what happened before `moment` does not count."""

    challenge: str
    handle: str
    moment: datetime


@dataclass(frozen=True)
class Amend:
    """Staff amends who was admitted to a round; only after a closing opened it."""

    round: str
    handle: str
    admitted: bool


@dataclass(frozen=True)
class Correct:
    """Staff corrects something; a range has the ids of what has come in by then. `moment` is that of the act."""

    correction: Correction
    moment: datetime


@dataclass(frozen=True)
class Undo:
    """Staff undoes the correction of this number (from 0, as they came in the script), at most once."""

    number: int


Event = Facts | Refresh | Close | Move | Region | Join | Amend | Correct | Undo


def creators(random: Random, campaign: Table) -> list[dict[str, str]]:
    """Rows of the creators file."""
    slugs: dict[str, list[str]] = {"league": [""], "community": [""]}
    for group in campaign["groups"]:
        slugs[group["kind"]].append(group["slug"])
    rows = []
    for handle in HANDLES[: random.randint(3, len(HANDLES))]:
        # Most leagues are left to placement.
        league = random.choice(slugs["league"]) if chance(random, 1, 4) else ""
        community = random.choice(slugs["community"])
        rows.append(
            {
                "handle": handle,
                "name": handle,
                "region": random.choice([*REGIONS, ""]),
                "category": random.choice(["music", "talk", ""]),
                "groups": ";".join(slug for slug in (league, community) if slug),
            }
        )
    return rows


@dataclass(frozen=True)
class Pool:
    """A few moments to choose all others from, so that many fall together: boundaries and what lies close to them, in
    the fest and, where a placement looks back so far, before it."""

    inside: list[datetime]
    before: list[datetime]

    def choose(self, random: Random) -> datetime:
        return random.choice(self.before if self.before and chance(random, 1, 5) else self.inside)


NEARBY = [
    timedelta(0),
    timedelta(hours=1),
    timedelta(minutes=-10),
    timedelta(microseconds=-1),
    timedelta(milliseconds=500),
]


def pool_of(random: Random, calendar: Calendar) -> Pool:
    inside = [moment for moment in calendar.boundaries if calendar.fest.holds(moment)]
    before = [moment for moment in calendar.boundaries if calendar.taken.starts < moment <= calendar.fest.starts]
    moments = [random.choice(inside) + random.choice(NEARBY) for _ in range(random.randint(3, 7))]
    for round_ in calendar.campaign["rounds"]:
        within = round_window(calendar.campaign, round_)
        moments.append(random.choice([moment for moment in inside if within.holds(moment)]) + timedelta(hours=1))
    # Now and then one at the fest's very end, which only a duration reaches.
    moments += [calendar.fest.ends] * random.randint(0, 1)
    earlier = [random.choice(before) + random.choice(NEARBY) for _ in range(random.randint(1, 2))] if before else []
    return Pool(moments, earlier)


def facts(random: Random, handles: Sequence[str], pool: Pool) -> list[dict[str, Any]]:
    """Facts in the order of their arrival, which is not that of their moments; some are reversed later."""
    lines: list[dict[str, Any]] = []
    reversals: list[tuple[int, dict[str, Any]]] = []
    # Each may be left out by itself, so that what shrinks to nothing leaves the others as they are.
    for number in range(MOST_FACTS):
        if not chance(random, 2, 3):
            continue
        metric = random.choice(METRICS)
        line: dict[str, Any] = {
            "id": f"f-{number}",
            "creator": random.choice(handles),
            "metric": metric,
            "quantity": random.choice(amounts(metric)),
            "at": pool.choose(random).isoformat(),
            "session": random.choice(["", "room-1", "room-2"]),
            "supporter": random.choice(SUPPORTERS),
        }
        lines.append(line)
        if chance(random, 1, 3):
            # Another does the same at the same moment, for ties and races.
            lines.append({**line, "id": f"g-{number}", "creator": random.choice(handles)})
        if chance(random, 1, 8):
            kept = {key: line[key] for key in ("creator", "metric", "at")}
            reversal = {**kept, "id": f"r-{number}", "quantity": -line["quantity"], "reverses": line["id"]}
            reversals.append((len(lines) + random.randint(0, 9), reversal))
    for place, reversal in sorted(reversals, key=lambda one: one[0], reverse=True):
        lines.insert(place, reversal)
    return lines


def closings(random: Random, calendar: Calendar) -> list[datetime]:
    """Rising moments, most of them such at which something is decided or paid; the last often after the fest."""
    campaign = calendar.campaign
    windows = [day.window for day in calendar.days]
    windows += [round_window(campaign, round_) for round_ in campaign["rounds"]]
    deciding = {window.starts for window in windows} | {window.ends for window in windows}
    deciding |= {placement_window(campaign, group).ends for group in placing_groups(campaign)}
    late = [timedelta(0), timedelta(0), timedelta(hours=5), timedelta(microseconds=-1)]
    moments = {random.choice(sorted(deciding)) + random.choice(late) for _ in range(random.randint(0, 4))}
    if chance(random, 3, 4):
        moments.add(calendar.fest.ends + timedelta(hours=1))
    return sorted(moments)


def events(random: Random, calendar: Calendar, handles: Sequence[str], pool: Pool) -> list[Event]:
    """Facts in chunks, closings in the order of their moments, and refreshes and what staff and creators do at any
    time between."""
    lines, closes = facts(random, handles, pool), closings(random, calendar)
    size = random.randint(3, 15)
    chunks = [lines[start : start + size] for start in range(0, len(lines), size)]
    others = [
        random.choice(["refresh", "move", "region", "join", "join", "amend", "correct", "correct", "correct", "undo"])
        for _ in range(random.randint(0, 10))
    ]
    order = ["facts"] * len(chunks)
    for word in ["close"] * len(closes) + others:
        # Half of them when all facts are there, or little would be known when things are decided.
        back = random.randint(0, len(order)) if chance(random, 1, 2) else 0
        order.insert(len(order) - back, word)
    closed_at = BEFORE_ALL
    found: list[Event] = []
    for word in order:
        if word == "facts":
            found.append(Facts(chunks.pop(0), timedelta(minutes=len(found))))
        elif word == "close":
            closed_at = closes.pop(0)
            found.append(Close(closed_at))
        elif word == "refresh":
            found.append(Refresh())
        elif word == "region":
            found.append(Region(random.choice(handles), random.choice([*REGIONS, ""])))
        elif word == "move":
            found += move(random, calendar.campaign, handles, closed_at)
        elif word == "join":
            found += join(random, calendar.campaign, handles, pool, found)
        elif word == "correct":
            found += correct(random, calendar, handles, pool, found)
        elif word == "undo":
            found += undo(random, found)
        else:
            found += amend(random, calendar.campaign, handles, closed_at)
    return found


def move(random: Random, campaign: Table, handles: Sequence[str], closed_at: datetime) -> list[Event]:
    if not campaign["groups"]:
        return []
    kind: Kind = random.choice(campaign["groups"])["kind"]
    slugs = [group["slug"] for group in campaign["groups"] if group["kind"] == kind]
    return [Move(random.choice(handles), kind, random.choice([*slugs, None]), closed_at)]


def join(random: Random, campaign: Table, handles: Sequence[str], pool: Pool, so_far: Sequence[Event]) -> list[Event]:
    joined = {(event.challenge, event.handle) for event in so_far if isinstance(event, Join)}
    waiting = [
        (one["slug"], handle)
        for one in campaign["challenges"]
        for handle in handles
        if one["join"] and (one["slug"], handle) not in joined
    ]
    return [Join(*random.choice(waiting), pool.choose(random))] if waiting else []


def amend(random: Random, campaign: Table, handles: Sequence[str], closed_at: datetime) -> list[Event]:
    opened = [
        round_["slug"]
        for round_ in campaign["rounds"]
        if "admits" in round_ and round_window(campaign, round_).starts <= closed_at
    ]
    return [Amend(random.choice(opened), random.choice(handles), chance(random, 1, 2))] if opened else []


def correct(
    random: Random, calendar: Calendar, handles: Sequence[str], pool: Pool, so_far: Sequence[Event]
) -> list[Event]:
    lines = [line for event in so_far if isinstance(event, Facts) for line in event.lines if "reverses" not in line]
    found = correction(random, calendar, handles, [*pool.inside, *pool.before], lines)
    said = {subject(event.correction) for event in so_far if isinstance(event, Correct)}
    return [] if subject(found) in said else [Correct(found, ARRIVED_AT + timedelta(minutes=len(so_far)))]


def undo(random: Random, so_far: Sequence[Event]) -> list[Event]:
    made = range(sum(isinstance(event, Correct) for event in so_far))
    standing = set(made) - {event.number for event in so_far if isinstance(event, Undo)}
    return [Undo(random.choice(sorted(standing)))] if standing else []
