"""Payments: points for challenges met and ranks reached, derived rows beside the facts.

Who pays (challenges, registered as a `Payer`; boards, inside the refresh) makes a temporary table `due_payment` of
what is due to some entries and calls `make_payments_equal`; whom that changes is gathered in the temporary table
`payee`, with the start of the fest day from which their paid metrics are due again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from creators.adjustments import adjust_parts
from livefest.campaign import Campaign
from livefest.derived import make_equal
from livefest.models import Fest
from livefest.sql import execute
from livefest.timeline import Timeline


class Payer(NamedTuple):
    """An app that pays for facts.

    pay: called by each refresh after the tallies; makes the payments of the entries in `touched`, and of whom else
    that concerns, equal to what is due. forget: deletes what it derived of a fest, before a rebuild.
    """

    pay: Callable[[Fest, Campaign, Timeline], None]
    forget: Callable[[Fest], None]


_payers: list[Payer] = []

# A payment lies in one stretch, and is a session of its own: even ids below zero are payments' alone.
GATHER_PAYMENTS = """
INSERT INTO part
SELECT -2 * payment.id, payment.entry_id, payment.metric_id, '', '', stretch.number, stretch.day, stretch.segment,
       payment.points, payment.at, NULL, NULL
FROM rescored CROSS JOIN LATERAL (
         SELECT * FROM creators_payment payment
         WHERE payment.entry_id = rescored.entry_id AND payment.at >= rescored.since OFFSET 0
     ) AS payment
     JOIN stretch ON payment.at >= stretch.starts AND payment.at < stretch.ends
"""

ADD_PAYEES = """
INSERT INTO payee
SELECT changed.entry_id, coalesce(max(day.starts), '-infinity')
FROM (SELECT entry_id, min(least(old_at, new_at)) AS at FROM difference GROUP BY entry_id) AS changed
     LEFT JOIN (SELECT day, min(starts) AS starts FROM stretch GROUP BY day) AS day ON day.starts <= changed.at
GROUP BY changed.entry_id
ON CONFLICT (entry_id) DO UPDATE SET since = least(payee.since, excluded.since)
"""


def register_payer(payer: Payer) -> None:
    _payers.append(payer)


def forget_what_is_paid_for(fest: Fest) -> None:
    for payer in _payers:
        payer.forget(fest)


def pay_for_facts(fest: Fest, campaign: Campaign, timeline: Timeline) -> None:
    """Begins `payee` with the entries that are due as a whole, and lets every registered payer pay."""
    execute("DROP TABLE IF EXISTS payee")
    execute("CREATE TEMP TABLE payee (entry_id bigint PRIMARY KEY, since timestamptz) ON COMMIT DROP")
    execute("INSERT INTO payee SELECT entry_id, since FROM touched WHERE since = '-infinity'")
    for payer in _payers:
        payer.pay(fest, campaign, timeline)


def make_payments_equal(*, stored: str) -> None:
    """Makes the payments that `stored` selects (ctid and columns) equal to `due_payment` and adds to `payee`."""
    make_equal(
        table="creators_payment",
        due="due_payment",
        stored=stored,
        key=["entry_id", "entitlement"],
        values=["metric_id", "points", "at"],
    )
    execute(ADD_PAYEES)


def gather_payments() -> None:
    """Fills `part` with the payments of the entries in `rescored` from their `since` on, as staff have adjusted paid
    metrics, and nothing else."""
    execute("TRUNCATE part")
    execute(GATHER_PAYMENTS)
    readers = "(SELECT entry_id, since, 'infinity'::timestamptz AS until FROM rescored) AS whole"
    adjust_parts("part", readers=readers, paid=True)
    execute("ANALYZE part")
