"""A list's filter by rows that are few, and of several fests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest


class RowFilter(SimpleListFilter):
    """Filters by a foreign key, named as the parameter; each row is told with its fest, since names repeat."""

    def rows(self) -> Iterable[tuple[int, str, str]]:
        """The primary key, name and fest's slug of what there is to choose from."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(str(pk), f"{name} ({fest})") for pk, name, fest in self.rows()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {str(choice) for choice, _title in self.lookup_choices}
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() in known else queryset
