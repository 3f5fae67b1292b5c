"""What holds of every address of the API."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from livefest.models import Fest
from tests.api.conftest import ALL, ROOT

ADDRESSES = [
    "/api/v1/openapi.json",
    "/api/v1/fests",
    ROOT,
    f"{ROOT}/boards",
    f"{ROOT}/boards/all",
    ALL,
    f"{ROOT}/boards/days/standing?period=2026-02-13",
    f"{ROOT}/boards/leagues/standing?limit=2&within=glow",
    f"{ROOT}/creators/ada",
    f"{ROOT}/live",
    f"{ROOT}/challenges",
    f"{ROOT}/groups",
    f"{ROOT}/results",
]

pytestmark = pytest.mark.usefixtures("played")


@pytest.mark.parametrize("path", ADDRESSES)
def test_answer_is_for_everyone_and_cacheable(client: Client, admin_client: Client, path: str) -> None:
    for number in (1, 2):  # rendered, and as it is kept
        response = client.get(path, headers={"origin": "https://elsewhere.example"})
        assert response.status_code == 200
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert response["Access-Control-Expose-Headers"] == "ETag, Link, Retry-After"
        assert response["Link"].startswith("</api/v1/openapi.json>; rel=")
        assert response["Cache-Control"].startswith("public, max-age=2")
        assert response["Content-Language"] == "en"
        assert "Cookie" not in response["Vary"]
        assert "Set-Cookie" not in response.headers, number
    assert admin_client.get(path).content == response.content


@pytest.mark.parametrize("path", ADDRESSES)
def test_answer_that_the_client_has_is_a_304(client: Client, path: str) -> None:
    first = client.get(path)
    for known in (first["ETag"], f'"other", {first["ETag"]}'):
        again = client.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert again["Access-Control-Allow-Origin"] == "*"
    head = client.head(path)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", first["ETag"])


def test_kept_answer_costs_no_query(client: Client) -> None:
    for path in ADDRESSES:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        assert len(captured) == 0, path


@pytest.mark.parametrize("path", [*ADDRESSES, "/api/v1/nowhere"])
def test_preflight_says_what_any_origin_may_do(client: Client, path: str) -> None:
    response = client.options(
        path,
        headers={
            "origin": "https://elsewhere.example",
            "access-control-request-method": "GET",
            "access-control-request-headers": "if-none-match",
        },
    )
    assert (response.status_code, response.content) == (204, b"")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert response["Access-Control-Allow-Headers"] == "If-None-Match"


def problem(client: Client, path: str, method: str = "GET", **more: str) -> tuple[int, str, str]:
    response = client.generic(method, path, **more)  # type: ignore[arg-type]
    assert response["Content-Type"] == "application/problem+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    said = response.json()
    assert said.keys() == {"type", "title", "status", "detail"}
    assert said["status"] == response.status_code
    return response.status_code, said["title"], said["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_sent(method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for path in ADDRESSES:
        status, title, detail = problem(client, path, method)
        assert (status, title, detail) == (405, f"{method} is not possible here", "Use one of GET, HEAD, OPTIONS.")
    assert client.post(ROOT)["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/api/v1/nowhere", "There is nothing at /api/v1/nowhere"),
        ("/api/v1/fests/none", "There is no such festival."),
        ("/api/v1/fests/none/boards", "There is no such festival."),
        (f"{ROOT}/boards/none", "This festival has no such board."),
        (f"{ROOT}/boards/none/standing", "This festival has no such board."),
        (f"{ROOT}/creators/none", "Nobody of this handle takes part."),
        (f"{ROOT}/creators/a%00da", "Nobody of this handle takes part."),
    ],
)
def test_what_is_not_there_is_said(client: Client, path: str, title: str) -> None:
    assert problem(client, path)[:2] == (404, title)


@pytest.mark.parametrize(
    ("path", "title", "detail"),
    [
        (f"{ALL}?limit=0", 'limit "0" is none', "Write a whole number from 1 to 200."),
        (f"{ALL}?limit=201", 'limit "201" is none', "Write a whole number from 1 to 200."),
        (f"{ALL}?limit=1.5", 'limit "1.5" is none', "Write a whole number from 1 to 200."),
        (f"{ALL}?limt=5", '"limt" is no parameter of this address', 'Leave it out; did you mean "limit".'),
        (f"{ALL}?limit=5&limit=6", '"limit" stands there 2 times', "Name it once."),
        (f"{ALL}?lang=xx", 'lang "xx" is not offered', None),
        (f"{ALL}?within=GB", "The board has no such standing", '"all" is one board for all; leave out within.'),
        (f"{ALL}?period=heats", "The board has no such standing", None),
        (f"{ROOT}/boards/leagues/standing", "The board has no such standing", None),
        (f"{ROOT}/boards/leagues/standing?within=%00", "The board has no such standing", None),
        (f"{ROOT}/boards/days/standing?period=2027-01-01", "The board has no such standing", None),
    ],
)
def test_wrong_value_is_named_with_a_remedy(client: Client, path: str, title: str, detail: str | None) -> None:
    found = problem(client, path)
    assert found[:2] == (400, title)
    assert found[2] == (detail or found[2])


@pytest.mark.parametrize(
    "after", ["x", "k", "kAAAA", "p", "pMTox", "k%FF", "%C3%A9", "s" + "A" * 2000, "pMTo5OTk5OTk5OTk5OTk5"]
)
def test_cursor_of_nothing_is_refused(client: Client, after: str) -> None:
    for path in (ALL, f"{ROOT}/live", f"{ROOT}/groups"):
        status, title, detail = problem(client, f"{path}?after={after}")
        assert (status, title[:7]) == (400, 'after "')
        assert detail.startswith("Take it from the `next`")


def test_who_asks_too_often_waits_and_what_is_kept_is_not_counted(client: Client) -> None:
    client.get(ALL)
    for _turn in range(599):
        assert client.get("/api/v1/nowhere").status_code == 404
    status, title, _detail = problem(client, "/api/v1/nowhere")
    assert (status, title) == (429, "You have asked very often")
    assert client.get("/api/v1/nowhere")["Retry-After"] == "10"
    assert client.get(ALL).status_code == 200
    assert client.get("/api/v1/nowhere", REMOTE_ADDR="10.0.0.9").status_code == 404


def test_names_come_in_the_language_asked_for(client: Client, played: Fest) -> None:
    played.translations = {"es": {"name": "Pequeña"}}
    played.save()
    assert client.get(f"{ROOT}?lang=es").json()["name"] == "Pequeña"
    assert client.get(f"{ROOT}?lang=es")["Content-Language"] == "es"
    assert client.get(ROOT, headers={"accept-language": "es"}).json()["name"] == "Small"
