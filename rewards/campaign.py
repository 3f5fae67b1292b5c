"""The section `rewards` of the campaign file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pycountry

from livefest.campaign.registry import Campaign, Problem, Section, register
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


def save_reward(fest: Fest, spec: RewardSpec, position: int) -> None:
    first_rank, last_rank = rank_range(spec.ranks)
    Reward.objects.update_or_create(
        fest=fest,
        slug=spec.slug,
        defaults={
            "name": spec.name,
            "kind": spec.kind,
            "board": Board.objects.get(fest=fest, slug=spec.board),
            "first_rank": first_rank,
            "last_rank": last_rank,
            "amount": spec.amount,
            "currency": spec.currency or "",
            "claim_days": spec.claim_days,
            "position": position,
        },
    )


register(
    Section(
        name="rewards",
        spec=RewardSpec,
        model=Reward,
        to_spec=to_spec,
        save=save_reward,
        check=check_rewards,
        related=("board",),
        describe=describe_reward,
    )
)
