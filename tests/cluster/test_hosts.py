"""Two hosts that share nothing but the services: each with web, worker and beat. One refresh of a fest at a time, each
payment once, and the same pages from both."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import pytest

from creators.models import Payment
from livefest.models import Announcement
from livefest.sql import execute
from rankings.locks import FEST_LOCK
from tests.cluster.conftest import REFRESHING, database_url
from tests.cluster.servers import running
from tests.cluster.valkeys import valkey_server
from tests.processes import web_server
from tests.rankings.machinery import BEAT, Machinery, machinery, wait_for
from tests.rankings.play import all_standings
from tests.rankings.test_celery import NOW, Played, due, paid
from tests.reference import all_rows

pytestmark = pytest.mark.django_db(transaction=True)

LINK = re.compile(rb'href="(/en/night-of-lights/[^"#?]*)"')


class Answer(NamedTuple):
    status: int
    etag: str | None
    body: bytes


@pytest.fixture
def machine(tmp_path: Path, standings_url: str, transactional_db: None) -> Iterator[Machinery]:
    moment = NOW.isoformat()
    with machinery(tmp_path / "machinery", database=database_url(), redis=standings_url, now=moment) as machine:
        yield machine


@pytest.fixture
def webs(machine: Machinery, tmp_path: Path) -> Iterator[list[tuple[str, int]]]:
    """Host and port of two web processes, each with a cache of its own, so that each makes its own pages."""
    with ExitStack() as stack:
        found = []
        for number in range(2):
            cache = valkey_server(tmp_path / f"cache{number}")
            stack.enter_context(running(cache))
            environment = machine.environment | {
                "CACHE_URL": f"redis://127.0.0.1:{cache.port}/0",
                "DJANGO_SETTINGS_MODULE": "livefest.settings.development",
                "DEBUG": "0",
            }
            found.append(stack.enter_context(web_server(environment)))
        yield found


def get(web: tuple[str, int], path: str) -> Answer:
    with closing(http.client.HTTPConnection(*web, timeout=30)) as connection:
        connection.request("GET", path, headers={"Host": "localhost"})  # addresses in feeds are whole
        response = connection.getresponse()
        return Answer(response.status, response.getheader("ETag"), response.read())


def test_two_hosts_do_the_work_of_one(machine: Machinery, webs: list[tuple[str, int]], campaigns: Path) -> None:
    nights = Played(campaigns, "night-of-lights")
    # A feed without any says when it was made.
    Announcement.objects.create(fest=nights.fest, title="News", text="Text.", published_at=NOW)
    for number in range(2):
        machine.worker(f"worker{number}")
        schedule = str(machine.folder / f"schedule{number}")
        machine.python(*BEAT, "--schedule", schedule, name=f"beat{number}")
    for name in ("facts", "late"):
        nights.take(campaigns / f"night-of-lights.{name}.jsonl", NOW)
        wait_for(lambda: refreshes() == 0 and nights.is_settled())
        assert all_standings(nights.fest) == [row.as_text() for row in all_rows(nights.ledger())]
        assert paid(nights.fest) == due(nights.ledger())
        assert Payment.objects.filter(entry__fest=nights.fest, entitlement__startswith="rank/").exists()
        assert_same(webs, "/en/night-of-lights/")
        paths = sorted({path.decode() for path in LINK.findall(get(webs[0], "/en/night-of-lights/").body)})
        assert len(paths) > 5
        for path in paths:
            assert_same(webs, path)


def refreshes() -> int:
    """How many there are at this moment; never two of one fest."""
    ((number,),) = execute(REFRESHING, [FEST_LOCK])
    assert number <= 1
    return int(number)


def assert_same(webs: list[tuple[str, int]], path: str) -> None:
    """Both hosts have the page, and it is the same once both have heard of the newest version."""
    deadline = time.monotonic() + 10
    while (first := get(webs[0], path)) != (second := get(webs[1], path)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert first == second, path
    assert first.status in (200, 302), path
