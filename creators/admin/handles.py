"""Creators named by their handle: in forms, and in lists of millions of rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from creators.models import Entry
from livefest.admin.base import ModelForm, ReadOnlyAdmin
from livefest.admin.paging import MOST_COUNTED, BigTableAdmin
from livefest.models import Fest


class HandleField(forms.CharField):
    """A creator's handle, exactly; a leading @ is left out. It takes the place of a foreign key to an entry, of which
    a fest has too many to choose from; the form looks the entry up."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Creator"), "max_length": 129, "widget": AdminTextInputWidget, **kwargs})

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).removeprefix("@")


def entry_of(fest: Fest, handle: str) -> Entry:
    """The fest's creator of this handle. Raises ValidationError."""
    entry = Entry.objects.select_related("creator", "fest").filter(fest=fest, creator__handle=handle).first()
    if entry is None:
        raise forms.ValidationError(
            _("“%(handle)s” is not in %(fest)s; write the handle of one of its creators."),
            params={"handle": handle, "fest": fest},
        )
    return entry


class OfCreatorForm(ModelForm):
    """A form with a creator's handle in the place of the foreign key `entry`."""

    entry = HandleField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "entry" in self.fields:
            self.initial["entry"] = str(self.instance.entry)

    def fest_of(self, cleaned: dict[str, Any]) -> Fest | None:
        """Of which fest the creator must be, as the other fields say."""
        return cleaned.get("fest")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        handle, fest = cleaned.pop("entry", ""), self.fest_of(cleaned)
        if handle and fest:
            try:
                cleaned["entry"] = entry_of(fest, handle)
            except forms.ValidationError as error:
                self.add_error("entry", error)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """An entry that could not be looked up is not told to be missing as well."""
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclusions if "entry" in self.cleaned_data else exclusions | {"entry"}


class FoundByHandle(BigTableAdmin, ReadOnlyAdmin):
    """The newest rows of what a creator has many of; those of one creator by their handle, exactly, and no filter:
    nothing else has an index that gives a page of it."""

    search_fields = ["entry__creator__handle"]  # shows the search box; get_search_results says what is looked for
    search_help_text = _("A creator's handle: exactly.")

    def rows_of(self, handle: str) -> Iterable[int]:
        """The primary keys of a creator's newest rows, found in an index, as many as are counted and one more."""
        entries = list(Entry.objects.filter(creator__handle=handle).values_list("pk", flat=True))
        rows = self.model._default_manager.filter(entry__in=entries).order_by("-pk")
        return list(rows.values_list("pk", flat=True)[: MOST_COUNTED + 1])

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The rows are found first, so that no order of the list can make PostgreSQL read on."""
        handle = search_term.strip().removeprefix("@")
        return queryset.filter(pk__in=self.rows_of(handle)) if handle else queryset, False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return False
