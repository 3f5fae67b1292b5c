"""Award events: where and when, for how many; who is invited and comes; what guests need, for who looks after them."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from livefest.admin.checks import RefusableAdmin
from livefest.admin.permissions import lacking, refusal
from livefest.admin.reasons import ReasonedAdmin, lacks_reason
from livefest.admin.scope import FestScopedForm
from livefest.admin.translations import TranslatedAdmin
from livefest.admin.violations import VIOLATIONS
from livefest.audit import record
from rewards.awards import FULFIL
from rewards.door import ADMIT, counters
from rewards.invitations import coming_to, free_places, invite_claimed, lock_event, needs_of, refill
from rewards.models import AwardEvent, Invitation

Answer = Invitation.Answer
MOST_GUESTS = 500

VIOLATIONS.update(
    {
        "awardevent_starts_before_end": gettext_lazy("The end is not after the start; write a later moment."),
        "awardevent_answered_before": gettext_lazy("Guests answer before the event starts; write an earlier moment."),
        "awardevent_capacity_positive": gettext_lazy("Write a capacity of 1 or more."),
    }
)


class AwardEventForm(FestScopedForm):
    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name not in available_timezones():
            text = _("“%(name)s” is no time zone; write an IANA name such as Europe/London.")
            raise ValidationError(text % {"name": name})
        return name

    def clean_capacity(self) -> int:
        """The event is locked: nobody accepts meanwhile."""
        capacity: int = self.cleaned_data["capacity"]
        coming = coming_to(lock_event(self.instance)) if self.instance.pk else 0
        if capacity < coming:
            text = ngettext(
                "%(coming)d person comes already; write at least that many.",
                "%(coming)d people come already; write at least that many.",
                coming,
            )
            raise ValidationError(text % {"coming": coming})
        return capacity


@admin.register(AwardEvent)
class AwardEventAdmin(ReasonedAdmin, TranslatedAdmin, RefusableAdmin):
    """More room lets in who waits, at once; the reward's claimed awards are invited."""

    form = AwardEventForm
    list_display = ["name", "fest", "reward", "starts", "answer_before", "capacity"]
    list_filter = ["fest"]
    list_select_related = ["fest", "reward"]
    search_fields = ["name"]
    ordering = ["-starts", "-id"]
    offered: ClassVar[dict[str, dict[str, Any]]] = {"reward": {"kind": "invitation"}}
    fields: ClassVar[Any] = [
        "fest",
        ("name", "reward"),
        "place",
        "time_zone",
        ("starts", "ends"),
        "answer_before",
        ("capacity", "companions"),
    ]

    def get_urls(self) -> list[URLPattern]:
        guests: Any = self.admin_site.admin_view(self.guests_view)
        return [path("<int:event_id>/guests/", guests, name="rewards_awardevent_guests"), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: AwardEvent | None = None) -> list[str]:
        readonly = list(super().get_readonly_fields(request, obj))
        return [*readonly, "reward"] if obj and obj.invitations.exists() else readonly

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        invited = obj is not None and obj.invitations.exists()
        return not invited and super().has_delete_permission(request, obj)

    def check_saved(self, row: AwardEvent) -> None:
        invite_claimed(row)
        refill(row)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        event = kwargs.get("obj")
        if event:
            context |= {
                "counters": counters(event),
                "free": free_places(event),
                "answers": answers_of(event),
                "invitations": invitations_of(event)[:MOST_GUESTS],
                "may_read": not lacking(request, [FULFIL]),
                "may_admit": not lacking(request, [ADMIT]),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def guests_view(self, request: HttpRequest, event_id: int) -> HttpResponse:
        """POST, with a reason that the audit keeps: who comes with whom, and what they need."""
        if lacked := lacking(request, ["rewards.view_awardevent", FULFIL]):
            return refusal(lacked)
        event = get_object_or_404(AwardEvent.objects.select_related("fest"), pk=event_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if lacks_reason(request):
            return HttpResponseRedirect(reverse("admin:rewards_awardevent_change", args=[event.pk]))
        record(event, verb="read guests' needs")
        rows = invitations_of(event).filter(answer__in=[Answer.COMES, Answer.WAITS])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Guests and what they need"),
            "event": event,
            "fest": event.fest,
            "guests": [(row, needs_of(row)) for row in rows],
        }
        headers = {"Cache-Control": "private, no-store"}
        return TemplateResponse(request, "admin/rewards/awardevent/guests.html", context, headers=headers)


def invitations_of(event: AwardEvent) -> QuerySet[Invitation]:
    rows = event.invitations.select_related("event", "award__reward", "award__entry__creator")
    return rows.order_by("answer", "answered_at", "pk")


def answers_of(event: AwardEvent) -> list[tuple[str, int, int]]:
    """By answer: how many guests, and how many people with them."""
    sums = dict.fromkeys(Answer.values, (0, 0))
    for answer, people in event.invitations.values_list("answer", "people"):
        guests, all_people = sums[answer]
        sums[answer] = (guests + 1, all_people + people)
    return [(str(Answer(answer).label), *found) for answer, found in sums.items() if found[0]]
