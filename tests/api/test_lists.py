"""What the API says of fests, boards, creators, LIVEs, challenges and groups."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from creators.models import Creator
from livefest.models import Fest
from tests.api.conftest import ROOT
from tests.pages.conftest import NOW, enter, go_live
from tests.rankings.play import entry_of

Ask = Callable[..., Any]


def test_fest_says_how_it_is_doing(ask: Ask, played: Fest) -> None:
    (summary,) = ask("/api/v1/fests")["fests"]
    detail = ask(ROOT)
    assert summary == {
        "fest": "small",
        "name": "Small",
        "phase": "during",
        "starts": "2026-02-13T00:00:00Z",
        "ends": "2026-02-17T00:00:00Z",
        "time_zone": "UTC",
        "freeze": None,
        "late_reports_until": "2026-02-19T00:00:00Z",
        "page": "/en/small/",
    }
    assert detail == summary | {
        "day": "2026-02-15",
        "days": detail["days"],
        "regions": ["GB", "IE"],
        "categories": [],
        "standings": {"state": "moving", "since": None},
    }
    assert [day["date"] for day in detail["days"]] == [f"2026-02-{day}" for day in (13, 14, 15, 16)]


def test_boards_name_their_places_and_periods(ask: Ask, played: Fest) -> None:
    boards = ask(f"{ROOT}/boards")["boards"]
    assert [(one["board"], one["ranks"], one["split_by"], one["period"]) for one in boards] == [
        ("all", "creators", "all", "fest"),
        ("days", "creators", "all", "day"),
        ("heats", "creators", "all", "round"),
        ("leagues", "creators", "group", "fest"),
        ("communities", "groups", "all", "fest"),
        ("fans", "supporters", "region", "fest"),
    ]
    for board in boards:
        detail = ask(f"{ROOT}/boards/{board['board']}")
        for within in [place["within"] for place in detail["places"]] or [""]:
            for period in detail["periods"]:
                page = ask(f"{ROOT}/boards/{board['board']}/standing?period={period}&within={within}")
                assert (page["within"], page["period"]) == (within, period)


def test_creator_says_where_they_stand_and_whether_they_are_live(ask: Ask, played: Fest) -> None:
    go_live(entry_of(played, "ada"), "room", started_at=NOW, title="Songs", url="https://www.example.com/ada")
    ada = ask(f"{ROOT}/creators/ada")
    assert ada["live"] == {"title": "Songs", "started": "2026-02-15T12:30:00Z", "watch": "https://www.example.com/ada"}
    assert {rank["board"] for rank in ada["ranks"]} >= {"all", "days", "leagues"}
    assert ada["ranks"][0] | {"score": 0} == {
        "board": "all",
        "within": "",
        "period": "fest",
        "rank": 1,
        "ranked": 4,
        "score": 0,
        "behind": None,
        "page": "/en/small/boards/all/all/",
    }
    assert (ada["groups"], ada["region"], ada["bio"]) == (["glow", "choir"], "GB", "")
    assert ask(f"{ROOT}/creators/di")["live"] is None


def test_lives_are_walked_the_newest_first_without_who_is_not_named(ask: Ask, played: Fest) -> None:
    for number in range(5):
        go_live(enter(played, f"e{number}"), f"r{number}", started_at=NOW - timedelta(minutes=number // 2))
    gone = entry_of(played, "cy")
    go_live(gone, "gone", started_at=NOW)
    Creator.objects.filter(pk=gone.creator_id).update(withdrawn_at=NOW)
    whole = ask(f"{ROOT}/live")
    assert (whole["on_air"], whole["next"]) == (5, None)
    found, query = [], "?limit=2"
    while query:
        page = ask(f"{ROOT}/live{query}")
        found += page["lives"]
        query = page["next"]
    assert found == whole["lives"]
    assert [live["handle"] for live in found] == ["e1", "e0", "e3", "e2", "e4"]


def test_challenges_say_goals_and_places_taken(ask: Ask, played: Fest) -> None:
    (race,) = ask(f"{ROOT}/challenges")["challenges"]
    assert race == {
        "challenge": "race",
        "name": "Race",
        "state": "open",
        "starts": "2026-02-13T00:00:00Z",
        "ends": "2026-02-17T00:00:00Z",
        "per": "day",
        "day": "2026-02-15",
        "goals": [{"metric": "coins", "at_least": 10}],
        "group": "glow",
        "region": None,
        "must_be_joined": False,
        "points": 1000,
        "first": 2,
        "taken": 1,
        "page": "/en/small/challenges/race/",
    }


def test_groups_are_walked(ask: Ask, played: Fest) -> None:
    whole = ask(f"{ROOT}/groups")
    assert [(one["group"], one["kind"], one["members"]) for one in whole["groups"]] == [
        ("glow", "league", 3),
        ("super", "league", 1),
        ("choir", "community", 2),
    ]
    found, query = [], "?limit=1"
    while query:
        page = ask(f"{ROOT}/groups{query}")
        found += page["groups"]
        query = page["next"]
    assert found == whole["groups"]


@pytest.mark.parametrize("path", [f"{ROOT}/live", f"{ROOT}/groups"])
def test_list_costs_the_same_queries_with_more_rows(played: Fest, queries_of: Callable[[str], int], path: str) -> None:
    go_live(entry_of(played, "ada"), "one", started_at=NOW)
    one = queries_of(path)
    for handle in ("bo", "cy"):
        go_live(entry_of(played, handle), handle, started_at=NOW)
    assert queries_of(path) == one
