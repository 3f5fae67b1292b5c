"""The staff's pages of freezes: what the public is shown, the reveal, and the ceremonies with their stage."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.permissions import FEST_PAGES, FestPage
from livefest.admin.reasons import ReasonField
from livefest.copies import shown_copy
from livefest.models import Fest, PublicCopy, User
from rankings.ceremony import Act, changed_since, prepare, take_step, where
from rankings.ceremony_page import announced, titles_of
from rankings.freezing import FREEZE, FreezingError, reveal, why_not_frozen
from rankings.models import Board, Ceremony, CeremonyRow
from rankings.models.ceremony import MOST_RANKS

FEST_PAGES.append(FestPage(gettext_lazy("Freeze and reveal"), "admin:rankings_freeze", (FREEZE,)))

STATES = {
    None: gettext_lazy("prepared"),
    Act.OPEN: gettext_lazy("on"),
    Act.FORWARD: gettext_lazy("on"),
    Act.BACK: gettext_lazy("on"),
    Act.DONE: gettext_lazy("over"),
    Act.WITHDRAW: gettext_lazy("withdrawn"),
}


class RevealForm(forms.Form):
    sure = forms.BooleanField(label=gettext_lazy("Show everybody what stands now. This can't be taken back."))
    reason = ReasonField()


class CeremonyForm(forms.Form):
    board = forms.ModelChoiceField(label=gettext_lazy("Board"), queryset=Board.objects.none())
    within = forms.CharField(
        label=gettext_lazy("Place"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("Of a board that is split: a region's code, a group's slug, or a category."),
    )
    period = forms.DateField(
        label=gettext_lazy("Day"), required=False, help_text=gettext_lazy("Of a board of days: YYYY-MM-DD.")
    )
    top = forms.IntegerField(label=gettext_lazy("Down to rank"), initial=10, min_value=1, max_value=MOST_RANKS)

    def __init__(self, fest: Fest, *args: Any) -> None:
        super().__init__(*args)
        boards = Board.objects.filter(fest=fest).select_related("fest", "within_group", "round").order_by("position")
        cast("forms.ModelChoiceField[Board]", self.fields["board"]).queryset = boards


@admin.register(PublicCopy)
class PublicCopyAdmin(ReadOnlyAdmin):
    """What the public was shown in place of what is derived, with what is shown now."""

    list_display = ["fest", "kind", "shown_from", "shown_until", "ended_by", "made_at", "shown_now"]
    list_filter = ["fest", "kind"]
    list_select_related = ["fest", "ended_by"]
    fields = ["fest", "kind", "shown_from", "shown_until", "ended_by", "made_at", "standings", "freeze_page"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The way to the freeze for who may take it."""
        may = request.user.has_perm(FREEZE)
        return [name for name in self.fields if may or name != "freeze_page"]

    @admin.display(description=_("shown now"), boolean=True)
    def shown_now(self, copy: PublicCopy) -> bool:
        return copy.shown_until is None

    @admin.display(description=_("standings"))
    def standings(self, copy: PublicCopy) -> int:
        return copy.snapshots.count()

    @admin.display(description=_("freeze and reveal"))
    def freeze_page(self, copy: PublicCopy) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admin:rankings_freeze", args=[copy.fest_id]), copy.fest)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("freeze/<int:fest_id>/", wrap(self.freeze_view), name="rankings_freeze"),
            path("freeze/<int:fest_id>/reveal/", wrap(require_POST(self.reveal_view)), name="rankings_reveal"),
            path("freeze/<int:fest_id>/prepare/", wrap(require_POST(self.prepare_view)), name="rankings_prepare"),
            *super().get_urls(),
        ]

    def freeze_view(self, request: HttpRequest, fest_id: int) -> HttpResponse:
        """Whether the boards are frozen, what ends that, and the ceremonies."""
        return self.freeze_page_of(request, permitted(request, fest_id))

    def reveal_view(self, request: HttpRequest, fest_id: int) -> HttpResponse:
        fest = permitted(request, fest_id)
        form = RevealForm(request.POST)
        if not form.is_valid():
            return self.freeze_page_of(request, fest, reveal_form=form)
        try:
            reveal(fest, by=cast(User, request.user), reason=form.cleaned_data["reason"])
        except FreezingError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The boards show what stands now."))
        return HttpResponseRedirect(reverse("admin:rankings_freeze", args=[fest.pk]))

    def prepare_view(self, request: HttpRequest, fest_id: int) -> HttpResponse:
        fest = permitted(request, fest_id)
        form = CeremonyForm(fest, request.POST)
        if not form.is_valid():
            return self.freeze_page_of(request, fest, ceremony_form=form)
        chosen = form.cleaned_data
        try:
            ceremony = prepare(
                chosen["board"],
                within=chosen["within"],
                period=chosen["period"].isoformat() if chosen["period"] else "",
                top=chosen["top"],
                by=cast(User, request.user),
            )
        except FreezingError as error:
            form.add_error(None, str(error))
            return self.freeze_page_of(request, fest, ceremony_form=form)
        return HttpResponseRedirect(reverse("admin:rankings_ceremony_stage", args=[ceremony.pk]))

    def freeze_page_of(
        self,
        request: HttpRequest,
        fest: Fest,
        reveal_form: RevealForm | None = None,
        ceremony_form: CeremonyForm | None = None,
    ) -> HttpResponse:
        copy = shown_copy(fest.pk)
        frozen = copy is not None and copy.is_freeze
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Freeze and reveal"),
            "fest": fest,
            "copy": copy,
            "frozen": frozen,
            "why_not": "" if frozen else str(why_not_frozen(fest)),
            "ceremonies": [
                {"ceremony": one, "state": STATES[now.act], "shown": now.shown, "over": now.is_over}
                for one in Ceremony.objects.filter(fest=fest)
                for now in [where(one)]
            ],
            "waiting": Ceremony.objects.to_be_held().filter(fest=fest).exists(),
            "reveal_form": reveal_form or RevealForm(),
            "ceremony_form": ceremony_form or CeremonyForm(fest),
        }
        return TemplateResponse(request, "admin/rankings/publiccopy/freeze.html", context)


