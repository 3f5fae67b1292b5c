"""How ranks came about, on pages: moves since the day before, courses, how boards stood, and what a freeze says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client, override_settings
from pytest_django import Settings

from livefest.models import Fest
from livefest.views.coming import Moment, coming
from livefest.views.creator_course import Course
from livefest.views.creator_page import creator_page, entry_of
from rankings.freezing import reveal
from rankings.publishing import publish
from rankings.refresh import refresh
from rankings.valkey import client as valkey
from tests.kept import kept
from tests.pages.addresses import MOVING, PAGES
from tests.pages.conftest import NOW, SMALL, forget, open_page, small, text
from tests.rankings.fests import Facts, Script
from tests.rankings.little import give
from tests.rankings.play import begin, play, staff
from tests.rankings.test_changes import CAMPAIGN, CREATORS, LATE
from tests.rankings.test_history import crowd
from tests.reference.small import fact, moment

ALL = "/en/small/boards/all/all/"
HEATS = "/en/small/boards/heats/all/"
DAYS = "/en/small/boards/days/all/2026-02-14/"
CY = "/en/small/creators/cy/"
ROW = re.compile(
    r'<tr id="p\d+" data-row="([^"]+)"> <td class="rank">([\d,]+)(?: <span class="move"[^>]*>(.*?)</span></td>)?'
)
FIRST_DAY = [
    fact("ada", "coins", 30, "13T10:00:00"),
    fact("bo", "coins", 30, "13T11:00:00"),
    fact("cy", "coins", 20, "13T12:00:00"),
]
SECOND_DAY = [fact("cy", "coins", 50, "14T10:00:00"), fact("di", "coins", 5, "14T11:00:00")]
THIRD_DAY = [fact("di", "coins", 40, "15T18:00:00")]
BEYOND = "2,158"  # what bo has then
FROZEN = [fact("bo", "coins", 49, "15T20:30:00"), fact("di", "live", 77 * 3600, "15T22:00:00")]


def close_at(fest: Fest, at: str) -> None:
    call_command("close", fest.slug, f"--at={moment(at).isoformat()}")


def at(settings: Settings, now: str) -> None:
    settings.LIVEFEST_NOW = moment(now).isoformat()
    forget()


def moves(client: Client, path: str) -> list[tuple[str, str, str]]:
    """Handle, rank and, as a screen reader says it, how it moved ("" where nothing is said)."""
    forget()
    found = ROW.findall(open_page(client, path))
    hidden = re.compile(r'<span aria-hidden="true">.*?</span>|<[^>]+>')
    return [(handle, rank, hidden.sub("", said)) for handle, rank, said in found]


@pytest.fixture
def two_days(db: None, settings: Settings) -> Fest:
    """The first day recorded at its end, and the second under way."""
    fest = kept(make_two_days)
    at(settings, "14T12:00:00")
    return fest


def make_two_days() -> Fest:
    fest = small()
    play(fest, SMALL, Facts(FIRST_DAY))
    close_at(fest, "13T20:00:00")
    close_at(fest, "14T00:00:02")
    play(fest, SMALL, Facts(SECOND_DAY))
    refresh(fest)
    return fest


def test_board_tells_how_ranks_moved_since_the_day_before(client: Client, two_days: Fest) -> None:
    assert moves(client, ALL) == [
        ("cy", "1", "up 2 places"),
        ("ada", "2", "down 1 place"),
        ("bo", "3", "down 1 place"),
        ("di", "4", "new"),
    ]
    page = open_page(client, ALL)
    assert "▲ 2" in page
    assert "▼ 1" in page
    assert 'Ranks moved since <time datetime="2026-02-14T00:00:02+00:00">' not in page  # as it was last recorded
    assert 'Ranks moved since <time datetime="2026-02-13T20:00:00+00:00">Fri 13 Feb, 20:00</time>' in page


def test_moves_are_told_without_valkey(client: Client, two_days: Fest) -> None:
    before = moves(client, ALL)
    valkey().flushdb()
    assert moves(client, ALL) == before


def test_board_of_days_and_a_first_day_have_no_day_before(client: Client, two_days: Fest, settings: Settings) -> None:
    assert moves(client, DAYS) == [("cy", "1", ""), ("di", "2", "")]
    at(settings, "13T12:00:00")
    assert [said for _handle, _rank, said in moves(client, ALL)] == ["", "", "", ""]


def test_board_of_a_round_moves_within_the_round(client: Client, two_days: Fest, settings: Settings) -> None:
    at(settings, "16T12:00:00")  # two days after the round
    assert moves(client, HEATS) == [
        ("cy", "1", "up 2 places"),
        ("ada", "2", "down 1 place"),
        ("bo", "3", "down 1 place"),
        ("di", "4", "new"),
    ]
    at(settings, "13T23:00:00")
    assert [said for _handle, _rank, said in moves(client, HEATS)] == ["", "", "", ""]


def test_nothing_is_told_of_a_day_before_that_was_not_recorded(client: Client, fest: Fest, script: Script) -> None:
    play(fest, script, Facts(FIRST_DAY))
    refresh(fest)
    page = open_page(client, ALL)
    assert "Ranks moved since" not in page
    assert "Look back" not in page
    assert "The way here" not in open_page(client, CY)


def test_ranks_that_did_not_move_are_told_so(client: Client, played: Fest) -> None:
    assert {said for _handle, _rank, said in moves(client, ALL)} == {"unchanged"}


def test_pages_cost_the_same_queries_with_more_history(
    queries_of: Callable[[str], int], two_days: Fest, script: Script, settings: Settings
) -> None:
    stood = f"{ALL}at/2026-02-13T20:00:00Z/"
    before = [queries_of(path) for path in (ALL, stood, CY)]
    for hour in ("14T13:00:00", "14T14:00:00", "15T00:00:05", "15T01:00:00"):
        play(two_days, script, Facts([fact("bo", "coins", 1, "14T12:30:00")]))
        close_at(two_days, hour)
    at(settings, "15T01:30:00")
    assert [queries_of(path) for path in (ALL, stood, CY)] == before


def courses_of(fest: Fest, handle: str, now: datetime) -> dict[str, Course]:
    found = creator_page(fest, entry_of(fest, handle), now).course()
    assert found is not None
    return {course.title: course for course in found.courses}


def test_creator_shows_the_course_by_day_and_by_hour(
    client: Client, two_days: Fest, script: Script, settings: Settings
) -> None:
    close_at(two_days, "14T13:10:00")
    close_at(two_days, "15T00:00:05")
    at(settings, "15T12:00:00")
    courses = courses_of(two_days, "cy", moment("15T12:00:00"))
    days = courses["At each day's end"]
    assert [(point.slot, point.label, point.rank, point.size, point.score) for point in days.points] == [
        (0, "13 February", 3, 3, 40),
        (1, "14 February", 1, 4, 1140),
    ]
    hours = courses["The last 48 hours"]
    assert [(point.slot, point.label, point.rank) for point in hours.points] == [
        (8, "Fri 13 Feb, 20:00", 3),
        (25, "Sat 14 Feb, 13:10", 1),
    ]
    assert [point.url for point in hours.points] == [f"{ALL}at/2026-02-{at}Z/" for at in ("13T20:00:00", "14T13:10:00")]
    assert days.chart is not None
    assert days.chart.description == "13 February: rank 3, 40. 14 February: rank 1, 1,140."
    assert days.chart.lines == ["M52.0 92.0H191.0V18.0H330.0"]
    page = open_page(client, CY)
    assert '<svg class="chart" viewBox="0 0 340 190" role="img" aria-labelledby="days-title days-text">' in page
    assert '<title id="days-title">All · At each day&#x27;s end</title>' in page
    assert "style=" not in page
    di = courses_of(two_days, "di", moment("15T12:00:00"))
    assert [point.slot for point in di["At each day's end"].points] == [1]
    assert di["At each day's end"].chart is None, "there is no way between less than two"


def test_course_on_another_board_has_an_address(client: Client, two_days: Fest) -> None:
    page = open_page(client, CY)
    links = re.findall(r'<a href="([^"]+#course)"( aria-current="true")? ?>([^<]+)</a>', page)
    assert links == [
        (f"{CY}#course", ' aria-current="true"', "All"),
        ("?board=heats#course", "", "Heats"),
        ("?board=leagues/glow#course", "", "Leagues · Glow"),
    ]
    other = open_page(client, f"{CY}?board=leagues/glow")
    assert '<a href="?board=leagues/glow#course" aria-current="true">Leagues · Glow</a>' in other
    assert f"{CY}#course" in other
    assert "/en/small/boards/leagues/glow/at/2026-02-13T20:00:00Z/" in other
    for unknown in ("all", "leagues/super", "nothing"):
        response = client.get(CY, {"board": unknown})
        assert (response.status_code, response["Location"]) == (302, CY), unknown


def test_line_is_broken_where_a_creator_was_not_ranked(fest: Fest, script: Script) -> None:
    play(fest, script, Facts(FIRST_DAY))
    close_at(fest, "13T10:00:00")
    play(fest, script, Facts([fact("cy", "coins", -20, "13T12:00:00", id="back", reverses=FIRST_DAY[2]["id"])]))
    close_at(fest, "13T11:00:00")
    play(fest, script, Facts([fact("cy", "coins", 9, "13T13:00:00")]))
    close_at(fest, "13T12:00:00")
    close_at(fest, "13T13:00:00")
    play(fest, script, Facts([fact("cy", "coins", 9, "13T13:00:00")]))
    close_at(fest, "13T14:00:00")
    course = courses_of(fest, "cy", moment("13T14:30:00"))["The last 48 hours"]
    assert [(point.slot, point.rank, point.score) for point in course.points] == [
        (44, 3, 40),
        (46, 3, 18),
        (48, 3, 36),
    ]
    assert course.chart is not None
    assert [line.count("M") for line in course.chart.lines] == [1, 1]


@pytest.fixture
def thousand(db: None, settings: Settings) -> Fest:
    """A board of 1,100, recorded at a day's end and at an hour."""
    fest = crowd(1_100)
    close_at(fest, "15T00:00:00")
    give(fest, c1101=1)
    close_at(fest, "15T11:00:00")
    return fest


