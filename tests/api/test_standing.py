"""A standing in pages: what a walk through it finds, while it moves and while it doesn't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from creators.models import Creator
from livefest.copies import end_freeze, make_copy
from livefest.models import Fest, PublicCopy
from rankings.models import Standing
from rankings.refresh import refresh
from rankings.valkey import client as valkey
from rankings.valkey import keys_of
from tests.api.conftest import ALL, ROOT
from tests.kept import kept
from tests.pages.conftest import SMALL, forget
from tests.pages.test_freeze import AFTER, LATER_FACTS, make_frozen
from tests.pages.test_freeze import SCRIPT as FREEZING
from tests.pages.test_results import certified, small_certified  # noqa: F401  a fixture, and what it keeps
from tests.rankings.fests import Facts
from tests.rankings.play import all_standings, play
from tests.rankings.test_changes import FACTS
from tests.reference.small import fact, reversal

Ask = Callable[..., Any]


def handles(ask: Ask, path: str = ALL, limit: int = 1, after: str = "") -> list[str | None]:
    """Of everybody that a walk meets from there on."""
    return [row["handle"] for row in walk(ask, path, limit, after)]


def walk(ask: Ask, path: str = ALL, limit: int = 1, after: str = "") -> list[dict[str, Any]]:
    found = []
    query: str | None = after or f"?limit={limit}"
    while query is not None:
        page = ask(f"{path}{query}")
        found += page["rows"]
        query = page["next"]
    return found


def much(handle: str) -> list[dict[str, Any]]:
    """Facts that put somebody on top."""
    return [fact(handle, "live", 720_000, f"15T12:{minute}:00") for minute in range(10, 20)]


def test_page_says_who_stands_where(ask: Ask, played: Fest) -> None:
    page = ask(f"{ALL}?limit=2")
    assert page["rows"] == [
        {
            "rank": 1,
            "score": page["rows"][0]["score"],
            "handle": "ada",
            "name": "Ada",
            "region": "GB",
            "page": "/en/small/creators/ada/",
        },
        page["rows"][1],
    ]
    del page["rows"], page["version"], page["updated"], page["next"]
    assert page == {
        "fest": "small",
        "board": "all",
        "within": "",
        "period": "fest",
        "standings": {"state": "moving", "since": None},
        "ranked": 4,
        "page": "/en/small/boards/all/all/",
    }


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_walk_meets_everybody_once_in_order(ask: Ask, played: Fest, limit: int) -> None:
    expected = [tuple(row[3:6]) for row in all_standings(played) if row[:3] == ("all", "", "fest")]
    found = [(str(row["rank"]), row["handle"], str(row["score"])) for row in walk(ask, limit=limit)]
    assert found == expected


def without_valkey(fest: Fest) -> None:
    for standing in Standing.objects.filter(board__fest=fest):
        valkey().delete(*keys_of(standing.pk))


def test_walk_without_valkey_is_the_same(ask: Ask, played: Fest) -> None:
    expected = walk(ask)
    first = ask(f"{ALL}?limit=1")
    without_valkey(played)
    assert walk(ask) == expected
    assert [first["rows"][0], *walk(ask, after=first["next"])] == expected, "a cursor of one is a cursor of the other"


def test_walk_meets_nobody_twice_whose_points_grow(ask: Ask, played: Fest) -> None:
    """The last overtakes all after the first page: who was met isn't met again, who overtook the walk is missed."""
    first = ask(f"{ALL}?limit=2")
    before = [row["handle"] for row in first["rows"]]
    everybody = handles(ask)
    last = everybody[-1]
    assert last is not None
    play(played, SMALL, Facts(much(last)))
    refresh(played)
    rest = walk(ask, after=first["next"])
    met = [*before, *[row["handle"] for row in rest]]
    assert len(met) == len(set(met))
    assert met == everybody[:-1], "who was behind and is ahead now is on none"
    again = ask(f"{ALL}?limit=2")
    assert again["rows"][0]["handle"] == last
    assert again["version"] > first["version"], "which is how one knows to begin again"


def test_cursor_of_who_moved_or_went_still_goes_on(ask: Ask, played: Fest) -> None:
    """It says where in the order the walk is, not behind whom."""
    first = ask(f"{ALL}?limit=1")
    top = first["rows"][0]["handle"]
    everybody = handles(ask)
    play(played, SMALL, Facts(much(top)))
    refresh(played)
    assert handles(ask, after=first["next"]) == everybody[1:]


