"""The campaign's rules and boards."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from livefest.admin.base import state
from livefest.admin.checks import BesideBuiltInForm, CheckedInline, ItemAdmin
from livefest.admin.scope import FestScopedForm
from livefest.admin.translations import TranslatedAdmin
from livefest.admin.violations import VIOLATIONS
from livefest.models import BONUS, Metric
from rankings.models import Board, BoardGate, RankBonus, Rule, RuleBonus, RuleTier

VIOLATIONS.update(
    {
        "rule_points_positive": _("Write 1 point or more, or leave it empty."),
        "rule_per_positive": _("Write a “per” of 1 or more."),
        "rule_caps_positive": _("Write caps of 1 or more, or leave them empty."),
        "rulebonus_multiplier_positive": _("Write a multiplier of 1 or more."),
        "rulebonus_daily_or_once": _(
            "Write daily from and until (every day, HH:MM), or starts and ends (once, the end after the start)."
        ),
        "ruletier_positive": _("Write a quantity and points of 1 or more."),
        "board_within_group_of_group": _("“Within group” goes with “One for each group” only."),
        "board_period_known": _("A round goes with the period “A round”, and that with a round."),
        "board_minimum_not_negative": _("Write a minimum of 0 or more, or leave it empty."),
        "board_supporters_by_metric": _("Supporters are ranked by what they gave; choose a score metric."),
        "boardgate_not_negative": _("Write 0 or more."),
        "rankbonus_ranks": _("Write ranks from 1 and in rising order."),
        "rankbonus_percent_or_points": _("A rank bonus pays one of both: write a percentage or points, 1 or more."),
        "rankbonus_at_least": _("Write a score of 1 or more, or leave it empty."),
    }
)


class RuleBonusInline(CheckedInline):
    model = RuleBonus
    fields = ["multiplier", "daily_from", "daily_until", "starts", "ends", "position"]


class RuleTierInline(CheckedInline):
    model = RuleTier
    fields = ["at", "points", "position"]


@admin.register(Rule)
class RuleAdmin(ItemAdmin):
    form = BesideBuiltInForm
    with_built_in = True
    search_fields = ["slug"]
    list_display = ["slug", "fest", "metric", "points", "per", "span", "daily_cap", "cap"]
    list_select_related = ["fest", "metric"]
    fields = ["fest", "slug", "metric", ("points", "per"), "span", ("daily_cap", "cap"), "position"]
    inlines = [RuleBonusInline, RuleTierInline]


class BoardForm(FestScopedForm):
    def clean_rules(self) -> list[str] | None:
        """None, that is all rules, when none is named."""
        return self.cleaned_data["rules"] or None


class BoardGateInline(CheckedInline):
    model = BoardGate
    fields = ["metric", "at_least", "position"]
    offered = {"metric": {"paid": False}}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("metric")


class RankBonusInline(CheckedInline):
    model = RankBonus
    fields = ["first_rank", "last_rank", "at_least", "percent", "points", "metric", "position"]
    offered = {"metric": {"paid": True}}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "metric":
            kwargs["initial"] = Metric.objects.filter(fest=state(request).fest, slug=BONUS).first()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Board)
class BoardAdmin(TranslatedAdmin, ItemAdmin):
    form = BoardForm
    list_display = ["name", "slug", "fest", "of", "within", "within_group", "period", "round", "score_metric"]
    list_filter = ["fest", "of", "period"]
    list_select_related = ["fest", "within_group", "round", "score_metric"]
    fields = [
        "fest",
        "slug",
        "name",
        "of",
        ("within", "within_group"),
        ("period", "round"),
        "rules",
        "score_metric",
        "minimum",
        "tie_break",
        "position",
    ]
    inlines = [BoardGateInline, RankBonusInline]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"tie_break": ["earliest"], **super().get_changeform_initial_data(request)}
