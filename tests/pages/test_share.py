"""How pages look where they are shared and found: their heads, their pictures, the sitemap, and robots.txt."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from PIL import Image
from pytest_django import Settings

from creators.models import Creator, Entry, Profile
from livefest import pages
from livefest.drawing import in_words, wrapped
from livefest.models import Announcement, Fest
from livefest.pictures import SQUARE, WIDE, made_from, stored
from livefest.views.places import period_label
from livefest.views.share import sitemap
from livefest.views.share.drawn import named
from rankings.models import Board
from rankings.refresh import refresh
from tests.pages.addresses import FINDS, FOR_ROBOTS, PAGES, PICTURES
from tests.pages.conftest import NOW, SMALL, announce, assert_public, enter, forget, go_live, text
from tests.pages.test_every_address import WEIRD, assert_for_everyone
from tests.pages.test_freeze import AFTER, LATER_FACTS, SCRIPT
from tests.pages.test_freeze import frozen as frozen  # noqa: PLC0414  a fixture
from tests.pages.test_showcase_live import suspend
from tests.rankings.fests import Facts
from tests.rankings.play import play
from tests.rankings.test_changes import FACTS
from tests.reference.small import moment

SITE = django_settings.SITE_URL
LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
PART = "/sitemaps/small/creators-{}.xml"
TO_SHARE = {name: path for name, path in (PAGES | FINDS).items() if name != "following_cards"}


class Head(HTMLParser):
    """What the head of a page says: `meta` and `links` by what they say something of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.meta: dict[str, list[str]] = {}
        self.links: dict[tuple[str, str], list[str]] = {}
        self.title = self.data = self._in = ""
        self.feed(page.partition("</head>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._in = said.get("type", tag)
        if tag == "meta":
            name = said.get("property") or said.get("name", "")
            self.meta.setdefault(name, []).append(said.get("content", ""))
        elif tag == "link":
            self.links.setdefault((said["rel"], said.get("hreflang", "")), []).append(said["href"])

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.title += data.strip()
        elif self._in == "application/ld+json":
            self.data += data.strip()

    @property
    def canonical(self) -> list[str]:
        return self.links.get(("canonical", ""), [])

    @property
    def alternates(self) -> dict[str, list[str]]:
        return {language: urls for (rel, language), urls in self.links.items() if rel == "alternate" and language}

    @property
    def things(self) -> dict[str, dict[str, Any]]:
        return {thing["@type"]: thing for thing in json.loads(self.data)["@graph"]}


def head(client: Client, path: str) -> Head:
    forget()
    response = client.get(path)
    assert response.status_code == 200
    return Head(text(response))


def photo(colour: str = "#00a699", shape: Any = SQUARE) -> Any:
    made = BytesIO()
    Image.new("RGB", (800, 800), colour).save(made, "PNG")
    return stored(made_from(made.getvalue(), shape))


def picture(client: Client, path: str) -> Image.Image:
    """It is the same for everyone, not too big, and of the size that pages say."""
    response = client.get(path)
    assert response.status_code == 200, path
    assert_public(response)
    content: bytes = response.content
    with Image.open(BytesIO(content)) as image:
        image.load()
    assert (image.size, Image.MIME[image.format or ""]) == ((1200, 630), response["Content-Type"])
    assert len(content) <= 300_000
    return image


# Heads


def test_every_page_says_what_it_is(client: Client, played: Fest) -> None:
    announce(played, "News")
    walked = []
    for name, path in TO_SHARE.items():
        forget()
        response = client.get(path)
        if not response["Content-Type"].startswith("text/html"):
            continue
        walked.append(name)
        found, here = Head(text(response)), path.partition("?")[0]
        if "_stood" in name:  # of which search engines are led to what stands now
            here = here.partition("at/")[0]
        assert found.canonical == [SITE + here], name
        expected = {code: [SITE + here.replace("/en/", f"/{code}/", 1)] for code in [*LANGUAGES, "en"]}
        assert found.alternates == {**expected, "x-default": expected["en"]}, name
        (description,) = found.meta["description"]
        assert len(description) > 10, name
        kind = {"creator": "profile"}.get(name, "website")
        assert {key: value for key, value in found.meta.items() if key.startswith(("og:", "twitter:"))} == {
            "og:site_name": ["LIVE Fest"],
            "og:type": [kind],
            "og:title": [found.title],
            "og:description": [description],
            "og:url": [SITE + here],
            "og:image": found.meta["og:image"],
            "og:image:width": ["1200"],
            "og:image:height": ["630"],
            "og:image:alt": [found.title],
            "og:locale": ["en_US"],
            "og:locale:alternate": ["es_ES", "pt_BR", "ar_EG", "id_ID", "ja_JP"],
            "twitter:card": ["summary_large_image"],
        }, name
        (shown,) = found.meta["og:image"]
        picture(client, shown.removeprefix(SITE))
    assert len(walked) > 25


def test_pages_name_the_picture_of_what_they_show(client: Client, played: Fest) -> None:
    for name, shown in {
        "fest": "fest_picture",
        "rules": "fest_picture",
        "board": "board_picture",
        "board_day": "board_day_picture",
        "creator": "creator_picture",
        "challenge": "challenge_picture",
        "challenge_day": "challenge_picture",
    }.items():
        assert head(client, PAGES[name]).meta["og:image"] == [SITE + PICTURES[shown]], name


def test_list_of_festivals_has_no_fest(client: Client, fest: Fest, uk_valentine: Fest) -> None:
    Fest.objects.update(starts=fest.starts, ends=fest.ends)
    found = head(client, "/en/")
    assert found.canonical == [f"{SITE}/en/"]
    assert found.meta["og:image"] == [f"{SITE}/en/share.png"]
    assert found.meta["description"] == ["LIVE festivals: boards, challenges and who is LIVE now."]


def test_address_has_the_page_of_a_list_and_nothing_else_of_the_query(client: Client, fest: Fest) -> None:
    for number in range(23):
        announce(fest, f"{number:02}", minutes_ago=number)
    last = Announcement.objects.get(title="19")
    further = f"/updates/?after={last.pk}"
    found = head(client, f"/en/small{further}&x=1")
    assert found.canonical == found.meta["og:url"] == [f"{SITE}/en/small{further}"]
    assert found.alternates["ja"] == [f"{SITE}/ja/small{further}"]
    for query in ("?x=1", "?region=GB", f"?after={last.pk}&region=GB"):
        assert head(client, f"/en/small/updates/{query}").canonical == [f"{SITE}/en/small/updates/"], query


def test_address_of_another_script_is_written_as_addresses_are(client: Client, fest: Fest) -> None:
    enter(fest, "艾琳/a?b")
    path = f"/en/small/creators/{quote('艾琳/a?b')}/"
    found = head(client, path)
    assert found.canonical == [SITE + path]
    shown = f"/en/small/share/creators/{quote('艾琳/a?b')}.png"
    assert found.meta["og:image"] == [SITE + shown]
    picture(client, shown)


def test_page_in_another_language_says_so(client: Client, played: Fest) -> None:
    found = head(client, "/pt-br/small/creators/ada/")
    assert found.meta["og:locale"] == ["pt_BR"]
    assert found.meta["og:locale:alternate"] == ["en_US", "es_ES", "ar_EG", "id_ID", "ja_JP"]
    assert found.meta["og:image"] == [f"{SITE}/pt-br/small/share/creators/ada.png"]
    assert found.links["alternate", "x-default"] == [f"{SITE}/en/small/creators/ada/"]


def test_update_of_one_language_has_no_page_in_others(client: Client, fest: Fest) -> None:
    update = announce(fest, "Noticias", language="es")
    found = head(client, f"/es/small/updates/{update.pk}/")
    assert found.alternates == {"es": [f"{SITE}/es/small/updates/{update.pk}/"]}
    assert "og:locale:alternate" not in found.meta
    assert found.meta["og:type"] == ["article"]
    picture(client, f"/es/small/share/updates/{update.pk}.png")
    assert client.get(f"/en/small/share/updates/{update.pk}.png").status_code == 404


@pytest.mark.parametrize("path", ["/accounts/login/", "/en/small/nowhere/", "/en/nowhere/"])
def test_what_nobody_shares_says_nothing(client: Client, fest: Fest, path: str) -> None:
    found = Head(text(client.get(path)))
    assert (found.canonical, found.alternates, found.data) == ([], {}, "")
    assert not any(name.startswith("og:") for name in found.meta)


# Structured data


def test_fest_is_an_event(client: Client, fest: Fest) -> None:
    found = head(client, "/en/small/").things
    assert found.keys() == {"Event"}
    event = found["Event"]
    assert (event["name"], event["startDate"], event["endDate"]) == (
        "Small",
        "2026-02-13T00:00:00+00:00",
        "2026-02-17T00:00:00+00:00",
    )
    assert event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["location"] == {"@type": "VirtualLocation", "url": f"{SITE}/en/small/"}
    assert event["organizer"] == {"@type": "Organization", "name": "LIVE Fest", "url": f"{SITE}/en/"}


def test_crumbs_lead_from_the_fest_to_the_page(client: Client, played: Fest) -> None:
    def crumbs(path: str) -> list[tuple[str, str]]:
        items = head(client, path).things["BreadcrumbList"]["itemListElement"]
        assert [item["position"] for item in items] == list(range(1, len(items) + 1))
        return [(item["name"], item["item"].removeprefix(SITE)) for item in items]

    home = ("Small", "/en/small/")
    assert crumbs("/en/small/boards/") == [home, ("Boards", "/en/small/boards/")]
    assert crumbs(PAGES["board"]) == [home, ("Boards", "/en/small/boards/"), ("All", PAGES["board"])]
    assert crumbs(PAGES["creator"]) == [home, ("Ada", PAGES["creator"])]


def test_creator_is_a_person(client: Client, played: Fest) -> None:
    ada = Creator.objects.get(handle="ada")
    assert head(client, PAGES["creator"]).things["ProfilePage"]["mainEntity"] == {
        "@type": "Person",
        "name": "Ada",
        "alternateName": "@ada",
        "url": SITE + PAGES["creator"],
    }
    shown = photo()
    links = ["https://example.org/ada"]
    Profile.objects.create(creator=ada, bio="Sings.", links=links, picture=shown, since=NOW)
    person = head(client, PAGES["creator"]).things["ProfilePage"]["mainEntity"]
    assert (person["description"], person["sameAs"]) == ("Sings.", links)
    assert person["image"] == f"{SITE}/pictures/{shown.digest}.webp"


def test_board_is_a_list_of_those_who_are_named(client: Client, played: Fest) -> None:
    Creator.objects.filter(handle="cy").update(withdrawn_at=NOW)
    found = head(client, PAGES["board"]).things["ItemList"]
    assert (found["name"], found["numberOfItems"]) == ("All", 4)
    assert [(item["position"], item["name"], item["url"]) for item in found["itemListElement"]] == [
        (1, "Ada", f"{SITE}/en/small/creators/ada/"),
        (3, "Bo", f"{SITE}/en/small/creators/bo/"),
        (4, "Di", f"{SITE}/en/small/creators/di/"),
    ]


def test_updates_are_articles(client: Client, fest: Fest) -> None:
    update = announce(fest, "News")
    Announcement.objects.update(updated_at=NOW)
    for path in ("/en/small/updates/", f"/en/small/updates/{update.pk}/"):
        found = head(client, path).things["NewsArticle"]
        assert (found["headline"], found["inLanguage"]) == ("News", "en")
        assert (found["datePublished"], found["dateModified"]) == ("2026-02-15T12:25:00+00:00", NOW.isoformat())
        assert found["url"] == f"{SITE}/en/small/updates/{update.pk}/"
        assert found["image"] == f"{SITE}/en/small/share/updates/{update.pk}.png"


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "<!--", "\"'&amp;\u2028", "]]>"])
def test_what_people_write_stays_text(client: Client, played: Fest, name: str) -> None:
    Creator.objects.filter(handle="ada").update(name=name)
    other, page = (text(client.get(f"/en/small/creators/{handle}/")) for handle in ("bo", "ada"))
    found = Head(page)
    assert page.count("<script") == other.count("<script")
    assert found.things["ProfilePage"]["mainEntity"]["name"] == name
    assert found.meta.keys() == Head(other).meta.keys()
    assert found.meta["og:title"] == [" ".join(f"{name} · Small".split())]
    assert head(client, f"/en/small/search/?q={quote(name)}").meta.keys() >= {"og:title"}


