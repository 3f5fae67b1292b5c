"""A picture that staff give to a row: uploaded in its form, made anew by `livefest.pictures`, and shown beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from livefest.admin.base import ModelForm, PlainAdmin
from livefest.admin.permissions import may_write
from livefest.admin.uploads import BoundedFileField
from livefest.models import Picture
from livefest.pictures import MOST_BYTES, WIDE, PictureError, drop_if_unused, made_from, stored

if TYPE_CHECKING:
    FormBase = ModelForm
    AdminBase = PlainAdmin
else:
    FormBase = AdminBase = object


class PictureForm(FormBase):
    """Mixin of forms of rows with a picture. `made` is the new one as it will be stored, once the form is valid; None
    where none was sent."""

    made: bytes | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        sent = cleaned.get("new_picture")
        if sent:
            try:
                self.made = made_from(sent.read(), WIDE)
            except PictureError as error:
                self.add_error("new_picture", ValidationError(str(error)))
        return cleaned


class PicturedAdmin(AdminBase):
    """Mixin of admins of rows with a picture; it stands before the admin's other classes. A picture that nothing shows
    any more is deleted."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if may_write(self, request, obj):
            form: Any = kwargs.get("form", self.form)
            kwargs["form"] = type(form.__name__, (PictureForm, form), fields_for(obj))
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ["picture_shown"] if obj is not None else []
        if may_write(self, request, obj):
            fields += fields_for(obj)
        return [*super().get_fieldsets(request, obj), (_("Picture"), {"fields": fields})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "picture_shown"]

    def picture_shown(self, row: Any) -> str:
        picture = picture_of(row)
        if picture is None:
            return "-"
        address = reverse("picture", kwargs={"digest": picture.digest})
        return format_html('<img src="{}" width="320" height="180" alt="">', address)

    picture_shown.short_description = _("picture")  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = picture_of(obj)
        if form.made is not None:
            obj.picture = stored(form.made)
        elif form.cleaned_data.get("no_picture"):
            obj.picture = None
        super().save_model(request, obj, form, change)
        if before is not None and before.pk != obj.picture_id:
            drop_if_unused(before)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            picture = picture_of(obj)
            super().delete_model(request, obj)
            drop_if_unused(picture)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            pictures = list(Picture.objects.defer("content").filter(pk__in=queryset.values("picture")).order_by("pk"))
            super().delete_queryset(request, queryset)
            for picture in pictures:
                drop_if_unused(picture)


def picture_of(row: Any) -> Picture | None:
    """Without its bytes."""
    return Picture.objects.defer("content").filter(pk=row.picture_id).first() if row.picture_id else None


def fields_for(row: Any) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        "new_picture": BoundedFileField(
            most=MOST_BYTES,
            label=_("New picture"),
            required=False,
            widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
            help_text=_(
                "PNG, JPEG or WebP of up to 8 MB. Its middle is shown, 16 to 9; where it was taken is left out."
            ),
        )
    }
    if row is not None and row.picture_id:
        fields["no_picture"] = forms.BooleanField(label=_("Show no picture"), required=False)
    return fields
