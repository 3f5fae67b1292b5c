"""What the admin pages of all apps stand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from livefest.models import Fest

if TYPE_CHECKING:
    PlainAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Any]
else:  # Django's classes take no type parameters when they run
    PlainAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline
    ModelForm = forms.ModelForm


SEE_AUDIT = "livefest.view_auditentry"


class HistoryInAudit(PlainAdmin):
    """The history of a row is what the audit has of it, for who may see both."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not (self.has_view_or_change_permission(request, row) and request.user.has_perm(SEE_AUDIT)):
            raise PermissionDenied
        return HttpResponseRedirect(history_of(row))


def history_of(row: Model) -> str:
    """The address of what the audit has of a row."""
    kind = ContentType.objects.get_for_model(row)
    query = urlencode({"content_type": kind.pk, "object_pk": row.pk})
    return f"{reverse('admin:livefest_auditentry_changelist')}?{query}"


class ModelAdmin(HistoryInAudit):
    """What all our admins are."""


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