# Pictures


def test_every_picture_is_drawn(client: Client, played: Fest, settings: Settings) -> None:
    update = announce(played, "News")
    settings.LIVEFEST_NOW = moment("18T00:00:00").isoformat()
    for name, path in PICTURES.items():
        for language in LANGUAGES:
            asked = path.replace("/en/", f"/{language}/").replace("/1.png", f"/{update.pk}.png")
            picture(client, asked)
            assert_for_everyone(client.get(asked))
        assert client.post(path).status_code == 405, name


def test_picture_is_drawn_once_for_a_version(client: Client, played: Fest) -> None:
    first = client.get(PICTURES["board_picture"])
    pages.pages.clear()  # another process: it takes what this one drew
    with CaptureQueriesContext(connection) as captured:
        again = client.get(PICTURES["board_picture"])
    assert (len(captured), again.content) == (0, first.content)
    kept = client.get(PICTURES["board_picture"], headers={"if-none-match": first["ETag"]})
    assert (kept.status_code, kept.content) == (304, b"")
    play(played, SMALL, Facts(LATER_FACTS))
    refresh(played)
    forget()
    assert client.get(PICTURES["board_picture"]).content != first.content


def test_frozen_pictures_show_what_stood_before(client: Client, frozen: Fest, settings: Settings) -> None:
    settings.LIVEFEST_NOW = AFTER.isoformat()
    names = ["board_picture", "board_day_picture", "creator_picture"]
    before = [client.get(PICTURES[name]).content for name in names]
    play(frozen, SCRIPT, Facts(LATER_FACTS))
    refresh(frozen)
    forget()
    assert [client.get(PICTURES[name]).content for name in names] == before


