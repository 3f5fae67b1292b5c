"""What the public pages say of rewards: what there is and for whom, and after certification who has it.

Who has it are those whose awards are approved or further: nobody who declined, was too late or isn't eligible, and
nothing that staff have not looked at. Names are public ones; what winners gave to receive it is nowhere here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from creators.models import Creator
from livefest import clock
from livefest.campaign import campaign_in_words
from livefest.campaign.descriptions import Description
from livefest.copies import copy_version
from livefest.models import Fest
from livefest.remembered import Remembered
from livefest.replicas import replicas
from livefest.sql import execute
from rankings.board_page import board_url
from rankings.models import Board, Snapshot
from rankings.results import current_edition
from rankings.results_page import Person, label_of, labels_of, people_of
from rewards.campaign import RewardSpec
from rewards.lists import rewards_of
from rewards.models import Award, AwardStep, Reward
from rewards.models.award import GRANTED
from rewards.wording import describe_reward, describe_rewards, what

State = Award.State
TO_CLAIM = [State.APPROVED, State.OFFERED]
WINNERS = 20  # of a list; those after them are a number
MOST_LISTS = 300  # of a reward
BUCKET_SECONDS = 60  # names may change without an award changing

_versions = Remembered(1.0)

# The lists of a fest that anybody has something of, and of each the first by place. Places are looked up list by list,
# in the index that keeps them apart.
LISTS = """
SELECT award.reward_id, award.within, award.period, count(*)
FROM rewards_award award WHERE award.fest_id = %(fest)s AND award.state = ANY (%(states)s)
  AND award.id <> ALL (%(never_due)s::bigint[])
GROUP BY award.reward_id, award.within, award.period
ORDER BY award.reward_id, award.within, award.period
"""
FIRST = """
SELECT list.reward_id, list.within, list.period, award.id, award.handle, award.rank, award.amount
FROM unnest(%(rewards)s::bigint[], %(withins)s::text[], %(periods)s::text[]) AS list (reward_id, within, period)
     CROSS JOIN LATERAL (
         SELECT * FROM rewards_award award
         WHERE reward_id = list.reward_id AND within = list.within AND period = list.period
           AND state IN ('approved', 'offered', 'claimed', 'verified', 'fulfilled')
           AND award.id <> ALL (%(never_due)s::bigint[])
         ORDER BY slot LIMIT %(most)s
     ) AS award
ORDER BY list.reward_id, list.within, list.period, award.rank, award.handle
"""


@dataclass(frozen=True)
class RewardCard:
    """A reward in words. `given` is to how many it is awarded, `to_claim` how many of these have not claimed it yet;
    both None before certification."""

    reward: Reward
    description: Description
    url: str
    given: int | None = None
    to_claim: int | None = None


class Ranked(NamedTuple):
    """A row of FIRST."""

    award: int
    handle: str
    rank: int
    amount: int


class Winner(NamedTuple):
    """`award` is its id. `what` is said where not all in the list receive the same."""

    award: int
    person: Person
    rank: int
    what: str


@dataclass(frozen=True)
class WinnersList:
    """Those who have a reward in one standing, the first of them. `label` says which it is, of several; `more` have it
    too."""

    label: str
    url: str
    winners: list[Winner]
    more: int


@dataclass(frozen=True)
class RewardWinners:
    """`of` names the board or the challenge."""

    reward: Reward
    of: str
    what: str
    lists: list[WinnersList]
    more_lists: int


def awards_version(_fest_id: int) -> int:
    """Grows with every step of any award: cheaper to ask for than those of one fest."""
    newest = _versions.get(replicas().primary_is_away, lambda: AwardStep.objects.aggregate(newest=Max("pk"))["newest"])
    return newest or 0


def version_of_winners(*, fest: str) -> str:
    """The version of the page of winners: nothing that moves with the boards is on it."""
    found = Fest.objects.filter(slug=fest).values_list("pk", flat=True).first()
    if found is None:
        return ""
    return f"{copy_version(found)}.{awards_version(found)}.{int(clock.now().timestamp()) // BUCKET_SECONDS}"


def reward_cards(fest: Fest) -> list[RewardCard]:
    """Every reward of the fest, in the campaign's order. Raises CampaignError while staff change the campaign."""
    campaign = campaign_in_words(fest)
    described = [describe_reward(campaign, spec) for spec in campaign.items(RewardSpec)]
    words = {one.slug: one for one in describe_rewards(fest, campaign, described)}
    cards = [RewardCard(reward, words[reward.slug], url_of(reward)) for reward in rewards_of(fest)]
    if current_edition(fest) is None:
        return cards
    counted = counts(fest)
    return [replace(card, given=counted[card.reward.pk][0], to_claim=counted[card.reward.pk][1]) for card in cards]


def counts(fest: Fest) -> dict[int, tuple[int, int]]:
    """By reward: to how many it is awarded, and how many of these have still to claim it."""
    awards = Award.objects.filter(fest=fest, state__in=GRANTED).rightful().order_by().values_list("reward")
    rows = awards.annotate(given=Count("pk"), to_claim=Count("pk", filter=Q(state__in=TO_CLAIM)))
    return defaultdict(lambda: (0, 0), {reward: (given, to_claim) for reward, given, to_claim in rows})


