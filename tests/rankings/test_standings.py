"""Reading standings: the same from Valkey and from PostgreSQL."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from livefest.models import Fest
from rankings.models import Standing
from rankings.places import Place
from rankings.refresh import refresh
from rankings.standings import find_standing, neighbours, page, place_of, size, version
from rankings.valkey import client, keys_of
from tests.kept import kept
from tests.rankings.little import give, little_fest, standing_of, take_back

# Shared ranks at the beginning, in the middle and at the end; handles that are no ASCII, and one that begins another.
COINS = {
    "zoë": 90,
    "ada": 90,
    "bo": 70,
    "c-10": 50,
    "c-1": 50,
    "c-2": 50,
    **{f"d{number:03}": 40 - number // 4 for number in range(100)},
    "yu": 1,
    "yuki": 1,
}

pytestmark = pytest.mark.django_db


def slowly(coins: dict[str, int]) -> list[Place]:
    """The places as one reads "1, 2, 2, 4" and "handles by their bytes"."""
    ordered = sorted(coins.items(), key=lambda row: (-row[1], row[0].encode()))
    return [
        Place(position, 1 + sum(other > score for other in coins.values()), handle, score)
        for position, (handle, score) in enumerate(ordered)
    ]


@pytest.fixture
def fest(db: None) -> Fest:
    return kept(little_fest, (*COINS, "idle"))


def standing_of_coins() -> Standing:
    fest = little_fest([*COINS, "idle"])
    give(fest, **COINS)
    refresh(fest)
    return standing_of(fest)


@pytest.fixture(params=["valkey", "postgres"])
def standing(db: None, request: pytest.FixtureRequest) -> Standing:
    """The standing of all in COINS, held by Valkey or only by PostgreSQL."""
    standing = kept(standing_of_coins)
    if request.param == "postgres":
        client().delete(*keys_of(standing.pk))
    return standing


def test_published_standing_is_read_without_postgresql(
    fest: Fest, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    give(fest, ada=1)
    refresh(fest)
    standing = standing_of(fest)
    with django_assert_num_queries(0):
        found = (page(standing), place_of(standing, "ada"), neighbours(standing, "ada"), size(standing))
        assert version(standing) == standing.version
    place = Place(0, 1, "ada", 1)
    assert found == ([place], place, [place], 1)


def test_ranks_are_shared_and_the_next_is_skipped(fest: Fest) -> None:
    give(fest, ada=9, bo=5, yu=5, zoë=1)
    refresh(fest)
    assert [(place.rank, place.handle) for place in page(standing_of(fest))] == [
        (1, "ada"),
        (2, "bo"),
        (2, "yu"),
        (4, "zoë"),
    ]


@pytest.mark.parametrize("count", [1, 3, 50])
def test_page_from_any_position(standing: Standing, count: int) -> None:
    places = slowly(COINS)
    for position in range(len(places) + 2):
        assert page(standing, position=position, count=count) == places[position : position + count]


def test_page_of_none(standing: Standing) -> None:
    assert page(standing, count=0) == []
    assert page(standing, position=5, count=0) == []


def test_place_of_everybody(standing: Standing) -> None:
    assert [place_of(standing, handle) for handle in COINS] == sorted(
        slowly(COINS), key=lambda place: [*COINS].index(place.handle)
    )


@pytest.mark.parametrize("handle", ["idle", "nobody", "", "yuk"])
def test_place_of_who_is_not_ranked(standing: Standing, handle: str) -> None:
    assert place_of(standing, handle) is None
    assert neighbours(standing, handle) == []


@pytest.mark.parametrize("around", [0, 1, 2, 200])
def test_neighbours(standing: Standing, around: int) -> None:
    places = slowly(COINS)
    for place in [*places[:4], places[60], *places[-4:]]:
        first = max(0, place.position - around)
        assert neighbours(standing, place.handle, around=around) == places[first : place.position + around + 1]


def test_size_and_version(standing: Standing) -> None:
    assert size(standing) == len(COINS)
    assert version(standing) == standing.version


def test_who_is_no_longer_ranked_has_no_place(fest: Fest) -> None:
    ids = give(fest, ada=9, bo=5)
    refresh(fest)
    standing = standing_of(fest)
    take_back(fest, "ada", ids["ada"], 9)
    refresh(fest)
    for _store in ("valkey", "postgres"):
        assert place_of(standing, "ada") is None
        assert page(standing) == [Place(0, 1, "bo", 5)]
        assert size(standing) == 1
        client().delete(*keys_of(standing.pk))


def test_standing_that_everybody_left_is_empty(fest: Fest) -> None:
    ids = give(fest, ada=9)
    refresh(fest)
    standing = standing_of(fest)
    take_back(fest, "ada", ids["ada"], 9)
    refresh(fest)
    for _store in ("valkey", "postgres"):
        assert (page(standing), place_of(standing, "ada"), size(standing)) == ([], None, 0)
        client().delete(*keys_of(standing.pk))


def test_version_rises_with_what_changes_and_only_then(fest: Fest) -> None:
    give(fest, ada=9)
    refresh(fest)
    standing = standing_of(fest)
    first = version(standing)
    refresh(fest)
    assert version(standing) == first
    give(fest, bo=5)
    refresh(fest)
    assert version(standing) > first


def test_standing_is_found_by_place_and_period(fest: Fest) -> None:
    give(fest, ada=9, bo=5)
    refresh(fest)
    regions = standing_of(fest).board.fest.boards.get(slug="regions")
    found = find_standing(regions, within="IE", period="2026-02-15")
    assert found is not None
    assert [place.handle for place in page(found)] == ["ada"]
    assert find_standing(regions, within="IE", period="2026-02-14") is None
    assert find_standing(regions, within="GB") is None