def test_creator_is_shown_with_their_picture_and_that_they_are_live(client: Client, played: Fest) -> None:
    ada = Entry.objects.get(creator__handle="ada")
    plain = picture(client, PICTURES["creator_picture"])
    go_live(ada, "a", started_at=moment("15T12:00:00"))
    forget()
    live = picture(client, PICTURES["creator_picture"])
    assert live.tobytes() != plain.tobytes()
    Profile.objects.create(creator=ada.creator, picture=photo("#00ff00"), since=NOW)
    forget()
    shown = picture(client, PICTURES["creator_picture"])
    red, green, blue = shown.convert("RGB").getpixel((940, 200))  # type: ignore[misc]
    assert (shown.format, red < 40, green > 200, blue < 40) == ("JPEG", True, True, True)


def test_update_is_shown_by_its_own_picture(client: Client, fest: Fest) -> None:
    update = announce(fest, "News", picture=photo("#0000ff", WIDE))
    shown = picture(client, f"/en/small/share/updates/{update.pk}.png")
    red, green, blue = shown.getpixel((600, 300))  # type: ignore[misc]
    assert (red < 40, green < 40, blue > 200) == (True, True, True)


def test_nobody_draws_what_the_public_is_not_shown(client: Client, played: Fest) -> None:
    Creator.objects.filter(handle="bo").update(withdrawn_at=NOW)
    soon = announce(played, "Soon", minutes_ago=-1)
    for path in (
        "creators/bo.png",
        "creators/nobody.png",
        "summaries/ada.png",  # before the end
        "boards/nothing/all.png",
        "boards/days/all/2026-02-20.png",
        "boards/leagues/nowhere.png",
        "boards/all/all/fest.png",  # another spelling
        "boards/leagues/%2573uper.png",
        "challenges/nothing.png",
        f"updates/{soon.pk}.png",
        "updates/01.png",
        "nothing.png",
    ):
        assert client.get(f"/en/small/share/{path}").status_code == 404, path
    assert client.get("/en/nowhere/share/fest.png").status_code == 404


