"""Who stands where on the boards, as CAMPAIGN.md's "Score", "Order", "Groups" and "Rounds" say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.reference.ledger import Ledger
from tests.reference.moments import Table, Window, round_window
from tests.reference.parts import Part, Quantity, quantity_in, total
from tests.reference.people import Person
from tests.reference.points import rules_of

POINTS, EARLIEST = "points", "earliest"


@dataclass(frozen=True)
class Row:
    """A line of a standing. `within` is "" where the board is one for all; `period` is "fest", a date or a round's
    slug; `reached_at` (UTC) is the moment at which the score first stood where it stands."""

    board: str
    within: str
    period: str
    rank: int
    handle: str
    score: int
    reached_at: datetime

    def as_text(self) -> tuple[str, str, str, str, str, str, str]:
        """As in a CSV: "UTC, ISO 8601 with Z, a fraction only when it isn't zero"."""
        reached_at = self.reached_at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        return self.board, self.within, self.period, str(self.rank), self.handle, str(self.score), reached_at


@dataclass
class Contender:
    """Who may be ranked: what makes up their score, in any order, and the parts that gates and tie-breaks look at."""

    score: list[tuple[datetime, Quantity]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


def all_rows(ledger: Ledger) -> list[Row]:
    """Every standing: boards in the order of the file, then places, then periods."""
    return [row for board in ledger.calendar.campaign.get("boards", []) for row in board_rows(ledger, board)]


def board_rows(ledger: Ledger, board: Table, *, before: datetime | None = None) -> list[Row]:
    """The standings of one board; with `before`, as if nothing had happened from that moment on."""
    return [
        row
        for within in places_of(ledger, board)
        for period, window in periods_of(ledger, board)
        for row in standing(ledger, board, within, period, window if before is None else window.before(before))
    ]


def places_of(ledger: Ledger, board: Table) -> list[str]:
    """The places that a board has a standing for, "" for one of all. Regions and groups stand in the order of the
    file, categories (which no file lists) in that of their UTF-8 bytes."""
    campaign = ledger.calendar.campaign
    within = board.get("within")
    if within is None:
        return [""]
    if isinstance(within, dict):
        return [within["group"]]  # "{ group = "glow" }: just that one"
    if within == "region":
        return list(campaign["fest"]["regions"])
    if within == "group":
        # "A board within "group" has a standing for each league and each community."
        return [group["slug"] for group in campaign.get("groups", [])]
    return sorted({person.category for person in ledger.people if person.category}, key=str.encode)


def periods_of(ledger: Ledger, board: Table) -> list[tuple[str, Window]]:
    """ "fest", "day" (one for each day), or a round's slug; nothing outside of the fest scores."""
    calendar = ledger.calendar
    if board["period"] == "fest":
        return [("fest", calendar.fest)]
    if board["period"] == "day":
        return [(day.date.isoformat(), day.window) for day in calendar.days]
    (round_,) = (one for one in calendar.campaign["rounds"] if one["slug"] == board["period"])
    window = round_window(calendar.campaign, round_)
    return [(board["period"], Window(max(window.starts, calendar.fest.starts), min(window.ends, calendar.fest.ends)))]


def counting_people(ledger: Ledger, board: Table, within: str) -> list[Person]:
    """Whose facts count in a standing: those within its place (of supporters, "`within` is then about the creator
    given to"), and "on every board of the round, whoever it ranks, only the facts of those admitted count".

    Reading: of a round that admits and has not been opened by `close`, nobody's facts count yet.
    """
    people = ledger.people
    place = board.get("within")
    if place == "region":
        people = [person for person in people if person.region == within]
    elif place == "category":
        people = [person for person in people if person.category == within]
    elif place is not None:
        people = [person for person in people if within in person.groups]
    for round_ in ledger.calendar.campaign.get("rounds", []):
        if round_["slug"] == board["period"] and "admits" in round_:
            admitted = ledger.records.admissions.get(round_["slug"], frozenset())
            people = [person for person in people if person.handle in admitted]
    return people


def contenders(ledger: Ledger, board: Table, within: str, window: Window) -> dict[str, Contender]:
    """Everybody that a standing may rank, by handle."""
    people = counting_people(ledger, board, within)
    found: dict[str, Contender] = {}
    for person in people:
        parts = [part for part in ledger.parts[person.handle] if window.holds(part.at)]
        if board["of"] == "supporters":
            # "sums what each supporter gave"
            for part in parts:
                if part.supporter:
                    giver = found.setdefault(part.supporter, Contender())
                    giver.parts.append(part)
                    giver.score += score_of_parts(board, [part])
            continue
        if board["of"] == "groups":
            # "ranks communities: the sum over its present members, for the whole period"
            if person.community is None:
                continue
            contender = found.setdefault(person.community, Contender())
        else:
            contender = found.setdefault(person.handle, Contender())
        contender.parts += parts
        if board.get("score", POINTS) == POINTS:
            contender.score += points_in(ledger, board, person.handle, window)
        else:
            contender.score += score_of_parts(board, parts)
    return found


def points_in(ledger: Ledger, board: Table, handle: str, window: Window) -> list[tuple[datetime, Quantity]]:
    """ "A creator's score on a board is what the board's rules gained in the board's period"; "rules … omitted: all"
    (`bonus` "counts on a board whose `rules` are omitted or name it")."""
    every_rule = [rule["slug"] for rule in rules_of(ledger.calendar)]
    return [
        (gain.at, gain.points)
        for rule in board.get("rules", every_rule)
        for gain in ledger.gains[handle, rule]
        if window.holds(gain.at)
    ]


def score_of_parts(board: Table, parts: Iterable[Part]) -> list[tuple[datetime, Quantity]]:
    """ "with a metric as `score`, the sum of its quantities in the period, without multipliers and caps"."""
    return [(part.at, part.quantity) for part in parts if part.metric == board["score"]]


def standing(ledger: Ledger, board: Table, within: str, period: str, window: Window) -> list[Row]:
    """One standing, best first."""
    ranked = []
    for handle, contender in contenders(ledger, board, within, window).items():
        # Reading: a score of seconds that boundaries cut is rounded down when it is summed.
        score = int(total(amount for _at, amount in contender.score) // 1)
        # "A score of zero is not ranked." "a lower score [than `minimum`] is not ranked"
        if score <= 0 or score < board.get("minimum", 0):
            continue
        # "all must hold over the board's period, or not ranked"
        gates = board.get("gates", [])
        if any(quantity_in(contender.parts, gate["metric"], window) < gate["at_least"] for gate in gates):
            continue
        # "the moment at which the score first stood where it stands now, whenever its gates were met": when the last
        # of it came, for nothing in it is negative.
        reached_at = max(at for at, amount in contender.score if amount)
        # "Higher score first; then each `tie_break`, nothing else": "metrics (more is better), then who got there
        # first". Smaller is better here.
        order: list[Quantity | datetime] = [-score]
        for word in board.get("tie_break", [EARLIEST]):
            order.append(reached_at if word == EARLIEST else -quantity_in(contender.parts, word, window))
        ranked.append((tuple(order), handle, score, reached_at))
    rows = []
    # "Those still equal share a rank and the next rank is skipped (1, 2, 2, 4); they are listed by handle (by its
    # UTF-8 bytes, here and everywhere)."
    for order_of_one, handle, score, reached_at in sorted(ranked, key=lambda one: (one[0], one[1].encode())):
        rank = 1 + sum(1 for other in ranked if other[0] < order_of_one)
        rows.append(Row(board["slug"], within, period, rank, handle, score, reached_at))
    return rows
