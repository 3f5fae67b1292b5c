"""A creator's own standings with who is around them: of one moment, whatever is published as they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from livefest.copies import make_copy
from livefest.models import Fest, PublicCopy
from rankings import published, standings
from rankings.neighbourhood import OwnStanding, own_standings
from rankings.refresh import refresh
from tests.kept import kept
from tests.mine.doing import entry_in
from tests.rankings.little import ARRIVED_AT, give, little_fest

pytestmark = pytest.mark.django_db


def ranked_fest() -> Fest:
    fest = little_fest(["ada", "bo", "cy", "di"])
    give(fest, ada=100, bo=90, cy=80, di=10)
    refresh(fest)
    return fest


@pytest.fixture
def fest(db: None, settings: Settings) -> Fest:
    settings.LIVEFEST_NOW = ARRIVED_AT.isoformat()
    return kept(ranked_fest)


def own(fest: Fest, handle: str) -> OwnStanding:
    """On the board of all."""
    return next(own_standings(entry_in(fest, handle), None))


def told(one: OwnStanding) -> tuple[int, int, str | None, int | None, str | None, int | None]:
    ahead, behind = one.ahead and one.ahead.handle, one.behind and one.behind.handle
    return one.place.rank, one.size, ahead, one.gap, behind, one.lead


def published_after(number: int, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, fest: Fest) -> None:
    """After so many reads of standings di gets more coins than everybody, and all of it is published."""
    real: Callable[..., Any] = getattr(module, name)
    reads = 0

    def read(*args: Any) -> Any:
        nonlocal reads
        found = real(*args)
        reads += 1
        if reads == number:
            give(fest, di=1000, cy=15)
            refresh(fest)
        return found

    monkeypatch.setattr(module, name, read)


def freeze(fest: Fest) -> None:
    make_copy(fest, kind=PublicCopy.Kind.FREEZE, shown_from=ARRIVED_AT)


@pytest.mark.parametrize("frozen", [False, True])
def test_neighbours_with_the_gaps(fest: Fest, settings: Settings, frozen: bool) -> None:
    settings.SHOW_OWN_DURING_FREEZE = True
    if frozen:
        freeze(fest)
    assert told(own(fest, "ada")) == (1, 4, None, None, "bo", 10)
    assert told(own(fest, "bo")) == (2, 4, "ada", 10, "cy", 10)
    assert told(own(fest, "di")) == (4, 4, "cy", 70, None, None)


@pytest.mark.parametrize("number", [1, 2])
def test_standing_published_in_between_makes_nobody_their_own_neighbour(
    fest: Fest, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    published_after(number, monkeypatch, published, "run", fest)
    one = own(fest, "cy")
    assert told(one) == (3, 4, "bo", 10, "di", 70)
    monkeypatch.undo()


@pytest.mark.parametrize("number", range(1, 7))
def test_standing_derived_in_between_makes_nobody_their_own_neighbour(
    fest: Fest, settings: Settings, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    settings.SHOW_OWN_DURING_FREEZE = True
    freeze(fest)
    published_after(number, monkeypatch, standings, "execute", fest)
    for handle in ("cy", "di", "bo"):
        one = own(fest, handle)
        for other in (one.ahead, one.behind):
            assert other is None or other.handle != handle
        assert one.ahead is None or one.ahead.rank < one.place.rank
        assert one.behind is None or one.behind.rank > one.place.rank
        assert (one.gap or 0) >= 0
        assert (one.lead or 0) >= 0
