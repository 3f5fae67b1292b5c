"""Why these points: a fest day of one's own, by rule and by session, one session row by row, and everything as CSV."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from creators.models import Enquiry
from livefest.campaign import CampaignError
from livefest.views.mine.access import Me, mine_context, taking_part
from livefest.views.mine.points_file import points_file
from livefest.views.mine.points_page import MOST_ROWS, Words, lives_of, session_title
from rankings.reason_sums import score_sums, total_of
from rankings.reasons import Day, Reasons, scheme_of

OUTSIDE = "outside"
CARDS = 30  # sessions of a page


@require_safe
@taking_part
def my_points(request: HttpRequest, me: Me) -> HttpResponse:
    """`day` is a date or "outside"; `session` (which may be "") asks for one session of it, row by row."""
    context = mine_context(me, "my_points")
    try:
        reasons = Reasons(me.entry, scheme_of(me.fest))
    except CampaignError:  # staff are in the middle of changing it
        return render(request, "mine/points.html", {**context, "changing": True})
    days, words = reasons.days(), Words(reasons.scheme, me.entry)
    day = chosen_day(days, request.GET.get("day", ""))
    context |= {"reasons": reasons, "days": days, "day": day, "total": total_of(me.entry)}
    if day == OUTSIDE:
        return render(request, "mine/points.html", {**context, **outside(reasons, words)})
    if day is None:
        context["scores"] = words.scores(score_sums(me.entry, reasons.scheme.rules))
        return render(request, "mine/points.html", {**context, "corrections": words.corrections(reasons.corrections)})
    found = reasons.day(day)
    if "session" in request.GET:
        return session_page(request, context, found, words, request.GET["session"])
    return render(request, "mine/points.html", {**context, **day_context(request, found, reasons, words)})


@require_safe
@taking_part
def my_points_csv(request: HttpRequest, me: Me) -> Any:
    try:
        reasons = Reasons(me.entry, scheme_of(me.fest))
    except CampaignError:
        return render(request, "mine/points.html", {**mine_context(me, "my_points"), "changing": True})
    name = f"{me.fest.slug}-points.csv"
    return StreamingHttpResponse(
        points_file(reasons, Words(reasons.scheme, me.entry)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def chosen_day(days: list[date], text: str) -> Any:
    """A day, OUTSIDE, or None where there is nothing yet; the last day unless one is named. Raises Http404."""
    if not text:
        return days[-1] if days else None
    if text == OUTSIDE:
        return OUTSIDE
    found = next((day for day in days if day.isoformat() == text), None)
    if found is None:
        raise Http404(_("Nothing of yours lies in this day."))
    return found


def outside(reasons: Reasons, words: Words) -> dict[str, Any]:
    return {"uncounted": words.uncounted(reasons.outside(MOST_ROWS)), "is_outside": True}


def day_context(request: HttpRequest, found: Day, reasons: Reasons, words: Words) -> dict[str, Any]:
    open_ = Enquiry.objects.filter(entry=reasons.entry, outcome=Enquiry.Outcome.OPEN)
    return {
        "found": found,
        "rules": [words.rule(one) for one in found.rules],
        "sessions": Paginator(words.sessions(found), CARDS).get_page(request.GET.get("page")),
        "paid": words.paid(found)[:MOST_ROWS],
        "uncounted": words.uncounted(found.uncounted[:MOST_ROWS]),
        "uncounted_more": max(0, len(found.uncounted) - MOST_ROWS),
        "corrections": words.corrections(reasons.corrections),
        "appealed": set(open_.filter(kind=Enquiry.Kind.APPEAL).values_list("correction", flat=True)),
        "scores": words.scores(score_sums(reasons.entry, reasons.scheme.rules, day=found.day)),
    }


def session_page(request: HttpRequest, context: dict[str, Any], found: Day, words: Words, session: str) -> HttpResponse:
    rows = [row for row in found.rows if row.part.session == session and not row.part.payment_id]
    if not rows:
        raise Http404(_("Nothing of yours lies in this session on this day."))
    page = Paginator(rows, MOST_ROWS).get_page(request.GET.get("page"))
    live = lives_of(words.entry, [session]).get(session)
    more = {
        "session": session,
        "title": session_title(session, live),
        "live": live,
        "page": page,
        "rows": words.rows(page),
        "points": sum(row.points for row in rows),
    }
    return render(request, "mine/points_session.html", {**context, **more})