@pytest.mark.parametrize("path", ["boards/{}/all", "boards/all/{}", "boards/days/all/{}", "creators/{}", "updates/{}"])
def test_weird_picture_is_not_found(client: Client, played: Fest, path: str) -> None:
    for what, value in WEIRD.items():
        response = client.get(f"/en/small/share/{path.format(quote(value, safe=''))}.png")
        assert response.status_code == 404, what
    assert len(pages.pages) == 0


def test_pictures_cost_the_same_queries_with_more_rows(
    fest: Fest, client: Client, queries_of: Callable[[str], int]
) -> None:
    paths = [PICTURES["board_picture"], PICTURES["fest_picture"], PICTURES["creator_picture"]]
    counts = []
    for facts in (FACTS[:1], FACTS[1:]):
        play(fest, SMALL, Facts(facts))
        refresh(fest)
        counts.append([queries_of(path) for path in paths])
    assert counts[0] == counts[1]


# What the font can't draw


def test_names_give_way_to_what_can_be_drawn(fest: Fest) -> None:
    board = Board.objects.get(fest=fest, slug="all")
    board.translations = {"ja": {"name": "すべて"}, "es": {"name": "Todos"}}
    with override("ja"):
        assert named(board) == "All"
    with override("es"):
        assert named(board) == "Todos"
    board.name = "すべて"
    with override("ja"):
        assert named(board) == "all"


