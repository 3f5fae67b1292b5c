"""What creators say of themselves, for staff: to look at, and to take out what may not be shown."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from creators.models import Profile
from creators.profiles import moderate_profile
from livefest.admin.base import ModelForm
from livefest.admin.paging import BigTableAdmin
from livefest.admin.reasons import ReasonedAdmin
from livefest.models import User


class ModerationForm(ModelForm):
    """Nothing is written for creators; it is only taken out."""

    take_picture = forms.BooleanField(label=gettext_lazy("Take out the picture"), required=False)
    take_bio = forms.BooleanField(label=gettext_lazy("Take out the text"), required=False)
    take_links = forms.BooleanField(label=gettext_lazy("Take out the links"), required=False)

    class Meta:
        model = Profile
        fields: ClassVar[list[str]] = []


@admin.register(Profile)
class ProfileAdmin(ReasonedAdmin, BigTableAdmin):
    form = ModerationForm
    list_display = ["creator", "user", "language", "has_picture", "since"]
    search_fields = ["creator__handle__startswith"]
    search_help_text = gettext_lazy("The creator's handle, or how it begins.")
    ordering = ["-pk"]
    readonly_fields = ["creator", "user", "since", "shown", "bio", "links", "language"]
    fieldsets: ClassVar[Any] = [
        (None, {"fields": ["creator", "user", "since", "shown", "bio", "links", "language"]}),
        (gettext_lazy("Take out"), {"fields": ["take_picture", "take_bio", "take_links"]}),
    ]

    @admin.display(description=gettext_lazy("picture"), boolean=True)
    def has_picture(self, profile: Profile) -> bool:
        return profile.picture_id is not None

    @admin.display(description=gettext_lazy("picture"))
    def shown(self, profile: Profile) -> str:
        if profile.picture is None:
            return "-"
        address = reverse("picture", kwargs={"digest": profile.picture.digest})
        return format_html('<img src="{}" width="128" height="128" alt="">', address)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Profile]:
        return super().get_queryset(request).select_related("creator", "user", "picture").defer("picture__content")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if self.has_change_permission(request, obj) else fieldsets[:1]

    def save_model(self, request: HttpRequest, obj: Profile, form: Any, change: bool) -> None:
        moderate_profile(
            profile=obj,
            by=cast(User, request.user),
            reason=form.cleaned_data["reason"],
            picture=form.cleaned_data["take_picture"],
            bio=form.cleaned_data["take_bio"],
            links=form.cleaned_data["take_links"],
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """With the account alone."""
        return False
