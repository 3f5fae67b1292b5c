"""Being told that somebody passed one: on which board, how far, once a day, and only while it is public."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from creators.models import Creator
from livefest.copies import end_freeze, make_copy
from livefest.models import Fest, Notification, PublicCopy, User
from livefest.notifications import address_of, subject_of, text_of
from rankings import notices
from rankings.models import RankSeen
from rankings.published import Standpoint, just_ahead, standpoints
from rankings.refresh import refresh
from rankings.standings import page, place_of
from rankings.tasks import tell
from rankings.valkey import Keys, client, keys_of
from tests.kept import kept
from tests.mine.conftest import take_part
from tests.rankings.little import give, little_fest, standing_of

NOW = datetime(2026, 2, 15, 12, tzinfo=UTC)
HANDLES = ["ada", "bo", "cy", "di"]


def ranked_fest() -> Fest:
    fest = little_fest(HANDLES)
    for handle in ("ada", "bo"):
        take_part(fest, handle)
    give(fest, ada=100, bo=90, cy=80, di=10)
    refresh(fest)
    tell()  # what they know from here on
    return fest


@pytest.fixture
def fest(db: None, settings: Settings) -> Fest:
    """Where ada is first and bo second, who have accounts and know it; cy and di come after them."""
    settings.LIVEFEST_NOW = NOW.isoformat()
    return kept(ranked_fest)


def told(fest: Fest, **coins: int) -> list[tuple[str, int, int, str]]:
    """Everything that was told, once these were given coins."""
    if coins:
        give(fest, **coins)
        refresh(fest)
    tell()
    found = Notification.objects.filter(kind="rank_passed").select_related("user").order_by("pk")
    return [
        (one.user.username.partition("@")[0], one.data["before"], one.data["now"], one.data["ahead"]) for one in found
    ]


def ranks_known() -> dict[str, int]:
    return dict(RankSeen.objects.values_list("entry__creator__handle", "rank"))


def test_where_one_stands_at_first_is_no_news(fest: Fest) -> None:
    assert told(fest) == []
    assert ranks_known() == {"ada": 1, "bo": 2}


def test_who_is_passed_is_told_by_whom_and_how_far(fest: Fest) -> None:
    assert told(fest, cy=25) == [("ada", 1, 2, "cy"), ("bo", 2, 3, "ada")]
    assert ranks_known() == {"ada": 2, "bo": 3}
    notification = Notification.objects.select_related("fest").get(user__email="ada@example.org")
    assert subject_of(notification) == "All: you are #2"
    assert text_of(notification) == "You were #1 on “All” in Little and are #2 now. @cy is just ahead of you."
    assert address_of(notification) == "/en/little/me/"


def test_former_creator_is_not_named_to_whom_they_passed(fest: Fest) -> None:
    told(fest, cy=25)
    Creator.objects.filter(handle="cy").update(withdrawn_at=NOW)
    notification = Notification.objects.select_related("fest").get(user__email="ada@example.org")
    assert text_of(notification) == "You were #1 on “All” in Little and are #2 now. "
    notification = Notification.objects.select_related("fest").get(user__email="bo@example.org")
    assert text_of(notification).endswith("@ada is just ahead of you.")


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Something happens between two looks at the standings of who fell."""

    def later(wanted: Sequence[tuple[Keys, Standpoint]]) -> list[str | None]:
        happens()
        return just_ahead(wanted)

    monkeypatch.setattr(notices, "just_ahead", later)


def test_who_rises_as_it_is_told_is_not_ahead_of_themself(fest: Fest, monkeypatch: pytest.MonkeyPatch) -> None:
    def bo_rises() -> None:
        give(fest, bo=13)
        refresh(fest)

    meanwhile(monkeypatch, bo_rises)
    assert told(fest, cy=25) == [("ada", 1, 2, "cy"), ("bo", 2, 3, None)]


def test_who_deletes_their_account_as_it_is_told_is_told_nothing(fest: Fest, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(monkeypatch, User.objects.get(email="bo@example.org").delete)
    assert told(fest, cy=25) == [("ada", 1, 2, "cy")]


def test_who_passes_is_told_nothing_and_who_rises_and_is_passed_again_is(fest: Fest) -> None:
    assert told(fest, bo=20) == [("ada", 1, 2, "bo")]
    assert ranks_known() == {"ada": 2, "bo": 1}
    assert told(fest, cy=1000)[1:] == [("bo", 1, 2, "cy")], "ada was told today"


def test_board_is_told_once_a_day_from_the_rank_known_last(fest: Fest, settings: Settings) -> None:
    assert told(fest, cy=15) == [("bo", 2, 3, "cy")]
    assert told(fest, di=85) == [("bo", 2, 3, "cy")], "bo is fourth, and was told today"
    assert ranks_known() == {"ada": 1, "bo": 4}
    settings.LIVEFEST_NOW = (NOW + timedelta(days=1)).isoformat()
    assert len(told(fest)) == 1
    assert told(fest, di=1000)[1:] == [("ada", 1, 2, "di")]


def test_ranks_of_a_day_are_not_told(fest: Fest) -> None:
    told(fest, di=1000)
    assert {board for (board,) in RankSeen.objects.values_list("standing__board__slug")} == {"all"}
    assert set(Notification.objects.values_list("data__board", flat=True)) == {"All"}


def test_nothing_is_told_while_a_copy_is_shown(fest: Fest) -> None:
    make_copy(fest, kind=PublicCopy.Kind.FREEZE, shown_from=NOW)
    assert told(fest, cy=1000) == []
    assert ranks_known() == {"ada": 1, "bo": 2}, "so that it is told once they are revealed"
    end_freeze(fest, by=None, at=NOW)
    assert len(told(fest, cy=1)) == 2


@pytest.mark.parametrize("at", ["2026-02-12T23:00:00Z", "2026-02-17T00:00:00Z"])
def test_nothing_is_told_unless_the_fest_is_on(fest: Fest, settings: Settings, at: str) -> None:
    settings.LIVEFEST_NOW = at
    assert told(fest, cy=1000) == []


def test_what_is_not_published_is_told_when_it_is(fest: Fest) -> None:
    give(fest, cy=1000)
    refresh(fest)
    client().delete(keys_of(standing_of(fest).pk).mark)
    assert told(fest) == []
    refresh(fest)
    assert len(told(fest)) == 2


def test_telling_costs_as_many_queries_for_ten_accounts_as_for_two(fest: Fest) -> None:
    def queries(**coins: int) -> int:
        give(fest, **coins)
        refresh(fest)
        with CaptureQueriesContext(connection) as captured:
            tell()
        return len(captured)

    few = queries(cy=1000)
    assert Notification.objects.count() == 2
    more = {f"more{number}": 50 + number for number in range(8)}
    for handle in more:
        take_part(fest, handle)
    queries(**more)
    assert queries(di=5000) <= few
    assert Notification.objects.count() == 2 + len(more)


def test_standpoints_are_the_places_that_pages_show(fest: Fest) -> None:
    give(fest, cy=10)  # equals bo
    refresh(fest)
    standing = standing_of(fest)
    keys = keys_of(standing.pk)
    found = standpoints([(keys, handle) for handle in [*HANDLES, "nobody"]])
    places = [place_of(standing, handle) for handle in HANDLES]
    assert [(one.position, one.rank) if one else None for one in found] == [
        *((place.position, place.rank) if place else None for place in places),
        None,
    ]
    assert [place.rank for place in page(standing)] == [1, 2, 2, 4]
    assert just_ahead([(keys, one) for one in found if one]) == [None, "ada", "bo", "cy"]
    assert standpoints([]) == []