def test_board_as_it_stood_at_a_days_end_has_everybody(client: Client, thousand: Fest) -> None:
    day = "/en/little/boards/all/all/at/2026-02-15T00:00:00Z/"
    first = open_page(client, day)
    assert "1,100 ranked." in first
    assert "Page 1 of 22" in first
    assert [(handle, rank) for handle, rank, _said in ROW.findall(first)][:4] == [
        ("c1100", "1"),
        ("c1101", "1"),
        ("c1098", "3"),
        ("c1099", "3"),
    ]
    last = open_page(client, f"{day}?page=22")
    assert [(handle, rank) for handle, rank, _said in ROW.findall(last)][-2:] == [
        ("c0002", "1,099"),
        ("c0003", "1,099"),
    ]
    assert client.get(f"{day}?page=23")["Location"] == f"{day}?page=22"


def test_board_as_it_stood_at_an_hour_has_the_leading_thousand(client: Client, thousand: Fest) -> None:
    hour = "/en/little/boards/all/all/at/2026-02-15T11:00:00Z/"
    first = open_page(client, hour)
    assert "The leading 1,000 of 1,100." in first
    assert "Page 1 of 20" in first
    assert ROW.findall(first)[0][:2] == ("c1101", "1")
    assert client.get(f"{hour}?page=21")["Location"] == f"{hour}?page=20"


