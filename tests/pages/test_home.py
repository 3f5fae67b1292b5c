"""The way in, and the home page of a fest before, during and after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from challenges.models import Challenge
from creators.models import Entry
from livefest.models import Fest, Metric
from rankings.models import Board, Rule, RuleBonus
from tests.pages.conftest import NOW, announce, assert_public, enter, go_live, open_page, text
from tests.pages.test_showcase_live import entry, suspend
from tests.rankings.fests import Script
from tests.reference.small import moment

HOME = "/en/small/"


def another(slug: str, days: int) -> Fest:
    """A fest that starts so many days from now, for a day."""
    starts = NOW + timedelta(days=days)
    return Fest.objects.create(
        slug=slug, name=slug.title(), time_zone="UTC", starts=starts, ends=starts + timedelta(days=1)
    )


# The way in


def test_home_without_a_fest_says_so(client: Client) -> None:
    assert "No festival has been announced yet." in open_page(client, "/en/")


def test_home_leads_to_the_fest_that_is_on(client: Client, fest: Fest) -> None:
    another("next", 9)
    another("last", -9)
    response = client.get("/en/")
    assert (response.status_code, response["Location"]) == (302, HOME)
    assert "Set-Cookie" not in response.headers
    assert response["Cache-Control"] == "public, max-age=10"


def test_home_leads_to_the_next_fest_where_none_is_on(client: Client) -> None:
    another("later", 20)
    another("next", 9)
    another("last", -9)
    assert client.get("/en/")["Location"] == "/en/next/"


def test_home_leads_to_the_last_fest_where_none_comes(client: Client) -> None:
    another("older", -20)
    another("last", -9)
    assert client.get("/en/")["Location"] == "/en/last/"


def test_home_lists_fests_where_several_are_on(client: Client, fest: Fest) -> None:
    another("beside", 0)
    page = open_page(client, "/en/")
    assert 'href="/en/small/"' in page
    assert 'href="/en/beside/"' in page


def test_home_that_was_asked_for_just_now_costs_no_query(client: Client, fest: Fest) -> None:
    client.get("/en/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/en/")
    assert len(captured) == 0


# What a fest's page says


def test_fest_home_before_counts_down_and_says_how_to_take_part(client: Client, fest: Fest, settings: Settings) -> None:
    settings.LIVEFEST_NOW = "2026-02-10T00:00:00Z"
    page = open_page(client, HOME)
    assert '<time datetime="2026-02-13T00:00:00+00:00" data-count>in 3 days</time>' in page
    assert "How to take part" in page
    assert "United Kingdom" in page
    assert "Who leads" not in page


def test_fest_home_during_says_which_day_and_what_comes_next(client: Client, fest: Fest) -> None:
    page = open_page(client, HOME)
    assert 'Day <span class="stage-day">3</span> of 4' in page
    assert "Day 4 begins" in page
    assert "The festival ends" in page
    assert "How to take part" not in page


def test_fest_home_after_says_that_it_is_over(client: Client, played: Fest, settings: Settings) -> None:
    settings.LIVEFEST_NOW = "2026-02-17T00:00:00Z"
    page = open_page(client, HOME)
    assert "The festival is over." in page
    assert "Who led" in page
    assert "Late reports close; then come the results" in page
    assert 'id="live-title"' not in page


def test_fest_home_of_a_fest_without_anything_says_what_is_missing(client: Client) -> None:
    another("bare", 0)
    page = open_page(client, "/en/bare/")
    for said in ("Nobody is LIVE just now.", "This festival has no boards yet.", "No updates yet."):
        assert said in page


def test_fest_home_of_an_unknown_fest_is_not_found(client: Client) -> None:
    response = client.get("/en/nowhere/")
    assert response.status_code == 404
    assert "This stage is empty" in text(response)


def test_fest_home_shows_who_is_live_with_a_link_to_watch(client: Client, fest: Fest) -> None:
    ada = Entry.objects.get(creator__handle="ada")
    ten_to = NOW - timedelta(minutes=10)
    go_live(ada, "now", started_at=ten_to, title="Songs & <b>talk</b>", url="https://example.com/a?b=1&c=2")
    go_live(ada, "over", started_at=ten_to, ended_at=NOW, title="Over")
    go_live(ada, "silent", started_at=NOW - timedelta(days=1), reported_at=NOW - timedelta(hours=12), title="Silent")
    page = open_page(client, HOME)
    assert "Songs &amp; &lt;b&gt;talk&lt;/b&gt;" in page
    assert 'href="https://example.com/a?b=1&amp;c=2" rel="noopener noreferrer nofollow"' in page
    assert '<time datetime="2026-02-15T12:20:00+00:00" data-count>10 minutes ago</time>' in page
    assert "Over" not in page
    assert "Silent" not in page


def test_fest_home_shows_the_newest_twelve_lives_and_how_many_there_are(client: Client, fest: Fest) -> None:
    ada = Entry.objects.get(creator__handle="ada")
    for number in range(1, 15):
        go_live(ada, f"r{number}", started_at=NOW - timedelta(minutes=number), title=f"Show {number:02}")
    page = open_page(client, HOME)
    assert "14 on air" in page
    assert [number for number in range(1, 15) if f"Show {number:02}" in page] == list(range(1, 13))


def test_fest_home_puts_no_suspended_creator_on_air(client: Client, fest: Fest) -> None:
    """As the page of who is LIVE, to which it leads."""
    go_live(entry("ada"), "room-a", started_at=NOW, title="Songs")
    go_live(entry("bo"), "room-b", started_at=NOW, title="Talk")
    suspend(entry("bo").creator, fest)
    page = open_page(client, HOME)
    assert ("Songs" in page, "Talk" in page, "2 on air" in page) == (True, False, False)


def test_name_with_markup_is_text(client: Client, fest: Fest) -> None:
    go_live(enter(fest, "<script>", "<script>alert(1)</script>"), "r", started_at=NOW - timedelta(minutes=1))
    page = open_page(client, HOME)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert 'href="/en/small/creators/%3Cscript%3E/"' in page
    assert "&lt;script&gt;alert" in open_page(client, "/en/small/creators/%3Cscript%3E/")


def test_fest_home_shows_the_best_of_the_first_three_boards(client: Client, played: Fest) -> None:
    Board.objects.filter(fest=played, slug="leagues").update(position=0)
    Board.objects.filter(fest=played, slug="all").update(position=1)
    page = open_page(client, HOME)
    assert 'href="/en/small/boards/leagues/glow/"' in page, "where most are ranked"
    assert "Glow · Whole festival" in page
    assert 'href="/en/small/boards/all/all/"' in page
    assert 'href="/en/small/boards/days/all/2026-02-15/"' in page
    assert 'href="/en/small/boards/communities/all/"' not in page


def test_fest_home_shows_races_with_places_left(client: Client, played: Fest) -> None:
    page = open_page(client, HOME)
    assert '<span class="places-left">1</span> of 2 places left' in page, "cy won one today"
    assert 'href="/en/small/challenges/race/"' in page
    assert "1,000 points for each" in page


def test_fest_home_shows_no_race_out_of_its_window(client: Client, played: Fest) -> None:
    Challenge.objects.filter(fest=played).update(starts=moment("16T00:00:00"))
    assert "places left" not in open_page(client, HOME)


def test_fest_home_shows_three_updates_and_none_of_the_future(client: Client, fest: Fest) -> None:
    for number in range(5):
        announce(fest, f"News {number}", minutes_ago=number)
    announce(fest, "Tomorrow", minutes_ago=-1)
    page = open_page(client, HOME)
    assert [number for number in range(5) if f"News {number}" in page] == [0, 1, 2]
    assert "Tomorrow" not in page


# How it is served


def test_fest_home_in_part_is_what_moves(client: Client, played: Fest) -> None:
    page = open_page(client, HOME, hx_request="true")
    assert page.startswith('<div id="moves"')
    assert "<html" not in page


def test_fest_home_is_answered_304_to_who_has_it(client: Client, played: Fest) -> None:
    etag = client.get(HOME)["ETag"]
    response = client.get(HOME, headers={"if-none-match": etag})
    assert response.status_code == 304
    assert response.content == b""
    assert_public(response)


def test_fest_home_that_is_kept_costs_no_query(client: Client, played: Fest) -> None:
    client.get(HOME)
    with CaptureQueriesContext(connection) as captured:
        client.get(HOME)
    assert len(captured) == 0


def test_fest_home_costs_the_same_queries_with_more_rows(
    client: Client, played: Fest, script: Script, queries_of: Callable[[str], int]
) -> None:
    bonus = Metric.objects.get(fest=played, slug="bonus")
    ada = Entry.objects.get(creator__handle="ada")
    Board.objects.filter(fest=played).exclude(slug="all").update(position=9)

    def add(number: int) -> None:
        go_live(enter(played, f"more-{number}"), f"r{number}", started_at=NOW - timedelta(minutes=number))
        go_live(ada, f"a{number}", started_at=NOW - timedelta(minutes=number))
        announce(played, f"News {number}")
        Challenge.objects.create(fest=played, slug=f"c{number}", name="C", per="fest", first=3, metric=bonus)
        RuleBonus.objects.create(
            rule=Rule.objects.get(fest=played, slug="gifts"), multiplier=2, daily_from="20:00", daily_until="21:00"
        )

    add(1)
    at_one = queries_of(HOME)
    add(2)
    add(3)
    assert queries_of(HOME) == at_one