def url_of(reward: Reward) -> str:
    """Of the board or the challenge that it is for."""
    fest = reward.fest.slug
    if reward.board:
        return reverse("board_redirect", kwargs={"fest": fest, "board": reward.board.slug})
    return reverse("challenge", kwargs={"fest": fest, "challenge": reward.challenge.slug}) if reward.challenge else ""


def conditions(fest: Fest) -> list[str]:
    """What somebody has to be and do to receive a reward (`rewards/eligibility.py`), in words."""
    age = _("They have confirmed that they are %(age)d or older.") % {"age": fest.minimum_age}
    return [
        _("They have an account with a verified e-mail address; of a community, its owner has."),
        *([age] if fest.minimum_age else []),
        _("They have accepted the festival's present terms."),
        _("They have a country or region in the festival."),
        _("They are neither suspended nor disqualified."),
        _("No correction, question or appeal of theirs is open: it is decided first."),
    ]


def winners(fest: Fest) -> list[RewardWinners]:
    """Who has what, reward by reward in the campaign's order, list by list; rewards that nobody has are left out."""
    lists: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    never_due = list(Award.objects.filter(fest=fest).never_due().values_list("pk", flat=True))
    for reward, within, period, count in execute(LISTS, {"fest": fest.pk, "states": GRANTED, "never_due": never_due}):
        lists[reward].append((within, period, count))
    rewards = [reward for reward in rewards_of(fest) if reward.pk in lists]
    for reward in rewards:
        if reward.board:
            reward.board.fest = fest
    shown = [(reward.pk, *one) for reward in rewards for one in lists[reward.pk][:MOST_LISTS]]
    ids, withins, periods, _counts = zip(*shown, strict=True) if shown else ((), (), (), ())
    named = {"rewards": list(ids), "withins": list(withins), "periods": list(periods)}
    values = {**named, "most": WINNERS, "never_due": never_due}
    first: dict[tuple[int, str, str], list[Ranked]] = defaultdict(list)
    for reward, within, period, *row in execute(FIRST, values):
        first[reward, within, period].append(Ranked(*row))
    return [
        RewardWinners(
            reward=reward,
            of=name_of_ranked(reward),
            what=what(reward),
            lists=list(lists_of(reward, lists[reward.pk][:MOST_LISTS], first)),
            more_lists=max(0, len(lists[reward.pk]) - MOST_LISTS),
        )
        for reward in rewards
    ]


def lists_of(
    reward: Reward, lists: Sequence[tuple[str, str, int]], first: Mapping[tuple[int, str, str], Sequence[Ranked]]
) -> Iterator[WinnersList]:
    board = ranked_on(reward)
    labels = labels_of(board)
    rows = {(within, period): first[reward.pk, within, period] for within, period, _count in lists}
    people = people_of(board, [row.handle for ranked in rows.values() for row in ranked])
    for within, period, count in lists:
        ranked = rows[within, period]
        differ = len({row.amount for row in ranked} | {reward.amount}) > 1
        yield WinnersList(
            label=list_label(reward, within, period, labels),
            url=board_url(board, within=within, period=period) if reward.board else url_of(reward),
            winners=[
                Winner(row.award, people[row.handle], row.rank, given(reward, row.amount) if differ else "")
                for row in ranked
            ],
            more=count - len(ranked),
        )


def ranked_on(reward: Reward) -> Board:
    """The reward's board; of a challenge one of creators, by which they are named."""
    return reward.board or Board(fest=reward.fest, of=Board.Of.CREATORS, period=Board.Period.FEST)


def name_of_ranked(reward: Reward) -> str:
    ranked = reward.board or reward.challenge
    return ranked.local.name if ranked else ""


def list_label(reward: Reward, within: str, period: str, labels: Mapping[str, str]) -> str:
    """Which of the reward's lists it is: its place and its day, as far as there are several."""
    if reward.board:
        return label_of(Snapshot(board=reward.board.slug, within=within, period=period), reward.board, dict(labels))
    return date_format(date.fromisoformat(period), "MONTH_DAY_FORMAT") if period else ""


def given(reward: Reward, amount: int) -> str:
    """What an award gives, which may be less than its reward does."""
    share = copy(reward)
    share.amount = amount
    return what(share)


def badges_of(creator: Creator) -> list[Award]:
    """Badges on the creator's public page: theirs, of every fest, once they are checked; the newest first."""
    own = Award.objects.rightful().filter(entry__creator=creator, handle=creator.handle)
    own = own.filter(reward__kind=Reward.Kind.BADGE)
    of_creators = own.filter(Q(reward__board__of=Board.Of.CREATORS) | Q(reward__board=None))
    checked = of_creators.filter(state__in=[State.VERIFIED, State.FULFILLED])
    return list(checked.select_related("fest", "reward__board", "reward__challenge").order_by("-pk"))
