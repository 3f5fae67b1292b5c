"""The steps that staff take with awards: what each is called, when, for whom; by the list's actions and by buttons."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest.admin.each_row import EachRow
from livefest.models import User
from rewards import awards as verbs
from rewards.awards import APPROVE, FULFIL, VERIFY, lock_awards_of
from rewards.bulk import each
from rewards.ledger import MONEY
from rewards.models import Award
from rewards.models.award import OPEN

State = Award.State


class Step(NamedTuple):
    """From which states, by whom, what it is called and says when done. `asks`: for a reason, which the creator reads.
    `not_after`: who took the award to that state can't do this."""

    states: tuple[str, ...]
    permission: str
    title: Promise
    said: Promise
    take: Callable[..., Award]
    asks: bool = False
    not_after: str = ""


STEPS = {
    "approve": Step(
        (State.PROPOSED,), APPROVE, gettext_lazy("Approve"), gettext_lazy("Approved."), verbs.approve, False, "proposed"
    ),
    "offer": Step((State.APPROVED,), APPROVE, gettext_lazy("Offer"), gettext_lazy("Offered."), verbs.offer),
    "verify": Step((State.CLAIMED,), VERIFY, gettext_lazy("Verify"), gettext_lazy("Verified."), verbs.verify),
    "fulfil": Step(
        (State.VERIFIED,),
        FULFIL,
        gettext_lazy("It was handed out"),
        gettext_lazy("Fulfilled."),
        verbs.fulfil,
        False,
        "approved",
    ),
    "ineligible": Step(
        tuple(OPEN),
        VERIFY,
        gettext_lazy("Not eligible"),
        gettext_lazy("Not eligible."),
        verbs.find_ineligible,
        asks=True,
    ),
    "revoke": Step(
        (*OPEN, State.INELIGIBLE), APPROVE, gettext_lazy("Revoke"), gettext_lazy("Revoked."), verbs.revoke, asks=True
    ),
}


def offered_steps(award: Award, user: User) -> dict[str, Step]:
    """The steps that this person can take with an award as it stands; money is fulfilled by the payer's answer."""
    did = set(award.steps.filter(by=user).values_list("to_state", flat=True))
    return {
        name: step
        for name, step in STEPS.items()
        if award.state in step.states
        and user.has_perm(step.permission)
        and step.not_after not in did
        and not (name == "fulfil" and award.reward.kind in MONEY)
    }


class AwardActions(EachRow):
    """Approving many is a page of its own, which shows first what that is (`award_pages.py`)."""

    @admin.action(description=gettext_lazy("Offer to the winners"), permissions=["approve"])
    def offer(self, request: HttpRequest, queryset: QuerySet[Award]) -> HttpResponse | None:
        return self.step_each(request, queryset, "offer")

    @admin.action(description=gettext_lazy("Verify"), permissions=["verify"])
    def verify(self, request: HttpRequest, queryset: QuerySet[Award]) -> HttpResponse | None:
        return self.step_each(request, queryset, "verify")

    @admin.action(description=gettext_lazy("They were handed out"), permissions=["fulfil"])
    def fulfil(self, request: HttpRequest, queryset: QuerySet[Award]) -> HttpResponse | None:
        return self.step_each(request, queryset, "fulfil")

    @admin.action(description=gettext_lazy("Not eligible, for a reason"), permissions=["verify"])
    def ineligible(self, request: HttpRequest, queryset: QuerySet[Award]) -> HttpResponse | None:
        return self.step_each(request, queryset, "ineligible")

    @admin.action(description=gettext_lazy("Revoke, for a reason"), permissions=["approve"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Award]) -> HttpResponse | None:
        return self.step_each(request, queryset, "revoke")

    def step_each(self, request: HttpRequest, queryset: QuerySet[Award], name: str) -> HttpResponse | None:
        """Each by itself, in the order of their ids; who else ends or proposes awards of these fests waits."""
        step, by = STEPS[name], cast(User, request.user)
        more: dict[str, Any] = {}
        if step.asks:
            form = self.reason_form(request)
            if not form.is_valid():
                hint = _("The creators read the reason, and it is kept with your name.")
                return self.ask(request, queryset, str(step.title), form, hint)
            more = {"reason": form.cleaned_data["reason"]}
        for fest in sorted(set(queryset.order_by().values_list("fest", flat=True))):
            lock_awards_of(fest)
        done = each(queryset.select_related("reward").order_by("pk"), partial(step.take, by=by, **more))
        self.tell(request, str(step.said), done.done, done.refused)
        return None

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(APPROVE)

    def has_verify_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(VERIFY)

    def has_fulfil_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(FULFIL)
