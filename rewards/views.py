"""The public pages of rewards."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from livefest.campaign import CampaignError
from livefest.pages import public_page
from livefest.site import fest_context, fest_of, version_of_fest
from rankings.results import current_edition
from rewards import rewards_page
from rewards.rewards_page import version_of_winners


@require_safe
@public_page(version_of_fest)
def rewards(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    try:
        cards = rewards_page.reward_cards(found)
    except CampaignError:  # staff are in the middle of changing it
        cards = None
    context = {
        **fest_context(found, "rewards"),
        "cards": cards,
        "conditions": rewards_page.conditions(found),
        "edition": current_edition(found),
    }
    return render(request, "rewards/rewards.html", context)


@require_safe
@public_page(version_of_winners)
def winners(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    edition = current_edition(found)
    context = {
        **fest_context(found, "rewards"),
        "edition": edition,
        "rewards": rewards_page.winners(found) if edition else [],
    }
    return render(request, "rewards/winners.html", context)