def test_moves_of_a_long_board_are_told_on_every_page(client: Client, thousand: Fest) -> None:
    assert moves(client, "/en/little/boards/all/all/")[:3] == [
        ("c1101", "1", "unchanged"),
        ("c1100", "2", "down 1 place"),
        ("c1098", "3", "unchanged"),
    ]
    assert moves(client, "/en/little/boards/all/all/?page=22")[-1] == ("c0003", "1,099", "unchanged")


def test_page_of_the_past_is_kept_longer_and_no_search_engine_lists_it(client: Client, played: Fest) -> None:
    response = client.get(PAGES["board_stood"])
    assert response["Cache-Control"] == "public, max-age=600, stale-if-error=86400"
    page = text(response)
    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="{django_settings.SITE_URL}{ALL}">' in page
    again = client.get(PAGES["board_stood"], headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again["Cache-Control"]) == (304, response["Cache-Control"])


def test_board_offers_the_moments_that_were_recorded(client: Client, two_days: Fest) -> None:
    page = open_page(client, ALL)
    assert re.findall(r'<optgroup label="([^"]+)"> <option value="([^"]+)">([^<]+)', page) == [
        ("At the end of", "2026-02-13T20:00:00Z", "Friday 13 February"),
    ]
    chosen = client.get(f"{ALL}at/", {"moment": "2026-02-13T20:00:00Z"})
    assert chosen["Location"] == f"{ALL}at/2026-02-13T20:00:00Z/"
    assert client.get(f"{ALL}at/", {"moment": "2026-02-13T19:59:59Z"})["Location"] == ALL
    assert client.get(f"{ALL}at/2026-02-13T19:59:59Z/").status_code == 404
    stood = open_page(client, chosen["Location"])
    assert '<option value="2026-02-13T20:00:00Z" selected>' in stood
    assert [(handle, rank) for handle, rank, _said in ROW.findall(stood)] == [("ada", "1"), ("bo", "2"), ("cy", "3")]


@pytest.fixture
def frozen(settings: Settings, db: None) -> Fest:
    """Three days recorded, frozen on the third, and what came then recorded for staff."""
    fest = kept(make_frozen)
    at(settings, "16T01:00:00")
    return fest


