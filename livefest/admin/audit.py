"""The audit, to look at only: newest first, filtered by what an index serves, found by words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from auditlog import admin as auditlogs_own
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.paging import BigTableAdmin
from livefest.models import AuditEntry, User
from livefest.sql import execute

admin.site.unregister(auditlogs_own.LogEntry)

DAYS_OFFERED = 14


def values_present(column: str) -> list[Any]:
    """The different values of a column that an index begins with, found by as many look-ups."""
    rows = execute(f"""
        WITH RECURSIVE found AS (
            (SELECT {column} AS value FROM livefest_auditentry WHERE {column} IS NOT NULL ORDER BY {column} LIMIT 1)
            UNION ALL
            SELECT (SELECT {column} FROM livefest_auditentry WHERE {column} > found.value ORDER BY {column} LIMIT 1)
            FROM found WHERE found.value IS NOT NULL
        )
        SELECT value FROM found WHERE value IS NOT NULL
    """)
    return [value for (value,) in rows]


class EntryFilter(SimpleListFilter):
    """By one column, exactly; what is none of the choices is passed over."""

    column = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        known = {str(choice) for choice, _title in self.lookup_choices}
        return queryset.filter(**{self.column: self.value()}) if self.value() in known else queryset


class ActorFilter(EntryFilter):
    title = gettext_lazy("who")
    parameter_name = column = "actor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        users = User.objects.filter(pk__in=values_present("actor_id")).order_by("username")
        return [(str(user.pk), str(user)) for user in users]


class KindFilter(EntryFilter):
    title = gettext_lazy("kind of object")
    parameter_name = column = "content_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        kinds = ContentType.objects.filter(pk__in=values_present("content_type_id")).order_by("app_label", "model")
        return [(str(kind.pk), capfirst(kind.name)) for kind in kinds]


class VerbFilter(EntryFilter):
    title = gettext_lazy("action")
    parameter_name = column = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(verb, verb) for verb in values_present("verb")]


class DayFilter(SimpleListFilter):
    """One of the last days; any other day can be written into the address (?day=2026-02-14)."""

    title = gettext_lazy("day")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        today = timezone.localdate()
        days = [today - timedelta(days=back) for back in range(DAYS_OFFERED)]
        return [(day.isoformat(), day.isoformat()) for day in days]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        try:
            day = date.fromisoformat(self.value() or "")
        except ValueError:
            return queryset
        start = timezone.make_aware(datetime.combine(day, datetime.min.time()))
        return queryset.filter(timestamp__gte=start, timestamp__lt=start + timedelta(days=1))


@admin.register(AuditEntry)
class AuditEntryAdmin(BigTableAdmin, ReadOnlyAdmin):
    list_display = ["timestamp", "actor", "verb", "kind", "what", "reason", "via"]
    list_display_links = ["timestamp", "what"]
    list_filter = [ActorFilter, KindFilter, VerbFilter, DayFilter]
    list_select_related = ["actor", "content_type"]
    search_fields = ["object_repr", "reason"]  # shows the search box; get_search_results says how
    search_help_text = gettext_lazy("Whole words of an object's name, or of a reason.")
    fields: ClassVar[Any] = [
        "timestamp",
        "actor",
        "verb",
        "kind",
        "linked_object",
        "changed",
        "reason",
        "via",
        "request",
    ]
    readonly_fields = fields

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in {"actor", "content_type", "verb", "day", "object_pk", "cid"}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """By the index of words, whose expression this is."""
        if not search_term.strip():
            return queryset, False
        words = SearchVector("object_repr", "reason", config="simple")
        found = queryset.annotate(words=words)
        return found.filter(words=SearchQuery(search_term, config="simple", search_type="plain")), False

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, entry: AuditEntry) -> str:
        return str(capfirst(entry.content_type.name))

    @admin.display(description=gettext_lazy("object"))
    def what(self, entry: AuditEntry) -> str:
        return str(entry.object_repr)

    @admin.display(description=gettext_lazy("object"))
    def linked_object(self, entry: AuditEntry) -> str | SafeString:
        kind = entry.content_type
        try:
            url = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[entry.object_pk])
        except NoReverseMatch:
            return str(entry.object_repr)
        return format_html('<a href="{}">{}</a>', url, entry.object_repr)

    @admin.display(description=gettext_lazy("before and after"))
    def changed(self, entry: AuditEntry) -> str | SafeString:
        rows = [(name, *before_and_after(change)) for name, change in sorted((entry.changes or {}).items())]
        if not rows:
            return "-"
        return format_html(
            '<table class="changes"><thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th>'
            "</tr></thead><tbody>{}</tbody></table>",
            _("Field"),
            _("Before"),
            _("After"),
            format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', rows),
        )

    @admin.display(description=gettext_lazy("request or task"))
    def request(self, entry: AuditEntry) -> str | SafeString:
        """With what else the same request did."""
        if not entry.cid:
            return "-"
        return format_html('<a href="{}?cid={}">{}</a>', audit_list(), entry.cid, entry.cid)


def before_and_after(change: Any) -> tuple[str, str]:
    """Of one field; of a list that rows came to or went from, those rows."""
    if isinstance(change, dict):
        names = ", ".join(change["objects"])
        return ("", f"+ {names}") if change["operation"] == "add" else (f"- {names}", "")
    return shown(change[0]), shown(change[1])


def shown(value: Any) -> str:
    if value is None or value == "":
        return "-"
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def audit_list() -> str:
    return reverse("admin:livefest_auditentry_changelist")
