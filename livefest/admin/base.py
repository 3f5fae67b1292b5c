"""What the admin pages of all apps stand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from livefest.models import Fest

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Any]
else:  # Django's classes take no type parameters when they run
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline
    ModelForm = forms.ModelForm


@dataclass
class State:
    """What one request to a form knows beside its POST data.

    fest: the one whose rows the form may refer to; None where it is still to be made. problems: why saving was
    refused; the form shows them. choices: those of foreign keys, fetched once for all rows of all inlines.
    """

    fest: Fest | None = None
    problems: list[str] = field(default_factory=list)
    choices: dict[Any, Any] = field(default_factory=dict)


def state(request: HttpRequest) -> State:
    found = getattr(request, "livefest_admin", None)
    if found is None:
        found = State()
        request.livefest_admin = found  # type: ignore[attr-defined]
    return found


class ReadOnlyAdmin(ModelAdmin):
    """A list and its rows to look at: nobody adds, changes or deletes here, whatever their permissions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
