"""Who takes part in a round that admits: the lists, and the staff's amendments with their reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from creators.admin.filters import RowFilter
from creators.admin.handles import OfCreatorForm
from livefest.admin.base import ModelForm, ReadOnlyAdmin
from livefest.admin.paging import BigTableAdmin
from livefest.admin.reasons import ReasonField
from livefest.models import Fest, User
from rankings.admissions import amend_admission
from rankings.models import Admission, Opening


@admin.register(Opening)
class OpeningAdmin(ReadOnlyAdmin):
    list_display = ["round", "fest", "opened_at", "admitted"]
    list_filter = ["round__fest"]
    list_select_related = ["round__fest"]
    ordering = ["-opened_at"]
    fields = ["fest", "round", "opened_at", "admitted"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Opening]:
        admitted = Count("admissions", filter=Q(admissions__admitted=True))
        rows: QuerySet[Opening] = super().get_queryset(request)
        return rows.annotate(count_admitted=admitted)

    @admin.display(description=_("fest"))
    def fest(self, opening: Opening) -> Fest:
        return opening.round.fest

    @admin.display(description=_("admitted"))
    def admitted(self, opening: Any) -> str:
        return format_html(
            '<a href="{}?opening={}">{}</a>',
            reverse("admin:rankings_admission_changelist"),
            opening.pk,
            number_format(opening.count_admitted, force_grouping=True),
        )


class RoundField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A round that has been opened, of any fest."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.round.name} ({obj.round.fest.slug})"


class AmendForm(ModelForm):
    """Whether a creator takes part from now on, and why. A reason is given anew each time; the last word stands."""

    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["reason"] = ""


class AdmitForm(AmendForm, OfCreatorForm):
    """Another creator, whom no rank admitted."""

    opening = RoundField(
        label=_("Round"),
        queryset=Opening.objects.select_related("round__fest").order_by("-opened_at", "pk"),
        help_text=_("Rounds that admit and have been opened."),
    )

    def fest_of(self, cleaned: dict[str, Any]) -> Fest | None:
        opening: Opening | None = cleaned.get("opening")
        return opening.round.fest if opening else None


class RoundFilter(RowFilter):
    title = _("round")
    parameter_name = "opening"

    def rows(self) -> Iterable[tuple[int, str, str]]:
        return Opening.objects.order_by("-opened_at", "pk").values_list("pk", "round__name", "round__fest__slug")


class OriginFilter(admin.ChoicesFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("who decided")


@admin.register(Admission)
class AdmissionAdmin(BigTableAdmin):
    """Amended, never deleted: who was admitted, and who took them out and why, stays."""

    list_display = ["entry", "opening", "fest", "admitted", "origin", "decided_at", "decided_by", "reason"]
    list_filter = ["opening__round__fest", RoundFilter, "admitted", ("origin", OriginFilter)]
    list_select_related = ["entry__creator", "opening__round__fest", "decided_by"]
    search_fields = ["entry__creator__handle__startswith"]
    search_help_text = _("The creator's handle, or how it begins.")

    @admin.display(description=_("fest"))
    def fest(self, admission: Admission) -> Fest:
        return admission.opening.round.fest

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **{"form": AmendForm if obj else AdmitForm, **kwargs})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["opening", "entry", "admitted", "reason"]
        return [("entry", "opening", "fest"), "origin", "decided_at", "decided_by", "present", "admitted", "reason"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["entry", "opening", "fest", "origin", "decided_at", "decided_by", "present"] if obj else []

    @admin.display(description=_("reason so far"))
    def present(self, admission: Admission) -> str:
        return admission.reason or "-"

    def save_model(self, request: HttpRequest, obj: Admission, form: Any, change: bool) -> None:
        obj.pk = amend_admission(
            round_=obj.opening.round,
            entry=obj.entry,
            admitted=form.cleaned_data["admitted"],
            by=cast(User, request.user),
            reason=form.cleaned_data["reason"],
        ).pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
