"""What sources reported, to look at only: facts, the marks they leave, and lives."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from creators.models import Entry, Fact, Live, Mark, Source
from livefest import clock
from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.paging import MOST_COUNTED, BigTableAdmin


@admin.register(Fact)
class FactAdmin(BigTableAdmin, ReadOnlyAdmin):
    """The newest facts; older ones by their id or their creator's handle. No filter: fest, source and metric have no
    index that gives a page of ten million rows in order, and a filter by anything else would read them all."""

    list_display = ["external_id", "fest", "source", "entry", "metric", "quantity", "at", "received_at", "counts"]
    list_select_related = ["fest", "source", "entry__creator", "metric"]
    search_fields = ["external_id"]  # shows the search box; get_search_results says what is looked for
    search_help_text = _("A fact's id, or a creator's handle: exactly.")
    fields = [
        "external_id",
        ("fest", "source"),
        ("entry", "metric", "quantity"),
        ("at", "received_at"),
        ("session", "supporter", "counts"),
        "reverses",
        "reversed_by",
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Fact], search_term: str
    ) -> tuple[QuerySet[Fact], bool]:
        """Facts of this id, from whatever source, and if there are none the newest of this creator, as many as are
        counted. Both are found in an index first, so that no order of the list can make PostgreSQL read on."""
        term = search_term.strip()
        if term:
            queryset = queryset.filter(pk__in=facts_of_id(term) or newest_facts_of(term))
        return queryset, False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return False

    @admin.display(description=_("reversed by"))
    def reversed_by(self, fact: Fact) -> str:
        return ", ".join(fact.reversals.values_list("external_id", flat=True)) or "-"


def facts_of_id(external_id: str) -> list[int]:
    sources = list(Source.objects.values_list("pk", flat=True))
    return list(Fact.objects.filter(source__in=sources, external_id=external_id).values_list("pk", flat=True))


def newest_facts_of(handle: str) -> list[int]:
    found: list[int] = []
    for entry in Entry.objects.filter(creator__handle=handle.removeprefix("@")):
        newest = Fact.objects.filter(entry=entry).order_by("-at").values_list("pk", flat=True)
        found += newest[: MOST_COUNTED + 1]
    return found


@admin.register(Mark)
class MarkAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ["id", "fest", "entry", "day"]
    list_select_related = ["fest", "entry__creator"]


class OnAirFilter(SimpleListFilter):
    title = _("on air")
    parameter_name = "on_air"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Now"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.on_air(clock.now()) if self.value() == "now" else queryset


@admin.register(Live)
class LiveAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ["room", "entry", "source", "title", "started_at", "ended_at", "reported_at"]
    list_filter = ["source__fest", "source", OnAirFilter]
    list_select_related = ["entry__creator", "source"]
    search_fields = ["entry__creator__handle__startswith"]
    search_help_text = _("The creator's handle, or how it begins.")