@admin.register(Ceremony)
class CeremonyAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "fest", "top", "state", "prepared_at", "prepared_by", "stage"]
    list_filter = ["fest"]
    list_select_related = ["fest", "prepared_by"]
    fields = ["fest", "board", "within", "period", "top", "steps", "copy", "prepared_at", "prepared_by", "state"]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The way to the stage for who may take it."""
        may = request.user.has_perm(FREEZE)
        return [name for name in self.list_display if may or name != "stage"]

    @admin.display(description=_("state"))
    def state(self, ceremony: Ceremony) -> str:
        return str(STATES[where(ceremony).act])

    @admin.display(description=_("stage"))
    def stage(self, ceremony: Ceremony) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:rankings_ceremony_stage", args=[ceremony.pk]), _("To the stage")
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.stage_view)
        return [path("<int:pk>/stage/", view, name="rankings_ceremony_stage"), *super().get_urls()]

    def stage_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The stage: what is announced, what comes next, and the buttons that move it."""
        ceremony = get_object_or_404(Ceremony.objects.select_related("fest"), pk=pk)
        if not request.user.has_perm(FREEZE):
            raise PermissionDenied
        if request.method == "POST":
            try:
                take_step(ceremony, **step_asked(request), by=cast(User, request.user))
            except FreezingError as error:
                messages.error(request, str(error))
            return HttpResponseRedirect(request.path)
        return TemplateResponse(request, "admin/rankings/ceremony/stage.html", self.stage_context(request, ceremony))

    def stage_context(self, request: HttpRequest, ceremony: Ceremony) -> dict[str, Any]:
        now = where(ceremony)
        rows = CeremonyRow.objects.filter(ceremony=ceremony).order_by("position")
        board = Board.objects.filter(fest=ceremony.fest_id, slug=ceremony.board).select_related("fest", "round").first()
        title, subtitle = titles_of(ceremony, board)
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "subtitle": subtitle,
            "ceremony": ceremony,
            "fest": ceremony.fest,
            "now": now,
            "state": STATES[now.act],
            "number": now.number + 1,
            "announced": announced(rows.filter(step__lte=now.shown), board, latest=now.shown),
            "following": announced(rows.filter(step=now.shown + 1), board, latest=now.shown),
            "all_shown": now.shown == ceremony.steps,
            "changed": not now.is_over and changed_since(ceremony),
            "steps": ceremony.taken.select_related("by").order_by("-number"),
            "last_done": now.act == Act.DONE and nothing_waits(ceremony),
        }


def nothing_waits(ceremony: Ceremony) -> bool:
    """Whether every ceremony of the fest was held, and its boards are still frozen."""
    copy = shown_copy(ceremony.fest_id)
    held = not Ceremony.objects.to_be_held().filter(fest=ceremony.fest_id).exists()
    return copy is not None and copy.is_freeze and held


def step_asked(request: HttpRequest) -> dict[str, Any]:
    """The number and act of a step that was posted. Raises FreezingError."""
    number, act = request.POST.get("number", ""), request.POST.get("act", "")
    if not (number.isascii() and number.isdigit() and len(number) < 9 and act in Act.values):
        raise FreezingError(_("This is no step; use the buttons."))
    return {"number": max(1, int(number)), "act": Act(act)}


def permitted(request: HttpRequest, fest_id: int) -> Fest:
    if not request.user.has_perm(FREEZE):
        raise PermissionDenied
    return get_object_or_404(Fest, pk=fest_id)
