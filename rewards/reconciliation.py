"""Whether what is owed, what was sent to payers and what they answered fit together, and what is left to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from livefest import clock
from livefest.audit import acting, record
from livefest.models import Fest, User
from livefest.sql import execute
from rewards.awards import FULFIL, AwardError, NotAllowed, refuse_stranger
from rewards.ledger import Balance, is_with_payer
from rewards.models import Award, EditionReview, PayoutBatch, PayoutLine
from rewards.payout_file import amount_text
from rewards.payouts import approved_by, unpaid

Outcome, State = EditionReview.Outcome, PayoutLine.State
ANSWER_DAYS = 7  # after an export, until a line without an answer counts as missing

# One statement, so that all its sums are of one moment. "open" is what was verified and waits in no batch.
SUMS = """
SELECT entry.unit, 'ledger ' || entry.kind, sum(entry.amount), count(*)
FROM rewards_ledgerentry entry WHERE entry.fest_id = %(fest)s GROUP BY 1, 2
UNION ALL
SELECT award.unit, 'award ' || award.state, sum(award.amount), count(*)
FROM rewards_award award JOIN rewards_reward reward ON reward.id = award.reward_id
WHERE award.fest_id = %(fest)s AND reward.kind IN ('diamonds', 'cash') GROUP BY 1, 2
UNION ALL
SELECT award.unit, 'open', sum(award.amount), count(*)
FROM rewards_award award JOIN rewards_reward reward ON reward.id = award.reward_id
WHERE award.fest_id = %(fest)s AND reward.kind IN ('diamonds', 'cash') AND award.state = 'verified'
      AND NOT EXISTS (SELECT FROM rewards_payoutline line WHERE line.award_id = award.id AND line.state = 'waiting')
GROUP BY 1, 2
UNION ALL
SELECT batch.unit, 'line ' || line.state, sum(line.amount), count(*)
FROM rewards_payoutline line JOIN rewards_payoutbatch batch ON batch.id = line.batch_id
WHERE batch.fest_id = %(fest)s GROUP BY 1, 2
UNION ALL
SELECT batch.unit, 'batch', sum(batch.total), sum(batch.count)
FROM rewards_payoutbatch batch WHERE batch.fest_id = %(fest)s GROUP BY 1, 2
"""


@dataclass(frozen=True)
class UnitSums:
    """Of one unit, in its minor units: the ledger, where what is owed stands, and what doesn't add up, in words.

    on_the_way: approved, offered or claimed. open: verified, and in no batch. waiting: with the payer. failed: of all
    lines that failed; their awards are open again, or were paid since.
    """

    balance: Balance
    on_the_way: int
    open: int
    waiting: int
    failed: int
    problems: tuple[str, ...]

    @property
    def unit(self) -> str:
        return self.balance.unit


@dataclass(frozen=True)
class Reconciliation:
    """What is left to do of a fest's payments. Every list is a query, to be cut or counted."""

    fest: Fest
    days: int
    units: list[UnitSums]
    paid: QuerySet[PayoutLine]
    failed: QuerySet[PayoutLine]
    missing: QuerySet[PayoutLine]
    said_otherwise: QuerySet[PayoutLine]
    unexported: QuerySet[PayoutBatch]
    unbatched: QuerySet[Award]
    to_settle: QuerySet[EditionReview]

    @property
    def problems(self) -> list[str]:
        return [problem for sums in self.units for problem in sums.problems]

    @property
    def in_balance(self) -> bool:
        """Whether every sum adds up; what is left to do may still be much."""
        return not self.problems


def reconciliation(fest: Fest, *, days: int = ANSWER_DAYS) -> Reconciliation:
    """`days` after its export a line without an answer is missing; at once where others of its batch were answered.
    A failed line is listed until its award stands in a later batch, or ended."""
    lines = PayoutLine.objects.filter(batch__fest=fest).select_related("batch__fest", "award").order_by("pk")
    waiting = lines.filter(state=State.WAITING, said=None)
    answered = PayoutLine.objects.filter(batch=OuterRef("batch")).exclude(state=State.WAITING)
    late = Q(first_exported__lt=clock.now() - timedelta(days=days))
    newest = PayoutLine.objects.filter(award=OuterRef("award")).order_by("-pk").values("pk")[:1]
    batches = PayoutBatch.objects.filter(fest=fest, exports=None, lines__state=State.WAITING)
    return Reconciliation(
        fest=fest,
        days=days,
        units=list(sums_of(fest)),
        paid=lines.filter(state=State.PAID),
        failed=lines.filter(state=State.FAILED, award__in=unpaid(fest).order_by().values("pk"), pk=Subquery(newest)),
        missing=waiting.annotate(first_exported=Min("batch__exports__at")).filter(late | Exists(answered)),
        said_otherwise=lines.exclude(said=None),
        unexported=batches.distinct().select_related("fest").order_by("pk"),
        unbatched=unpaid(fest).order_by("unit", "handle", "pk"),
        to_settle=to_settle(fest),
    )


