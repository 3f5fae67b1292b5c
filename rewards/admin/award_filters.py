"""The board of awards: how many are in each state, and for whom what waits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.admin import SimpleListFilter
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from livefest.models import Fest
from rewards.ledger import MONEY
from rewards.models import Award, EditionReview, PayoutLine

State = Award.State

IN_BATCH = Exists(PayoutLine.objects.filter(award=OuterRef("pk"), state=PayoutLine.State.WAITING))
TO_SETTLE = Exists(EditionReview.objects.filter(award=OuterRef("pk"), outcome=EditionReview.Outcome.TO_SETTLE))
MONEY_VERIFIED = Q(state=State.VERIFIED, reward__kind__in=MONEY)

WAITING: dict[str, tuple[Any, Any]] = {
    "approver": (gettext_lazy("to be approved"), Q(state=State.PROPOSED)),
    "offer": (gettext_lazy("to be offered"), Q(state=State.APPROVED)),
    "winner": (gettext_lazy("the winner"), Q(state=State.OFFERED)),
    "checks": (gettext_lazy("checks, and verifying"), Q(state=State.CLAIMED)),
    "pay": (gettext_lazy("to be paid"), MONEY_VERIFIED & ~Q(IN_BATCH)),
    "payer": (gettext_lazy("the payer's answer"), MONEY_VERIFIED & Q(IN_BATCH)),
    "hand": (gettext_lazy("to be handed out"), Q(state=State.VERIFIED) & ~Q(reward__kind__in=MONEY)),
    "settle": (gettext_lazy("a difference to settle"), Q(TO_SETTLE)),
}


class WaitingFilter(SimpleListFilter):
    title = gettext_lazy("what waits")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(name, title) for name, (title, _rows) in WAITING.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Award]) -> QuerySet[Award]:
        found = WAITING.get(self.value() or "")
        return queryset.filter(found[1]) if found else queryset


class InState(NamedTuple):
    state: str
    title: str
    number: int


def by_state(fest: Fest | None) -> list[InState]:
    """How many awards of a fest, or of all, are in each state, in the order of the way; states that none is in too."""
    awards = Award.objects.filter(fest=fest) if fest else Award.objects.all()
    counts = dict(awards.order_by().values_list("state").annotate(Count("pk")))
    return [InState(state.value, str(state.label), counts.get(state.value, 0)) for state in State]
