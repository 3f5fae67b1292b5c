"""The LIVEs that creators announced, which staff may call off."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from creators.models import PlannedLive
from creators.planned_lives import cancel_live
from livefest.admin.base import ModelForm
from livefest.admin.paging import BigTableAdmin
from livefest.admin.reasons import ReasonedAdmin
from livefest.models import User


class CallOffForm(ModelForm):
    calls_off = forms.BooleanField(label=_("Call it off"), help_text=_("It is shown nowhere any more."))


@admin.register(PlannedLive)
class PlannedLiveAdmin(ReasonedAdmin, BigTableAdmin):
    form = CallOffForm
    list_display = ["title", "fest", "entry", "starts_at", "cancelled_at"]
    list_filter = ["fest"]
    list_select_related = ["fest", "entry__creator"]
    search_fields = ["entry__creator__handle__startswith"]
    search_help_text = _("The creator's handle, or how it begins.")
    shown: ClassVar[Any] = [("title", "fest"), "entry", "starts_at", "url", "made_at", "cancelled_at"]
    readonly_fields = ["title", "fest", "entry", "starts_at", "url", "made_at", "cancelled_at"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*self.shown, "calls_off"] if self.has_change_permission(request, obj) else self.shown

    def save_model(self, request: HttpRequest, obj: PlannedLive, form: Any, change: bool) -> None:
        cancel_live(live=obj, by=cast(User, request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.cancelled_at is None)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