def test_who_lost_points_may_be_met_twice(ask: Ask, played: Fest) -> None:
    """As the description says."""
    given = much("di")
    play(played, SMALL, Facts(given))
    refresh(played)
    first = ask(f"{ALL}?limit=1")
    assert first["rows"][0]["handle"] == "di"
    play(played, SMALL, Facts([reversal(one) for one in given]))
    refresh(played)
    assert handles(ask, after=first["next"]).count("di") == 1


def test_former_creator_is_named_nowhere_and_the_walk_goes_on(ask: Ask, client: Client, played: Fest) -> None:
    everybody = handles(ask)
    gone = everybody[1]
    assert gone is not None
    Creator.objects.filter(handle=gone).update(withdrawn_at="2026-02-15T12:00:00Z", name="")
    found = walk(ask)
    assert [row["handle"] for row in found] == [everybody[0], None, *everybody[2:]]
    assert (found[1]["name"], found[1]["page"]) == ("Former creator", None)
    second = ask(ALL + ask(f"{ALL}?limit=1")["next"])
    assert second["rows"][0]["handle"] is None
    forget()
    assert client.get(f"{ROOT}/creators/{gone}").status_code == 404


def test_boards_of_groups_and_supporters_have_rows_too(ask: Ask, played: Fest) -> None:
    groups = ask(f"{ROOT}/boards/communities/standing")["rows"]
    assert [(row["handle"], row["region"], row["page"]) for row in groups] == [
        ("choir", None, "/en/small/groups/choir/")
    ]
    fans = ask(f"{ROOT}/boards/fans/standing?within=GB")["rows"]
    assert [(row["handle"], row["page"]) for row in fans] == [("mum", None), ("fan", None)]


def test_day_that_is_not_named_is_today(ask: Ask, played: Fest) -> None:
    today = ask(f"{ROOT}/boards/days/standing")
    assert (today["period"], today["page"]) == ("2026-02-15", "/en/small/boards/days/all/2026-02-15/")
    assert today == ask(f"{ROOT}/boards/days/standing?period=2026-02-15")


def test_frozen_board_stands_still(ask: Ask, client: Client, settings: Settings) -> None:
    settings.LIVEFEST_NOW = AFTER.isoformat()
    frozen = kept(make_frozen)
    before = [
        ask(f"{ALL}?limit=2"),
        walk(ask),
        ask(f"{ROOT}/creators/di"),
        ask(f"{ROOT}/groups"),
        ask(f"{ROOT}/challenges"),
    ]
    assert before[0]["standings"]["state"] == "freeze"
    play(frozen, FREEZING, Facts(LATER_FACTS))
    refresh(frozen)
    assert [
        ask(f"{ALL}?limit=2"),
        walk(ask),
        ask(f"{ROOT}/creators/di"),
        ask(f"{ROOT}/groups"),
        ask(f"{ROOT}/challenges"),
    ] == before
    without_valkey(frozen)
    assert walk(ask) == before[1]


def test_walk_that_a_freeze_meets_goes_on_in_the_copy(ask: Ask, settings: Settings, played: Fest) -> None:
    first = ask(f"{ALL}?limit=1")
    everybody = handles(ask)
    make_copy(played, kind=PublicCopy.Kind.FREEZE, shown_from=AFTER)
    assert handles(ask, after=first["next"]) == everybody[1:]


def test_cursor_of_a_copy_that_is_shown_no_more_is_refused(client: Client, ask: Ask, played: Fest) -> None:
    make_copy(played, kind=PublicCopy.Kind.FREEZE, shown_from=AFTER)
    following = ask(f"{ALL}?limit=1")["next"]
    end_freeze(played, by=None, at=AFTER)
    forget()
    refused = client.get(ALL + following)
    assert refused.status_code == 400
    assert refused.json()["detail"].endswith("or leave it out to begin again.")


def test_certified_results_are_said(ask: Ask, certified: Fest) -> None:  # noqa: F811
    page = ask(ALL)
    assert page["standings"]["state"] == "results"
    (edition,) = ask(f"{ROOT}/results")["editions"]
    assert (edition["edition"], edition["replaces"], edition["reason"]) == (1, None, "")
    assert edition["file"] == "/en/small/results/1/results.jsonl"


def test_page_costs_the_same_queries_with_more_rows(
    client: Client, fest_alone: Fest, queries_of: Callable[[str], int]
) -> None:
    play(fest_alone, SMALL, Facts(FACTS[:1]))
    refresh(fest_alone)
    one = queries_of(ALL)
    play(fest_alone, SMALL, Facts(FACTS[1:3]))
    refresh(fest_alone)
    assert queries_of(ALL) == one
