"""Widgets, overlays and the page that makes them: who may frame what, and that it is the same for everyone."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from urllib.parse import quote

import pytest
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from creators.models import Creator
from livefest import pages
from livefest.models import Fest
from livefest.release import release
from rankings.refresh import refresh
from tests.kept import kept
from tests.pages.addresses import ADDRESSES
from tests.pages.conftest import NOW, SMALL, announce, forget, go_live, open_page, text
from tests.pages.test_freeze import AFTER, LATER_FACTS, make_frozen
from tests.pages.test_freeze import SCRIPT as FREEZING
from tests.rankings.fests import Facts
from tests.rankings.play import entry_of, play
from tests.rankings.test_changes import FACTS

WIDGETS = {
    "embed_board": "/en/small/embed/board/all/all/",
    "embed_board of days": "/en/small/embed/board/days/all/",
    "embed_board in a league": "/en/small/embed/board/leagues/glow/",
    "embed_creator": "/en/small/embed/creators/ada/",
}
OVERLAYS = {
    "overlay_board": "/en/small/overlay/board/all/all/",
    "overlay_creator": "/en/small/overlay/creators/ada/",
}
BUILDER = "/en/small/embed/"
FRAMED = WIDGETS | OVERLAYS


def policy(response: HttpResponseBase) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in parts}


def assert_framed(response: HttpResponseBase, ancestors: str, frame_options: str | None) -> None:
    assert policy(response)["frame-ancestors"] == ancestors
    assert response.headers.get("X-Frame-Options") == frame_options
    assert policy(response)["default-src"] == "'none'"
    assert policy(response)["script-src"] == "'self'"
    assert "Set-Cookie" not in response.headers
    assert not response.cookies


@pytest.mark.usefixtures("played")
@pytest.mark.parametrize("part", [False, True])
def test_widget_may_be_framed_by_any_site_rendered_and_kept_and_unchanged(client: Client, part: bool) -> None:
    for path in WIDGETS.values():
        headers = {"hx-request": "true"} if part else {}
        first, kept_one = client.get(path, headers=headers), client.get(path, headers=headers)
        assert first.content == kept_one.content
        same = client.get(path, headers={**headers, "if-none-match": first["ETag"]})
        assert same.status_code == 304
        for response in (first, kept_one, same, client.head(path)):
            assert_framed(response, "*", None)


@pytest.mark.usefixtures("played")
def test_widget_whose_first_answer_was_a_304_may_be_framed(client: Client) -> None:
    """What is kept of the answer's headers is kept of the first one, whatever that was."""
    path = WIDGETS["embed_board"]
    etag = client.get(path)["ETag"]
    forget()
    assert client.get(path, headers={"if-none-match": etag}).status_code == 304
    for _turn in range(2):
        assert_framed(client.get(path), "*", None)


@pytest.mark.usefixtures("played")
def test_overlay_may_be_framed_by_this_site_alone(client: Client) -> None:
    for path in OVERLAYS.values():
        for _turn in range(2):
            assert_framed(client.get(path), "'self'", "SAMEORIGIN")


def test_no_other_page_may_be_framed(client: Client, played: Fest) -> None:
    announce(played, "News")
    for path in FRAMED.values():
        client.get(path)
    for name, path in {**ADDRESSES, "builder": BUILDER, "nowhere": "/en/small/embed/board/none/all/"}.items():
        for _turn in range(2):
            response = client.get(path)
            assert policy(response)["frame-ancestors"] == "'none'", name
            assert response["X-Frame-Options"] == "DENY", name
            assert policy(response).get("frame-src") == ("'self'" if name == "builder" else None), name


@pytest.mark.usefixtures("played")
def test_framed_page_is_the_same_for_everyone(client: Client, admin_client: Client) -> None:
    for path in [*FRAMED.values(), BUILDER, f"{BUILDER}?of=creator&creator=ada"]:
        page = client.get(path)
        assert page.status_code == 200, path
        assert page["Cache-Control"].startswith("public, max-age=")
        assert "Cookie" not in page["Vary"]
        assert "HX-Request" in page["Vary"]
        assert admin_client.get(path).content == page.content
        assert len(page.content) < 40_960


