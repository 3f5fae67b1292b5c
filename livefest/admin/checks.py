"""Saving with the campaign file's checks: what they refuse is not stored, and the form comes back as it was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, connection, models, transaction
from django.db.models.deletion import PROTECT, ProtectedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from livefest.admin.base import state
from livefest.admin.scope import FestScopedAdmin, FestScopedForm, FestScopedInline
from livefest.admin.violations import WordedForm, explained
from livefest.campaign import CampaignError, check_stored
from livefest.models import BONUS, Fest


class RefusableAdmin(FestScopedAdmin):
    """An admin whose saving the database or `check_saved` may refuse: then nothing of it is stored, inlines included,
    and the form says why."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        def view() -> HttpResponse:
            return super(RefusableAdmin, self).changeform_view(request, object_id, form_url, extra_context)

        if request.method == "POST":
            response, state(request).problems = unless_refused(lambda: self.locked(request, object_id, view))
            if response:
                return response
        return view()

    def locked(self, request: HttpRequest, object_id: str | None, view: Callable[[], HttpResponse]) -> HttpResponse:
        return view()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        connection.check_constraints()  # those that otherwise wait for the commit
        self.check_saved(form.instance)

    def check_saved(self, row: Any) -> None:
        """Raises CampaignError when what was saved must not stay."""


class CheckedAdmin(RefusableAdmin):
    """An admin of a part of the campaign: after each save and deletion the whole campaign must hold as a file would,
    or nothing happens. One at a time for each fest, as loading a file."""

    with_built_in = False

    def locked(self, request: HttpRequest, object_id: str | None, view: Callable[[], HttpResponse]) -> HttpResponse:
        fest = self.settled_fest(request, object_id)
        if fest:
            lock([fest])
        return view()

    def check_saved(self, row: Any) -> None:
        check_stored(row.fest)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_checked([obj.fest], lambda: super(CheckedAdmin, self).delete_model(request, obj))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        fests = list(Fest.objects.filter(pk__in=queryset.order_by().values("fest")))
        self.delete_checked(fests, lambda: super(CheckedAdmin, self).delete_queryset(request, queryset))

    def delete_checked(self, fests: list[Fest], delete: Callable[[], None]) -> None:
        lock(fests)
        delete()
        connection.check_constraints()
        for fest in fests:
            check_stored(fest)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        response, problems = unless_refused(
            lambda: super(CheckedAdmin, self).delete_view(request, object_id, extra_context)
        )
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[object_id])
        return response or self.say(request, problems, back)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method != "POST":
            return super().changelist_view(request, extra_context)
        response, problems = unless_refused(lambda: super(CheckedAdmin, self).changelist_view(request, extra_context))
        return response or self.say(request, problems, request.get_full_path())

    def say(self, request: HttpRequest, problems: list[str], back: str) -> HttpResponse:
        for problem in problems:
            self.message_user(request, problem, messages.ERROR)
        return HttpResponseRedirect(back)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """As Django's, but what forbids deleting is told by its kind, not fetched row by row."""
        protected = hanging_on(list(objs))
        if protected:
            return [], {}, set(), protected
        return super().get_deleted_objects(objs, request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.is_built_in(obj) and super().has_delete_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.is_built_in(obj) and super().has_change_permission(request, obj)

    def is_built_in(self, row: Any) -> bool:
        """Whether a row is the fest's own `bonus`, metric or rule, which no campaign changes."""
        return self.with_built_in and row is not None and row.slug == BONUS


def unless_refused(save: Callable[[], HttpResponse]) -> tuple[HttpResponse | None, list[str]]:
    """The response, or None and why nothing was stored."""
    try:
        with transaction.atomic():
            return save(), []
    except CampaignError as error:
        return None, [str(problem) for problem in error.problems]
    except ProtectedError as error:
        return None, [str(error.args[0])]
    except IntegrityError as error:
        return None, [explained(error)]


def lock(fests: list[Fest]) -> None:
    """Makes others who change these fests' campaigns wait; facts go on coming in."""
    list(Fest.objects.select_for_update(no_key=True).filter(pk__in=[fest.pk for fest in fests]).order_by("pk"))


def hanging_on(rows: list[Any]) -> list[str]:
    """What forbids to delete the rows: the kinds of rows that refer to one of them and are not deleted with it."""
    if not rows:
        return []
    references: Iterable[Any] = rows[0]._meta.get_fields(include_hidden=True)
    return [
        capfirst(str(reference.related_model._meta.verbose_name_plural))
        for reference in references
        if isinstance(reference, models.ManyToOneRel)
        and reference.on_delete is PROTECT
        and reference.related_model._base_manager.filter(**{f"{reference.field.name}__in": rows}).exists()
    ]


class KeptForm(WordedForm):
    """An inline's form that says why its row can't be deleted without fetching all that hangs on it."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("DELETE") and self.instance.pk and (hanging := hanging_on([self.instance])):
            cleaned["DELETE"] = False  # else the formset would not look at this form's errors
            text = _("“%(row)s” can't be deleted: records hang on it (%(kinds)s); keep it.")
            self.add_error(None, text % {"row": self.instance, "kinds": ", ".join(hanging)})
        return cleaned


class CheckedInline(FestScopedInline):
    form = KeptForm


class ItemAdmin(CheckedAdmin):
    """The admin of one of the campaign's lists: a new row stands at its end."""

    list_filter = ["fest"]
    list_select_related = ["fest"]
    search_fields = ["slug", "name"]
    ordering = ["-fest__starts", "fest", "position", "id"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        others = self.model._default_manager.filter(fest=state(request).fest).exclude(slug=BONUS)
        last = others.aggregate(last=models.Max("position"))["last"]
        return {"position": 0 if last is None else last + 1, **super().get_changeform_initial_data(request)}


class BesideBuiltInForm(FestScopedForm):
    """The form of a row of a list in which every fest has a built-in `bonus`."""

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug == BONUS:
            self.add_error("slug", _("“bonus” is built in; choose another slug."))
        return slug
