"""How fast a board's page goes out, beside what a Django that does nothing else takes for the same bytes.

Site and baselines run side by side, each in a granian of its own with the same options; the same load meets one after
the other, in turns. The fest is the demo's, in its sixth day.
"""

from __future__ import annotations

import http.client
import io
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import is_dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

from bench.figures import Figure
from bench.load import get, requests_per_second
from bench.phone import largest_paints
from bench.setting import NOW
from tests.processes import web_server

CONNECTIONS = 8
SLICES, SECONDS = 6, 0.4  # of load on each of the two by turns, in each round: a busy moment meets both
BOARD = "/en/live-fest/boards/global/all/"
SEEN_ON_PHONES = {
    "home page": "/en/live-fest/",
    "board page": BOARD,
    "board page in Arabic": BOARD.replace("/en/", "/ar/", 1),
}
CONTEXT = [
    "fest",
    "section",
    "fest_menu",
    "copy",
    "has_partners",
    "page",
    "boards",
    "places",
    "days",
    "moments",
]  # what the board's template gets
GZIP = {"Accept-Encoding": "gzip"}
OF_A_CONNECTION = {"connection", "date", "server"}

Address = tuple[str, int]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Contest(NamedTuple):
    """Two that answer alike, the requests that each is sent over its connections, and the status of all answers."""

    name: str
    against: str
    at_least: float
    status: int
    subject: tuple[Address, Sequence[bytes]]
    baseline: tuple[Address, Sequence[bytes]]


def make_fest(creators: int) -> None:
    """The demo's fest with so many creators and six days of history, ranked and published."""
    from django.core.management import call_command

    from demo import stage

    fest = stage.make_fest(creators=creators, seed=1, now=NOW, tell=lambda text: None)
    call_command("close", fest.slug, stdout=io.StringIO())


def run_pages(folder: Path, *, creators: int, rounds: int) -> list[Figure]:
    """Requests/s of each figure, once a round."""
    from livefest.pages import INDENTATION

    make_fest(creators)
    numbers = range(1, CONNECTIONS + 1)
    contexts = page_literals(numbers)
    with ExitStack() as servers:
        site = servers.enter_context(web_server())
        answers = {"plain": fetch(site, BOARD), "gzip": fetch(site, BOARD, GZIP)}
        known = {**GZIP, "If-None-Match": answers["gzip"].headers["etag"]}
        answers["304"] = fetch(site, BOARD, known)
        given = folder / "literals.py"
        plain = {name: tuple(answer) for name, answer in answers.items()}
        given.write_text(f"import datetime\n\nanswers = {plain!r}\ncontexts = {contexts!r}\n")
        settings = "DJANGO_SETTINGS_MODULE"
        bare = servers.enter_context(web_server({settings: "bench.bare_settings", "BENCH_LITERALS": str(given)}))
        fresh = servers.enter_context(web_server({settings: "bench.fresh_settings"}))
        for number in numbers:
            assert INDENTATION.sub(b"\n", fetch(bare, address(number)).body) == fetch(fresh, address(number)).body

        def kept(name: str, against: str, key: str, headers: dict[str, str]) -> Contest:
            assert fetch(bare, f"/bare/{key}/", headers) == answers[key]
            return Contest(
                name,
                against,
                0.8,
                answers[key].status,
                (site, [get(BOARD, headers)] * CONNECTIONS),
                (bare, [get(f"/bare/{key}/", headers)] * CONNECTIONS),
            )

        contests = [
            kept("board page from process memory", "bare view, same bytes", "plain", {}),
            kept("the same, gzip", "bare view, same bytes", "gzip", GZIP),
            kept("the same, unchanged (304)", "bare view, 304", "304", known),
            # Each connection has a page of its own, for one page isn't rendered twice at a time.
            Contest(
                "board page freshly rendered",
                "same template from literals",
                0.7,
                200,
                (fresh, [get(address(number), GZIP) for number in numbers]),
                (bare, [get(address(number), GZIP) for number in numbers]),
            ),
        ]
        return [
            *(measure(contest, rounds) for contest in contests),
            *largest_paints(site, SEEN_ON_PHONES, rounds),
        ]


def measure(contest: Contest, rounds: int) -> Figure:
    sides = {"baseline": contest.baseline, "subject": contest.subject}
    speeds: dict[str, list[float]] = {"subject": [], "baseline": []}
    for number in range(-1, rounds):  # the first is for warming up
        slices: dict[str, list[float]] = {"subject": [], "baseline": []}
        for _slice in range(SLICES if number >= 0 else 1):
            for side, (where, requests) in sides.items():
                slices[side].append(requests_per_second(where, requests, status=contest.status, seconds=SECONDS))
        if number >= 0:
            for side, found in slices.items():
                speeds[side].append(mean(found))
    return Figure(contest.name, "requests/s", speeds["subject"], contest.against, speeds["baseline"], contest.at_least)


def address(number: int) -> str:
    return BOARD if number == 1 else f"{BOARD}?page={number}"


def fetch(server: Address, path: str, headers: dict[str, str] | None = None) -> Answer:
    with closing(http.client.HTTPConnection(*server, timeout=30)) as connection:
        connection.request("GET", path, headers={"Accept-Encoding": "identity", **(headers or {})})
        answer = connection.getresponse()
        sent = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(
            answer.status,
            {name: value for name, value in sent.items() if name not in OF_A_CONNECTION},
            answer.read(),
        )


def page_literals(numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """For each page of the board what the view gives the template, as dicts, lists, texts, numbers and moments."""
    from django.test import Client
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()  # a response tells its template's context
    try:
        found = {number: Client().get(address(number)).context for number in numbers}
    finally:
        teardown_test_environment()
    return {number: {name: literal(context[name]) for name in CONTEXT} for number, context in found.items()}


def literal(value: Any) -> Any:
    """The value without its classes: what a template can look up in it, as a dict."""
    from django.db.models import Model, QuerySet
    from django.utils.functional import Promise

    from livefest.models.translated import Translated

    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Model):
        fields = {field.attname: getattr(value, field.attname) for field in value._meta.concrete_fields}
        texts = {name: getattr(value.local, name) for name in value.TRANSLATED} if isinstance(value, Translated) else {}
        return {name: given for name, given in fields.items() if isinstance(given, str | int)} | {"local": texts}
    if is_dataclass(value):
        names = [name for name in dir(value) if not name.startswith("_")]
        looked_up = {name: getattr(value, name) for name in names}
        return {name: literal(found() if callable(found) else found) for name, found in looked_up.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: literal(found) for name, found in value._asdict().items()}
    if isinstance(value, dict):
        return {name: literal(found) for name, found in value.items()}
    if isinstance(value, list | tuple | QuerySet):
        return [literal(item) for item in value]
    if callable(value):
        return literal(value())
    assert value is None or isinstance(value, str | int | datetime), value
    return value
