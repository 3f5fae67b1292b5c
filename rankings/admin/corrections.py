"""Corrections: the list, the way from a form over what would move to the correction, and its further steps.

The rows are creators' and the page is here, because what would move is known by scoring.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, cast

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators import correction_steps as steps
from creators.corrections import CorrectionError
from creators.models import Correction
from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.paging import BigTableAdmin
from livefest.models import Fest, User
from rankings.admin.correction_forms import FORMS, ReasonForm
from rankings.corrections import make_correction, preview

State = Correction.State


def may_propose(_correction: Correction, user: User) -> bool:
    return user.has_perm(steps.PROPOSE)


def may_approve(correction: Correction, user: User) -> bool:
    """Somebody else than who took the first step."""
    return user.has_perm(steps.APPROVE) and user != first_of(correction)


def may_refuse(correction: Correction, user: User) -> bool:
    """Who took the first step may take it back."""
    return user.has_perm(steps.APPROVE) or user == first_of(correction)


def first_of(correction: Correction) -> User:
    return correction.undo_proposed_by or correction.proposed_by


class Step(NamedTuple):
    """A further step: in which state, to whom it is offered, what it is called, what it does, and whether it asks for a
    reason or shows what would move."""

    state: str
    offered: Callable[[Correction, User], bool]
    title: Promise
    take: Callable[..., Correction]
    asks: bool
    moves: bool


STEPS = {
    "approve": Step(State.PROPOSED, may_approve, gettext_lazy("Approve"), steps.approve, asks=False, moves=True),
    "refuse": Step(State.PROPOSED, may_refuse, gettext_lazy("Refuse"), steps.refuse, asks=True, moves=False),
    "undo": Step(State.IN_FORCE, may_propose, gettext_lazy("Undo"), steps.undo, asks=True, moves=True),
    "approve-undo": Step(
        State.UNDO_PROPOSED, may_approve, gettext_lazy("Approve undoing"), steps.approve_undo, asks=False, moves=True
    ),
    "refuse-undo": Step(
        State.UNDO_PROPOSED, may_refuse, gettext_lazy("Refuse undoing"), steps.refuse_undo, asks=True, moves=False
    ),
}

STATES = {
    State.PROPOSED: Q(in_force_at=None, refused_at=None),
    State.REFUSED: Q(refused_at__isnull=False),
    State.IN_FORCE: Q(in_force_at__isnull=False, undo_proposed_at=None),
    State.UNDO_PROPOSED: Q(undo_proposed_at__isnull=False, undone_at=None),
    State.UNDONE: Q(undone_at__isnull=False),
}


class StateFilter(SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in State]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(STATES[State(value)]) if value in State.values else queryset


@admin.register(Correction)
class CorrectionAdmin(BigTableAdmin, ReadOnlyAdmin):
    """To look at; everything that changes one is a step with a page of its own."""

    list_display = ["says", "fest", "kind", "state", "reason", "proposed_by", "proposed_at", "in_force_at"]
    list_filter = ["fest", "kind", StateFilter]
    list_select_related = ["fest", "entry__creator", "metric", "fact", "source", "proposed_by"]
    search_fields = ["entry__creator__handle__startswith"]
    search_help_text = gettext_lazy("The creator's handle, or how it begins.")
    fields: ClassVar[Any] = [
        ("says", "fest", "kind", "state"),
        ("creators_changed", "points_changed", "large"),
        ("proposed_at", "proposed_by"),
        "reason",
        ("in_force_at", "approved_by"),
        ("refused_at", "refused_by", "refusal"),
        ("undo_proposed_at", "undo_proposed_by", "undo_reason"),
        ("undone_at", "undone_by"),
    ]

    @admin.display(description=gettext_lazy("correction"))
    def says(self, correction: Correction) -> str:
        return correction.says

    @admin.display(description=gettext_lazy("state"))
    def state(self, correction: Correction) -> str:
        return str(correction.state.label)

    def get_urls(self) -> list[URLPattern]:
        def named(route: str, view: Any, name: str) -> URLPattern:
            wrapped: Any = self.admin_site.admin_view(view)
            return cast(URLPattern, path(route, wrapped, name=f"creators_correction_{name}"))

        return [
            named("propose/", self.choose_view, "choose"),
            named("propose/<int:fest_id>/<slug:kind>/", self.propose_view, "propose"),
            named("<int:correction_id>/step/<slug:step>/", self.step_view, "step"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        more = {"may_propose": request.user.has_perm(steps.PROPOSE), **(extra_context or {})}
        return super().changelist_view(request, more)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        correction = kwargs.get("obj")
        if correction:
            context["steps"] = [
                (step.title, reverse("admin:creators_correction_step", args=[correction.pk, name]))
                for name, step in STEPS.items()
                if step.state == correction.state and step.offered(correction, cast(User, request.user))
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def choose_view(self, request: HttpRequest) -> HttpResponse:
        """Which fest, and which kind."""
        refuse_unless_may(request, steps.PROPOSE)
        context = self.context(request, _("What is to be corrected?"))
        context |= {"fests": Fest.objects.all(), "kinds": Correction.Kind.choices}
        return TemplateResponse(request, "admin/creators/correction/choose.html", context)

    def propose_view(self, request: HttpRequest, fest_id: int, kind: str) -> HttpResponse:
        """The form; sent, what would move; sent again from there (`make`), the correction."""
        refuse_unless_may(request, steps.PROPOSE)
        if kind not in FORMS:
            raise Http404
        fest, by = get_object_or_404(Fest, pk=fest_id), cast(User, request.user)
        form = FORMS[kind](request.POST or None, fest=fest)
        context = self.context(request, str(Correction.Kind(kind).label)) | {"form": form, "fest": fest}
        if request.method == "POST" and "change" not in request.POST and form.is_valid():
            try:
                correction = form.correction()
                if "make" in request.POST:
                    return self.done(request, make_correction(correction, by=by, reason=form.cleaned_data["reason"]))
                context |= {"correction": correction, "preview": preview(correction, by=by)}
            except CorrectionError as error:
                form.add_error(None, str(error))
        return TemplateResponse(request, "admin/creators/correction/propose.html", context)

    def step_view(self, request: HttpRequest, correction_id: int, step: str) -> HttpResponse:
        """What would move and, where it is asked for, a form for the reason; POST takes the step."""
        if not request.user.has_perm(steps.PROPOSE) and not request.user.has_perm(steps.APPROVE):
            raise PermissionDenied
        found = STEPS.get(step)
        if found is None:
            raise Http404
        rows = Correction.objects.select_related("fest", "entry__creator", "metric", "fact", "source")
        correction, by = get_object_or_404(rows, pk=correction_id), cast(User, request.user)
        form = ReasonForm(request.POST or None) if found.asks else None
        context = self.context(request, str(found.title)) | {"form": form, "correction": correction, "step": found}
        try:
            if request.method == "POST" and (form is None or form.is_valid()):
                more = {"reason": form.cleaned_data["reason"]} if form else {}
                return self.done(request, found.take(correction, by=by, **more))
            if found.moves and correction.state == found.state:
                context["preview"] = preview(correction, by=by)
        except CorrectionError as error:
            context["problems"] = [str(error)]
        return TemplateResponse(request, "admin/creators/correction/step.html", context)

    def done(self, request: HttpRequest, correction: Correction) -> HttpResponse:
        said = f"{correction.state.label}: {correction}"  # Django writes the first letter large: no handle
        self.log_change(request, correction, said)
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:creators_correction_change", args=[correction.pk]))

    def context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title}


def refuse_unless_may(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
