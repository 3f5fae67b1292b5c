"""Rewards in words, for the page of rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.models import Challenge
from livefest.campaign.descriptions import Description, Sentence, number, sentence
from livefest.campaign.registry import Campaign
from livefest.campaign.schema import rank_range
from livefest.campaign.words import name_of, ranks_text, standings_text
from livefest.models import Fest
from rewards.models import Reward

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


def describe_rewards(fest: Fest, campaign: Campaign, described: Sequence[Description]) -> Iterator[Description]:
    """The descriptions of the campaign's rewards with what staff keep beside it: what happens to ties, and the rewards
    of challenges."""
    rows = Reward.objects.filter(fest=fest).select_related("challenge").order_by("position", "pk")
    kept = {reward.slug: reward for reward in rows}
    for one in described:
        more = tie_sentences(kept[one.slug]) if one.slug in kept else ()
        yield replace(one, sentences=[*one.sentences, *more])
    for reward in kept.values():
        if reward.challenge:
            yield Description(
                reward.slug, reward.local.name, list(challenge_sentences(campaign, reward, reward.challenge))
            )


def tie_sentences(reward: Reward) -> Iterator[Sentence]:
    """Nothing where ties change nothing: all from a rank on receive it whole."""
    if reward.ties == Reward.Ties.SPLIT:
        yield sentence(
            _(
                "Those who share a rank share equally what their ranks receive, in whole units; what remains goes one "
                "by one to the first of them by handle."
            )
        )
    elif reward.ties == Reward.Ties.LISTED:
        yield sentence(
            _("Of those who share a rank, the order of the list decides: they fill the ranks one by one, by handle.")
        )
    elif reward.last_rank is not None:
        yield sentence(
            _(
                "Where several share the last of these ranks, all of them receive it; it passes on only once fewer "
                "receive it than there are ranks."
            )
        )


def challenge_sentences(campaign: Campaign, reward: Reward, challenge: Challenge) -> Iterator[Sentence]:
    each_day, race = challenge.per == Challenge.Per.DAY, challenge.first is not None
    yield sentence(
        {
            (False, False): _("All who meet %(challenge)s: %(what)s each."),
            (True, False): _("All who meet %(challenge)s, for every day on which they do: %(what)s each."),
            (False, True): _("All who win %(challenge)s: %(what)s each."),
            (True, True): _("All who win %(challenge)s, for every day on which they do: %(what)s each."),
        }[each_day, race],
        challenge=name_of(campaign, "challenges", challenge.slug),
        what=what(reward),
    )
    gone = ngettext(
        "It must be claimed within %(days)s day; after that it is gone.",
        "It must be claimed within %(days)s days; after that it is gone.",
        reward.claim_days or 0,
    )
    yield claimed_within(reward.claim_days, gone)


def sentences(campaign: Campaign, reward: RewardSpec) -> Iterator[Sentence]:
    first, last = rank_range(reward.ranks)
    yield sentence(
        _("%(ranks)s of %(board)s: %(what)s.") if first == last else _("%(ranks)s of %(board)s: %(what)s each."),
        ranks=ranks_text(reward.ranks),
        board=standings_text(campaign, reward.board),
        what=what(reward),
    )
    passes_on = ngettext(
        "It must be claimed within %(days)s day; after that it passes to the next in rank.",
        "It must be claimed within %(days)s days; after that it passes to the next in rank.",
        reward.claim_days or 0,
    )
    yield claimed_within(reward.claim_days, passes_on)


def claimed_within(days: int | None, otherwise: str) -> Sentence:
    """`otherwise` says how many days there are, and what comes after them."""
    if days is None:
        return sentence(_("There is no time limit for claiming it."))
    return sentence(otherwise, days=days)


def what(reward: RewardSpec | Reward) -> str:
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
