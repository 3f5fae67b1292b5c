"""Pages of rows that belong to one fest: which one is settled first, then only its own rows are offered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast
from urllib.parse import parse_qs

from django import forms
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.forms.models import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from livefest.admin.base import ModelAdmin, TabularInline, state
from livefest.admin.violations import WordedForm
from livefest.models import Fest


class FestScopedForm(WordedForm):
    """A form of a row of `fest`, which is settled before and can't be changed here.

    `problems` are why the same data, valid by itself, was refused when it was saved. Moments that were not touched
    keep what the widgets don't show (microseconds).
    """

    fest: ClassVar[Fest | None] = None
    problems: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.fest and "fest" in self.fields:
            self.instance.fest = self.fest
            self.initial["fest"] = self.fest.pk
            self.fields["fest"].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            untouched = isinstance(field, forms.SplitDateTimeField) and name not in self.changed_data
            if untouched and self.instance.pk:
                cleaned[name] = getattr(self.instance, name)
        for problem in self.problems:
            self.add_error(None, problem)
        return cleaned


class SameFestFields:
    """Mixin of admins and inlines: foreign keys offer the fest's own rows, and moments say in which zone they are.

    `offered` narrows a foreign key's choices further, by its name.
    """

    offered: ClassVar[dict[str, dict[str, Any]]] = {}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        fest, model = state(request).fest, db_field.remote_field.model
        if model is Fest and fest:
            kwargs["queryset"] = Fest.objects.filter(pk=fest.pk)
        elif fest and belongs_to_a_fest(model) and db_field.name not in self.autocomplete_fields:  # type: ignore[attr-defined]
            narrowed = self.offered.get(db_field.name, {})
            kwargs["queryset"] = model._default_manager.filter(fest=fest, **narrowed)
            field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
            share_choices(field, request, (model, db_field.blank, str(narrowed)))
            return field
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if isinstance(db_field, models.DateTimeField) and field:
            field.help_text = format_lazy("{} {}", field.help_text, in_zone())
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            wrapper = field.widget
            wrapper.can_add_related = wrapper.can_change_related = False
            wrapper.can_delete_related = wrapper.can_view_related = False
        return field


def in_zone() -> Any:
    return format_lazy(_("In {zone}."), zone=timezone.get_current_timezone_name())


def belongs_to_a_fest(model: type[models.Model]) -> bool:
    try:
        return model._meta.get_field("fest").related_model is Fest
    except FieldDoesNotExist:
        return False


def share_choices(field: ModelChoiceField[Any] | None, request: HttpRequest, key: Any) -> None:
    """Fetches the choices once, not for each row of an inline."""
    if field is not None:
        choices = state(request).choices
        if key not in choices:
            choices[key] = list(cast(Iterable[Any], field.choices))
        field.choices = choices[key]


class FestScopedInline(SameFestFields, TabularInline):
    form = WordedForm
    extra = 0


class FestScopedAdmin(SameFestFields, ModelAdmin):
    """An admin of rows with a `fest`. A new row's is that in the address (`?fest=`), that by which the list was
    filtered, or the only one there is; otherwise it is asked for first."""

    form = FestScopedForm
    needs_fest = True

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        fest = self.settled_fest(request, object_id)
        if self.needs_fest and object_id is None and fest is None and self.has_add_permission(request):
            return self.ask_for_fest(request)
        state(request).fest = fest
        return super().changeform_view(request, object_id, form_url, extra_context)

    def settled_fest(self, request: HttpRequest, object_id: str | None) -> Fest | None:
        if object_id is not None:
            row = self.get_object(request, unquote(object_id))
            return row.fest if row else None
        filters = parse_qs(request.GET.get("_changelist_filters", ""))
        wanted = request.GET.get("fest") or filters.get("fest__id__exact", [""])[0]
        if wanted.isdecimal():
            return Fest.objects.filter(pk=int(wanted)).first()
        fests = list(Fest.objects.all()[:2])
        return fests[0] if len(fests) == 1 else None

    def ask_for_fest(self, request: HttpRequest) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Which fest?"),
            "fests": Fest.objects.all(),
        }
        return TemplateResponse(request, "admin/ask_for_fest.html", context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.fest, form.problems = state(request).fest, state(request).problems
        return form
