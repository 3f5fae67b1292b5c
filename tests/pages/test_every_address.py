"""What holds of every public address: the same bytes for everyone, cacheable, read only, whatever is asked."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.http import HttpResponseBase
from django.test import Client

from livefest import pages
from livefest.models import Fest
from tests.pages.addresses import ADDRESSES, FINDS, LEADS, MOVING, PAGES, RESULTS, public_names
from tests.pages.conftest import announce

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "manifest-src 'self'",
}
# The parameters that views read.
READ = {
    "board": ["page"],
    "board_day": ["page"],
    "board_stood": ["page"],
    "board_day_stood": ["page"],
    "board_stood_choose": ["moment"],
    "board_day_stood_choose": ["moment"],
    "creator": ["board"],
    "programme_day": ["after"],
    "shopping": ["page"],
    "group": ["after"],
    "challenge": ["after"],
    "challenge_day": ["after"],
    "updates": ["after", "region"],
    "feed": ["region"],
    "board_find": ["q"],
    "board_day_find": ["q"],
    "board_choose": ["board", "within", "day"],
    "verify": ["sha256"],
    "live_now": ["region", "category", "page"],
    "search": ["q"],
    "compare": ["c"],
    "following_cards": ["h"],
}
# What people who look for holes put there.
WEIRD = {
    "huge": "9" * 400,
    "beyond 64 bits": str(2**63),
    "negative": "-1",
    "zero": "0",
    "fraction": "1.5",
    "not a number": "NaN",
    "other digits": "١٢٣",
    "not ASCII": "Дарья 艾琳 \u202e",
    "NUL": "\x00",
    "NUL inside": "ada\x00",
    "after of a group": f"{'9' * 38}.ada",
    "after of a challenge": f"{'9' * 17}.ada",
    "quote": "' OR 1=1 --",
    "pattern": "%_\\",
    "10 kB": "x" * 10_240,
}


@pytest.fixture
def shown(played: Fest) -> Fest:
    announce(played, "News")
    return played


@pytest.fixture
def strict() -> Client:
    """A client as browsers are: its POSTs need what protects forms."""
    return Client(enforce_csrf_checks=True)


def assert_for_everyone(response: HttpResponseBase) -> None:
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    policy = response["Content-Security-Policy"]
    assert {part.strip() for part in policy.split(";")} == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


def test_every_public_address_is_walked() -> None:
    assert set(public_names()) == ADDRESSES.keys() | RESULTS.keys()


@pytest.mark.usefixtures("shown")
def test_address_is_the_same_for_everyone(client: Client, admin_client: Client) -> None:
    for name, path in ADDRESSES.items():
        response = client.get(path)
        assert response.status_code == (302 if name in LEADS else 200), name
        assert_for_everyone(response)
        assert response["Cache-Control"].startswith("public, max-age="), name
        for_staff = admin_client.get(path)
        assert_for_everyone(for_staff)
        assert for_staff.content == response.content, name


@pytest.mark.usefixtures("shown")
def test_page_that_the_client_has_is_answered_304(client: Client) -> None:
    for name, path in (PAGES | FINDS).items():
        first = client.get(path)
        again = client.get(path, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b""), name
        assert_for_everyone(again)
        assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], first["Cache-Control"]), name
        other = client.get(path, headers={"if-none-match": 'W/"other"'})
        assert (other.status_code, other.content) == (200, first.content), name


@pytest.mark.usefixtures("shown")
def test_moving_part_has_its_own_etag(client: Client) -> None:
    for name in MOVING:
        whole = client.get(ADDRESSES[name])
        part = client.get(ADDRESSES[name], headers={"hx-request": "true"})
        assert_for_everyone(part)
        assert part["ETag"] != whole["ETag"], name
        assert "HX-Request" in part["Vary"], name
        again = client.get(ADDRESSES[name], headers={"hx-request": "true", "if-none-match": part["ETag"]})
        assert (again.status_code, again.content) == (304, b""), name


@pytest.mark.usefixtures("shown")
def test_head_says_what_get_says(client: Client) -> None:
    for name, path in ADDRESSES.items():
        get, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (get.status_code, b""), name
        assert ({**head.headers} | {"ETag": ""}) == ({**get.headers} | {"ETag": ""}), name


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_sent_to_an_address(strict: Client, method: str) -> None:
    for name, path in ADDRESSES.items():
        response = strict.generic(method, path, "x=1", content_type="application/x-www-form-urlencoded")
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD"), name
        assert_for_everyone(response)


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("name", ADDRESSES)
def test_weird_queries_break_nothing_and_are_not_kept(client: Client, name: str) -> None:
    path = ADDRESSES[name].partition("?")[0]
    client.get(path)
    client.get(path, headers={"hx-request": "true"})
    kept = len(pages.pages)
    for parameter in [*READ.get(name, []), "x", "page[]"]:
        for what, value in WEIRD.items():
            query = f"{parameter}={quote(value)}"
            for asked, headers in ((query, {}), (f"{query}&{query}", {"hx-request": "true"})):
                response = client.get(f"{path}?{asked}", headers=headers)
                assert response.status_code in (200, 302, 404, 429), (parameter, what)
                assert len(pages.pages) == kept, (parameter, what)
    for query in ("page=%FF", "q=%ED%A0%80", "&&&", "=", "after", "?", "%00=%00", "page=1;DROP"):
        assert client.get(f"{path}?{query}").status_code in (200, 302, 404, 429), query
        assert len(pages.pages) == kept, query
    assert client.get(path + "?" + "a=&" * 2000).status_code in (200, 302, 400)


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize(
    "path",
    [
        "/en/small/boards/{}/all/",
        "/en/small/boards/all/{}/",
        "/en/small/boards/days/all/{}/",
        "/en/small/boards/all/all/at/{}/",
        "/en/small/boards/days/all/2026-02-15/at/{}/",
        "/en/small/boards/leagues/{}/find/?q=ada",
        "/en/small/groups/{}/",
        "/en/small/challenges/race/{}/",
        "/en/small/programme/{}/",
        "/en/small/partners/{}/",
        "/en/small/creators/{}/",
        "/en/{}/boards/",
    ],
)
def test_weird_address_is_not_found(client: Client, path: str) -> None:
    for what, value in WEIRD.items():
        for part in (quote(value, safe=""), quote(quote(value, safe=""), safe="")):
            response = client.get(path.format(part))
            assert response.status_code == 404, what
            assert_for_everyone(response)
    assert len(pages.pages) == 0


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/en/small/boards/leagues/%2567low/", "/en/small/boards/leagues/glow/"),
        ("/en/small/boards/fans/%2547%2542/", "/en/small/boards/fans/GB/"),
        ("/en/small/boards/all/all/fest/", "/en/small/boards/all/all/"),
        ("/en/small/boards/heats/all/heats/", "/en/small/boards/heats/all/"),
        ("/en/small/boards/all/all/at/2026-02-15T13:00:00+01:00/", "/en/small/boards/all/all/at/2026-02-15T12:00:00Z/"),
        ("/en/small/boards/all/all/at/2026-02-16T00:00:00Z/", "/en/small/boards/all/all/at/2026-02-15T12:00:00Z/"),
        ("/en/small/boards/all/all/?page=0", "/en/small/boards/all/all/"),
        ("/en/small/boards/all/all/?page=7", "/en/small/boards/all/all/"),
        ("/en/small/groups/choir/?after=1.zoe", "/en/small/groups/choir/?after=1060000000.bo"),
        ("/en/small/groups/choir/?after=01170000000.ada", "/en/small/groups/choir/?after=1170000000.ada"),
        (f"/en/small/groups/choir/?after={'9' * 38}.ada", "/en/small/groups/choir/"),
        ("/en/small/challenges/race/2026-02-13/?after=0.ada", "/en/small/challenges/race/2026-02-13/"),
    ],
)
def test_page_has_one_address(client: Client, path: str, leads_to: str) -> None:
    """Another spelling would be kept beside it, as often as there are spellings."""
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, leads_to)
    assert client.get(leads_to).status_code == 200
    assert len(pages.pages) == 1
