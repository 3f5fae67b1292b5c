"""Who is due what of a reward in one standing of certified results.

Nothing but what the reward says, the ranked rows, and who does without: so that it can be asked again, for a new
edition or when somebody declines, and gives the same for the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from rewards.models import Reward


class Ranked(NamedTuple):
    """A row of a standing. Rows stand in the standing's order: by rank, then by handle (its bytes)."""

    handle: str
    rank: int
    score: int


class Due(NamedTuple):
    """What somebody is due, in the reward's unit. `passed_on`: from somebody before them who does without."""

    handle: str
    rank: int
    score: int
    amount: int
    passed_on: bool = False


class Share(NamedTuple):
    """What a row would have if nobody did without. `own`: it stands on a rank of the reward; else only what passes on
    reaches it."""

    row: Ranked
    amount: int
    own: bool = True


def due_of(
    reward: Reward,
    rows: Iterable[Ranked],
    *,
    without: Collection[str] = (),
    holding: Mapping[str, int] | None = None,
) -> list[Due]:
    """Who is due the reward, best first. `without` have had their chance (they declined, were too late, or aren't
    eligible): their places pass to the next in rank, as many as there are. `rows` is read no further than needed.

    Where those who share a rank are more than the ranks left, the reward's `ties` decides: all receive it whole and
    nobody comes after them; or they share what their ranks receive, in whole minor units, what remains going one by
    one to the first by handle; or the order of the list decides.

    `holding` is what each has an award of already: where shares that pass on differ, who took one keeps just that,
    in whatever order they fell free.
    """
    order: list[Ranked] = []
    amounts: dict[str, int] = {}
    free: list[int] = []  # what those who do without would have had
    heirs: list[str] = []
    for row, amount, own in split(reward, rows) if reward.ties == Reward.Ties.SPLIT else whole(reward, rows):
        if row.handle in without:
            if amount:
                free.append(amount)
        elif amount:
            order.append(row)
            amounts[row.handle] = amount
        elif len(heirs) < len(free):
            order.append(row)
            heirs.append(row.handle)
        elif not own:
            break
    if reward.ties == Reward.Ties.ALL and reward.last_rank is not None:
        # Of a tie that received more than there are places nothing passes on until these are not filled any more.
        del heirs[max(0, reward.last_rank - reward.first_rank + 1 - len(amounts)) :]
    passed = inherited(heirs, free, holding or {})
    amounts |= passed
    return [Due(*row, amounts[row.handle], row.handle in passed) for row in order if row.handle in amounts]


def inherited(heirs: Iterable[str], free: Iterable[int], holding: Mapping[str, int]) -> dict[str, int]:
    """What each of the heirs takes over: what they hold already, or else the first that is left."""
    left, taken = list(free), {}
    waiting = []
    for handle in heirs:
        if holding.get(handle) in left:
            taken[handle] = holding[handle]
            left.remove(holding[handle])
        else:
            waiting.append(handle)
    return taken | dict(zip(waiting, left, strict=False))


def whole(reward: Reward, rows: Iterable[Ranked]) -> Iterator[Share]:
    """Each row from the reward's first rank on, with the whole amount where the rank is its own."""
    for position, row in enumerate(rows, start=1):
        place = position if reward.ties == Reward.Ties.LISTED else row.rank
        if place >= reward.first_rank:
            own = reward.last_rank is None or place <= reward.last_rank
            yield Share(row, reward.amount if own else 0, own)


def split(reward: Reward, rows: Iterable[Ranked]) -> Iterator[Share]:
    """Each row with its share. Those at one rank fill as many ranks as they are, and share what the reward gives for
    those of them that are its own; where that is less than one unit each, the last of them have none."""
    position = 1
    for _rank, tied in groupby(rows, key=lambda row: row.rank):
        group = list(tied)
        last = position + len(group) - 1
        own = min(last, reward.last_rank or last) - max(position, reward.first_rank) + 1
        share, rest = divmod(max(0, own) * reward.amount, len(group))
        if last >= reward.first_rank:
            for number, row in enumerate(group):
                yield Share(row, share + (number < rest), own > 0)
        position = last + 1
