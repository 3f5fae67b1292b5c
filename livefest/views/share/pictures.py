"""The pictures by which pages are shown where they are shared: each drawn once for a version of its page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.challenge_page import card_of
from challenges.views import challenge_of
from livefest import clock
from livefest.announced import shown_updates
from livefest.pages import HEADERS, public_page
from livefest.site import fest_of, version_of_fest
from livefest.views.creator_page import entry_of
from livefest.views.share import drawn
from livefest.views.showcase.summary import summary_page
from livefest.views.updates import one_of
from rankings.board_page import address_parts
from rankings.views import board_of, settled, version_of_board

# Who shows shared pages asks seldom, and may keep a picture longer than a page.
PICTURE_HEADERS = {**HEADERS, "Cache-Control": "public, max-age=60, stale-while-revalidate=600, stale-if-error=3600"}


def answer(content: bytes) -> HttpResponse:
    return HttpResponse(content, "image/jpeg" if content.startswith(b"\xff\xd8") else "image/png")


@require_safe
@public_page(lambda: "1", headers=PICTURE_HEADERS)
def site_picture(request: HttpRequest) -> HttpResponse:
    return answer(drawn.of_site())


@require_safe
@public_page(version_of_fest, headers=PICTURE_HEADERS)
def fest_picture(request: HttpRequest, fest: str) -> HttpResponse:
    return answer(drawn.of_fest(fest_of(fest), clock.now()))


@require_safe
@public_page(version_of_board, headers=PICTURE_HEADERS)
def board_picture(request: HttpRequest, fest: str, board: str, within: str, day: str = "") -> HttpResponse:
    shown = board_of(fest, board)
    place, period = settled(shown, within, day)
    if (within, day) != address_parts(shown, within=place, period=period):
        raise Http404(_("This board has no such standing."))  # another spelling, which would be kept beside it
    return answer(drawn.of_board(shown, within=place, period=period))


@require_safe
@public_page(version_of_fest, headers=PICTURE_HEADERS)
def creator_picture(request: HttpRequest, fest: str, handle: str) -> HttpResponse:
    found = fest_of(fest)
    return answer(drawn.of_creator(found, entry_of(found, handle), clock.now()))


@require_safe
@public_page(version_of_fest, headers=PICTURE_HEADERS)
def summary_picture(request: HttpRequest, fest: str, handle: str) -> HttpResponse:
    found, now = fest_of(fest), clock.now()
    if now < found.ends:
        raise Http404(_("The festival is still on; come back when it is over."))
    return answer(drawn.of_summary(found, summary_page(found, entry_of(found, handle), now)))


@require_safe
@public_page(version_of_fest, headers=PICTURE_HEADERS)
def challenge_picture(request: HttpRequest, fest: str, challenge: str) -> HttpResponse:
    return answer(drawn.of_challenge(card_of(challenge_of(fest_of(fest), challenge), clock.now())))


@require_safe
@public_page(version_of_fest, headers=PICTURE_HEADERS)
def update_picture(request: HttpRequest, fest: str, update: str) -> HttpResponse:
    shown = shown_updates(fest_of(fest), clock.now()).select_related("fest", "picture").defer(None)
    return answer(drawn.of_update(one_of(shown, update)))
