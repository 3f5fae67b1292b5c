"""Updates: their list, whom they are for, and a page of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from livefest.models import Announcement, Fest
from tests.pages.conftest import announce, forget, open_page
from tests.pages.updates import (
    ATOM,
    FEED,
    LANG,
    TRANSLATED,
    UPDATES,
    address,
    announce_for,
    entries,
    entry_titles,
    picture,
    tags,
    titles,
)
from tests.texts import words_of


def test_updates_without_any_say_so(client: Client, fest: Fest) -> None:
    assert "No updates yet." in open_page(client, UPDATES)


def test_updates_are_the_pinned_then_the_newest(client: Client, fest: Fest) -> None:
    announce(fest, "Old", minutes_ago=30)
    announce(fest, "New", minutes_ago=10)
    announce(fest, "Pinned", minutes_ago=50, pinned=True)
    assert titles(open_page(client, UPDATES)) == ["Pinned", "New", "Old"]


def test_update_of_the_future_is_hidden_until_then(client: Client, fest: Fest) -> None:
    announce(fest, "Now", minutes_ago=0)
    announce(fest, "Soon", minutes_ago=-1, pinned=True)
    assert titles(open_page(client, UPDATES)) == ["Now"]


def test_update_of_another_fest_is_not_shown(client: Client, fest: Fest, uk_valentine: Fest) -> None:
    announce(uk_valentine, "Elsewhere")
    assert titles(open_page(client, UPDATES)) == []
    assert entries(client) == []


def test_update_is_text_in_paragraphs(client: Client, fest: Fest) -> None:
    announce(fest, "<i>Title</i>", text="One <b>&</b>\n\nTwo")
    page = open_page(client, UPDATES)
    assert titles(page) == ["&lt;i&gt;Title&lt;/i&gt;"]
    assert "<p>One &lt;b&gt;&amp;&lt;/b&gt;</p> <p>Two</p>" in page


def test_moment_of_an_update_is_in_the_fests_zone(client: Client, fest: Fest) -> None:
    Fest.objects.update(time_zone="Asia/Kathmandu")
    announce(fest, "News", minutes_ago=0)
    assert 'datetime="2026-02-15T18:15:00+05:45"' in open_page(client, UPDATES)


def test_updates_go_on_twenty_a_page_without_gap_or_repetition(client: Client, fest: Fest) -> None:
    for number in range(45):
        announce(fest, f"{number:02}", minutes_ago=number // 3, pinned=number % 2 == 0)
    seen, path = [], UPDATES
    while path:
        page = open_page(client, path)
        seen.append(titles(page))
        further = re.search(r'rel="next" href="([^"]+)"', page)
        path = further[1] if further else ""
    assert [len(page) for page in seen] == [20, 20, 5]
    together = [title for page in seen for title in page]
    assert together == list(Announcement.objects.values_list("title", flat=True))
    assert len(set(together)) == 45


@pytest.mark.parametrize("after", ["x", "0", "-1", "99999999999999999999", "²", "soon"])
def test_updates_after_what_is_not_there_are_not_found(client: Client, fest: Fest, after: str) -> None:
    if after == "soon":
        after = str(announce(fest, "Soon", minutes_ago=-1).pk)
    assert client.get(UPDATES, {"after": after}).status_code == 404


def test_updates_name_their_feed(client: Client, fest: Fest) -> None:
    link = f'<link rel="alternate" type="application/atom+xml" title="Updates" href="{FEED}">'
    assert link in open_page(client, UPDATES)
    assert link in open_page(client, "/en/small/")


def test_updates_cost_the_same_queries_with_more_rows(
    client: Client, fest: Fest, queries_of: Callable[[str], int]
) -> None:
    paths = [UPDATES, f"{UPDATES}?region=GB", FEED, f"{FEED}?region=GB", "/en/small/"]
    announce_for(fest, "News", "GB", picture=picture())
    at_one = [queries_of(path) for path in paths]
    announce_for(fest, "News", "GB", "IE")
    announce_for(fest, "News", "GB", picture=picture())
    assert [queries_of(path) for path in paths] == at_one


@pytest.mark.parametrize("path", [UPDATES, FEED])
def test_updates_are_kept_and_answered_304(client: Client, fest: Fest, path: str) -> None:
    etag = client.get(path)["ETag"]
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, headers={"if-none-match": etag})
    assert response.status_code == 304
    assert len(captured) == 0


def test_moment_that_comes_shows_what_was_planned(client: Client, fest: Fest, settings: Any) -> None:
    soon = announce(fest, "Soon", minutes_ago=-1)
    assert client.get(address(soon)).status_code == 404
    assert (titles(open_page(client, UPDATES)), entry_titles(client)) == ([], [])
    assert "No updates yet." in open_page(client, "/en/small/")
    settings.LIVEFEST_NOW = soon.published_at.isoformat()
    forget()
    assert (titles(open_page(client, UPDATES)), entry_titles(client)) == (["Soon"], ["Soon"])
    assert "Soon" in open_page(client, address(soon))
    assert "Soon" in open_page(client, "/en/small/")


# Of regions


def test_updates_of_all_regions_are_shown_and_say_so(client: Client, fest: Fest) -> None:
    announce(fest, "Everybody", minutes_ago=3)
    announce_for(fest, "Both", "GB", "IE", minutes_ago=2, pinned=True)
    announce_for(fest, "Britain", "GB", minutes_ago=1)
    page = open_page(client, UPDATES)
    assert titles(page) == ["Both", "Britain", "Everybody"]
    assert tags(page) == ["Pinned 🇬🇧 United Kingdom 🇮🇪 Ireland", "🇬🇧 United Kingdom"]
    assert entry_titles(client) == ["Britain", "Both", "Everybody"]


def test_region_has_its_own_updates_and_those_for_all(client: Client, fest: Fest) -> None:
    announce(fest, "Everybody", minutes_ago=3)
    announce_for(fest, "Both", "GB", "IE", minutes_ago=2)
    announce_for(fest, "Britain", "GB", minutes_ago=1)
    page = open_page(client, f"{UPDATES}?region=IE")
    assert titles(page) == ["Both", "Everybody"]
    assert '<option value="IE" selected>🇮🇪 Ireland</option>' in page
    assert f'type="application/atom+xml" title="Updates" href="{FEED}?region=IE"' in page
    assert entry_titles(client, f"{FEED}?region=IE") == ["Both", "Everybody"]
    assert titles(open_page(client, f"{UPDATES}?region=")) == ["Britain", "Both", "Everybody"]


def test_updates_of_a_region_go_on_in_it(client: Client, fest: Fest) -> None:
    for number in range(23):
        announce_for(fest, f"{number:02}", *(["GB"] if number % 2 else ["IE", "GB"]), minutes_ago=number)
        announce_for(fest, "Not theirs", "IE", minutes_ago=number)
    first = open_page(client, f"{UPDATES}?region=GB")
    further = re.search(r'rel="next" href="([^"]+)"', first)
    assert further
    path = further[1].replace("&amp;", "&")
    assert path.endswith("&region=GB")
    assert titles(first) + titles(open_page(client, path)) == [f"{number:02}" for number in range(23)]


@pytest.mark.parametrize("region", ["FR", "gb", "GB,IE", "%00", "1"])
def test_updates_of_what_is_no_region_of_the_fest_are_not_found(client: Client, fest: Fest, region: str) -> None:
    assert client.get(f"{UPDATES}?region={region}").status_code == 404
    assert client.get(f"{FEED}?region={region}").status_code == 404


def test_update_for_many_regions_names_the_first_of_them_in_lists(client: Client, fest: Fest) -> None:
    more = ["DE", "ES", "FR", "IT", "PT"]
    for number, code in enumerate(more):
        fest.regions.create(code=code, position=10 + number)
    update = announce_for(fest, "Europe", "GB", "IE", *more)
    assert tags(open_page(client, UPDATES)) == ["🇬🇧 United Kingdom 🇮🇪 Ireland 🇩🇪 Germany 🇪🇸 Spain 🇫🇷 France and 2 more"]
    assert words_of(open_page(client, address(update))).count("🇮🇹 Italy 🇵🇹 Portugal") == 1


# In languages


def test_update_is_read_in_its_translation(client: Client, fest: Fest) -> None:
    update = announce(fest, "Doors open", text="Hello.", translations=TRANSLATED)
    for path in (f"/es{UPDATES[3:]}", address(update, "es"), "/es/small/"):
        page = open_page(client, path)
        assert ("Noticias" in page, "Hola." in page, "Doors open" in page, "Hello." in page) == (
            True,
            True,
            False,
            False,
        )
    page = open_page(client, UPDATES)
    assert ("Noticias" in page, "Doors open" in page) == (False, True)
    (entry,) = entries(client, "/es/small/updates/feed.atom")
    assert entry.findtext(f"{ATOM}title") == "Noticias"
    assert entry.findtext(f"{ATOM}content") == "<p>Hola.</p>\n\n<p>Adiós.</p>"


def test_text_without_a_translation_says_that_it_is_in_another_language(client: Client, fest: Fest) -> None:
    update = announce(fest, "News", translations={"es": {"title": "Noticias"}})
    page = open_page(client, address(update, "es"))
    assert '<h1 lang="es" dir="auto">Noticias</h1>' in page
    assert '<div class="prose" lang="en" dir="auto">' in page
    (entry,) = entries(client, "/es/small/updates/feed.atom")
    assert entry.get(LANG) == "es"
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.get(LANG) == "en"


def test_update_in_one_language_is_on_its_pages_alone(client: Client, fest: Fest) -> None:
    update = announce(fest, "Solo aquí", language="es")
    announce(fest, "For all", minutes_ago=9)
    assert titles(open_page(client, UPDATES)) == entry_titles(client) == ["For all"]
    assert client.get(address(update)).status_code == 404
    assert "Solo aquí" not in open_page(client, "/en/small/")
    assert titles(open_page(client, "/es/small/updates/")) == ["Solo aquí", "For all"]
    assert entry_titles(client, "/es/small/updates/feed.atom") == ["Solo aquí", "For all"]
    page = open_page(client, address(update, "es"))
    assert '<h1 lang="es" dir="auto">Solo aquí</h1>' in page
    assert address(update) not in page
    assert "Solo aquí" in open_page(client, "/es/small/")


# Its own page


def test_update_has_a_page_of_its_own(client: Client, fest: Fest) -> None:
    update = announce_for(fest, "<i>News</i>", "GB", text="One <b>&</b>\n\nTwo", minutes_ago=0, pinned=True)
    page = open_page(client, address(update))
    assert "<title>&lt;i&gt;News&lt;/i&gt; · Small</title>" in page
    assert '<h1 lang="en" dir="auto">&lt;i&gt;News&lt;/i&gt;</h1>' in page
    assert "<p>One &lt;b&gt;&amp;&lt;/b&gt;</p> <p>Two</p>" in page
    assert 'datetime="2026-02-15T12:30:00+00:00"' in page
    assert tags(page) == ["Pinned 🇬🇧 United Kingdom"]
    assert f'<a href="{address(update)}">' in open_page(client, UPDATES)
    assert f'href="{address(update)}"' in open_page(client, "/en/small/")


def test_long_text_is_whole_on_its_own_page_alone(client: Client, fest: Fest) -> None:
    update = announce(fest, "News", text="long " * 200 + "end")
    assert "end" not in words_of(open_page(client, UPDATES)).split()
    assert "long end" in open_page(client, address(update))


@pytest.mark.parametrize("id", ["0", "01", "x", "-1", "²", "9" * 30, "%00", "news"])
def test_update_that_is_not_there_is_not_found(client: Client, fest: Fest, id: str) -> None:
    announce(fest, "News", pk=1)
    assert client.get(f"/en/small/updates/{id}/").status_code == 404


def test_update_of_another_fest_has_no_page_here(client: Client, fest: Fest, uk_valentine: Fest) -> None:
    update = announce(uk_valentine, "Elsewhere")
    assert client.get(address(update)).status_code == 404
    assert client.get("/en/nowhere/updates/1/").status_code == 404


def test_picture_is_shown_where_the_update_is(client: Client, fest: Fest) -> None:
    shown = picture()
    update = announce(fest, "News", picture=shown)
    image = rf'<img class="update-picture" src="/pictures/{shown.digest}.webp" width="1200" height="675" alt=""'
    assert image in open_page(client, UPDATES)
    assert image in open_page(client, address(update))
    (entry,) = entries(client)
    assert [link.attrib for link in entry.findall(f"{ATOM}link[@rel='enclosure']")] == [
        {
            "rel": "enclosure",
            "href": f"{settings.SITE_URL}/pictures/{shown.digest}.webp",
            "length": str(len(shown.content)),
            "type": "image/webp",
        }
    ]
    assert client.get(f"/pictures/{shown.digest}.webp")["Content-Type"] == "image/webp"
