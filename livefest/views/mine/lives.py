"""The LIVEs that a creator announces."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from creators.models import PlannedLive
from creators.planned_lives import MOST_TO_COME, TITLE_MOST, URL_MOST, PlanningError, cancel_live, plan_live
from livefest import clock
from livefest.models import Fest
from livefest.views.mine.access import Me, mine_context, taking_part

FORM = "%Y-%m-%dT%H:%M"  # as a browser's datetime-local writes and reads it


class PlanForm(forms.Form):
    """`starts_at` is read as wall-clock time of the fest's zone; cleaned it is UTC."""

    starts_at = forms.CharField(
        label=gettext_lazy("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"})
    )
    title = forms.CharField(label=gettext_lazy("What"), max_length=TITLE_MOST)
    url = forms.CharField(
        label=gettext_lazy("Where"),
        max_length=URL_MOST,
        required=False,
        help_text=gettext_lazy("The https address of your LIVE, if you have one."),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    def __init__(self, *args: Any, fest: Fest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone: ZoneInfo = fest.zone
        field = self.fields["starts_at"]
        field.help_text = _("By the clock of %(zone)s, while the festival is on.") % {"zone": fest.time_zone}
        least = max(clock.now(), fest.starts).astimezone(fest.zone)
        field.widget.attrs |= {"min": least.strftime(FORM), "max": fest.ends.astimezone(fest.zone).strftime(FORM)}

    def clean_starts_at(self) -> datetime:
        try:
            moment = datetime.strptime(self.cleaned_data["starts_at"][:16], FORM)
            return moment.replace(tzinfo=self.zone).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(_("Write date and time such as 2026-02-14T20:00.")) from error


@require_http_methods(["GET", "HEAD", "POST"])
@taking_part
def my_lives(request: HttpRequest, me: Me) -> HttpResponse:
    form = PlanForm(request.POST if request.method == "POST" else None, fest=me.fest)
    if request.method == "POST" and form.is_valid():
        try:
            plan_live(entry=me.entry, by=me.entry, **form.cleaned_data)
        except PlanningError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Announced. It is on your page and the festival's."))
            return redirect("my_lives", fest=me.fest.slug)
    now = clock.now()
    lives = PlannedLive.objects.filter(entry=me.entry, cancelled_at=None)
    context = {
        **mine_context(me, "my_lives"),
        "form": form,
        "coming": list(lives.filter(starts_at__gt=now)),
        "past": list(lives.filter(starts_at__lte=now).order_by("-starts_at")[:MOST_TO_COME]),
        "most": MOST_TO_COME,
        "is_over": now >= me.fest.ends,
        "now": now,
    }
    return render(request, "mine/lives.html", context, status=422 if form.is_bound else 200)


@require_POST
@taking_part
def cancel(request: HttpRequest, me: Me, live: int) -> HttpResponse:
    found = PlannedLive.objects.filter(entry=me.entry, pk=live).first()
    if found is None:
        raise Http404(_("There is no such LIVE."))
    cancel_live(live=found, by=me.entry)
    messages.success(request, _("“%(live)s” is called off.") % {"live": found})
    return redirect("my_lives", fest=me.fest.slug)
