"""Pages that a process keeps go out before anything else of a request is looked at: what must still be looked at."""

from __future__ import annotations

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from livefest import pages
from livefest.models import Fest
from rankings.refresh import refresh
from tests.pages.conftest import text
from tests.rankings.fests import Facts, Script
from tests.rankings.play import play
from tests.rankings.test_changes import FACTS

BOARD = "/en/small/boards/all/all/"
OF_ONE_ANSWER = {"Content-Encoding", "Content-Length"}


def said(response: HttpResponseBase) -> dict[str, str]:
    return {name: value for name, value in response.items() if name not in OF_ONE_ANSWER}


def test_kept_page_goes_out_with_all_that_was_said_with_it_first(client: Client, played: Fest) -> None:
    first, again = client.get(BOARD), client.get(BOARD)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert said(again) == said(first)
    assert {"Content-Security-Policy", "X-Frame-Options", "Referrer-Policy", "ETag", "Cache-Control"} <= set(
        said(again)
    )


def test_kept_page_goes_out_compressed_to_who_takes_that(client: Client, played: Fest) -> None:
    plain = client.get(BOARD)
    client.get(BOARD)
    zipped = client.get(BOARD, headers={"accept-encoding": "br, gzip"})
    assert zipped["Content-Encoding"] == "gzip"
    assert zipped["Content-Length"] == str(len(zipped.content))
    assert said(zipped) == said(plain)


def test_kept_page_that_the_client_has_is_not_sent_again(client: Client, played: Fest) -> None:
    first = client.get(BOARD)
    client.get(BOARD)
    again = client.get(BOARD, headers={"if-none-match": f'"other", {first["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"]


def test_kept_page_costs_no_query(
    client: Client, played: Fest, django_assert_num_queries: CaptureQueriesContext
) -> None:
    client.get(BOARD)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert client.get(BOARD).status_code == 200


def test_page_kept_for_https_leads_http_to_https(client: Client, played: Fest, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    client = Client()  # with the middleware of these settings
    assert [client.get(BOARD, secure=True).status_code for _turn in range(2)] == [200, 200]
    led = client.get(BOARD)
    assert (led.status_code, led["Location"]) == (301, f"https://testserver{BOARD}")


def test_kept_page_is_refused_to_who_asks_another_host(client: Client, played: Fest) -> None:
    assert [client.get(BOARD).status_code for _turn in range(2)] == [200, 200]
    assert client.get(BOARD, headers={"host": "evil.example"}).status_code == 400


def test_kept_part_and_kept_page_are_two(client: Client, played: Fest) -> None:
    asked = [client.get(BOARD, headers=headers) for headers in ({}, {"hx-request": "true"}) for _turn in range(2)]
    assert asked[0].content == asked[1].content
    assert asked[2].content == asked[3].content
    assert ("<html" in text(asked[1]), "<html" in text(asked[3])) == (True, False)


def test_kept_page_is_not_sent_to_who_sends_something(client: Client, played: Fest) -> None:
    assert [client.get(BOARD).status_code for _turn in range(2)] == [200, 200]
    assert client.post(BOARD).status_code == 405
    head = client.head(BOARD)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", client.get(BOARD)["ETag"])


@pytest.mark.parametrize("query", ["?utm_source=x", "?page=1", "?page=1&utm_source=x"])
def test_page_by_an_address_in_another_spelling_is_the_same(client: Client, played: Fest, query: str) -> None:
    first = client.get(BOARD)
    again = [client.get(BOARD + query) for _turn in range(2)]
    assert [response.content for response in again] == [first.content, first.content]


def test_kept_page_is_made_anew_when_its_standing_moved(client: Client, played: Fest, script: Script) -> None:
    first, _again = client.get(BOARD), client.get(BOARD)
    more = {**FACTS[0], "id": "more", "quantity": FACTS[0]["quantity"] + 1}
    play(played, script, Facts([more]))
    refresh(played)
    pages.versions.clear()  # as a second later
    assert client.get(BOARD).content != first.content
