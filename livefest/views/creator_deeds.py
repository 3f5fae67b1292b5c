"""Challenges that a creator met and points that they were paid, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from challenges.copies import shown_completions
from challenges.models import Challenge, Completion
from creators.models import Entry, Payment
from livefest.views.places import period_label, place_label, standing_url
from rankings.copies import shown_payments
from rankings.models import Board


@dataclass(frozen=True)
class Deed:
    """`note` says in which period or place; `points` is 0 where nothing was paid, `paid_in` the metric's name."""

    title: str
    url: str
    note: str
    at: datetime
    points: int
    paid_in: str


def deeds_of(entry: Entry, boards: list[Board], groups: dict[str, str]) -> list[Deed]:
    """The newest first."""
    payments = {paid.entitlement: paid for paid in shown_payments(entry).select_related("metric")}
    met = shown_completions(entry.fest_id).filter(entry=entry).select_related("challenge")
    met = met.order_by("-met_at", "challenge__position")
    deeds = [challenge_met(entry, completion, payments) for completion in met]
    by_slug = {board.slug: board for board in boards}
    for entitlement, payment in payments.items():
        kind, _slash, rest = entitlement.partition("/")
        board = by_slug.get(rest.partition("/")[0]) if kind == "rank" else None
        if board:
            deeds.append(rank_paid(board, payment, groups))
    return sorted(deeds, key=lambda deed: deed.at, reverse=True)


def challenge_met(entry: Entry, completion: Completion, payments: dict[str, Payment]) -> Deed:
    challenge = completion.challenge
    payment = payments.get(challenge.entitlement(completion.period))
    return Deed(
        title=challenge.local.name,
        url=reverse("challenge", kwargs={"fest": entry.fest.slug, "challenge": challenge.slug}),
        note=" · ".join(part for part in (day_of(completion), place_in_race(challenge, completion)) if part),
        at=completion.met_at,
        points=payment.points if payment else 0,
        paid_in=payment.metric.local.name if payment else "",
    )


def day_of(completion: Completion) -> str:
    return date_format(date.fromisoformat(completion.period), "MONTH_DAY_FORMAT") if completion.period else ""


def place_in_race(challenge: Challenge, completion: Completion) -> str:
    if challenge.first is None:
        return ""
    text = _("among the first %(first)d") if completion.won else _("after the first %(first)d")
    return text % {"first": challenge.first}


def rank_paid(board: Board, payment: Payment, groups: dict[str, str]) -> Deed:
    """Of an entitlement rank/BOARD/WITHIN/PERIOD; a category may have slashes of its own."""
    within, _slash, period = payment.entitlement.removeprefix(f"rank/{board.slug}/").rpartition("/")
    place = place_label(board, within, groups)
    return Deed(
        title=_("Rank bonus: %(board)s") % {"board": board.local.name},
        url=standing_url(board, within, period),
        note=" · ".join(part for part in (place, period_label(board, period)) if part),
        at=payment.at,
        points=payment.points,
        paid_in=payment.metric.local.name,
    )
