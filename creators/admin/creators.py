"""Creators and their entries in fests. Both tables have millions of rows: what is offered is what an index serves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from creators.admin.creators_file import CreatorsFilePage
from creators.admin.groups import MembershipInline
from creators.models import Creator, Entry, Group, Membership
from livefest.admin.base import TabularInline
from livefest.admin.checks import RefusableAdmin
from livefest.admin.paging import BigTableAdmin
from livefest.admin.reasons import ReasonedAdmin
from livefest.models import Region


class EntriesInline(TabularInline):
    """In which fests the creator takes part; each is changed on its own page."""

    model = Entry
    fields: ClassVar[Any] = ["fest", "region", "category"]
    readonly_fields = fields
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).select_related("fest", "region", "creator").order_by("-fest__starts")


@admin.register(Creator)
class CreatorAdmin(BigTableAdmin):
    list_display = ["handle", "name"]
    ordering = ["handle"]
    search_fields = ["handle__startswith"]
    search_help_text = _("The handle, or how it begins.")
    fields = ["handle", "name"]
    inlines = [EntriesInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["handle"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OfChosenFest(SimpleListFilter):
    """A filter by something of the fest by which the list is filtered already; not there before."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        fest = request.GET.get("fest__id__exact", "")
        return [(str(pk), name) for pk, name in self.of_fest(int(fest))] if fest.isdecimal() else []

    def of_fest(self, fest_id: int) -> Iterable[tuple[int, str]]:
        raise NotImplementedError

    def chosen(self) -> int | None:
        value = self.value()
        return int(value) if value in {str(choice) for choice, _title in self.lookup_choices} else None


class RegionFilter(OfChosenFest):
    title = _("region")
    parameter_name = "region"

    def of_fest(self, fest_id: int) -> Iterable[tuple[int, str]]:
        return Region.objects.filter(fest=fest_id).values_list("pk", "code")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        chosen = self.chosen()
        return queryset if chosen is None else queryset.filter(region=chosen)


class GroupFilter(OfChosenFest):
    title = _("group")
    parameter_name = "group"

    def of_fest(self, fest_id: int) -> Iterable[tuple[int, str]]:
        return Group.objects.filter(fest=fest_id).values_list("pk", "name")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        chosen = self.chosen()
        if chosen is None:
            return queryset
        return queryset.filter(Exists(Membership.objects.filter(entry=OuterRef("pk"), group=chosen)))


@admin.register(Entry)
class EntryAdmin(ReasonedAdmin, CreatorsFilePage, BigTableAdmin, RefusableAdmin):
    list_display = ["creator", "fest", "region", "category", "groups"]
    list_filter = ["fest", RegionFilter, GroupFilter]
    search_fields = ["creator__handle__startswith"]
    search_help_text = _("The creator's handle, or how it begins.")
    autocomplete_fields = ["creator"]
    fields = ["fest", "creator", "region", "category"]
    inlines = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        groups = Prefetch("memberships", Membership.objects.select_related("group").order_by("kind"))
        return super().get_queryset(request).select_related("creator", "fest", "region").prefetch_related(groups)

    @admin.display(description=_("groups"))
    def groups(self, entry: Entry) -> str:
        return ", ".join(membership.group.name for membership in entry.memberships.all())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["creator"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
