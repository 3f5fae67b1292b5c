"""Lists of big tables: each page in the time of one page, however many rows there are."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from livefest.admin.base import ModelAdmin

MOST_COUNTED = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts and pages up to MOST_COUNTED rows; `count_text` says honestly what it knows beyond."""

    object_list: QuerySet[Any]

    @cached_property
    def counted(self) -> int:
        return self.object_list.order_by()[: MOST_COUNTED + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self.counted, MOST_COUNTED)

    @cached_property
    def count_text(self) -> str:
        if self.counted <= MOST_COUNTED:
            return number_format(self.counted)
        shown = number_format(MOST_COUNTED, force_grouping=True)
        estimate = 0 if self.object_list.query.where else estimated_rows(self.object_list.model)
        if estimate <= MOST_COUNTED:
            return f"{shown}+"
        rounded = number_format(estimate, force_grouping=True)
        return _("%(shown)s listed of about %(estimate)s") % {"shown": shown, "estimate": rounded}


def estimated_rows(model: Any) -> int:
    """How many rows PostgreSQL's statistics say a table has; -1 when they say nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
        return int(cursor.fetchone()[0])


class FixedOrder(ChangeList):
    """A list in the one order that an index serves, whatever the address asks for."""

    def get_ordering(self, request: HttpRequest, queryset: Any) -> Any:
        return list(self.model_admin.get_ordering(request))


class BigTableAdmin(ModelAdmin):
    """An admin of a table of millions: set `ordering` to an index's."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    sortable_by = ()
    ordering = ["-pk"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return FixedOrder