@pytest.mark.usefixtures("played")
@pytest.mark.parametrize("path", [*FRAMED.values(), BUILDER])
def test_nothing_can_be_sent(path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.generic(method, path).status_code == 405


@pytest.mark.usefixtures("played")
@pytest.mark.parametrize("path", FRAMED.values())
def test_each_look_has_one_address_and_no_more_are_kept(client: Client, path: str) -> None:
    client.get(path)
    before = len(pages.pages)
    own_theme = "embed" in path
    for asked, leads in {
        "rows=0": path + ("?rows=3" if "board" in path and own_theme else "?rows=1"),
        "rows=9999": path,
        "theme=pink": path,
        "title=maybe": path,
        "title=on&theme=auto": path,
        "x=1": None,
    }.items():
        response = client.get(f"{path}?{asked}")
        if leads is None:
            assert response.status_code == 200
        elif asked == "rows=0" and leads.endswith("rows=1") and "overlay/creators" in path:
            assert response["Location"] == path
        elif asked == "rows=9999":
            assert response["Location"].startswith(f"{path}?rows=")
        else:
            assert response["Location"] == leads
    for weird in ("9" * 400, "-1", "١٢٣", "\x00", "<b>", "x" * 5000):
        for name in ("rows", "theme", "title"):
            assert client.get(f"{path}?{name}={quote(weird)}").status_code == 302
    assert len(pages.pages) == before


@pytest.mark.usefixtures("played")
def test_widget_shows_as_many_rows_as_asked_for(client: Client) -> None:
    path = WIDGETS["embed_board"]
    assert text(client.get(f"{path}?rows=3")).count("<li data-row=") == 3
    assert text(client.get(path)).count("<li data-row=") == 4
    assert "<header>" not in text(client.get(f"{path}?title=off"))
    assert 'data-theme="dark"' in text(client.get(f"{path}?theme=dark"))


@pytest.mark.usefixtures("played")
def test_links_of_a_widget_leave_the_frame(client: Client) -> None:
    for path in WIDGETS.values():
        page = text(client.get(path))
        links = [tag.partition(">")[0] for tag in page.split("<a ")[1:]]
        assert links
        for link in links:
            assert 'target="_blank"' in link, link
            assert 'rel="noopener' in link, link


def test_creator_who_is_live_is_shown_so(client: Client, played: Fest) -> None:
    path = WIDGETS["embed_creator"]
    assert "LIVE now" not in open_page(client, path)
    go_live(entry_of(played, "ada"), "room", started_at=NOW, title="Songs <b>", url="https://www.example.com/ada")
    forget()
    page = open_page(client, path)
    assert "LIVE now" in page
    assert "Songs &lt;b&gt;" in page
    assert "https://www.example.com/ada" in page


def test_former_creator_has_no_widget_and_no_name(client: Client, played: Fest) -> None:
    Creator.objects.filter(handle="ada").update(withdrawn_at=NOW, name="")
    assert client.get(WIDGETS["embed_creator"]).status_code == 404
    assert client.get(OVERLAYS["overlay_creator"]).status_code == 404
    for path in (WIDGETS["embed_board"], OVERLAYS["overlay_board"]):
        page = text(client.get(path))
        assert "Former creator" in page
        assert "Ada" not in page
        assert "creators/ada" not in page


@pytest.mark.parametrize("path", [*FRAMED.values(), BUILDER])
def test_frozen_board_stands_still(client: Client, settings: Settings, path: str) -> None:
    settings.LIVEFEST_NOW = AFTER.isoformat()
    frozen = kept(make_frozen)
    before = text(client.get(path))
    assert "frozen" in before or path == BUILDER
    play(frozen, FREEZING, Facts(LATER_FACTS))
    refresh(frozen)
    forget()
    assert text(client.get(path)) == before


@pytest.mark.parametrize("path", [path for path in FRAMED.values() if "creators" not in path])
def test_board_costs_the_same_queries_with_more_rows(queries_of: Callable[[str], int], fest: Fest, path: str) -> None:
    play(fest, SMALL, Facts(FACTS[:1]))
    refresh(fest)
    one = queries_of(path)
    play(fest, SMALL, Facts(FACTS[1:3]))
    refresh(fest)
    assert queries_of(path) == one


@pytest.mark.usefixtures("played")
def test_overlay_names_the_release_that_made_it(client: Client) -> None:
    for path in OVERLAYS.values():
        for headers in ({}, {"hx-request": "true"}):
            assert f'data-release="{release()}"' in text(client.get(path, headers=headers))


@pytest.mark.usefixtures("played")
def test_builder_makes_what_works(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://fest.example"
    asked = f"{BUILDER}?of=board&board=leagues&within=glow&rows=3&theme=dark&title=off"
    page = unescape(text(client.get(asked)))
    widget = "/en/small/embed/board/leagues/glow/?rows=3&theme=dark&title=off"
    overlay = "/en/small/overlay/board/leagues/glow/?rows=3&title=off"
    assert f'<iframe src="https://fest.example{widget}" title="Leagues · Small" width="400"' in unescape(page)
    assert f'value="https://fest.example{overlay}"' in page
    for path in (widget, overlay):
        assert f'src="{path}"' in page
        assert client.get(path).status_code == 200
    for_creator = unescape(text(client.get(f"{BUILDER}?of=creator&creator=@ada&rows=2")))
    assert 'src="/en/small/embed/creators/ada/?rows=2"' in for_creator
    assert 'src="/en/small/overlay/creators/ada/?rows=2"' in for_creator


@pytest.mark.usefixtures("played")
@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("of=creator", "Whose place is to be shown?"),
        ("of=creator&creator=nobody", "Nobody of this handle takes part."),
        ("of=creator&creator=%00", "Nobody of this handle takes part."),
        ("of=x&board=none&within=none&rows=x", "On your site"),
        ("board=leagues&within=none", "embed/board/leagues/"),
    ],
)
def test_builder_says_what_it_needs(client: Client, query: str, says: str) -> None:
    response = client.get(f"{BUILDER}?{query}")
    assert response.status_code == 200
    assert says in text(response)


@pytest.mark.usefixtures("played")
def test_what_is_typed_is_text(client: Client) -> None:
    page = text(client.get(f"{BUILDER}?of=creator&creator={quote('<script>x</script>')}"))
    assert "<script>x" not in page


@pytest.mark.usefixtures("played")
def test_builder_answers_htmx_with_its_part(client: Client) -> None:
    part = text(client.get(BUILDER, headers={"hx-request": "true"}))
    assert part.strip().startswith('<div id="built"')
    assert "<html" not in part
