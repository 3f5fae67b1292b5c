"""The door of an award event, for staff at a phone: a page that works with and without script, and what it asks."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livefest import clock
from livefest.models import User
from rewards import door as doorway
from rewards.awards import AwardError
from rewards.models import AwardEvent
from rewards.tickets import public_keys

LONGEST_CODE = 1000
View = Callable[..., HttpResponse]


def at_the_door(view: View) -> View:
    """For staff who may admit; the view gets the event."""

    @wraps(view)
    def wrapped(request: HttpRequest, event: int, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(AwardEvent.objects.select_related("fest"), pk=event)
        response = view(request, found, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return login_required(permission_required(doorway.ADMIT, raise_exception=True)(wrapped))


@require_safe
@login_required
@permission_required(doorway.ADMIT, raise_exception=True)
def doors(request: HttpRequest) -> HttpResponse:
    return render(request, "rewards/door_list.html", {"events": doorway.open_events()})


@require_http_methods(["GET", "HEAD", "POST"])
@at_the_door
def door(request: HttpRequest, event: AwardEvent) -> HttpResponse:
    """The page; what its plain form sends is answered on it."""
    verdict, problem = None, ""
    if request.method == "POST":
        try:
            code = request.POST.get("code", "")[:LONGEST_CODE]
            verdict = doorway.admit(event, code=code, by=cast(User, request.user))
        except AwardError as error:
            problem = str(error)
    context = {"event": event, "verdict": verdict, "problem": problem, "counters": doorway.counters(event)}
    return render(request, "rewards/door.html", context)


@require_POST
@at_the_door
def admit(request: HttpRequest, event: AwardEvent) -> HttpResponse:
    """JSON {code, at, device} → {result, text, name, time, inside, expected}; sent again it has the same answer."""
    try:
        sent = json.loads(request.body)
        code, device, at = str(sent["code"]), str(sent.get("device", "")), moment(sent.get("at"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = _("Send code, at and device as JSON: %(error)s") % {"error": error}
        return JsonResponse({"problem": problem}, status=400)
    try:
        verdict = doorway.admit(event, code=code[:LONGEST_CODE], at=at, device=device, by=cast(User, request.user))
    except AwardError as error:
        return JsonResponse({"problem": str(error)}, status=422)
    counted = doorway.counters(event)
    return JsonResponse(
        {
            "result": verdict.result,
            "text": verdict.text,
            "name": verdict.name,
            "time": doorway.time_at(event, verdict.at) if verdict.at else "",
            "inside": counted.inside,
            "expected": counted.expected,
        }
    )


@require_safe
@at_the_door
def door_list(request: HttpRequest, event: AwardEvent) -> HttpResponse:
    """What a phone decides by while it has no connection."""
    etag = f'"{doorway.list_version(event)}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified(headers=headers)
    counted = doorway.counters(event)
    keys = [base64.b64encode(key.public_bytes_raw()).decode() for key in public_keys()]
    told = {
        "event": event.pk,
        "keys": keys,
        "tickets": dict(doorway.door_list(event)),
        "inside": counted.inside,
        "expected": counted.expected,
    }
    return JsonResponse(told, headers=headers)


def moment(text: object) -> datetime | None:
    return clock.parse_moment(text) if isinstance(text, str) else None
