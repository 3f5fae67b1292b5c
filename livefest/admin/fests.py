"""The fest itself with its regions, and the foundation's lists: metrics and rounds."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from livefest.admin.campaign_pages import CampaignPages
from livefest.admin.checks import BesideBuiltInForm, CheckedAdmin, CheckedInline, ItemAdmin
from livefest.admin.permissions import FEST_PAGES, lacking
from livefest.admin.reasons import ReasonedAdmin
from livefest.admin.translations import TranslatedAdmin
from livefest.campaign import check_stored
from livefest.campaign.sections import add_built_ins
from livefest.models import Fest, Metric, Region, Round


class RegionInline(CheckedInline):
    model = Region
    fields = ["code", "position"]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1


@admin.register(Fest)
class FestAdmin(ReasonedAdmin, TranslatedAdmin, CampaignPages, CheckedAdmin):
    list_display = ["name", "slug", "time_zone", "starts", "ends", "freeze"]
    search_fields = ["slug", "name"]
    inlines = [RegionInline]
    needs_fest = False
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("name", "slug"),
                    ("time_zone", "day_starts"),
                    "starts",
                    "ends",
                    "grace_hours",
                    "freeze",
                    "minimum_age",
                ]
            },
        ),
        (
            _("Communities of creators' own"),
            {
                "description": _("Whether creators make communities, and how large. No part of the campaign file."),
                "fields": ["communities_by_creators", "made_roster"],
            },
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["slug"] if obj else []

    def settled_fest(self, request: HttpRequest, object_id: str | None) -> Fest | None:
        return self.get_object(request, unquote(object_id)) if object_id is not None else None

    def check_saved(self, row: Fest) -> None:
        add_built_ins(row)
        check_stored(row)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["fest_pages"] = [page for page in FEST_PAGES if not lacking(request, page.permissions)]
        return super().render_change_form(request, context, *args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Metric)
class MetricAdmin(TranslatedAdmin, ItemAdmin):
    form = BesideBuiltInForm
    with_built_in = True
    list_display = ["name", "slug", "fest", "unit", "paid", "position"]
    list_filter = ["fest", "paid"]
    fields = ["fest", "slug", "name", "unit", "paid", "position"]


@admin.register(Round)
class RoundAdmin(TranslatedAdmin, ItemAdmin):
    list_display = ["name", "slug", "fest", "starts", "ends", "admits_board", "admits_top"]
    fields = ["fest", "slug", "name", "starts", "ends", ("admits_board", "admits_top"), "position"]
