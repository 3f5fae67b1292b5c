"""A creator's challenges: what is open, how far they are, and joining."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from challenges.joining import JoiningError, join_challenge
from challenges.models import Challenge
from challenges.progress import my_challenges as challenges_of
from challenges.progress import nearest
from livefest import clock
from livefest.views.mine.access import Me, mine_context, taking_part


@require_safe
@taking_part
def my_challenges(request: HttpRequest, me: Me) -> HttpResponse:
    """What is open, the nearest first; then what comes, what was met, and what is over."""
    found = challenges_of(me.entry, clock.now())
    near = nearest(found)
    met = [one for one in found if one.completion]
    coming = [one for one in found if one.card.state == "next"]
    shown = {one.challenge.pk for one in [*near, *met, *coming]}
    rest = [one for one in found if one.challenge.pk not in shown]
    sections = [
        ("open", _("Open for you"), near),
        ("next", _("Coming up"), coming),
        ("met", _("Met"), met),
        ("rest", _("Over, or not for you"), rest),
    ]
    context = {**mine_context(me, "my_challenges"), "sections": [section for section in sections if section[2]]}
    return render(request, "mine/challenges.html", context)


@require_POST
@taking_part
def join(request: HttpRequest, me: Me, challenge: str) -> HttpResponse:
    found = Challenge.objects.filter(fest=me.fest, slug=challenge).first()
    if found is None:
        raise Http404(_("This festival has no such challenge."))
    try:
        join_challenge(challenge=found, entry=me.entry, by=me.entry)
    except JoiningError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("You take part in “%(challenge)s”. What you do counts from now on.") % {"challenge": found}
        )
    return redirect("my_challenges", fest=me.fest.slug)
