"""The page of a fest's payouts: what is owed, paid and left to do; making batches and settling differences from it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest.admin.base import ModelAdmin
from livefest.admin.permissions import FEST_PAGES, FestPage, lacking, refusal
from livefest.models import Fest, User
from rewards.awards import FULFIL, AwardError
from rewards.models import EditionReview, LedgerEntry, PayoutLine
from rewards.payout_file import amount_text
from rewards.payouts import make_batch
from rewards.reconciliation import Reconciliation, UnitSums, reconciliation, settle

SEE = ("rewards.view_payoutbatch", "rewards.view_ledgerentry")
MOST_ROWS = 100  # of each list on the page
MOST_FESTS = 10

FEST_PAGES.append(FestPage(gettext_lazy("Payouts"), "admin:rewards_payoutbatch_reconcile", SEE))


class ReconciliationPages(ModelAdmin):
    def reconciliation_urls(self) -> list[URLPattern]:
        wrap: Any = self.admin_site.admin_view
        return [
            path("reconcile/<int:fest_id>/", wrap(self.reconcile_view), name="rewards_payoutbatch_reconcile"),
            path("make/<int:fest_id>/", wrap(self.make_view), name="rewards_payoutbatch_make"),
            path("settle/<int:review_id>/", wrap(self.settle_view), name="rewards_payoutbatch_settle"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list of batches leads to the payouts of each fest that owes or owed something."""
        owing = Fest.objects.filter(Exists(LedgerEntry.objects.filter(fest=OuterRef("pk"))))
        paying = owing.order_by("-starts")[:MOST_FESTS] if not lacking(request, SEE) else []
        return super().changelist_view(request, {**(extra_context or {}), "paying_fests": paying})

    def reconcile_view(self, request: HttpRequest, fest_id: int) -> HttpResponse:
        if lacked := lacking(request, SEE):
            return refusal(lacked)
        fest = get_object_or_404(Fest, pk=fest_id)
        found = reconciliation(fest)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Payouts"),
            "fest": fest,
            "found": found,
            "sums": [sums_row(sums) for sums in found.units],
            "lists": list(lists_of(found)),
            "reviews": [
                (review, amount_text(review.difference, review.award.unit)) for review in found.to_settle[:MOST_ROWS]
            ],
            "may_pay": not lacking(request, [FULFIL]),
        }
        return TemplateResponse(request, "admin/rewards/payoutbatch/reconcile.html", context)

    def make_view(self, request: HttpRequest, fest_id: int) -> HttpResponse:
        """POST: makes a batch of a unit, and leads to it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if lacked := lacking(request, [*SEE, FULFIL]):
            return refusal(lacked)
        fest = get_object_or_404(Fest, pk=fest_id)
        try:
            made = make_batch(fest=fest, unit=request.POST.get("unit", ""), by=cast(User, request.user))
        except AwardError as error:
            self.message_user(request, str(error), messages.ERROR)
            return back_to(fest)
        total = amount_text(made.batch.total, made.batch.unit)
        text = _("Batch %(number)d: %(count)d payments, %(total)s.")
        self.message_user(
            request, text % {"number": made.batch.number, "count": made.batch.count, "total": total}, messages.SUCCESS
        )
        for left in made.left_out[:MOST_ROWS]:
            parts = {"handle": left.award.handle, "why": left.why}
            self.message_user(request, _("Left out: “%(handle)s”. %(why)s") % parts, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:rewards_payoutbatch_change", args=[made.batch.pk]))

    def settle_view(self, request: HttpRequest, review_id: int) -> HttpResponse:
        """POST: closes a difference, with how."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if lacked := lacking(request, [*SEE, FULFIL]):
            return refusal(lacked)
        review = get_object_or_404(EditionReview.objects.select_related("award__fest"), pk=review_id)
        try:
            settle(review=review, by=cast(User, request.user), note=request.POST.get("reason", ""))
        except AwardError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, _("Settled."), messages.SUCCESS)
        return back_to(review.award.fest)


def sums_row(sums: UnitSums) -> dict[str, Any]:
    """A unit and its sums in words, in the order of the table's columns."""
    balance = sums.balance
    amounts = [balance.entitled, balance.cancelled, balance.paid, balance.owed]
    amounts += [sums.on_the_way, sums.open, sums.waiting]
    return {"unit": sums.unit, "amounts": [amount_text(amount, sums.unit) for amount in amounts], "open": sums.open}


def lists_of(found: Reconciliation) -> list[dict[str, Any]]:
    """What is left to do, by kind: a title, how many, and the first rows as what, how much, why and a link."""

    def lines(title: str, rows: Any) -> dict[str, Any]:
        shown = [
            {
                "what": f"{line.award.handle} ({line.batch.number}/{line.number})",
                "amount": amount_text(line.amount, line.batch.unit),
                "note": note_of(line),
                "link": reverse("admin:rewards_payoutline_change", args=[line.pk]),
            }
            for line in rows[:MOST_ROWS]
        ]
        return {"title": title, "count": rows.count(), "rows": shown}

    batches = [
        {
            "what": batch,
            "amount": amount_text(batch.total, batch.unit),
            "note": "",
            "link": reverse("admin:rewards_payoutbatch_change", args=[batch.pk]),
        }
        for batch in found.unexported[:MOST_ROWS]
    ]
    awards = [
        {"what": award.handle, "amount": amount_text(award.amount, award.unit), "note": str(award.reward), "link": ""}
        for award in found.unbatched[:MOST_ROWS]
    ]
    return [
        lines(_("The payer says another amount: settle it with them"), found.said_otherwise),
        lines(_("Without an answer for %(days)d days, or left out of one") % {"days": found.days}, found.missing),
        lines(_("Failed, to be paid anew"), found.failed),
        {"title": _("Batches that nobody was handed"), "count": found.unexported.count(), "rows": batches},
        {"title": _("Verified, and in no batch"), "count": found.unbatched.count(), "rows": awards},
        lines(_("Paid"), found.paid),
    ]


def note_of(line: PayoutLine) -> str:
    if line.said is None:
        return line.problem or line.reference
    unit, difference = line.batch.unit, line.said - line.amount
    text = (
        _("They say %(said)s: %(amount)s too much.") if difference > 0 else _("They say %(said)s: %(amount)s missing.")
    )
    told = text % {"said": amount_text(line.said, unit), "amount": amount_text(abs(difference), unit)}
    return f"{told} {line.problem}".strip()


def back_to(fest: Fest) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:rewards_payoutbatch_reconcile", args=[fest.pk]))
