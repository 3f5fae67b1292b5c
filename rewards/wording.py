"""Rewards in words, for the page of rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livefest.campaign.descriptions import Description, Sentence, number, sentence
from livefest.campaign.registry import Campaign
from livefest.campaign.schema import rank_range
from livefest.campaign.words import ranks_text, standings_text

if TYPE_CHECKING:
    from rewards.campaign import RewardSpec

# ISO 4217: digits of a currency's minor unit where these are not two.
NO_MINOR_UNIT = ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"]
NO_MINOR_UNIT += ["XAF", "XOF", "XPF"]
MINOR_DIGITS = {
    **dict.fromkeys(NO_MINOR_UNIT, 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def describe_reward(campaign: Campaign, reward: RewardSpec) -> Description:
    return Description(reward.slug, reward.name, list(sentences(campaign, reward)))


def sentences(campaign: Campaign, reward: RewardSpec) -> Iterator[Sentence]:
    first, last = rank_range(reward.ranks)
    yield sentence(
        _("%(ranks)s of %(board)s: %(what)s.") if first == last else _("%(ranks)s of %(board)s: %(what)s each."),
        ranks=ranks_text(reward.ranks),
        board=standings_text(campaign, reward.board),
        what=what(reward),
    )
    if reward.claim_days is None:
        yield sentence(_("There is no time limit for claiming it."))
    else:
        yield sentence(
            ngettext(
                "It must be claimed within %(days)s day; after that it passes to the next in rank.",
                "It must be claimed within %(days)s days; after that it passes to the next in rank.",
                reward.claim_days,
            ),
            days=reward.claim_days,
        )


def what(reward: RewardSpec) -> str:
    count = reward.amount
    if reward.kind == "cash":
        return money(count, reward.currency or "")
    text = {
        "diamonds": ngettext("%(number)s Diamond", "%(number)s Diamonds", count),
        "invitation": ngettext("%(number)s invitation", "%(number)s invitations", count),
        "badge": ngettext("%(number)s badge", "%(number)s badges", count),
        "merch": ngettext("%(number)s piece of merch", "%(number)s pieces of merch", count),
    }[reward.kind]
    return text % {"number": number(count)}


def money(minor: int, currency: str) -> str:
    """An amount in a currency's minor unit: "5,000.00 USD"."""
    digits = MINOR_DIGITS.get(currency, 2)
    whole, rest = divmod(minor, 10**digits)
    text = f"{whole}.{rest:0{digits}}" if digits else str(whole)
    return f"{number_format(text, decimal_pos=digits, use_l10n=True, force_grouping=True)} {currency}"
