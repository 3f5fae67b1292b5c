"""What staff tell everybody: written, planned for a moment, and looked at before that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext, gettext_lazy, override
from django.views.decorators.cache import never_cache

from livefest import clock
from livefest.admin.base import state
from livefest.admin.pictures import PicturedAdmin
from livefest.admin.scope import FestScopedAdmin
from livefest.admin.translations import TranslatedAdmin
from livefest.announced import told
from livefest.models import Announcement, Region
from livefest.site import fest_context, region_name

PLANNED, PUBLISHED = gettext_lazy("Planned"), gettext_lazy("Published")


class StateFilter(SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("planned", PLANNED), ("published", PUBLISHED)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Announcement]) -> QuerySet[Announcement]:
        if self.value() == "planned":
            return queryset.filter(published_at__gt=clock.now())
        return queryset.filter(published_at__lte=clock.now()) if self.value() == "published" else queryset


class LanguageFilter(SimpleListFilter):
    """By where it is read: one that is for a language, and one that is for all, are both read there."""

    title = gettext_lazy("language")
    parameter_name = "read_in"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return settings.LANGUAGES

    def queryset(self, request: HttpRequest, queryset: QuerySet[Announcement]) -> QuerySet[Announcement]:
        return queryset.read_in(self.value()) if self.value() else queryset  # type: ignore[attr-defined]


class RegionFilter(SimpleListFilter):
    """By who reads it: those of a region read what is for all too."""

    title = gettext_lazy("country or region")
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        used = Region.objects.exclude(announcements=None).order_by("code").values_list("code", flat=True)
        return sorted(((code, region_name(code).name) for code in used.distinct()), key=lambda one: one[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Announcement]) -> QuerySet[Announcement]:
        return queryset.read_by(self.value()) if self.value() else queryset  # type: ignore[attr-defined]


class RegionsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Region) -> str:
        name = region_name(obj.code)
        return f"{name.flag} {name.name}"


@admin.register(Announcement)
class AnnouncementAdmin(PicturedAdmin, TranslatedAdmin, FestScopedAdmin):
    list_display = ["title", "state", "published_at", "fest", "read_in", "read_by", "pinned"]
    list_filter = ["fest", StateFilter, LanguageFilter, RegionFilter, "pinned"]
    list_select_related = ["fest"]
    search_fields = ["title", "text"]
    fields = ["fest", "title", "text", "published_at", "pinned", "language", "regions"]
    filter_horizontal = ["regions"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Announcement]:
        return super().get_queryset(request).select_related("fest").with_regions()  # type: ignore[attr-defined,no-any-return]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        *others, (title, picture) = super().get_fieldsets(request, obj)
        hint = gettext("Not everybody sees it: what it shows must stand in the text too.")
        fieldsets = [*others, (title, {**picture, "description": hint})]
        return [*fieldsets, (gettext("On the site"), {"fields": ["pages"]})] if obj else fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "pages"]

    @admin.display(description=gettext_lazy("state"), ordering="published_at")
    def state(self, row: Announcement) -> str:
        return str(PUBLISHED if row.published_at <= clock.now() else PLANNED)

    @admin.display(description=gettext_lazy("only in"), ordering="language")
    def read_in(self, row: Announcement) -> str:
        return str(dict(settings.LANGUAGES).get(row.language, row.language))

    @admin.display(description=gettext_lazy("for"))
    def read_by(self, row: Announcement) -> str:
        return ", ".join(row.region_codes)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("look at it"))
    def pages(self, row: Announcement) -> str:
        """Its page in each language, of one that is planned as it will be."""
        languages = [(code, name) for code, name in settings.LANGUAGES if row.language in ("", code)]
        links = ((self.address(row, code), code, name) for code, name in languages)
        return format_html_join(" · ", '<a href="{}" lang="{}">{}</a>', links)

    def view_on_site(self, obj: Announcement) -> str:
        return self.address(obj, obj.language or settings.LANGUAGE_CODE)

    def address(self, row: Announcement, language: str) -> str:
        if row.published_at > clock.now():
            return f"{reverse('admin:livefest_announcement_preview', args=[row.pk])}?language={language}"
        with override(language):
            return reverse("update", kwargs={"fest": row.fest.slug, "update": row.pk})

    def get_urls(self) -> list[Any]:
        preview = never_cache(self.admin_site.admin_view(self.preview))
        named = path("<int:pk>/preview/", preview, name="livefest_announcement_preview")
        return [named, *super().get_urls()]

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The public page, for staff alone."""
        row = self.get_queryset(request).filter(pk=pk).select_related("fest").first()
        language = request.GET.get("language", settings.LANGUAGE_CODE)
        if row is None or language not in dict(settings.LANGUAGES):
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        with override(language):
            context = {**fest_context(row.fest, "updates"), "update": told(row), "planned": True}
            return render(request, "livefest/update.html", context)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "language":
            choices = [("", gettext_lazy("All languages")), *settings.LANGUAGES]
            hint = gettext_lazy("In all languages it is read in their translations, where there are some below.")
            return forms.ChoiceField(label=gettext_lazy("Only in"), choices=choices, required=False, help_text=hint)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        fest = state(request).fest
        offered = Region.objects.filter(fest=fest) if fest else Region.objects.none()
        kwargs |= {"form_class": RegionsField, "queryset": offered}
        return super().formfield_for_manytomany(db_field, request, **kwargs)
