"""Following, comparing and finding creators."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from creators.models import Creator, Entry, Group
from livefest import copies
from livefest.models import Fest
from livefest.views.showcase.comparison import comparison
from livefest.views.showcase.followed import MOST, followed_page, handles_asked
from livefest.views.showcase.found import find_creators
from livefest.views.showcase.searching import LIMIT
from rankings.history import record_history
from rankings.refresh import refresh
from rankings.valkey import client as valkey
from tests.pages.conftest import NOW, enter, forget, go_live, open_page, text
from tests.pages.test_freeze import LATER_FACTS, frozen
from tests.pages.test_showcase_live import suspend
from tests.rankings.fests import Facts, Script
from tests.rankings.play import play
from tests.rankings.test_changes import FACTS
from tests.reference.small import moment
from tests.texts import page_text, words_of

__all__ = ["frozen"]  # a fixture

CARDS = "/en/small/following/cards/"
COMPARE = "/en/small/compare/"
SEARCH = "/en/small/search/"


@pytest.fixture(autouse=True)
def _nobody_has_searched() -> Iterator[None]:
    yield
    found = list(valkey().scan_iter(match="*rl:*"))
    if found:
        valkey().delete(*found)


def followed(fest: Fest, *handles: str) -> list[tuple[str, bool, int | None, int]]:
    page = followed_page(fest, list(handles), NOW)
    return [(card.handle, card.live is not None, card.rank, card.points) for card in page.cards]


def test_page_of_followed_is_the_same_for_everyone_and_says_what_is_kept(client: Client, fest: Fest) -> None:
    page = open_page(client, "/en/small/following/")
    assert "The list is kept in this browser and nowhere else: 100 creators at most" in page
    assert "which takes JavaScript" in page
    assert 'data-cards="/en/small/following/cards/"' in page
    assert "ada" not in page


def test_followed_who_are_live_come_first_then_by_rank(played: Fest) -> None:
    go_live(Entry.objects.get(creator__handle="di"), "r", started_at=NOW - timedelta(minutes=1))
    assert followed(played, "ada", "bo", "cy", "di") == [
        ("di", True, 4, 100),
        ("ada", False, 1, 1170),
        ("cy", False, 2, 1150),
        ("bo", False, 3, 1060),
    ]


def test_followed_are_asked_for_once_sorted_and_at_most_a_hundred(client: Client, played: Fest) -> None:
    assert handles_asked(["cy", "ada", "cy", "", "a\0b", "x" * 129]) == ["ada", "cy"]
    assert len(handles_asked(f"h{number}" for number in range(300))) == MOST
    same = [text(client.get(f"{CARDS}?{query}")) for query in ("h=cy&h=ada", "h=ada&h=cy&h=ada&h=nobody")]
    assert same[0] == same[1]
    assert 'hx-get="/en/small/following/cards/?h=ada&amp;h=cy"' in page_text(client.get(f"{CARDS}?h=cy&h=ada"))


def test_followed_who_left_are_not_shown(client: Client, played: Fest) -> None:
    Creator.objects.filter(handle="ada").update(withdrawn_at=NOW)
    assert followed(played, "ada", "nobody") == []
    assert "data-follow" not in text(client.get(f"{CARDS}?h=ada"))


def test_followed_cost_the_same_queries_with_more_of_them(
    played: Fest, client: Client, queries_of: Callable[[str], int]
) -> None:
    one = queries_of(f"{CARDS}?h=ada")
    assert queries_of(f"{CARDS}?h=ada&h=bo&h=cy") == one


def test_followed_show_the_copy_during_a_freeze_and_cost_the_same(
    frozen: Fest, script: Script, queries_of: Callable[[str], int]
) -> None:
    before = followed(frozen, "ada", "bo", "cy", "di")
    assert before == [("ada", False, 1, 1170), ("cy", False, 2, 1150), ("bo", False, 3, 1060), ("di", False, 4, 100)]
    play(frozen, script, Facts(LATER_FACTS))
    refresh(frozen)
    forget()
    assert copies.shown_copy(frozen.pk)
    assert followed(frozen, "ada", "bo", "cy", "di") == before
    assert queries_of(f"{CARDS}?h=ada&h=bo&h=cy") == queries_of(f"{CARDS}?h=ada")


def test_followed_have_no_rank_while_valkey_is_empty(played: Fest) -> None:
    valkey().flushdb()
    assert followed(played, "ada") == [("ada", False, None, 1170)]


def test_creator_page_has_a_button_to_follow_and_one_to_compare(client: Client, played: Fest) -> None:
    page = open_page(client, "/en/small/creators/ada/")
    assert 'data-follow="ada" hidden' in page
    assert '<form action="/en/small/compare/"> <input type="hidden" name="c" value="ada">' in page


def lines(rows: Any) -> list[tuple[str, list[int | None], list[bool]]]:
    return [(row.title, [cell.value for cell in row.cells], [cell.best for cell in row.cells]) for row in rows]


def test_compared_have_ranks_points_and_challenges_side_by_side(played: Fest) -> None:
    page = comparison(played, ["ada", "bo", "di"], NOW)
    assert lines(page.boards)[0] == ("All", [1, 3, 4], [True, False, False])
    assert lines(page.points)[0] == ("", [1170, 1060, 100], [True, False, False])
    assert lines(page.challenges)[0] == ("", [1, 1, 0], [True, True, False])


def test_only_boards_that_two_share_are_compared(played: Fest) -> None:
    page = comparison(played, ["ada", "di"], NOW)
    assert "Leagues" not in [line.title for line in page.boards]
    assert "Leagues" in [line.title for line in comparison(played, ["ada", "bo", "di"], NOW).boards]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 200, "Two to four creators can be compared: name the first."),
        ("?c=ada", 200, "One alone can’t be compared: add another."),
        ("?c=ada&c=ada", 200, "One alone can’t be compared: add another."),
        ("?c=ada&c=nobody", 404, "Nobody of the handle “nobody” takes part."),
        ("?c=%3Cb%3E", 404, "Nobody of the handle “<b>” takes part."),
        ("?c=ada&c=bo&c=cy&c=di&c=nobody", 200, "At most 4 are compared; these are the first of whom you named."),
    ],
)
def test_what_can_not_be_compared_is_said(client: Client, played: Fest, query: str, status: int, said: str) -> None:
    response = client.get(COMPARE + query)
    assert (response.status_code, said in words_of(text(response))) == (status, True)


def test_four_are_the_most_and_each_can_be_removed(client: Client, played: Fest) -> None:
    page = page_text(client.get(f"{COMPARE}?c=ada&c=bo&c=cy&c=di"))
    assert 'id="c"' not in page
    assert 'href="/en/small/compare/?c=ada&amp;c=cy&amp;c=di"' in page
    three = page_text(client.get(f"{COMPARE}?c=ada&c=bo&c=cy"))
    assert three.count('<input type="hidden" name="c"') == 3
    assert 'id="c"' in three


def test_who_was_meant_is_told(client: Client, played: Fest) -> None:
    enter(played, "walter.2", "Walter")
    page = words_of(text(client.get(f"{COMPARE}?c=walter")))
    assert "Did you mean one of these? Write the handle. Walter @walter.2" in page


def test_former_creator_is_not_compared(client: Client, played: Fest) -> None:
    Creator.objects.filter(handle="bo").update(withdrawn_at=NOW)
    assert client.get(f"{COMPARE}?c=ada&c=bo").status_code == 404


def test_course_of_the_compared_is_drawn_from_the_days_that_ended(fest: Fest, script: Script) -> None:
    play(fest, script, Facts(FACTS[:4]))
    refresh(fest)
    record_history(fest, at=moment("14T00:00:00"))
    assert comparison(fest, ["ada", "di"], moment("14T01:00:00")).race is None, "one day is no course"
    play(fest, script, Facts(FACTS[4:6]))
    refresh(fest)
    record_history(fest, at=moment("15T00:00:00"))
    race = comparison(fest, ["ada", "di"], NOW).race
    assert race is not None
    assert [(runner.number, runner.name, len(runner.lines)) for runner in race.runners] == [(1, "Ada", 1), (2, "Di", 1)]
    assert race.description.startswith("Ada: from rank 1 to rank 1. Di: from rank 3 to rank ")


def test_comparison_shows_the_copy_during_a_freeze(client: Client, frozen: Fest, script: Script) -> None:
    path = f"{COMPARE}?c=ada&c=bo&c=cy&c=di"
    before = client.get(path).content
    play(frozen, script, Facts(LATER_FACTS))
    refresh(frozen)
    forget()
    assert client.get(path).content == before


def hits(client: Client, typed: str) -> list[str]:
    """What is found, in order."""
    page = text(client.get(f"{SEARCH}?q={quote(typed)}"))
    return [unescape(name) for name in re.findall(r'class="hit-name">([^<]*)<', page)]


def test_search_finds_by_the_beginning_of_handle_name_or_word(client: Client, played: Fest) -> None:
    enter(played, "zoe.live", "Ada Lovelace")
    enter(played, "race.driver")
    Group.objects.create(fest=played, slug="owls", name="Night Adagio", kind="community")
    assert hits(client, "ada") == ["Ada", "Ada Lovelace", "Night Adagio"]
    assert hits(client, " @ADA L") == ["Ada Lovelace"]
    assert hits(client, "zoe") == ["Ada Lovelace"]
    assert hits(client, "rac") == ["race.driver", "Race"]
    assert hits(client, "gl") == ["Glow"]
    assert hits(client, "lovelace") == []


def test_search_has_the_exact_handle_first(client: Client, played: Fest) -> None:
    enter(played, "aa.ada", "Ada")
    assert [hit.key for hit in find_creators(played, "ada", most=10)] == ["ada", "aa.ada"]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "' OR 1=1", "a\0b", "", "   "])
def test_search_for_signs_finds_nobody(client: Client, played: Fest, typed: str) -> None:
    assert hits(client, typed) == []


def test_search_says_how_many_and_that_there_are_more(client: Client, played: Fest) -> None:
    for number in range(12):
        enter(played, f"many-{number:02}")
    page = page_text(client.get(f"{SEARCH}?q=many"))
    assert page.count("data-hit") == 10
    assert "There are more; type another letter." in page
    part = page_text(client.get(f"{SEARCH}?q=many", headers={"hx-request": "true"}))
    assert "<html" not in part
    assert '<p hx-swap-oob="innerHTML:#hits-said">10 found</p>' in part.replace("> 10 found <", ">10 found<")


def test_search_finds_nobody_former_suspended_or_of_another_fest(client: Client, played: Fest) -> None:
    Creator.objects.create(handle="elsewhere", name="Elsewhere")
    Creator.objects.filter(handle="ada").update(withdrawn_at=NOW)
    suspend(Creator.objects.get(handle="bo"), played)
    assert (hits(client, "else"), hits(client, "ada"), hits(client, "bo")) == ([], [], [])
    assert "Nothing here begins with “ada”." in page_text(client.get(f"{SEARCH}?q=ada"))


def test_search_says_who_is_live_and_costs_the_same_with_more(
    client: Client, played: Fest, queries_of: Callable[[str], int]
) -> None:
    go_live(enter(played, "many-1"), "r1", started_at=NOW)
    one = queries_of(f"{SEARCH}?q=many")
    for number in (2, 3):
        go_live(enter(played, f"many-{number}"), f"r{number}", started_at=NOW)
    assert queries_of(f"{SEARCH}?q=many") == one
    assert text(client.get(f"{SEARCH}?q=many")).count("LIVE now") == 3 + 1, "and the menu's"


def test_who_searches_too_often_is_told_to_wait(client: Client, played: Fest) -> None:
    most = int(LIMIT.partition("/")[0])
    assert {client.get(f"{SEARCH}?q=a{number}").status_code for number in range(most)} == {200}
    response = client.get(f"{SEARCH}?q=ada")
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (429, "60", "no-store")
    assert "searched very often" in text(response)
    assert client.get(SEARCH).status_code == 200, "the empty page"
    assert client.get(f"{COMPARE}?c=nobody").status_code == 429
    assert client.get(f"{SEARCH}?q=ada", REMOTE_ADDR="192.0.2.2").status_code == 200
