"""Leagues and communities in words, for the page of rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livefest.campaign.descriptions import Description, Sentence, local, sentence
from livefest.campaign.registry import Campaign
from livefest.campaign.words import amount, metric_name

if TYPE_CHECKING:
    from creators.campaign import GroupSpec, PlacementSpec


def describe_group(campaign: Campaign, group: GroupSpec) -> Description:
    return Description(group.slug, group.name, list(sentences(campaign, group)))


def describe_belonging(campaign: Campaign) -> Iterator[Sentence]:
    """What goes for all groups."""
    yield sentence(_("A creator is in at most one league and in at most one community."))
    placements = [getattr(group, "placement", None) for group in campaign.sections["groups"]]
    if any(placement and placement.from_ < campaign.fest.starts for placement in placements):
        yield sentence(_("What happens before the festival can place a creator in a league; it earns nothing."))


def sentences(campaign: Campaign, group: GroupSpec) -> Iterator[Sentence]:
    if group.kind == "community":
        yield sentence(_("A community: creators join it."))
        if group.roster is not None:
            yield sentence(
                ngettext("It has room for %(roster)s member.", "It has room for %(roster)s members.", group.roster),
                roster=group.roster,
            )
        return
    yield sentence(_("A league: creators are placed in it by strength."))
    if group.placement is None:
        yield sentence(_("The organiser places them."))
        return
    yield from placed(campaign, group.placement)


def placed(campaign: Campaign, placement: PlacementSpec) -> Iterator[Sentence]:
    if placement.below is None:
        text = _("It takes whoever has %(at_least)s or more by %(metric)s, counted from %(starts)s until %(until)s.")
        below = ""
    else:
        text = _(
            "It takes whoever has %(at_least)s or more, but less than %(below)s, by %(metric)s, counted from "
            "%(starts)s until %(until)s."
        )
        below = amount(campaign, placement.metric, placement.below)
    yield sentence(
        text,
        at_least=amount(campaign, placement.metric, placement.at_least),
        below=below,
        metric=metric_name(campaign, placement.metric),
        starts=local(campaign, placement.from_),
        until=local(campaign, placement.until),
    )
    if placement.at_least == 0:
        yield sentence(_("Who did nothing in that time has 0."))
    yield sentence(_("Creators are placed at the end of that time, unless they are in a league already."))