def test_words_are_in_english_where_the_language_has_another_script(fest: Fest) -> None:
    board = Board.objects.get(fest=fest, slug="days")
    for language, words in {"es": "15 de febrero", "ja": "15 February", "ar": "15 February"}.items():
        with override(language):
            assert in_words(lambda: period_label(board, "2026-02-15")) == words, language
    assert in_words(lambda: "艾琳") == ""


def test_long_titles_are_broken_then_smaller_then_cut() -> None:
    assert wrapped("Winter LIVE Fest", 92, 600, lines=3) == (["Winter LIVE", "Fest"], 92)
    lines, size = wrapped("word " * 60, 92, 600, lines=3)
    assert (len(lines), size, lines[2].endswith("…")) == (3, 40, True)
    lines, size = wrapped("w" * 200, 92, 600, lines=3)
    assert (len(lines), size, lines[0].endswith("…")) == (1, 40, True)


# What robots read


def locations(client: Client, path: str) -> list[tuple[str, str | None]]:
    """The addresses of a sitemap, each with when it changed."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    found = ElementTree.fromstring(response.content)  # noqa: S314  our own
    return [(str(one.findtext(f"{SITEMAP}loc")), one.findtext(f"{SITEMAP}lastmod")) for one in found]


def in_english(client: Client, path: str) -> list[str]:
    return [url for url, _changed in locations(client, path) if url.startswith(f"{SITE}/en/")]


def test_sitemap_leads_to_every_page_in_every_language(client: Client, played: Fest) -> None:
    update, spanish = announce(played, "News"), announce(played, "Noticias", language="es")
    parts = [url.removeprefix(SITE) for url, _changed in locations(client, "/sitemap.xml")]
    urls = [url.removeprefix(SITE) for part in parts for url, _changed in locations(client, part)]
    assert len(urls) == len(set(urls))
    for path in urls:
        assert client.get(path).status_code == 200, path
    names = {"board_day", "board", "fest", "boards", "challenge", "creator", "group", "groups", "rules", "rounds"}
    assert {PAGES[name] for name in names} <= set(urls)
    assert {f"/{code}/small/updates/{update.pk}/" for code in LANGUAGES} <= set(urls)
    assert [url for url in urls if url.endswith(f"/{spanish.pk}/")] == [f"/es/small/updates/{spanish.pk}/"]
    canonical = {head(client, url).canonical[0].removeprefix(SITE) for url in urls if url.startswith("/en/")}
    assert canonical == {url for url in urls if url.startswith("/en/")}


def test_each_address_names_its_other_languages(client: Client, played: Fest) -> None:
    found = ElementTree.fromstring(client.get("/sitemaps/small/pages.xml").content)  # noqa: S314  our own
    codes = [*LANGUAGES, "x-default"]
    for one in found:
        links = [link.attrib for link in one.findall(LINK)]
        assert [link["hreflang"] for link in links] == codes
        assert one.findtext(f"{SITEMAP}loc") in [link["href"] for link in links]


def test_sitemap_says_when_ranks_changed(client: Client, played: Fest) -> None:
    changed = dict(locations(client, "/sitemaps/small/pages.xml"))
    (at,) = {changed[SITE + path] for path in ("/en/small/", PAGES["board"])}
    assert at
    assert [url for url, moment in locations(client, "/sitemap.xml") if moment == at] == [
        url for url, _moment in locations(client, "/sitemap.xml")
    ]


def test_frozen_sitemap_stands_still(client: Client, frozen: Fest) -> None:
    before = client.get("/sitemaps/small/pages.xml").content
    play(frozen, SCRIPT, Facts(LATER_FACTS))
    refresh(frozen)
    forget()
    assert client.get("/sitemaps/small/pages.xml").content == before


def test_creators_come_in_parts_that_stay(client: Client, fest: Fest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "PART", 10)
    wanted = [9, 10, 12, 45]
    Entry.objects.all().delete()
    for number in wanted:
        creator = Creator.objects.create(handle=f"c{number}")
        Entry.objects.create(pk=number, fest=fest, creator=creator)
    parts = [url for url, _changed in locations(client, "/sitemap.xml") if "/creators-" in url]
    assert parts == [SITE + PART.format(number) for number in (0, 1, 4)]
    found = [in_english(client, PART.format(number)) for number in (0, 1, 2, 4)]
    address = f"{SITE}/en/small/creators/"
    assert found == [[f"{address}c9/"], [f"{address}c10/", f"{address}c12/"], [], [f"{address}c45/"]]


def test_nobody_is_listed_who_left_or_is_suspended(client: Client, fest: Fest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "PART", 10**9)
    Creator.objects.filter(handle="bo").update(withdrawn_at=NOW)
    suspend(Creator.objects.get(handle="cy"), fest)
    found = in_english(client, PART.format(0))
    assert [url.split("/")[-2] for url in found] == ["ada", "di"]


def test_sitemap_of_nothing_is_not_found(client: Client, fest: Fest) -> None:
    for path in (
        "/sitemaps/nowhere/pages.xml",
        "/sitemaps/nowhere/creators-0.xml",
        PART.format("01"),
        PART.format("x"),
    ):
        assert client.get(path).status_code == 404, path


def test_what_robots_read_is_the_same_for_everyone(client: Client, admin_client: Client, played: Fest) -> None:
    for name, path in FOR_ROBOTS.items():
        response = client.get(path)
        assert response["Cache-Control"] == "public, max-age=3600"
        assert_for_everyone(response)
        assert admin_client.get(path, headers={"accept-language": "ja"}).content == response.content, name
        again = client.get(path, headers={"if-none-match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b""), name
        assert client.post(path).status_code == 405, name


def test_robots_are_led_to_the_sitemap_and_kept_from_what_is_ones_own(client: Client) -> None:
    lines = text(client.get("/robots.txt")).splitlines()
    assert lines[0] == "User-agent: *"
    assert {f"Disallow: {path}" for path in ("/accounts/", "/admin/", "/door/", "/*/me/", "/*/search/")} <= set(lines)
    assert lines[-1] == f"Sitemap: {SITE}/sitemap.xml"
