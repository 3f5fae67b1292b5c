"""The campaign's challenges."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, Goal
from livefest.admin.base import state
from livefest.admin.checks import CheckedInline, ItemAdmin
from livefest.admin.translations import TranslatedAdmin
from livefest.admin.violations import VIOLATIONS
from livefest.models import BONUS, Metric

VIOLATIONS.update(
    {
        "challenge_starts_before_end": _("The end is not after the start; write a later moment."),
        "challenge_within_one": _("A challenge is within one place: choose a group or a region, not both."),
        "challenge_first_positive": _("Write 1 or more, or leave “first” empty."),
        "challenge_points_positive": _("Write 1 point or more, or leave it empty."),
        "goal_positive": _("Write 1 or more."),
    }
)


class GoalInline(CheckedInline):
    model = Goal
    fields = ["metric", "at_least", "position"]
    offered = {"metric": {"paid": False}}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("metric")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1


@admin.register(Challenge)
class ChallengeAdmin(TranslatedAdmin, ItemAdmin):
    list_display = ["name", "slug", "fest", "per", "starts", "ends", "within_group", "within_region", "first", "points"]
    list_filter = ["fest", "per"]
    list_select_related = ["fest", "within_group", "within_region"]
    offered = {"metric": {"paid": True}}
    fields = [
        "fest",
        "slug",
        "name",
        "per",
        "starts",
        "ends",
        ("within_group", "within_region"),
        ("first", "join"),
        ("points", "metric"),
        "position",
    ]
    inlines = [GoalInline]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "metric":
            kwargs["initial"] = Metric.objects.filter(fest=state(request).fest, slug=BONUS).first()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
