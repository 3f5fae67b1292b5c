"""What `make screenshots` takes pictures of; the demo itself is tested in test_demo."""

from __future__ import annotations

from django.urls import Resolver404, resolve

from demo import earlier, screenshots
from demo.processes import ROOT
from demo.stage import SLUG
from tests.pages.addresses import public_names

SEEN = screenshots.Seen(
    star="ada.live", other="bo", day="2026-12-03", show=4, update=5, winner="cy", jacket=1, invitation=2, failed=3
)
OF_EARLIER = {"rewards", "winners", "certificate", "summary"}
PAGES = screenshots.addresses(SEEN)


def test_every_public_page_has_a_picture_or_is_said_to_have_none() -> None:
    public = set(public_names())
    assert public == (public & PAGES.keys()) | screenshots.NO_PICTURES
    assert not PAGES.keys() & screenshots.NO_PICTURES


def test_each_address_is_of_the_page_that_it_is_named_for() -> None:
    found = {}
    for name, path in PAGES.items():
        try:
            match = resolve(path.partition("?")[0])
        except Resolver404:
            found[name] = "404"
            continue
        assert match.kwargs["fest"] == (earlier.SLUG if name in OF_EARLIER else SLUG)
        found[name] = match.url_name or ""
    public = set(public_names())
    assert {name: view for name, view in found.items() if name in public} == {
        name: name for name in PAGES.keys() & public
    }
    assert {name: view for name, view in found.items() if name not in public} == {
        "board found": "board_find",
        "board of a region": "board",
        "board of communities": "board",
        "board nobody yet": "board",
        "group league": "group",
        "challenge for all": "challenge",
        "not found": "404",
        "certificate": "certificate",
        "show": "show",
        "update": "update",
        "summary": "summary",
        "embed_builder": "embed_builder",
        "embed_board": "embed_board",
        "overlay_board": "overlay_board",
    }


def test_each_own_address_is_of_the_page_that_it_is_named_for() -> None:
    for name, path in screenshots.own_addresses(SEEN).items():
        assert resolve(path).url_name == name.partition(" ")[0]


def test_readme_shows_its_pictures() -> None:
    readme = (ROOT / "README.md").read_text()
    for one in screenshots.README:
        picture = ROOT / "docs" / "screenshots" / one.file
        assert f"docs/screenshots/{one.file}" in readme
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size <= screenshots.MOST_BYTES
