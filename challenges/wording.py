"""Challenges in words, for the page of rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livefest.campaign.descriptions import Description, Sentence, joined, local, sentence
from livefest.campaign.registry import Campaign
from livefest.campaign.words import name_of, paid_text, quantity_of
from livefest.site import region_name

if TYPE_CHECKING:
    from challenges.campaign import ChallengeSpec


def describe_challenge(campaign: Campaign, challenge: ChallengeSpec) -> Description:
    return Description(challenge.slug, challenge.name, list(sentences(campaign, challenge)))


def sentences(campaign: Campaign, challenge: ChallengeSpec) -> Iterator[Sentence]:
    yield sentence(
        {
            "session": _("Reach at least %(goals)s within one LIVE session; a session across days counts whole."),
            "day": _("Reach at least %(goals)s within one festival day."),
            "fest": _("Reach at least %(goals)s altogether."),
        }[challenge.per],
        goals=joined([quantity_of(campaign, goal.metric, goal.at_least) for goal in challenge.goals]),
    )
    if challenge.per == "day":
        yield sentence(_("It can be met again on every day."))
    else:
        yield sentence(_("Each creator can meet it once."))
    starts, ends = challenge.starts or campaign.fest.starts, challenge.ends or campaign.fest.ends
    if (starts, ends) == (campaign.fest.starts, campaign.fest.ends):
        yield sentence(_("It runs through the whole festival."))
    else:
        yield sentence(
            _("Only what happens from %(starts)s until %(ends)s counts."),
            starts=local(campaign, starts),
            ends=local(campaign, ends),
        )
    yield from who(campaign, challenge)
    if challenge.points is None:
        yield sentence(_("It pays no points."))
    else:
        yield sentence(
            _("It pays %(paid)s at the moment at which it was met."),
            paid=paid_text(campaign, challenge.points, challenge.metric),
        )


def who(campaign: Campaign, challenge: ChallengeSpec) -> Iterator[Sentence]:
    if challenge.within and challenge.within.group is not None:
        yield sentence(_("Only for members of %(group)s."), group=name_of(campaign, "groups", challenge.within.group))
    if challenge.within and challenge.within.region is not None:
        yield sentence(_("Only for creators of %(region)s."), region=region_name(challenge.within.region).name)
    if challenge.join:
        yield sentence(_("It must be joined first; what happened before joining doesn't count."))
    if challenge.first is not None:
        yield sentence(
            ngettext(
                "Only the first %(first)s creator to meet it wins it%(each)s.",
                "Only the first %(first)s creators to meet it win it%(each)s.",
                challenge.first,
            ),
            first=challenge.first,
            each=_(", on each day anew") if challenge.per == "day" else "",
        )
        yield sentence(
            _("The earlier moment comes first; at one moment the handle decides, capitals before small letters.")
        )
