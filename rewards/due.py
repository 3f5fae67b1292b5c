"""Who is due what of a reward in one standing of certified results.

Nothing but what the reward says, the ranked rows, and who does without: so that it can be asked again, for a new
edition or when somebody declines, and gives the same for the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from rewards.models import Reward


class Ranked(NamedTuple):
    """A row of a standing. Rows stand in the standing's order: by rank, then by handle (its bytes)."""

    handle: str
    rank: int
    score: int


class Due(NamedTuple):
    """What somebody is due, in the reward's unit."""

    handle: str
    rank: int
    score: int
    amount: int


def due_of(reward: Reward, rows: Iterable[Ranked], *, without: Collection[str] = ()) -> list[Due]:
    """Who is due the reward, best first. `without` have had their chance (they declined, were too late, or aren't
    eligible): their places pass to the next in rank, as many as there are. `rows` is read no further than needed.

    Where those who share a rank are more than the ranks left, the reward's `ties` decides: all receive it whole and
    nobody comes after them; or they share what their ranks receive, in whole minor units, what remains going one by
    one to the first by handle; or the order of the list decides.
    """
    shares = split(reward, rows) if reward.ties == Reward.Ties.SPLIT else whole(reward, rows)
    due: list[Due] = []
    free: list[int] = []  # what those who do without would have had
    for row, amount in shares:
        if amount and row.handle in without:
            free.append(amount)
        elif amount:
            due.append(Due(*row, amount))
        elif not free:
            break
        elif row.handle not in without:
            due.append(Due(*row, free.pop(0)))
    places = None if reward.last_rank is None else reward.last_rank - reward.first_rank + 1
    if places is None or reward.ties != Reward.Ties.ALL:
        return due
    # Of a tie that received more than there are places nothing passes on until these are not filled any more.
    within = [one for one in due if one.rank <= (reward.last_rank or one.rank)]
    beyond = due[len(within) :]
    return within + beyond[: max(0, places - len(within))]


def whole(reward: Reward, rows: Iterable[Ranked]) -> Iterator[tuple[Ranked, int]]:
    """Each row from the reward's first rank on with the whole amount, or 0 where only what passes on can reach it."""
    for position, row in enumerate(rows, start=1):
        place = position if reward.ties == Reward.Ties.LISTED else row.rank
        if place >= reward.first_rank:
            inside = reward.last_rank is None or place <= reward.last_rank
            yield row, reward.amount if inside else 0


def split(reward: Reward, rows: Iterable[Ranked]) -> Iterator[tuple[Ranked, int]]:
    """Each row with its share. Those at one rank fill as many ranks as they are, and share what the reward gives for
    those of them that are its own."""
    position = 1
    for _rank, tied in groupby(rows, key=lambda row: row.rank):
        group = list(tied)
        last = position + len(group) - 1
        own = min(last, reward.last_rank or last) - max(position, reward.first_rank) + 1
        share, rest = divmod(max(0, own) * reward.amount, len(group))
        if last >= reward.first_rank:
            for number, row in enumerate(group):
                yield row, share + (number < rest)
        position = last + 1
