"""The bell, the list behind it, what one wants to be told, and the way out that every e-mail carries."""

from __future__ import annotations

from typing import NamedTuple, cast

import structlog
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livefest import notifications as telling
from livefest import unsubscribing
from livefest.models import Notification, User
from livefest.quiet_hours import zone_of
from livefest.views.mine.access import signed_in
from livefest.views.mine.notices_forms import ChoicesForm

PAGE = 50
log = structlog.get_logger(__name__)
MOST_COUNTED = 100  # the bell says "99+" from here on


class Row(NamedTuple):
    """A notification in words, and the zone that its moments are told in."""

    notification: Notification
    subject: str
    text: str
    zone: str


@signed_in
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    listed = telling.listed_for(user)
    if before := request.GET.get("before"):
        listed = listed.filter(pk__lt=number(before))
    found = list(listed[: PAGE + 1])
    rows = [row_of(one) for one in found[:PAGE]]
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    context = {
        "rows": rows,
        "more": more,
        "before": before,
        "unread": telling.unread(user, most=MOST_COUNTED),
        "newest": found[0].pk if found else None,
    }
    return render(request, "mine/notifications.html", context)


def row_of(notification: Notification) -> Row:
    """One that can't be said must not take the others with it: whoever is told so can still mark it as read."""
    zone = zone_of(notification.user, notification.fest)
    with timezone.override(zone):
        try:
            subject, text = telling.subject_of(notification), telling.text_of(notification)
        except telling.Unworded as error:
            log.warning("notification_unworded", notification=notification.pk, error=str(error))
            subject, text = _("This can't be shown any more"), _("It was told by a part of the site that has changed.")
        return Row(notification, subject, text, zone.key)


@signed_in
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """One, and perhaps on to the page that it leads to; or all up to the newest that was shown."""
    user = cast(User, request.user)
    if "notification" in request.POST:
        notification = get_object_or_404(telling.listed_for(user), pk=number(request.POST["notification"]))
        telling.mark_read(by=user, only=notification.pk)
        page = telling.address_of(notification) if "open" in request.POST else ""
        return redirect(page or "my_notifications")
    telling.mark_read(by=user, until=number(request.POST.get("until", "")))
    messages.success(request, _("All are marked as read."))
    return redirect("my_notifications")


@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """Nothing for who signed out meanwhile: the page that asks stays as it is."""
    if not isinstance(request.user, User):
        return HttpResponse(status=204)
    unread = telling.unread(request.user, most=MOST_COUNTED)
    return render(request, "mine/_bell.html", {"unread": unread, "counted": True})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = ChoicesForm(request.POST or None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your choices are saved."))
        return redirect("my_choices")
    return render(request, "mine/notifications_choices.html", {"form": form})


@csrf_exempt  # mail programs send it by themselves; the token says that it is the e-mail's reader's
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, for programs follow links on their own; POST does it, and answers without a redirect (RFC 8058)."""
    try:
        user, kind = unsubscribing.subscription_of(token)
    except unsubscribing.BadToken:
        return render(request, "mine/unsubscribe_unknown.html", status=404)
    if request.method == "POST":
        unsubscribing.unsubscribe(by=user, kind=kind)
    return render(request, "mine/unsubscribe.html", {"kind": kind, "done": request.method == "POST"})


def number(text: str) -> int:
    """Raises Http404."""
    if not (text.isascii() and text.isdigit()):
        raise Http404
    return int(text)