def make_frozen() -> Fest:
    script = Script({**CAMPAIGN, "fest": {**CAMPAIGN["fest"], "freeze": datetime(2026, 2, 15, 20)}}, CREATORS, LATE, [])
    fest = begin(script)
    for facts, moments in (
        (FIRST_DAY, ["13T20:00:00", "14T00:00:02"]),
        (SECOND_DAY, ["14T20:00:00", "15T00:00:01"]),
        (THIRD_DAY, ["15T19:00:00", "15T20:00:07"]),
        (FROZEN[:1], ["15T21:00:03"]),
        (FROZEN[1:], ["16T00:00:03"]),
    ):
        play(fest, script, Facts(facts))
        for one in moments:
            with override_settings(LIVEFEST_NOW=moment(one).isoformat()):
                close_at(fest, one)
    return fest


def test_freeze_hides_what_is_recorded_after_it_began(client: Client, frozen: Fest, settings: Settings) -> None:
    """Moves are of the day that the copy shows, the third."""
    before = moves(client, ALL)
    assert before == [
        ("cy", "1", "unchanged"),
        ("ada", "2", "unchanged"),
        ("bo", "3", "unchanged"),
        ("di", "4", "unchanged"),
    ]
    page = open_page(client, ALL)
    assert re.findall(r'<option value="(2026-[^"]+)"', page) == [
        "2026-02-13T20:00:00Z",
        "2026-02-14T20:00:00Z",
        "2026-02-15T19:00:00Z",
    ]
    for hidden in ("15T20:00:07", "15T21:00:03", "16T00:00:03", "16T12:00:00"):
        path = f"{ALL}at/2026-02-{hidden}Z/"
        assert client.get(path)["Location"] == f"{ALL}at/2026-02-15T19:00:00Z/", hidden
        chosen = client.get(f"{ALL}at/", {"moment": f"2026-02-{hidden}Z"})
        assert chosen["Location"] == f"{ALL}at/2026-02-15T19:00:00Z/", hidden
    stood = text(client.get(f"{ALL}at/2026-02-15T19:00:00Z/"))
    for body in (page, stood, open_page(client, "/en/small/creators/bo/")):
        assert BEYOND not in body
        assert "2026-02-15T21" not in body
        assert "2026-02-16T" not in body

    reveal(frozen, by=staff(), at=moment("16T01:00:00"))
    publish(frozen, {})  # as when the transaction is over
    forget()
    assert BEYOND in open_page(client, ALL)
    assert moves(client, ALL) != before
    assert client.get(f"{ALL}at/2026-02-16T12:00:00Z/")["Location"] == f"{ALL}at/2026-02-16T00:00:03Z/"
    assert BEYOND in open_page(client, f"{ALL}at/2026-02-16T00:00:03Z/")
    assert BEYOND in open_page(client, "/en/small/creators/bo/")


def test_freeze_is_said_on_every_page(client: Client, frozen: Fest, settings: Settings) -> None:
    said = re.compile(
        r'Boards frozen since <time datetime="2026-02-15T20:00:00\+00:00" data-local data-yours="yours:">'
        r"Sun 15 Feb, 20:00</time>: the results are being made; what stands here is as of then\."
    )
    silent = {"feed", "programme_calendar", "ceremony"}  # which announces what is newer than the boards
    paths = {name: path for name, path in PAGES.items() if name not in silent and client.get(path).status_code == 200}
    assert len(paths) > 12
    for name, path in paths.items():
        assert len(said.findall(open_page(client, path))) == 1, name
    board = open_page(client, ALL)
    assert "As of <time" in board
    assert "Updated" not in board
    assert 'hx-trigger="every 5s"' in board, "it is asked for, so that the reveal is seen"
    for name in set(MOVING) - {"ceremony"}:
        part = open_page(client, PAGES[name], **{"hx-request": "true"})
        assert '<div id="copy-shown" hx-swap-oob="innerHTML">' in part, name
        assert len(said.findall(part)) == 1, name
    reveal(frozen, by=staff(), at=moment("16T01:00:00"))
    forget()
    part = open_page(client, ALL, **{"hx-request": "true"})
    assert '<div id="copy-shown" hx-swap-oob="innerHTML"> </div>' in part, "who has the page open is told too"
    assert "Updated" in part


def test_home_says_what_comes_during_a_freeze_and_after_the_end(client: Client, frozen: Fest) -> None:
    closes = Moment(moment("19T00:00:00"), "Late reports close; then come the results")
    during = coming(frozen, moment("16T01:00:00"))
    assert during.next == [Moment(moment("17T00:00:00"), "The festival ends"), closes]
    assert coming(frozen, moment("17T01:00:00")).next == [closes]
    assert coming(frozen, moment("19T00:00:00")).next == []
    assert coming(frozen, NOW).next[-1] == closes
    assert "Late reports close; then come the results" in open_page(client, "/en/small/")
