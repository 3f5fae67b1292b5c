"""The page of a creator in a fest."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from challenges.models import Challenge, Completion
from creators.models import Creator, Entry, Payment
from livefest.models import Fest, Metric
from livefest.views.creator_page import creator_page, entry_of
from rankings.models import Gain, Rule
from rankings.refresh import refresh
from rankings.valkey import client as valkey
from tests.pages.conftest import NOW, enter, go_live, open_page, text
from tests.rankings.fests import Close, Facts, Script
from tests.rankings.play import begin, play
from tests.rankings.test_changes import CREATORS, FACTS, LATE, changed
from tests.reference.small import moment

ADA = "/en/small/creators/ada/"


def ranks(fest: Fest, handle: str) -> list[tuple[str, str, str, int, int, int, int | None]]:
    page = creator_page(fest, entry_of(fest, handle), NOW)
    return [
        (rank.board.slug, rank.place, rank.period, rank.rank, rank.size, rank.score, rank.gap)
        for rank in [*page.ranks, *page.earlier]
    ]


def test_creator_shows_only_the_public_profile(client: Client, played: Fest) -> None:
    page = open_page(client, ADA)
    assert "<h1>Ada</h1>" in page
    assert "@ada" in page
    assert "United Kingdom" in page
    assert 'href="/en/small/groups/glow/"' in page
    assert 'href="/en/small/groups/choir/"' in page


def test_creator_without_a_name_goes_by_the_handle(client: Client, fest: Fest) -> None:
    enter(fest, "no.name")
    assert "<h1>no.name</h1>" in open_page(client, "/en/small/creators/no.name/")


def test_creator_of_another_script_has_an_address(client: Client, fest: Fest) -> None:
    enter(fest, "ада/1")
    assert "<h1>ада/1</h1>" in open_page(client, "/en/small/creators/%D0%B0%D0%B4%D0%B0/1/")


@pytest.mark.parametrize("handle", ["nobody", "ADA", "elsewhere", "ada%00"])
def test_creator_unknown_to_the_fest_is_not_found(client: Client, played: Fest, handle: str) -> None:
    Creator.objects.create(handle="elsewhere")
    response = client.get(f"/en/small/creators/{handle}/")
    assert response.status_code == 404
    assert "This stage is empty" in text(response)


def test_creator_stands_on_every_board_with_the_gap_to_the_next_rank(played: Fest) -> None:
    assert ranks(played, "cy") == [
        ("all", "", "Whole festival", 2, 4, 1150, 20),
        ("days", "", "15 February", 1, 1, 1090, None),
        ("heats", "", "Heats", 4, 4, 60, 40),
        ("leagues", "Glow", "Whole festival", 2, 3, 1150, 20),
        ("days", "", "13 February", 4, 4, 60, 40),
    ]


def test_creator_on_a_board_of_days_has_the_last_day_first(client: Client, played: Fest) -> None:
    page = creator_page(played, entry_of(played, "cy"), NOW)
    days = [rank.period for rank in page.ranks if rank.board.slug == "days"]
    earlier = [(rank.period, rank.url) for rank in page.earlier]
    assert days == ["15 February"]
    assert earlier == [("13 February", "/en/small/boards/days/all/2026-02-13/")]
    assert "Earlier days" in open_page(client, "/en/small/creators/cy/")
    assert "Earlier days" not in open_page(client, ADA)


def test_creator_ahead_of_whom_only_the_tie_break_decides_has_no_gap(played: Fest) -> None:
    """On the 13th ada and bo have 1,060 each, ada an hour earlier."""
    page = creator_page(played, entry_of(played, "bo"), NOW)
    (day,) = [rank for rank in page.ranks if rank.board.slug == "days"]
    assert (day.rank, day.score, day.gap) == (2, 1060, 0)


def test_creator_stands_the_same_while_valkey_is_empty(played: Fest) -> None:
    before = ranks(played, "cy")
    assert before
    valkey().flushdb()
    assert ranks(played, "cy") == before


def test_supporter_of_the_same_name_is_not_the_creator(fest: Fest, script: Script) -> None:
    enter(fest, "fan")
    play(fest, script, Facts(FACTS))
    refresh(fest)
    assert ranks(fest, "fan") == []


def test_creator_who_did_nothing_is_told_so(client: Client, fest: Fest) -> None:
    page = open_page(client, ADA)
    for said in ("Not ranked yet.", "No points yet.", "No challenge met yet.", "No LIVE was reported yet."):
        assert said in page


def test_points_are_summed_by_day_and_rule(client: Client, played: Fest) -> None:
    points = creator_page(played, entry_of(played, "ada"), NOW).points
    assert points.rules == ["Coins", "Live", "Bonus points"]
    assert [(day.isoformat(), row, total) for day, row, total in points.days] == [
        ("2026-02-13", [60, 0, 1000], 1060),
        ("2026-02-14", [0, 70, 0], 70),
        ("2026-02-15", [0, 40, 0], 40),
    ]
    assert (points.sums, points.total) == ([60, 110, 1000], 1170)
    page = open_page(client, ADA)
    assert 'role="region" tabindex="0" aria-label="Table of points, scrolls sideways"' in page
    assert "<strong>1,170</strong>" in page


def test_rules_of_one_metric_are_told_apart(played: Fest) -> None:
    coins = Metric.objects.get(fest=played, slug="coins")
    rule = Rule.objects.create(fest=played, slug="tiers", metric=coins, points=1, position=1)
    entry = entry_of(played, "bo")
    Gain.objects.create(entry=entry, rule=rule, segment=NOW, day=NOW.date(), quantity=1, points=1, gained_at=NOW)
    assert creator_page(played, entry, NOW).points.rules == ["Coins (gifts)", "Coins (tiers)", "Bonus points"]


def test_challenges_met_are_told_with_their_points(client: Client, played: Fest) -> None:
    page = open_page(client, ADA)
    assert 'href="/en/small/challenges/race/">Race</a>' in page
    assert "13 February · among the first 2" in page
    assert "+1,000" in page


def test_challenge_met_too_late_is_told_without_points(played: Fest) -> None:
    deeds = creator_page(played, entry_of(played, "cy"), NOW).deeds
    assert [(deed.note, deed.points) for deed in deeds] == [
        ("15 February · among the first 2", 1000),
        ("13 February · after the first 2", 0),
    ]


def test_rank_bonus_is_told_with_its_board_and_day(client: Client) -> None:
    script = Script(
        changed("boards", "days", rank_bonus=[{"ranks": "1", "points": 5}], rules=["gifts"]), CREATORS, LATE, []
    )
    fest = begin(script)
    play(fest, script, Facts(FACTS))
    play(fest, script, Close(moment("14T00:00:00")))
    refresh(fest)
    page = open_page(client, "/en/small/creators/di/")
    assert 'href="/en/small/boards/days/all/2026-02-13/">Rank bonus: Days</a>' in page
    assert "+5" in page


def test_lives_are_the_last_twenty_and_say_which_is_on(client: Client, fest: Fest) -> None:
    ada = entry_of(fest, "ada")
    go_live(ada, "on", started_at=NOW - timedelta(minutes=3), title="On now", url="https://example.com/on")
    go_live(ada, "planned", started_at=NOW + timedelta(hours=1), title="Planned")
    for number in range(1, 25):
        started_at = NOW - timedelta(hours=number)
        go_live(
            ada, f"r{number}", started_at=started_at, ended_at=started_at + timedelta(minutes=40), title=f"S{number:02}"
        )
    page = open_page(client, ADA)
    assert [number for number in range(1, 25) if f"S{number:02}" in page] == list(range(1, 20))
    assert "Planned" not in page
    assert page.count("LIVE now") == 2, "at the top and in the list"
    assert 'href="https://example.com/on" rel="noopener noreferrer nofollow"' in page
    assert "40 minutes" in page


def test_creator_page_is_within_the_content_policy(client: Client, played: Fest) -> None:
    page = open_page(client, ADA)
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=[\"']|javascript:", page) == []


def test_creator_page_in_part_is_what_moves(client: Client, played: Fest) -> None:
    page = open_page(client, ADA, hx_request="true")
    assert page.startswith('<div id="moves"')
    assert "Points by day" not in page


def test_creator_page_is_kept_and_answered_304(client: Client, played: Fest) -> None:
    etag = client.get(ADA)["ETag"]
    with CaptureQueriesContext(connection) as captured:
        assert client.get(ADA, headers={"if-none-match": etag}).status_code == 304
    assert len(captured) == 0


def test_creator_page_costs_the_same_queries_with_more_rows(played: Fest, queries_of: Callable[[str], int]) -> None:
    entry = Entry.objects.get(creator__handle="di")
    bonus = Metric.objects.get(fest=played, slug="bonus")

    def add(number: int) -> None:
        go_live(entry, f"r{number}", started_at=NOW - timedelta(minutes=number))
        challenge = Challenge.objects.create(fest=played, slug=f"c{number}", name="C", per="fest", metric=bonus)
        Completion.objects.create(challenge=challenge, entry=entry, met_at=NOW, handle="di")
        Payment.objects.create(entry=entry, entitlement=f"challenge/c{number}", metric=bonus, points=1, at=NOW)
        rule = Rule.objects.create(fest=played, slug=f"x{number}", metric=bonus, points=1)
        Gain.objects.create(entry=entry, rule=rule, segment=NOW, day=NOW.date(), quantity=1, points=1, gained_at=NOW)

    add(1)
    at_one = queries_of("/en/small/creators/di/")
    add(2)
    add(3)
    assert queries_of("/en/small/creators/di/") == at_one
    assert queries_of(ADA) == at_one, "who is ranked on more boards"
