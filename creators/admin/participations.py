"""Those who take part with an account, or want to: staff approve, refuse, suspend and let back in, many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.models import Participation
from creators.participations import ParticipationError, Proof, approve, lift, refuse, suspend
from creators.proofs import prove
from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.each_row import EachRow
from livefest.admin.paging import BigTableAdmin
from livefest.models import User

DECIDE = "creators.decide_participation"
Verb = Callable[[Participation], object]


@admin.register(Participation)
class ParticipationAdmin(EachRow, BigTableAdmin, ReadOnlyAdmin):
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
    decide_template = "admin/creators/participation/decide.html"

    @admin.display(description=gettext_lazy("e-mail address"))
    def email(self, participation: Participation) -> str:
        return participation.user.email

    @admin.action(description=gettext_lazy("I saw the code in the bio"), permissions=["decide"])
    def saw_code(self, request: HttpRequest, queryset: QuerySet[Participation]) -> HttpResponse | None:
        """The codes are those that the page showed, and what it didn't show nobody saw: an application that has changed
        meanwhile has another."""
        if "decided" not in request.POST:
            hint = _("Look into the bio of each. Go back and leave out those in which the code doesn't stand.")
            return self.ask(request, first_first(queryset), _("These codes stand in the bios"), None, hint)

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
        form = self.reason_form(request)
        if not form.is_valid():
            hint = _("The creators read the reason, and it is kept with your name.")
            return self.ask(request, first_first(queryset), title, form, hint)
        more = {"reason": form.cleaned_data["reason"], "by": cast(User, request.user)}
        self.each(request, queryset, lambda row: verb(participation=row, **more), said)
        return None

    def each(self, request: HttpRequest, queryset: QuerySet[Participation], verb: Verb, said: str) -> None:
        """Decides each row by itself, and says how many it did and why not the others."""
        done, refused = 0, []
        for row in first_first(queryset):
            try:
                verb(row)
            except ParticipationError as error:
                refused.append((row, str(error)))
                continue
            done += 1
            self.log_change(request, row, said)
        self.tell(request, said, done, refused)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(DECIDE)


def first_first(rows: QuerySet[Participation]) -> QuerySet[Participation]:
    """Who applied first first."""
    return rows.order_by("applied_at", "pk")
