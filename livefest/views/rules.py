"""The rules of a fest in words, made from its campaign: nothing that it says is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from creators.wording import describe_belonging
from livefest.campaign import Campaign, CampaignError, campaign_in_words
from livefest.campaign.descriptions import Description, Sentence, sentence, titled
from livefest.campaign.registry import sections
from livefest.campaign.wording import describe_corrections, describe_counting, describe_days, describe_people
from livefest.models import Fest
from livefest.pages import public_page
from livefest.site import fest_context, fest_of, version_of_fest
from rankings.campaign import RuleSpec
from rankings.campaign.board_wording import describe_ranking
from rankings.campaign.wording import describe_example
from rankings.examples import examples_of
from rewards.campaign import RewardSpec
from rewards.wording import describe_rewards

# The page of what a section's tables describe: the name of its address, and the key that takes the slug.
LINKS = {"boards": ("board_redirect", "board"), "challenges": ("challenge", "challenge"), "groups": ("group", "group")}


@dataclass(frozen=True)
class Item:
    description: Description
    url: str = ""


@dataclass(frozen=True)
class Chapter:
    slug: str
    title: str
    sentences: Sequence[Sentence] = ()
    items: Sequence[Item] = ()
    brief: bool = False  # its items are one list, for there is little to say of each


@require_safe
@public_page(version_of_fest)
def rules(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    context = fest_context(found, "rules")
    try:
        campaign = campaign_in_words(found)
    except CampaignError:  # staff are in the middle of changing it
        return render(request, "livefest/rules.html", context)
    return render(request, "livefest/rules.html", {**context, "chapters": list(chapters_of(found, campaign))})


def chapters_of(fest: Fest, campaign: Campaign) -> Iterator[Chapter]:
    """What the page says, without chapters that have nothing to say."""
    titles = {
        "metrics": _("What is counted"),
        "rules": _("How points are earned"),
        "boards": _("Boards"),
        "challenges": _("Challenges"),
        "groups": _("Leagues and communities"),
        "rounds": _("Rounds"),
        "rewards": _("Rewards"),
    }
    intros = {
        "metrics": list(describe_counting(campaign)),
        "boards": list(describe_ranking()),
        "groups": list(describe_belonging(campaign)),
        "rewards": [
            sentence(_("Rewards go by the certified results.")),
            sentence(
                _("What somebody declines, doesn't claim in time or can't receive passes to the next in rank, if any.")
            ),
        ],
    }
    yield Chapter("days", _("When, and who"), [*describe_days(campaign), *describe_people(campaign)])
    described = {section.name: items_of(fest, campaign, section.name) for section in sections()}
    for name in [*titles, *(described.keys() - titles.keys())]:
        if described[name]:
            title = titles.get(name) or titled(name)
            yield Chapter(name, title, intros.get(name, ()), described[name], brief=name == "metrics")
    yield Chapter("corrections", _("Late reports, corrections and results"), list(describe_corrections(campaign)))


def items_of(fest: Fest, campaign: Campaign, name: str) -> list[Item]:
    (section,) = (section for section in sections() if section.name == name)
    items = [Item(section.describe(campaign, item), link_of(fest, name, item.slug)) for item in campaign.sections[name]]
    if section.spec is RewardSpec:
        described = [item.description for item in items]
        return [Item(description) for description in describe_rewards(fest, campaign, described)]
    return with_examples(fest, campaign, items) if section.spec is RuleSpec else items


def link_of(fest: Fest, section: str, slug: str) -> str:
    if section not in LINKS:
        return ""
    name, key = LINKS[section]
    return reverse(name, kwargs={"fest": fest.slug, key: slug})


def with_examples(fest: Fest, campaign: Campaign, items: list[Item]) -> list[Item]:
    """The rules with what the engine makes of made-up facts."""
    computed = examples_of(fest, campaign)
    return [
        replace(
            item,
            description=replace(
                item.description,
                examples=[describe_example(campaign, rule, one) for one in computed.get(rule.slug, [])],
            ),
        )
        for item, rule in zip(items, campaign.items(RuleSpec), strict=True)
    ]
