"""The lists of those who are ranked for a reward: standings of its board, or who met its challenge.

By an edition of the results, under the rules that were certified with it: what a reward is, and for which ranks, its
campaign file says, not what the fest's says by now. Or as derived now, for what would be. What is no part of the file
(rewards of challenges, what happens to ties) is as staff have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from challenges.models import Challenge, Completion, CompletionCopy
from livefest.campaign import CampaignError
from livefest.campaign.document import check_list, read_document
from livefest.campaign.registry import Problem, section_of
from livefest.models import Fest
from livefest.sql import execute
from rankings.export import ROWS
from rankings.models import Board, Edition, Snapshot, Standing
from rankings.snapshots import all_rows
from rewards.awards import AwardError
from rewards.campaign import RewardSpec, terms_of
from rewards.due import Ranked
from rewards.models import Reward


class List(NamedTuple):
    """One list of who is ranked for a reward: a standing, or those who met its challenge in a period. `rows` reads it
    anew each time, in order."""

    reward: Reward
    within: str
    period: str
    rows: Callable[[], Iterator[Ranked]]

    def __str__(self) -> str:
        return name_of_list(self.reward, self.within, self.period)


def name_of_list(reward: Reward, within: str, period: str) -> str:
    """For commands and logs: "mug/GB/fest"."""
    return "/".join(part for part in (reward.slug, within, period) if part)


def lists_of(edition: Edition, *, only: Reward | None = None) -> Iterator[List]:
    """Every list of the edition that a reward, or only this one, looks at, in the campaign's order."""
    snapshots = Snapshot.objects.in_bulk(edition.standings)
    for reward in rewards_by(edition):
        if only and reward != only:
            continue
        if reward.board:
            for one in (snapshots[id] for id in edition.standings):
                if one.board == reward.board.slug:
                    yield List(reward, one.within, one.period, partial(rows_of_snapshot, one))
        elif reward.challenge:
            met = CompletionCopy.objects.filter(copy=edition.copy_id, challenge=reward.challenge)
            for period in met.order_by("period").values_list("period", flat=True).distinct():
                rows = partial(rows_of_challenge, reward.challenge, period, edition)
                yield List(reward, "", period, rows)


def lists_now(fest: Fest) -> Iterator[List]:
    """The same of what is derived now, under the fest's present rules."""
    for reward in rewards_of(fest):
        if reward.board:
            for one in Standing.objects.filter(board=reward.board, size__gt=0).order_by("within", "period"):
                yield List(reward, one.within, one.period, partial(rows_of_standing, one))
        elif reward.challenge:
            met = Completion.objects.filter(challenge=reward.challenge)
            for period in met.order_by("period").values_list("period", flat=True).distinct():
                yield List(reward, "", period, partial(rows_of_challenge, reward.challenge, period))


def rewards_of(fest: Fest) -> list[Reward]:
    rewards = Reward.objects.filter(fest=fest).select_related("board", "challenge", "fest")
    return list(rewards.order_by("position", "pk"))


def rewards_by(edition: Edition) -> list[Reward]:
    """The fest's rewards as the edition's campaign file has them; one whose row or board is gone is left out."""
    specs = {spec.slug: spec for spec in specs_of(edition)}
    boards = {board.slug: board for board in Board.objects.filter(fest=edition.fest)}
    found = []
    for reward in rewards_of(edition.fest):
        if reward.challenge:
            found.append(reward)
        elif (spec := specs.get(reward.slug)) and spec.board in boards:
            for name, value in terms_of(spec).items():
                setattr(reward, name, value)
            reward.board = boards[spec.board]
            found.append(reward)
    return found


def gone_since(edition: Edition) -> list[str]:
    """Slugs of rewards of the edition's campaign file that can't be awarded: they, or their boards, were removed."""
    there = {reward.slug for reward in rewards_by(edition)}
    return [spec.slug for spec in specs_of(edition) if spec.slug not in there]


def specs_of(edition: Edition) -> list[RewardSpec]:
    """Raises AwardError."""
    try:
        return list(specs_in(edition.campaign))
    except CampaignError as error:
        raise AwardError(
            _("The campaign file of edition %(number)d can't be read: %(error)s. Certify the results anew.")
            % {"number": edition.number, "error": error}
        ) from error


@lru_cache(maxsize=4)
def specs_in(campaign: str) -> tuple[RewardSpec, ...]:
    problems: list[Problem] = []
    section = section_of(RewardSpec)
    tables = read_document(campaign).get(section.name, [])
    specs = check_list(section, tables, {"zone": ZoneInfo("UTC")}, problems)  # type: ignore[arg-type]
    found = tuple(spec for spec in specs if isinstance(spec, RewardSpec))
    if problems:
        raise CampaignError(problems)
    return found


def rows_of_snapshot(snapshot: Snapshot) -> Iterator[Ranked]:
    for row in all_rows(snapshot):
        yield Ranked(row.handle, row.rank, row.score)


def rows_of_standing(standing: Standing) -> Iterator[Ranked]:
    for rank, handle, score, _reached_at in execute(ROWS, [standing.pk]):
        yield Ranked(handle, rank, score)


def rows_of_challenge(challenge: Challenge, period: str, edition: Edition | None = None) -> Iterator[Ranked]:
    """Those who met it, of a race those who won it, as they came; equal moments by handle."""
    wanted = {"challenge": challenge, "period": period}
    met = CompletionCopy.objects.filter(copy=edition.copy_id) if edition else Completion.objects.all()
    if challenge.first is not None:
        met = met.filter(won=True)
    handles = met.filter(**wanted).order_by("met_at", "handle").values_list("handle", flat=True)
    for rank, handle in enumerate(handles, start=1):
        yield Ranked(handle, rank, 0)
