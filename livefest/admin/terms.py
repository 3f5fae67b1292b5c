"""Terms of fests, by version, and who agreed to what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from livefest import clock
from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.paging import BigTableAdmin
from livefest.admin.scope import FestScopedAdmin
from livefest.admin.violations import VIOLATIONS
from livefest.models import AgeConfirmation, Terms, TermsAcceptance

VIOLATIONS["terms_kept"] = gettext_lazy("These terms are published and stay as they are; add a new version.")
VIOLATIONS["terms_version_unique"] = gettext_lazy("The fest has this version already; write the next number.")


@admin.register(Terms)
class TermsAdmin(FestScopedAdmin):
    """A version can be written until it is published; from then on everybody is asked to accept it."""

    list_display = ["fest", "version", "published_at", "keeps_handle"]
    list_filter = ["fest"]
    list_select_related = ["fest"]
    search_fields = ["text"]
    fields = ["fest", "version", "text", "published_at", "keeps_handle"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The next version, to be published when it is saved unless another moment is written."""
        fest = self.settled_fest(request, None)
        newest = Terms.objects.filter(fest=fest).aggregate(newest=Max("version"))["newest"] if fest else None
        return {"version": (newest or 0) + 1, **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Until it is published, by the database's clock too, which no LIVEFEST_NOW turns back."""
        is_open = obj is None or obj.published_at > max(clock.now(), datetime.now(UTC))
        return super().has_change_permission(request, obj) and is_open

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(TermsAcceptance)
class TermsAcceptanceAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ["email", "terms", "accepted_at"]
    list_filter = ["terms__fest"]
    list_select_related = ["user", "terms__fest"]
    search_fields = ["user__email__istartswith"]
    search_help_text = gettext_lazy("The e-mail address, or how it begins.")
    fields = ["email", "terms", "accepted_at"]

    @admin.display(description=gettext_lazy("e-mail address"))
    def email(self, acceptance: TermsAcceptance) -> str:
        return acceptance.user.email


@admin.register(AgeConfirmation)
class AgeConfirmationAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ["email", "fest", "minimum_age", "confirmed_at"]
    list_filter = ["fest"]
    list_select_related = ["user", "fest"]
    search_fields = ["user__email__istartswith"]
    search_help_text = gettext_lazy("The e-mail address, or how it begins.")
    fields = ["email", "fest", "minimum_age", "confirmed_at"]

    @admin.display(description=gettext_lazy("e-mail address"))
    def email(self, confirmation: AgeConfirmation) -> str:
        return confirmation.user.email
