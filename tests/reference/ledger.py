"""Everything that counts, in time: the parts of facts and payments, and what they gained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tests.reference.completions import Completion, Payment
from tests.reference.corrections import adjusted
from tests.reference.moments import Calendar, Window
from tests.reference.parts import Part, Quantity, quantity_in
from tests.reference.people import Person, Records
from tests.reference.points import Gain, gained, points_by_day, rules_of


@dataclass(frozen=True)
class Ledger:
    """What standings are made of.

    `parts` has facts' and payments' parts of each creator by moment (those before the fest too); `gains` what each
    creator gained by each rule, by (handle, rule); `payments` are those among the parts. `completions` are there
    also where nothing is paid.
    """

    calendar: Calendar
    people: list[Person]
    records: Records
    parts: Mapping[str, list[Part]]
    gains: Mapping[tuple[str, str], list[Gain]]
    completions: list[Completion]
    payments: list[Payment]

    def quantity(self, handle: str, metric: str, window: Window | None = None) -> Quantity:
        """What a creator has of a metric in a window, without multipliers and caps; None: in the fest."""
        return quantity_in(self.parts[handle], metric, window or self.calendar.fest)

    def points_by_rule_and_day(self) -> dict[tuple[str, str, date], int]:
        """Points gained by (handle, rule, fest day), zeros left out."""
        return {
            (handle, rule, day): points
            for (handle, rule), gains in self.gains.items()
            for day, points in points_by_day(self.calendar, gains).items()
        }


def ledger_of(
    calendar: Calendar,
    people: list[Person],
    records: Records,
    parts: Iterable[Part],
    completions: list[Completion],
    payments: list[Payment],
) -> Ledger:
    """The ledger of the facts' `parts` and of these completions and payments."""
    of_each: dict[str, list[Part]] = {person.handle: [] for person in people}
    paid = adjusted(calendar, [payment.as_part() for payment in payments], records.corrections, paid=True)
    for part in [*parts, *paid]:
        of_each[part.creator].append(part)
    for theirs in of_each.values():
        theirs.sort(key=lambda part: part.at)
    gains = {
        (handle, rule["slug"]): gained(calendar, rule, theirs)
        for handle, theirs in of_each.items()
        for rule in rules_of(calendar)
    }
    return Ledger(calendar, people, records, of_each, gains, completions, payments)
