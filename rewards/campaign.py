"""The section `rewards` of the campaign file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pycountry
from django.db.models import Q

from livefest.campaign.registry import Campaign, CampaignError, Problem, Section, register
from livefest.campaign.schema import Count, NamedItem, Ranks, Slug, SmallCount, rank_range, rank_text
from livefest.models import Fest
from rankings.campaign import BoardSpec
from rankings.models import Board
from rewards.models import Reward
from rewards.wording import describe_reward


class RewardSpec(NamedItem):
    kind: Literal["diamonds", "invitation", "badge", "cash", "merch"]
    board: Slug
    ranks: Ranks
    amount: Count = 1
    currency: str | None = None
    claim_days: SmallCount | None = None


def check_rewards(campaign: Campaign) -> Iterator[Problem]:
    for path, reward in campaign.located(RewardSpec):
        yield from campaign.unknown(BoardSpec, reward.board, f"{path}.board")
        if reward.kind == "cash" and reward.currency is None:
            yield Problem(f"{path}.currency", 'is missing; cash needs a currency such as "USD"')
        elif reward.kind != "cash" and reward.currency is not None:
            yield Problem(f"{path}.currency", f'{reward.kind} have no currency; leave it out, or write kind = "cash"')
        elif reward.currency is not None and not known_currency(reward.currency):
            yield Problem(f"{path}.currency", f'"{reward.currency}" is no ISO 4217 code; write one such as "USD"')


def known_currency(code: str) -> bool:
    currency = pycountry.currencies.get(alpha_3=code)  # whatever the case
    return currency is not None and bool(currency.alpha_3 == code)


def to_spec(row: Reward) -> dict[str, object]:
    return {
        "slug": row.slug,
        "name": row.name,
        "kind": row.kind,
        "board": row.board.slug if row.board else "",
        "ranks": rank_text(row.first_rank, row.last_rank),
        "amount": row.amount,
        "currency": row.currency or None,
        "claim_days": row.claim_days,
    }


def terms_of(spec: RewardSpec) -> dict[str, Any]:
    """What the file says of a reward, by the fields of its row; but for its board and name."""
    first_rank, last_rank = rank_range(spec.ranks)
    return {
        "kind": spec.kind,
        "first_rank": first_rank,
        "last_rank": last_rank,
        "amount": spec.amount,
        "currency": spec.currency or "",
        "claim_days": spec.claim_days,
    }


def save_reward(fest: Fest, spec: RewardSpec, position: int) -> None:
    """Creates or updates a reward. Refuses one that staff keep, and to make another thing of one that is awarded."""
    present = Reward.objects.filter(fest=fest, slug=spec.slug).select_related("board").first()
    if present and present.challenge_id:
        raise refused(spec, f'is a reward of a challenge ("{present.name}"), which no file describes; write another')
    if present and present.board and present.awards.exists():
        was = (present.kind, present.currency, present.board.slug)
        if was != (spec.kind, spec.currency or "", spec.board):
            kept = " ".join(filter(None, was))
            raise refused(spec, f"has been awarded as {kept}; keep that, and add another reward beside it")
    if present and present.ties == Reward.Ties.SPLIT and spec.kind not in ("diamonds", "cash"):
        raise refused(
            spec, f"is split where ranks are shared, which {spec.kind} can't be; change its ties in the admin"
        )
    board = Board.objects.get(fest=fest, slug=spec.board)
    defaults = {**terms_of(spec), "name": spec.name, "board": board, "position": position}
    Reward.objects.update_or_create(fest=fest, slug=spec.slug, defaults=defaults)


def refused(spec: RewardSpec, why: str) -> CampaignError:
    return CampaignError([Problem(f"rewards {spec.slug}", why)])


register(
    Section(
        name="rewards",
        spec=RewardSpec,
        model=Reward,
        to_spec=to_spec,
        save=save_reward,
        check=check_rewards,
        related=("board",),
        in_file=Q(challenge=None),
        describe=describe_reward,
    )
)
