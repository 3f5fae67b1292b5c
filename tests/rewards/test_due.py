"""Who is due what of a reward: by tables, and by properties against a slow reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.due import Ranked, due_of
from rewards.models import Reward
from tests.effort import draws

NAMES = "abcdefghijkl"


def reward(ranks: str, ties: str = "all", amount: int = 10) -> Reward:
    first, dash, last = ranks.partition("-")
    last_rank = int(last) if last else None if dash else int(first)
    return Reward(kind="cash", first_rank=int(first), last_rank=last_rank, ties=ties, amount=amount)


def listed(ranks: Sequence[int]) -> list[Ranked]:
    return [Ranked(name, rank, 100 - rank) for name, rank in zip(NAMES, ranks, strict=False)]


def said(*arguments: Any, **options: Any) -> str:
    return " ".join(f"{one.handle}{one.amount}" for one in due_of(*arguments, **options))


ONE_BY_ONE, SHARED = [1, 2, 3, 4, 5, 6], [1, 2, 3, 3, 3, 6]


@pytest.mark.parametrize(
    ("ranks", "ties", "rows", "without", "expected"),
    [
        ("1-3", "all", ONE_BY_ONE, "", "a10 b10 c10"),
        ("1-3", "all", ONE_BY_ONE, "b", "a10 c10 d10"),
        ("1-3", "all", ONE_BY_ONE, "bd", "a10 c10 e10"),
        ("1-3", "all", ONE_BY_ONE, "abcdef", ""),
        ("2-3", "all", ONE_BY_ONE, "", "b10 c10"),
        ("1-", "all", ONE_BY_ONE, "b", "a10 c10 d10 e10 f10"),
        ("5-", "all", ONE_BY_ONE, "", "e10 f10"),
        ("1-3", "all", SHARED, "", "a10 b10 c10 d10 e10"),
        ("1-3", "all", SHARED, "d", "a10 b10 c10 e10"),  # three places are filled still
        ("1-3", "all", SHARED, "cd", "a10 b10 e10"),
        ("1-3", "all", SHARED, "cde", "a10 b10 f10"),
        ("1-3", "all", SHARED, "abcde", "f10"),
        ("2-3", "all", [1, 1, 3, 4], "", "c10"),  # nobody is second
        ("1", "all", [1, 1, 1], "a", "b10 c10"),
        ("1-3", "listed", SHARED, "", "a10 b10 c10"),
        ("1-3", "listed", SHARED, "c", "a10 b10 d10"),
        ("2", "listed", [1, 1, 1], "", "b10"),
        ("1-3", "split", ONE_BY_ONE, "", "a10 b10 c10"),
        ("1-3", "split", SHARED, "", "a10 b10 c4 d3 e3"),
        ("1-4", "split", SHARED, "", "a10 b10 c7 d7 e6"),
        ("1-3", "split", SHARED, "c", "a10 b10 d3 e3 f4"),
        ("1-", "split", SHARED, "", "a10 b10 c10 d10 e10 f10"),
        ("2-4", "split", [1, 1, 1, 1, 5], "", "a8 b8 c7 d7"),
        ("4-5", "split", [1, 1, 1, 1, 5], "", "a3 b3 c2 d2 e10"),
    ],
)
def test_due(ranks: str, ties: str, rows: list[int], without: str, expected: str) -> None:
    assert said(reward(ranks, ties), listed(rows), without=without) == expected


def test_split_of_less_than_one_each_goes_to_the_first_and_the_next_rank_is_read_still() -> None:
    rows = listed([1, 1, 1, 1, 5, 6])
    assert said(reward("3-5", "split", 1), rows) == "a1 b1 e1"
    assert said(reward("3-5", "split", 1), rows, without="a") == "b1 c1 e1"


def test_who_took_a_share_over_keeps_it_whatever_else_falls_free() -> None:
    rows, pot = listed([1, 2, 2, 4, 5]), reward("1-2", "split", 11)  # a11 b6 c5
    assert said(pot, rows, without="c", holding={"a": 11, "b": 6}) == "a11 b6 d5"
    assert said(pot, rows, without="ac", holding={"b": 6, "d": 5}) == "b6 d5 e11"
    assert said(pot, rows, without="ac") == "b6 d11 e5"


def standings() -> st.SearchStrategy[list[Ranked]]:
    def ranked(groups: list[int]) -> list[Ranked]:
        ranks = [sum(groups[:number]) + 1 for number, size in enumerate(groups) for _one in range(size)]
        return listed(ranks[: len(NAMES)])

    return st.lists(st.integers(1, 4), max_size=6).map(ranked)


@st.composite
def rewards(draw: st.DrawFn) -> Reward:
    first = draw(st.integers(1, 6))
    last = draw(st.none() | st.integers(first, 8))
    ranks = f"{first}-" if last is None else f"{first}-{last}"
    return reward(ranks, draw(st.sampled_from(["all", "split", "listed"])), draw(st.integers(1, 50)))


@given(rewards(), standings(), st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
@settings(max_examples=draws(1000), deadline=None)
def test_properties(reward: Reward, rows: list[Ranked], without: set[str], more: set[str]) -> None:
    whole, due = due_of(reward, rows), due_of(reward, iter(rows), without=without)
    handles = [one.handle for one in due]
    assert handles == [row.handle for row in rows if row.handle in set(handles)], "each once, in the list's order"
    assert not without & set(handles)
    assert all(one.amount >= 1 for one in (*whole, *due))
    assert set(handles) >= {one.handle for one in whole} - without, "nobody loses by what others do without"
    places = len(rows) if reward.last_rank is None else reward.last_rank - reward.first_rank + 1
    # Passing on fills the places as far as there is anybody, and never more than were due or there are places.
    if reward.ties == Reward.Ties.SPLIT:
        own = rows[reward.first_rank - 1 : reward.last_rank]
        assert sum(one.amount for one in whole) == reward.amount * len(own)
        assert sum(one.amount for one in due) <= reward.amount * len(own)
        assert len(due) <= len(whole)
    else:
        assert len(due) <= max(places, len({one.handle for one in whole} - without))
    if reward.ties == Reward.Ties.LISTED:
        assert len(due) == min(places, sum(row.handle not in without for row in rows[reward.first_rank - 1 :]))
    # Step by step it comes to as many places and to the same pool, and nobody's amount changes on the way.
    held = {one.handle: one.amount for one in due}
    later = due_of(reward, rows, without=without | more, holding=held)
    for one in later:
        assert held.get(one.handle, one.amount) == one.amount
    at_once = due_of(reward, rows, without=without | more)
    assert sorted(one.handle for one in later) == sorted(one.handle for one in at_once)
    if sum(one.amount for one in at_once) == sum(one.amount for one in whole):  # else some of it finds nobody any more
        assert sorted(one.amount for one in later) == sorted(one.amount for one in at_once)