def to_settle(fest: Fest) -> QuerySet[EditionReview]:
    """Awards that were paid, or are with the payer, and that the newest edition that looked at them has otherwise."""
    newest = EditionReview.objects.filter(award=OuterRef("award")).order_by("-edition__number").values("pk")[:1]
    reviews = EditionReview.objects.filter(award__fest=fest, outcome=Outcome.TO_SETTLE, pk=Subquery(newest))
    return reviews.select_related("award__reward", "edition").order_by("pk")


def sums_of(fest: Fest) -> Iterator[UnitSums]:
    """By unit, in its order."""
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(lambda: defaultdict(lambda: (0, 0)))
    for unit, what, amount, number in execute(SUMS, {"fest": fest.pk}):
        found[unit][what] = int(amount), int(number)
    for unit, of in sorted(found.items()):
        entitled, cancelled, paid = (of[f"ledger {kind}"][0] for kind in ("entitled", "cancelled", "paid"))
        balance = Balance(unit, entitled, cancelled, paid)
        on_the_way = sum(of[f"award {state}"][0] for state in ("approved", "offered", "claimed"))
        waiting, failed = of["line waiting"][0], of["line failed"][0]
        problems = tuple(problems_of(unit, balance, on_the_way, of))
        yield UnitSums(balance, on_the_way, of["open"][0], waiting, failed, problems)


def problems_of(unit: str, balance: Balance, on_the_way: int, of: dict[str, tuple[int, int]]) -> Iterator[str]:
    """What has to be the same, by whichever way it is summed."""
    verified, fulfilled = of["award verified"][0], of["award fulfilled"][0]
    lines = tuple(sum(of[f"line {state}"][column] for state in State.values) for column in (0, 1))
    pairs = [
        (_("owed by the ledger"), balance.owed, _("owed by the awards"), on_the_way + verified),
        (_("paid by the ledger"), balance.paid, _("paid by the payers' answers"), of["line paid"][0]),
        (_("paid by the ledger"), balance.paid, _("of awards that are fulfilled"), fulfilled),
        (_("of awards that are verified"), verified, _("open and with payers"), of["open"][0] + of["line waiting"][0]),
        (_("of all batches"), of["batch"][0], _("of all their lines"), lines[0]),
    ]
    for what, one, other_what, other in pairs:
        if one != other:
            text = _("%(one)s are %(what)s, but %(other)s %(other_what)s.")
            shown = {"one": amount_text(one, unit), "other": amount_text(other, unit)}
            yield text % {"what": what, "other_what": other_what, **shown}
    if of["batch"][1] != lines[1]:
        text = _("The batches of %(unit)s say they have %(one)d payments, and have %(other)d.")
        yield text % {"unit": unit, "one": of["batch"][1], "other": lines[1]}


def settle(*, review: EditionReview, by: User, note: str) -> EditionReview:
    """Closes a difference that a new edition left: `note` says how (paid in addition, paid back, waived). Again it
    changes nothing. By nobody who approved the award. Raises AwardError."""
    refuse_stranger(by, FULFIL)
    if not note.strip():
        raise AwardError(_("Say how it was settled: write a note."))
    with acting(by=by, reason=note.strip()):
        review = (
            EditionReview.objects.select_for_update(of=["self"]).select_related("award", "edition").get(pk=review.pk)
        )
        if review.outcome == Outcome.SETTLED:
            return review
        refuse_unsettleable(review, by)
        review.outcome, review.note = Outcome.SETTLED, note.strip()
        review.settled_at, review.settled_by = clock.now(), by
        review.save(update_fields=["outcome", "note", "settled_at", "settled_by"])
        record(review, verb="settle difference", after={"difference": review.difference, "unit": review.award.unit})
    return review


def refuse_unsettleable(review: EditionReview, by: User) -> None:
    if review.outcome != Outcome.TO_SETTLE:
        raise AwardError(_("There is nothing to settle: %(outcome)s.") % {"outcome": review.get_outcome_display()})
    if approved_by(by).filter(award=review.award).exists():
        raise NotAllowed(_("“%(by)s” approved this award: somebody else settles what is different.") % {"by": by})
    if review.award.reviews.filter(edition__number__gt=review.edition.number).exists():
        raise AwardError(_("A newer edition of the results looked at it again: settle what that one says."))
    if is_with_payer(review.award):
        raise AwardError(_("The payer has not answered yet: import the answer first."))
