"""Where a creator stands, on another site, and over their own video."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from creators.former import name_of
from livefest import clock
from livefest.pages import public_page
from livefest.release import release
from livefest.site import fest_context, fest_of, region_name, version_of_fest
from livefest.views.creator_page import entry_of, ranks_of
from livefest.views.embeds.framing import in_any_frame, in_own_frames
from livefest.views.embeds.look import CARD, NAMES, Look, Rows, look_asked, other_address
from livefest.views.places import boards_of, group_names
from livefest.views.showcase.forward import lives_on_air
from rankings.copies import shown_belonging

SIGN = Rows(1, 3, 1)


@require_safe
@in_any_frame
@public_page(version_of_fest, query=NAMES)
def embed_creator(request: HttpRequest, fest: str, handle: str) -> HttpResponse:
    return shown(request, fest, handle, look=look_asked(request, CARD), template="embeds/creator.html")


@require_safe
@in_own_frames
@public_page(version_of_fest, query=NAMES)
def overlay_creator(request: HttpRequest, fest: str, handle: str) -> HttpResponse:
    look = look_asked(request, SIGN)._replace(theme="auto")  # over a video there is but one
    return shown(request, fest, handle, look=look, template="embeds/overlay_creator.html")


def shown(request: HttpRequest, fest: str, handle: str, *, look: Look, template: str) -> HttpResponse:
    found = fest_of(fest)
    entry = entry_of(found, handle)
    elsewhere = other_address(request, look)
    if elsewhere:
        return elsewhere
    belonging = shown_belonging(entry)
    ranks, _earlier = ranks_of(entry, belonging, boards_of(found), group_names(found))
    code = belonging.region or (entry.region.code if entry.region else "")
    context = {
        **fest_context(found),
        "entry": entry,
        "name": name_of(entry.creator),
        "flag": region_name(code).flag if code else "",
        "ranks": ranks[: look.rows],
        "live": lives_on_air(found, clock.now()).filter(entry=entry).first(),
        "look": look,
        "own": look.address(request.path),
        "release": release(),
    }
    return render(request, template + ("#moves" if request.htmx else ""), context)  # type: ignore[attr-defined]
