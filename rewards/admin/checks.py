"""What is to be checked before awards of a kind are verified: staff add it, and retire it once nobody is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest import clock
from livefest.admin.checks import RefusableAdmin
from livefest.admin.each_row import EachRow
from livefest.admin.permissions import permission
from livefest.admin.violations import VIOLATIONS
from rewards.models import RequiredCheck

CHANGE = permission("change", RequiredCheck)

VIOLATIONS["requiredcheck_unique"] = gettext_lazy(
    "This is asked for there already, or was: if it is retired, choose “Ask for again” in the list."
)


@admin.register(RequiredCheck)
class RequiredCheckAdmin(EachRow, RefusableAdmin):
    """Nothing of a check changes once somebody signed it: they vouched for what stood there."""

    list_display = ["name", "fest", "kind", "region", "times_signed", "retired_at"]
    list_filter = ["fest", "kind"]
    list_select_related = ["fest", "region"]
    search_fields = ["name"]
    ordering = ["-fest__starts", "fest", "kind", "id"]
    fields = ["fest", "kind", "region", "name", "help", "retired_at"]
    readonly_fields = ["retired_at"]
    actions = ["retire", "ask_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RequiredCheck]:
        rows: QuerySet[RequiredCheck] = super().get_queryset(request)
        return rows.annotate(times=Count("signed"))

    @admin.display(description=gettext_lazy("signed"))
    def times_signed(self, check: Any) -> int:
        return int(check.times)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not is_signed(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not is_signed(obj) and super().has_delete_permission(request, obj)

    @admin.action(description=gettext_lazy("Retire: not asked for any more"), permissions=["retire"])
    def retire(self, request: HttpRequest, queryset: QuerySet[RequiredCheck]) -> HttpResponse | None:
        def take(check: RequiredCheck) -> None:
            check.retired_at = check.retired_at or clock.now()

        return self.for_a_reason(request, queryset, take, _("Retire"), _("Retired."))

    @admin.action(description=gettext_lazy("Ask for again"), permissions=["retire"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[RequiredCheck]) -> HttpResponse | None:
        def take(check: RequiredCheck) -> None:
            check.retired_at = None

        return self.for_a_reason(request, queryset, take, _("Ask for again"), _("Asked for again."))

    def for_a_reason(
        self,
        request: HttpRequest,
        queryset: QuerySet[RequiredCheck],
        take: Callable[[RequiredCheck], None],
        title: str,
        said: str,
    ) -> HttpResponse | None:
        form = self.reason_form(request)
        if not form.is_valid():
            return self.ask(request, queryset, title, form)
        rows = list(queryset)
        for check in rows:
            take(check)
            check.save(update_fields=["retired_at"])
        self.tell(request, said, len(rows), [])
        return None

    def has_retire_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(CHANGE)


def is_signed(check: RequiredCheck | None) -> bool:
    return check is not None and check.signed.exists()
