"""The page of a creator in a fest."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from challenges.models import Challenge, Completion
from creators.correction_steps import propose, undo
from creators.corrections import (
    Size,
    adjustment,
    disqualification,
    void_of_fact,
    void_of_range,
    void_of_session,
)
from creators.models import Creator, Entry, Fact, Payment
from livefest.models import Fest, Metric
from livefest.views.creator_page import creator_page, entry_of
from rankings.models import Gain, Rule
from rankings.refresh import refresh
from rankings.valkey import client as valkey
from tests.pages.conftest import NOW, enter, go_live, open_page, text
from tests.rankings.fests import Close, Facts, Script
from tests.rankings.play import begin, play, staff
from tests.rankings.test_changes import CREATORS, FACTS, LATE, changed
from tests.reference.small import moment

ADA = "/en/small/creators/ada/"


def by_staff(reason: str) -> dict[str, Any]:
    return {"by": staff(), "reason": reason, "size": Size(0, 0)}


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


def test_creator_who_did_nothing_is_told_so_after_the_end(client: Client, fest: Fest, settings: Settings) -> None:
    settings.LIVEFEST_NOW = fest.ends.isoformat()
    page = open_page(client, ADA)
    for said in ("Not ranked.", "No points.", "None.", "No LIVE was reported."):
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


def test_corrections_are_told_with_what_why_and_since_when(client: Client, played: Fest) -> None:
    ada, coins = entry_of(played, "ada"), Metric.objects.get(fest=played, slug="coins")
    given = Fact.objects.filter(entry=ada, metric=coins).order_by("at")[0]
    go_live(ada, "room-1", started_at=moment("14T09:00:00"), title="Songs <3")
    for correction, reason in [
        (adjustment(entry=ada, metric=coins, day=date(2026, 2, 14), quantity=1500), "Lost on <the> way"),
        (adjustment(entry=ada, metric=coins, day=date(2026, 2, 14), quantity=-7), "Counted twice"),
        (void_of_fact(given), "Paid back"),
        (void_of_session(entry=ada, session="room-1"), "Not a LIVE of her own"),
        (void_of_session(entry=ada, session="room-unknown"), "Never on air"),
        (void_of_range(source=given.source, starts=given.at, ends=given.at + timedelta(hours=1)), "A bad clock"),
    ]:
        propose(correction, **by_staff(reason), at=LATE)
    propose(disqualification(entry=ada), by=staff(), reason="Waits for another", size=Size(10**9, 0))
    propose(adjustment(entry=entry_of(played, "bo"), metric=coins, day=NOW.date(), quantity=1), **by_staff("Of bo"))
    undone = propose(adjustment(entry=ada, metric=coins, day=NOW.date(), quantity=1), **by_staff("Undone"))
    undo(undone, by=staff(), reason="Of no use")
    page = creator_page(played, ada, NOW)
    assert page.disqualified is None
    assert [(one.title, one.reason, one.day, one.starts, one.ends) for one in page.corrections] == [
        ("Added: 1,500 Coins", "Lost on <the> way", date(2026, 2, 14), None, None),
        ("Taken away: 7 Coins", "Counted twice", date(2026, 2, 14), None, None),
        (f"Void: {given.quantity} Coins", "Paid back", None, given.at, None),
        ("Void: the LIVE “Songs <3”", "Not a LIVE of her own", None, moment("14T09:00:00"), None),
        ("Void: a LIVE", "Never on air", None, None, None),
        (
            "Void: what one source had reported of a time",
            "A bad clock",
            None,
            given.at,
            given.at + timedelta(hours=1),
        ),
    ]
    assert {one.since for one in page.corrections} == {LATE}
    body = open_page(client, ADA)
    assert "Lost on &lt;the&gt; way" in body
    for untold in ("staff", "Waits for another", "Of bo", "Undone", given.external_id):
        assert untold not in body
    assert "Corrections" not in open_page(client, "/en/small/creators/cy/")


def test_duration_is_corrected_in_words(played: Fest) -> None:
    ada, live = entry_of(played, "ada"), Metric.objects.get(fest=played, slug="live")
    propose(adjustment(entry=ada, metric=live, day=date(2026, 2, 14), quantity=-1800), **by_staff("x"))
    assert [one.title for one in creator_page(played, ada, NOW).corrections] == ["Taken away: 30 minutes of Live"]


def test_disqualified_creator_is_said_to_be(client: Client, played: Fest) -> None:
    ada = entry_of(played, "ada")
    propose(disqualification(entry=ada), **by_staff("Bought views"))
    refresh(played)
    page = open_page(client, ADA)
    for said in (
        "Disqualified",
        "Nothing counts, and no board ranks them.",
        "Bought views",
        "Not ranked.",
        "No points",
    ):
        assert said in page
    for unsaid in ("Not ranked yet.", "No points yet.", "Corrections", "staff"):
        assert unsaid not in page
    assert "Bought views" in open_page(client, ADA, hx_request="true"), "in the part that moves"


def test_disqualified_from_a_moment_on_keeps_what_was_before(client: Client, played: Fest) -> None:
    propose(disqualification(entry=entry_of(played, "ada"), since=moment("15T00:00:00")), **by_staff("Bought views"))
    refresh(played)
    page = open_page(client, ADA)
    assert "What was before this moment stands" in page
    assert "2026-02-15T00:00:00+00:00" in page
    assert "<strong>1,130</strong>" in page


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
    assert page.count("LIVE now") == 3, "in the menu, at the top and in the list"
    assert 'href="https://example.com/on" rel="noopener noreferrer nofollow"' in page
    assert "40 minutes" in page


def test_creator_page_is_within_the_content_policy(client: Client, played: Fest) -> None:
    page = open_page(client, ADA)
    assert (
        re.findall(r"<script(?![^>]*(?:\ssrc=|ld\+json))[^>]*>|<style|\sstyle=|\son\w+=[\"']|javascript:", page) == []
    )


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
    entry, ada = Entry.objects.get(creator__handle="di"), Entry.objects.get(creator__handle="ada")
    propose(void_of_session(entry=ada, session="any"), **by_staff("x"))
    bonus = Metric.objects.get(fest=played, slug="bonus")

    def add(number: int) -> None:
        go_live(entry, f"r{number}", started_at=NOW - timedelta(minutes=number))
        challenge = Challenge.objects.create(fest=played, slug=f"c{number}", name="C", per="fest", metric=bonus)
        Completion.objects.create(challenge=challenge, entry=entry, met_at=NOW, handle="di")
        Payment.objects.create(entry=entry, entitlement=f"challenge/c{number}", metric=bonus, points=1, at=NOW)
        rule = Rule.objects.create(fest=played, slug=f"x{number}", metric=bonus, points=1)
        Gain.objects.create(entry=entry, rule=rule, segment=NOW, day=NOW.date(), quantity=1, points=1, gained_at=NOW)
        propose(void_of_session(entry=entry, session=f"r{number}"), **by_staff("x"))

    add(1)
    at_one = queries_of("/en/small/creators/di/")
    add(2)
    add(3)
    assert queries_of("/en/small/creators/di/") == at_one
    assert queries_of(ADA) == at_one, "who is ranked on more boards"
