"""The staff's pages for certifying: the checklist, proposing, approving and withdrawing; editions to look at."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest import clock
from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.permissions import FEST_PAGES, FestPage, lacking, refusal
from livefest.admin.reasons import lacks_reason
from livefest.models import Fest, User
from rankings.models import Edition, ResultsProposal
from rankings.results import (
    APPROVE,
    PROPOSE,
    ResultsError,
    Unready,
    approve,
    current_edition,
    open_proposal,
    propose,
    withdraw,
)
from rankings.results_checks import checklist

FEST_PAGES.append(FestPage(gettext_lazy("Certify results"), "admin:rankings_resultsproposal_propose", (PROPOSE,)))


@admin.register(ResultsProposal)
class ResultsProposalAdmin(ReadOnlyAdmin):
    list_display = ["fest", "proposed_at", "proposed_by", "state", "reason"]
    list_display_links = ["fest", "proposed_at"]
    list_filter = ["fest"]
    list_select_related = ["fest", "proposed_by"]
    ordering = ["-pk"]
    fields = [
        "fest",
        "proposed_at",
        "proposed_by",
        "reason",
        "state",
        "edition_made",
        "looked_at",
        "digest",
        "withdrawn_by",
    ]

    @admin.display(description=gettext_lazy("state"))
    def state(self, proposal: ResultsProposal) -> str:
        if proposal.approved_at:
            return _("Approved")
        return _("Withdrawn") if proposal.withdrawn_at else _("Open: waits for a second person")

    @admin.display(description=gettext_lazy("edition"))
    def edition_made(self, proposal: ResultsProposal) -> str | SafeString:
        edition = Edition.objects.filter(proposal=proposal).first()
        return linked(edition) if edition else "-"

    @admin.display(description=gettext_lazy("checklist"))
    def looked_at(self, proposal: ResultsProposal) -> SafeString:
        rows = (
            (_("confirmed") if item["confirmed"] else "✓", item["what"]) for item in cast(list[Any], proposal.checklist)
        )
        return format_html('<ul class="changes">{}</ul>', format_html_join("", "<li>{} {}</li>", rows))

    def get_urls(self) -> list[URLPattern]:
        def named(route: str, view: Any, name: str) -> URLPattern:
            wrapped: Any = self.admin_site.admin_view(view)
            return cast(URLPattern, path(route, wrapped, name=f"rankings_resultsproposal_{name}"))

        return [
            named("propose/<int:fest_id>/", self.propose_view, "propose"),
            named("<path:object_id>/approve/", self.approve_view, "approve"),
            named("<path:object_id>/withdraw/", self.withdraw_view, "withdraw"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        proposal = kwargs.get("obj")
        if proposal and proposal.is_open:
            own = proposal.proposed_by == request.user
            may_approve = not lacking(request, [APPROVE])
            context |= {"own": own, "may_approve": may_approve and not own, "may_withdraw": may_approve or own}
        return super().render_change_form(request, context, *args, **kwargs)

    def propose_view(self, request: HttpRequest, fest_id: int) -> HttpResponse:
        """Shows the checklist as it is now; POST proposes, with what was confirmed."""
        if lacked := lacking(request, [PROPOSE]):
            return refusal(lacked)
        fest = get_object_or_404(Fest, pk=fest_id)
        if waiting := open_proposal(fest):
            self.message_user(request, _("Results are proposed already; this waits."), messages.WARNING)
            return back_to(waiting)
        confirmed = request.POST.getlist("confirm")
        problem = ""
        if request.method == "POST":
            try:
                proposal = propose(
                    fest, by=cast(User, request.user), reason=request.POST.get("reason", ""), confirmed=confirmed
                )
            except Unready:
                problem = _("Nothing was proposed: not everything holds. See below.")
            except ResultsError as error:
                problem = str(error)
            else:
                self.message_user(request, _("Proposed. Somebody else approves it now."), messages.SUCCESS)
                return back_to(proposal)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Certify results"),
            "fest": fest,
            "items": checklist(fest, clock.now()),
            "confirmed": confirmed,
            "problem": problem,
            "edition": current_edition(fest),
        }
        return TemplateResponse(request, "admin/rankings/resultsproposal/propose.html", context)

    def approve_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        proposal = self.decidable(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if lacked := lacking(request, [APPROVE]):
            return refusal(lacked)
        try:
            edition = approve(proposal, by=cast(User, request.user))
        except ResultsError as error:
            self.message_user(request, _("Nothing was certified. %(why)s") % {"why": error}, messages.ERROR)
            return back_to(proposal)
        self.message_user(request, _("Certified: edition %(number)d.") % {"number": edition.number}, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:rankings_edition_change", args=[edition.pk]))

    def withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        proposal = self.decidable(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if lacks_reason(request):
            return back_to(proposal)
        try:
            withdraw(proposal, by=cast(User, request.user), reason=request.POST["reason"])
        except ResultsError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, _("Withdrawn."), messages.SUCCESS)
        return back_to(proposal)

    def decidable(self, request: HttpRequest, object_id: str) -> ResultsProposal:
        """The proposal, for who may see it. Raises PermissionDenied and Http404."""
        proposal = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        if proposal is None:
            raise Http404
        return cast(ResultsProposal, proposal)


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ["fest", "number", "certified_at", "proposed_by", "approved_by", "sha256"]
    list_display_links = ["fest", "number"]
    list_filter = ["fest"]
    list_select_related = ["fest", "proposed_by", "approved_by"]
    ordering = ["-certified_at", "-pk"]
    fields = [
        "fest",
        "number",
        "certified_at",
        "proposed_by",
        "approved_by",
        "reason",
        "replaces",
        "file",
        "sha256",
        "length",
        "facts_count",
        "facts_sha256",
        "corrections_count",
        "corrections_sha256",
        "campaign_sha256",
    ]

    @admin.display(description=gettext_lazy("file"))
    def file(self, edition: Edition) -> SafeString:
        parts = {"fest": edition.fest.slug, "number": edition.number}
        return format_html(
            '<a href="{}">{}</a> <a href="{}">{}</a>',
            reverse("results_edition", kwargs=parts),
            _("Public page"),
            reverse("results_file", kwargs=parts),
            _("Download"),
        )


def linked(edition: Edition) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:rankings_edition_change", args=[edition.pk]), edition)


def back_to(proposal: ResultsProposal) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:rankings_resultsproposal_change", args=[proposal.pk]))
