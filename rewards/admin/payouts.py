"""The staff's pages of payouts: batches with their exports and answers, and the ledger to look at."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.paging import BigTableAdmin
from livefest.admin.permissions import lacking, refusal
from livefest.admin.uploads import BoundedFileField, shortened
from livefest.models import User
from rewards.admin.reconciliation import ReconciliationPages
from rewards.awards import FULFIL, AwardError
from rewards.models import LedgerEntry, PayoutBatch, PayoutLine
from rewards.payout_answers import MOST_BYTES, Answered, import_answer
from rewards.payout_file import amount_text
from rewards.payouts import cancel_batch, export_batch

State = PayoutLine.State


class AnswerForm(forms.Form):
    file = BoundedFileField(
        label=gettext_lazy("The payer's answer (CSV)"),
        most=MOST_BYTES,
        help_text=gettext_lazy(
            "UTF-8, with the columns line,status,amount,reference and perhaps problem; the status is paid or failed, "
            "the amount in minor units. At most 5 MB."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


@admin.register(PayoutBatch)
class PayoutBatchAdmin(ReconciliationPages, ReadOnlyAdmin):
    list_display = [
        "number",
        "fest",
        "unit",
        "count",
        "amount_shown",
        "made_by",
        "made_at",
        "times_exported",
        "answers",
    ]
    list_filter = ["fest", "unit"]
    list_select_related = ["fest", "made_by"]
    fields = ["fest", "number", "unit", "count", "amount_shown", "digest", "made_by", "made_at", "answers"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PayoutBatch]:
        of_state = {name: Count("lines", Q(lines__state=name), distinct=True) for name in State.values}
        rows: QuerySet[PayoutBatch] = super().get_queryset(request).defer("content")
        return rows.annotate(times=Count("exports", distinct=True), **of_state)

    @admin.display(description=gettext_lazy("total"), ordering="total")
    def amount_shown(self, batch: PayoutBatch) -> str:
        return amount_text(batch.total, batch.unit)

    @admin.display(description=gettext_lazy("exports"))
    def times_exported(self, batch: Any) -> int:
        return int(batch.times)

    @admin.display(description=gettext_lazy("answers"))
    def answers(self, batch: Any) -> str:
        text = _("%(paid)d paid, %(failed)d failed, %(waiting)d waiting")
        return text % {"paid": batch.paid, "failed": batch.failed, "waiting": batch.waiting}

    def get_urls(self) -> list[URLPattern]:
        def named(action: str, view: Any) -> URLPattern:
            wrapped: Any = self.admin_site.admin_view(view)
            route = f"<path:object_id>/{action}/"
            return cast(URLPattern, path(route, wrapped, name=f"rewards_payoutbatch_{action}"))

        pages = [named("export", self.export_view), named("cancel", self.cancel_view)]
        return [*self.reconciliation_urls(), *pages, named("answer", self.answer_view), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        batch = kwargs.get("obj")
        if batch:
            context |= {
                "exports": batch.exports.select_related("by").order_by("copy"),
                "may_pay": not lacking(request, [FULFIL]),
                "form": AnswerForm(),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def export_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST: the file; every time it is noted."""
        batch, refused = self.payable(request, object_id)
        if refused:
            return refused
        try:
            content = export_batch(batch=batch, by=cast(User, request.user), reason=request.POST.get("reason", ""))
        except AwardError as error:
            self.message_user(request, str(error), messages.ERROR)
            return back_to(batch)
        name = f"{batch.fest.slug}-payouts-{batch.number}-{batch.unit}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)

    def cancel_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        batch, refused = self.payable(request, object_id)
        if refused:
            return refused
        try:
            cancel_batch(batch=batch, by=cast(User, request.user), reason=request.POST.get("reason", ""))
        except AwardError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, _("Cancelled: its awards can stand in another batch."), messages.SUCCESS)
        return back_to(batch)

    def answer_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST: applies the payer's answer, and shows what came of it, line by line where something is wrong."""
        batch, refused = self.payable(request, object_id)
        if refused:
            return refused
        form = AnswerForm(request.POST, request.FILES)
        done: Answered | None = None
        if form.is_valid():
            try:
                content = form.cleaned_data["file"].read()
                done = import_answer(batch=batch, content=content, by=cast(User, request.user))
            except AwardError as error:
                form.add_error(None, str(error))
        told = [_("Line %(at)d of the file: %(why)s") % one._asdict() for one in done.wrong] if done else []
        wrong, more = shortened(told)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import the payer's answer"),
            "fest": batch.fest,
            "batch": batch,
            "form": form,
            "done": done,
            "wrong": wrong,
            "more_wrong": more,
        }
        return TemplateResponse(request, "admin/rewards/payoutbatch/answer.html", context)

    def payable(self, request: HttpRequest, object_id: str) -> tuple[PayoutBatch, HttpResponse | None]:
        """The batch, and why not where nothing may be done with it. Raises PermissionDenied and Http404."""
        batch = cast(PayoutBatch | None, self.get_object(request, unquote(object_id)))
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        if batch is None:
            raise Http404
        if request.method != "POST":
            return batch, HttpResponseNotAllowed(["POST"])
        lacked = lacking(request, [FULFIL])
        return batch, refusal(lacked) if lacked else None


@admin.register(PayoutLine)
class PayoutLineAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ["batch", "number", "award", "amount_shown", "state", "reference", "problem", "answered_at"]
    list_display_links = ["batch", "number"]
    list_filter = ["state", "batch__fest"]
    list_select_related = ["batch__fest", "award__reward"]
    search_fields = ["award__handle", "reference"]
    fields = ["batch", "number", "award", "amount_shown", "state", "said", "reference", "problem", "answered_at"]

    @admin.display(description=gettext_lazy("amount"))
    def amount_shown(self, line: PayoutLine) -> str:
        return amount_text(line.amount, line.batch.unit)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ["at", "kind", "award", "amount_shown", "line", "by"]
    list_display_links = ["at", "kind"]
    list_filter = ["fest", "kind", "unit"]
    list_select_related = ["award__reward", "line__batch__fest", "by"]
    search_fields = ["award__handle"]
    fields = ["fest", "award", "kind", "amount_shown", "line", "by", "at"]

    @admin.display(description=gettext_lazy("amount"))
    def amount_shown(self, entry: LedgerEntry) -> str:
        return amount_text(entry.amount, entry.unit)


def back_to(batch: PayoutBatch) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:rewards_payoutbatch_change", args=[batch.pk]))
