"""The ledger of Diamonds and money: what is owed, what fell away, what was paid. Only ever added to; that every line is
of its award's own amount, and once, the database holds (migration 0004)."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Sum

from livefest import clock
from livefest.models import Fest, User
from rewards.models import Award, LedgerEntry, PayoutLine, Reward

Kind = LedgerEntry.Kind
MONEY = {Reward.Kind.DIAMONDS, Reward.Kind.CASH}


class Balance(NamedTuple):
    """In one unit: what was entitled, cancelled and paid, and what is owed still."""

    unit: str
    entitled: int
    cancelled: int
    paid: int

    @property
    def owed(self) -> int:
        return self.entitled - self.cancelled - self.paid


def is_money(award: Award) -> bool:
    """Diamonds and cash go through the ledger; what is handed out in pieces doesn't."""
    return award.reward.kind in MONEY


def is_with_payer(award: Award) -> bool:
    """Whether it stands in a batch and the payer's answer is awaited: until then nothing can be taken back."""
    return award.payout_lines.filter(state=PayoutLine.State.WAITING).exists()


def entitle(award: Award, *, by: User | None) -> None:
    """The award was approved: it is owed. In the transaction of its step."""
    if is_money(award):
        enter(award, Kind.ENTITLED, by=by)


def cancel(award: Award, *, by: User | None) -> None:
    """The award ended unpaid: it is owed no more. Nothing where it never was, or is cancelled already."""
    if list(LedgerEntry.objects.filter(award=award).values_list("kind", flat=True)) == [Kind.ENTITLED]:
        enter(award, Kind.CANCELLED, by=by)


def pay(award: Award, *, line: PayoutLine, by: User) -> None:
    """The payer said that it was paid."""
    enter(award, Kind.PAID, by=by, line=line)


def enter(award: Award, kind: str, *, by: User | None, line: PayoutLine | None = None) -> None:
    LedgerEntry.objects.create(
        fest_id=award.fest_id,
        award=award,
        kind=kind,
        amount=award.amount,
        unit=award.unit,
        by=by,
        line=line,
        at=clock.now(),
    )


def balances(fest: Fest) -> list[Balance]:
    """By unit."""
    rows = LedgerEntry.objects.filter(fest=fest).values_list("unit", "kind").annotate(Sum("amount")).order_by("unit")
    sums: dict[str, dict[str, int]] = {}
    for unit, kind, amount in rows:
        sums.setdefault(unit, {})[kind] = int(amount)
    return [Balance(unit, *(of.get(kind, 0) for kind in Kind.values)) for unit, of in sums.items()]
