"""Those who take part with an account, or want to: staff approve, refuse, suspend and let back in, many at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from creators.models import Participation
from creators.participations import ParticipationError, Proof, approve, lift, refuse, suspend
from creators.proofs import prove
from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.paging import BigTableAdmin
from livefest.admin.reasons import ReasonField
from livefest.models import User

DECIDE = "creators.decide_participation"
Verb = Callable[[Participation], object]


class ReasonForm(forms.Form):
    reason = ReasonField(help_text=gettext_lazy("The creator reads it; it is kept with your name too."))


@admin.register(Participation)
class ParticipationAdmin(BigTableAdmin, ReadOnlyAdmin):
    """To look at; what is decided is decided by the list's actions, each row by itself."""

    list_display = ["handle", "state", "email", "way", "proof", "code", "fest", "applied_at", "decided_at"]
    list_filter = ["state", "fest", "way", "proof"]
    list_select_related = ["fest", "user"]
    search_fields = ["handle__startswith", "user__email__istartswith"]
    search_help_text = gettext_lazy("The handle or the e-mail address, or how it begins.")
    fields: ClassVar[Any] = [
        ("handle", "user", "email"),
        ("fest", "creator"),
        ("way", "state"),
        ("name", "region", "category"),
        ("code", "code_expires_at"),
        ("proof", "proved_at"),
        "reason",
        ("applied_at", "decided_at", "decided_by"),
    ]
    actions = ["saw_code", "approve", "refuse", "suspend", "lift"]

    @admin.display(description=gettext_lazy("e-mail address"))
    def email(self, participation: Participation) -> str:
        return participation.user.email

    @admin.action(description=gettext_lazy("I saw the code in the bio"), permissions=["decide"])
    def saw_code(self, request: HttpRequest, queryset: QuerySet[Participation]) -> HttpResponse | None:
        """The codes are those that the page showed: an application that has changed meanwhile has another."""
        if "decided" not in request.POST:
            return self.ask(request, queryset, _("These codes stand in the bios"))

        def saw(row: Participation) -> None:
            prove(participation=row, proof=Proof.STAFF, code=request.POST.get(f"code-{row.pk}", ""))

        self.each(request, queryset, saw, _("Saw the code in the bio."))
        return None

    @admin.action(description=gettext_lazy("Approve: they take part"), permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Participation]) -> None:
        by = cast(User, request.user)
        self.each(request, queryset, lambda row: approve(participation=row, by=by), _("Approved."))

    @admin.action(description=gettext_lazy("Refuse, for a reason"), permissions=["decide"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Participation]) -> HttpResponse | None:
        return self.for_a_reason(request, queryset, refuse, _("Refuse"), _("Refused."))

    @admin.action(description=gettext_lazy("Suspend, for a reason"), permissions=["decide"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Participation]) -> HttpResponse | None:
        return self.for_a_reason(request, queryset, suspend, _("Suspend"), _("Suspended."))

    @admin.action(description=gettext_lazy("Lift the suspension"), permissions=["decide"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Participation]) -> None:
        by = cast(User, request.user)
        self.each(request, queryset, lambda row: lift(participation=row, by=by), _("Lifted the suspension."))

    def for_a_reason(
        self, request: HttpRequest, queryset: QuerySet[Participation], verb: Any, title: str, said: str
    ) -> HttpResponse | None:
        """Asks for the reason first, which the audit keeps and the creators read."""
        form = ReasonForm(request.POST if "decided" in request.POST else None)
        if form.is_valid():
            decided = partial(verb, reason=form.cleaned_data["reason"], by=cast(User, request.user))
            self.each(request, queryset, lambda row: decided(participation=row), said)
            return None
        return self.ask(request, queryset, title, form)

    def ask(
        self, request: HttpRequest, queryset: QuerySet[Participation], title: str, form: ReasonForm | None = None
    ) -> HttpResponse:
        """The page between an action's choice and its doing."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "rows": queryset.order_by("applied_at", "pk"),
            "action": request.POST["action"],
            "form": form,
        }
        return TemplateResponse(request, "admin/creators/participation/decide.html", context)

    def each(self, request: HttpRequest, queryset: QuerySet[Participation], verb: Verb, said: str) -> None:
        """Decides each row by itself, who applied first first, and says how many it did and why not the others."""
        done = 0
        for row in queryset.order_by("applied_at", "pk"):
            try:
                verb(row)
            except ParticipationError as error:
                self.message_user(request, _("Not done: %(why)s") % {"why": error}, messages.ERROR)
                continue
            done += 1
            self.log_change(request, row, said)
        if done:
            count = ngettext("%(said)s %(done)d row.", "%(said)s %(done)d rows.", done) % {"said": said, "done": done}
            self.message_user(request, count, messages.SUCCESS)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(DECIDE)
