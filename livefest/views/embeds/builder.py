"""The page that makes what one needs to show a board or a creator elsewhere: the code of a widget, and the address of
an overlay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from creators.former import name_of
from livefest.models import Fest
from livefest.pages import public_answer
from livefest.site import fest_context, fest_of
from livefest.views.creator_page import entry_of
from livefest.views.embeds.creators import SIGN
from livefest.views.embeds.framing import with_own_frames
from livefest.views.embeds.look import CARD, OVERLAY, THEMES, WIDGET, Look, look_asked
from rankings.board_page import address_parts, default_place, place_choices
from rankings.models import Board
from rankings.views import boards_in

KEPT_SECONDS = 10
ROW, AROUND = 52, 170  # pixels of a widget's row, and of what stands around its rows


@dataclass(frozen=True)
class Built:
    """Paths are of this site; `snippet` and `source` name it."""

    widget: str
    overlay: str
    title: str
    height: int
    overlay_height: int

    @property
    def snippet(self) -> str:
        return format_html(
            '<iframe src="{}" title="{}" width="400" height="{}" loading="lazy"'
            ' style="border: 0; max-width: 100%"></iframe>',
            settings.SITE_URL + self.widget,
            self.title,
            self.height,
        )

    @property
    def source(self) -> str:
        return f"{settings.SITE_URL}{self.overlay}"


@require_safe
@with_own_frames
@public_answer(KEPT_SECONDS)
@vary_on_headers("HX-Request")
def embed_builder(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    of_creator = request.GET.get("of") == "creator"
    look = look_asked(request, CARD if of_creator else WIDGET)
    context = creator_asked(request, found, look) if of_creator else board_asked(request, found, look)
    context |= {"of": "creator" if of_creator else "board", "look": look, "boards": boards_in(fest)}
    context["themes"] = zip(THEMES, [_("As the viewer's device"), _("Light"), _("Dark")], strict=True)
    template = "embeds/builder.html" + ("#built" if request.htmx else "")  # type: ignore[attr-defined]
    return render(request, template, {**fest_context(found), **context})


def board_asked(request: HttpRequest, fest: Fest, look: Look) -> dict[str, Any]:
    """The board that is asked for, or the first; nothing is built in a fest without boards."""
    boards = boards_in(fest.slug)
    board = next((one for one in boards if one.slug == request.GET.get("board")), boards[0] if boards else None)
    if board is None:
        return {"built": None}
    choices = place_choices(board, request.GET.get("within", ""))
    within = next((choice.value for choice in choices if choice.chosen), default_place(board))
    return {"board": board, "places": place_choices(board, within), "built": built_of_board(fest, board, within, look)}


def built_of_board(fest: Fest, board: Board, within: str, look: Look) -> Built:
    place, _day = address_parts(board, within=within, period="")
    parts = {"fest": fest.slug, "board": board.slug, "within": place}
    over = look._replace(rows=min(look.rows, OVERLAY.most), theme="auto", of=OVERLAY)
    return Built(
        widget=look.address(reverse("embed_board", kwargs=parts)),
        overlay=over.address(reverse("overlay_board", kwargs=parts)),
        title=f"{board.local.name} · {fest.local.name}",
        height=AROUND + ROW * look.rows,
        overlay_height=110 + 62 * over.rows,
    )


def creator_asked(request: HttpRequest, fest: Fest, look: Look) -> dict[str, Any]:
    """`problem` says why there is nothing to build."""
    handle = request.GET.get("creator", "").strip().removeprefix("@")[:128]
    if not handle:
        return {"built": None, "handle": "", "problem": ""}
    try:
        entry = entry_of(fest, handle)
    except Http404 as missing:
        return {"built": None, "handle": handle, "problem": str(missing)}
    parts = {"fest": fest.slug, "handle": handle}
    over = look._replace(rows=min(look.rows, SIGN.most), theme="auto", of=SIGN)
    built = Built(
        widget=look.address(reverse("embed_creator", kwargs=parts)),
        overlay=over.address(reverse("overlay_creator", kwargs=parts)),
        title=f"{name_of(entry.creator)} · {fest.local.name}",
        height=AROUND + 84 * look.rows,
        overlay_height=90 + 130 * over.rows,
    )
    return {"built": built, "handle": handle, "problem": ""}
