"""The public pages of challenges: what they say, page by page, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from livefest import pages
from tests.challenges.pages import CAMPAIGN, NOW, challenge, fest_of, fest_of_dares, meet, moment
from tests.pages.conftest import forget

pytestmark = pytest.mark.django_db
LIST = "/en/dares/challenges/"
RACE = f"{LIST}race/"
HANDLES = [f"c{number:03}" for number in range(60)]


@pytest.fixture(autouse=True)
def _fresh(settings: Settings) -> Iterator[None]:
    settings.LIVEFEST_NOW = NOW
    forget()
    yield
    forget()


def text_of(client: Client, url: str) -> str:
    """What a reader sees of a page, in one line."""
    response = client.get(url)
    assert response.status_code == 200
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


def listed(client: Client, url: str) -> list[str]:
    """The handles of the table, from top to bottom."""
    return re.findall(r'<tr data-row="([^"]+)"', client.get(url).content.decode())


def queries_of(client: Client, url: str) -> int:
    forget()
    client.get(url)  # what Django does once in a process
    pages.pages.clear()
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_list_empty_says_so(client: Client) -> None:
    fest_of_dares("")
    assert "No challenges have been announced yet" in text_of(client, LIST)


def test_list_says_what_it_takes_and_pays(client: Client) -> None:
    fest_of_dares()
    text = text_of(client, LIST)
    assert "Open now Glow rush 7,000 Coins and 1 hour 30 minutes Time LIVE" in text
    for words in ("In one day, every day anew", "Only Glow League", "60 places left of 60 today", "+15,000 points"):
        assert words in text
    assert "From Fri 13 Feb, 00:00" in text
    assert "Until Tue 17 Feb, 00:00" in text


def test_list_window_is_in_the_zone_of_the_fest_with_its_moment(client: Client) -> None:
    fest_of_dares()
    body = client.get(LIST).content.decode()
    assert re.search(r'<time datetime="2026-02-13T00:00:00\+00:00"\s+data-local\s+data-yours="yours:">', body)


def test_list_by_state(client: Client) -> None:
    fest_of_dares(
        challenge("past", ends="X").replace('"X"', "2026-02-14T00:00:00")
        + challenge("coming", starts="X", first=5).replace('"X"', "2026-02-16T00:00:00")
        + challenge("now", within={"region": "IE"}, join=True).replace("{'region': 'IE'}", '{ region = "IE" }')
    )
    text = text_of(client, LIST)
    order = [text.index(words) for words in ("Open now Now", "Coming up Coming", "Over Past")]
    assert order == sorted(order)
    for words in ("For the first 5", "For the glory", "Only Ireland", "Join first"):
        assert words in text


def test_list_counts_the_places_of_today_alone(client: Client) -> None:
    fest_of_dares()
    meet("race", HANDLES[:7], at=moment(14, 10), period="2026-02-14", won=7)
    meet("race", HANDLES[:2], at=moment(15, 10), period="2026-02-15", won=2)
    assert "58 places left of 60 today" in text_of(client, LIST)


def test_list_of_a_race_over_the_fest_whose_places_are_taken(client: Client) -> None:
    fest_of_dares(challenge("race", first=2))
    meet("race", HANDLES[:3], at=moment(14, 10), won=2)
    assert "All 2 places are taken" in text_of(client, LIST)


def test_detail_of_a_race_goes_by_place(client: Client) -> None:
    fest_of_dares(challenge("race", first=2))
    meet("race", ["late"], at=moment(15, 9))
    meet("race", ["bo", "cy"], at=moment(14, 9), won=2)
    assert listed(client, RACE) == ["bo", "cy", "late"]
    text = text_of(client, RACE)
    assert "Met by 3" in text
    assert re.search(r"1 Bo .* 2 Cy .* too late Late", text)


def test_detail_of_no_race_has_the_newest_first(client: Client) -> None:
    fest_of_dares(challenge("race"))
    meet("race", ["ada"], at=moment(14, 9))
    meet("race", ["bo"], at=moment(15, 9))
    assert listed(client, RACE) == ["bo", "ada"]


def test_detail_shows_today_and_earlier_days_by_links(client: Client) -> None:
    fest_of_dares()
    meet("race", ["ada"], at=moment(14, 10), period="2026-02-14", won=1)
    body = client.get(RACE).content.decode()
    content = body.split("<main")[1].split("</main>")[0]
    assert re.findall(rf'href="({RACE}[^"]*)"', content) == [
        RACE,
        f"{RACE}2026-02-14/",
        f"{RACE}2026-02-13/",
    ]
    assert "Nobody has met it yet. Be the first." in body
    assert listed(client, f"{RACE}2026-02-14/") == ["ada"]
    assert "1 of 60 places taken" in text_of(client, f"{RACE}2026-02-14/")
    assert "Nobody met it." in text_of(client, f"{RACE}2026-02-13/")


@pytest.mark.parametrize("day", ["2026-02-16", "2026-02-12", "today", "%00"])
def test_detail_of_a_day_that_has_not_begun_is_not_found(client: Client, day: str) -> None:
    fest_of_dares()
    assert client.get(f"{RACE}{day}/").status_code == 404


def test_detail_before_it_opens(client: Client, settings: Settings) -> None:
    settings.LIVEFEST_NOW = "2026-02-12T12:00:00Z"
    fest_of_dares()
    assert "It hasn't begun yet" in text_of(client, RACE)


def test_detail_escapes_names(client: Client) -> None:
    fest_of_dares(challenge("race"))
    meet("race", ["ada"], at=moment(14, 9))
    assert "Ada &lt;b&gt;" in client.get(RACE).content.decode()


@pytest.mark.parametrize("first", [None, 55])
def test_detail_in_pages_has_everyone_once_also_at_one_moment(client: Client, first: int | None) -> None:
    fest_of_dares(challenge("race", **({"first": first} if first else {})))
    meet("race", HANDLES, at=moment(14, 9), won=first or 0)
    body = client.get(RACE).content.decode()
    (following,) = re.findall(r'rel="next"\s+href="([^"]+)"', body)
    found = [*listed(client, RACE), *listed(client, following)]
    assert found == (HANDLES if first else HANDLES[::-1])
    last = client.get(following).content.decode()
    assert 'rel="next"' not in last
    assert f'hx-get="{following}"' in last
    if first:
        assert re.search(r'class="rank">\s*51\s', last)
        assert re.search(r'class="rank">\s*55\s', last)
        assert not re.search(r'class="rank">\s*56\s', last)


@pytest.mark.parametrize("after", ["x", "1", "1.", "-1.ada", "1.a%00", "99999999999999999999.ada", "1.@ada"])
def test_detail_after_nonsense_is_not_found(client: Client, after: str) -> None:
    fest_of_dares()
    assert client.get(f"{RACE}?after={after}").status_code == 404


def test_unknown_challenge_is_not_found(client: Client) -> None:
    fest_of_dares()
    assert client.get(f"{LIST}nothing/").status_code == 404


@pytest.mark.parametrize("url", [LIST, RACE])
def test_moving_part_alone_for_htmx(client: Client, url: str) -> None:
    fest_of_dares()
    body = client.get(url, headers={"HX-Request": "true"}).content.decode().strip()
    assert re.match(rf'<(div|section) id="moves"[^>]*hx-get="{url}"', body)
    assert "<html" not in body


def test_list_costs_the_same_with_more_challenges(client: Client) -> None:
    fest_of_dares(challenge("one", first=3))
    one = queries_of(client, LIST)
    fest_of(CAMPAIGN + "".join(challenge(slug, first=3) for slug in ("one", "two", "three")))
    assert queries_of(client, LIST) == one


def test_detail_costs_the_same_with_more_who_met_it(client: Client) -> None:
    fest_of_dares(challenge("race", first=3))
    meet("race", ["ada"], at=moment(14, 9), won=1)
    one = queries_of(client, RACE)
    meet("race", ["bo", "cy"], at=moment(14, 10), won=2)
    assert queries_of(client, RACE) == one


@pytest.mark.parametrize("url", [LIST, RACE])
def test_page_costs_no_query_again(client: Client, url: str) -> None:
    fest_of_dares()
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    assert len(captured) == 0
