"""Public pages from a streaming replica: never older than what was published, from the primary where it lags or is
away, and on while the primary is away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString, NamedTuple
from urllib.parse import quote

import psycopg
import pytest
from django.db import connections
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from creators.models import Entry
from livefest import pages, replicas
from livefest.models import Fest
from livefest.settings import services
from livefest.sql import execute
from rankings.refresh import refresh
from rankings.valkey import POSITION
from rankings.valkey import client as valkey
from tests import database
from tests.cluster.conftest import database_url
from tests.cluster.postgres import Primary, Standby, copy_database, kill_postgres, remove_postgres
from tests.engines.conftest import wait_until
from tests.pages.conftest import NOW, announce, forget
from tests.rankings.held import in_postgres, in_valkey
from tests.rankings.little import give, little_fest
from tests.texts import page_text

pytestmark = pytest.mark.django_db

BOARD = "/en/little/boards/all/all/"
UPDATES = "/en/little/updates/"


@contextmanager
def default_at(url: str) -> Iterator[None]:
    """This process's primary is there."""
    before = connections.settings["default"], connections["default"]
    connections.settings["default"] = before[0] | services.database(url)
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = before[0]
        connections["default"] = before[1]


class Pair:
    """A primary with the tables of the test's database, and its replica."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.primary = Primary(folder / "primary")
        self.standby = Standby(folder / "standby", self.primary)

    def ensure(self) -> None:
        """Both run, and the one follows the other."""
        self.primary.ensure()
        self.standby.ensure()
        if self.on_standby("SELECT pg_is_in_recovery()") == [(False,)]:
            remove_postgres(self.standby)
            self.standby = Standby(self.folder / "another", self.primary)
            self.standby.ensure()
        self.resume()

    def on_standby(self, sql: LiteralString) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.standby.url() or "", autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def pause(self) -> None:
        """The replica goes on receiving and no longer replays."""
        self.on_standby("SELECT pg_wal_replay_pause()")
        wait_until(lambda: self.on_standby("SELECT pg_get_wal_replay_pause_state()") == [("paused",)])

    def delay(self) -> None:
        """The replica replays what was committed a minute ago."""
        self.on_standby("ALTER SYSTEM SET recovery_min_apply_delay = '1min'")
        self.on_standby("SELECT pg_reload_conf()")
        wait_until(lambda: self.on_standby("SHOW recovery_min_apply_delay") == [("1min",)])

    def resume(self) -> None:
        """The replica replays all that it has."""
        self.on_standby("SELECT pg_wal_replay_resume()")
        self.on_standby("ALTER SYSTEM RESET recovery_min_apply_delay")
        self.on_standby("SELECT pg_reload_conf()")


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Pair]:
    pair = Pair(tmp_path_factory.mktemp("pair"))
    try:
        copy_database(database_url(), pair.primary.ensure())
        yield pair
    finally:
        remove_postgres(pair.standby)
        remove_postgres(pair.primary)


@pytest.fixture
def pair(engines: Pair, standings_url: str, settings: Settings, django_db_blocker: DjangoDbBlocker) -> Iterator[Pair]:
    """What this process reads and writes, empty."""
    settings.LIVEFEST_NOW = NOW.isoformat()
    settings.CACHES = {"default": services.cache(standings_url)}
    engines.ensure()
    with django_db_blocker.unblock(), default_at(engines.primary.url() or ""):
        replica = services.databases(engines.primary.url() or "", engines.standby.url() or "")["replica1"]
        connections.settings["replica1"] = connections.settings["default"] | replica
        replicas.forget()
        forget()
        try:
            yield engines
        finally:
            engines.primary.ensure()
            connections["default"].close()
            database.clear()
            connections["replica1"].close()
            del connections["replica1"]
            del connections.settings["replica1"]
            replicas.forget()
            pages.pages.clear()
            pages.versions.clear()


@pytest.fixture
def fest(pair: Pair) -> Fest:
    fest = little_fest(["ada", "bo", "cy", "di"])
    give(fest, ada=5, bo=3)
    refresh(fest)
    return fest


class Read(NamedTuple):
    """What a page says, and which databases the ORM asked for it: "primary", "replica" or both."""

    text: str
    databases: set[str]


def read(web: Client, path: str) -> Read:
    """A page that nobody rendered before."""
    forget()
    asked: set[str] = set()
    with told_to(asked, "primary", "default"), told_to(asked, "replica", "replica1"):
        response = web.get(path)
    assert response.status_code == 200
    return Read(page_text(response), asked)


@contextmanager
def told_to(asked: set[str], name: str, alias: str) -> Iterator[None]:
    """Adds the name where the database is asked for more than how far it is."""

    def tell(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "_wal_" not in sql:
            asked.add(name)
        return run(sql, *rest)

    with connections[alias].execute_wrapper(tell):
        yield


def caught_up(web: Client, path: str = BOARD) -> Callable[[], bool]:
    """Whether a process that has just started reads the replica."""

    def is_read() -> bool:
        replicas.forget()
        return read(web, path).databases == {"replica"}

    return is_read


def test_public_pages_are_read_from_the_replica(pair: Pair, fest: Fest, client: Client) -> None:
    wait_until(caught_up(client))
    for path in (BOARD, UPDATES, "/en/little/", "/en/little/creators/ada/", "/en/little/boards/regions/GB/2026-02-15/"):
        assert read(client, path).databases == {"replica"}, path
    assert client.get(f"{BOARD}find/?q=bo")["Location"].endswith("#p2")


@pytest.mark.parametrize("lag", [Pair.pause, Pair.delay])
def test_published_version_is_never_made_of_rows_from_before_it(
    pair: Pair, fest: Fest, client: Client, lag: Callable[[Pair], None]
) -> None:
    """The creator's page has the score of the newest version from Valkey and what they did from PostgreSQL."""
    wait_until(caught_up(client))
    lag(pair)
    give(fest, cy=9)
    refresh(fest)
    page = read(client, "/en/little/creators/cy/")
    assert page.databases == {"primary"}
    assert "9" in page.text
    board = read(client, BOARD)
    assert board.databases == {"primary"}
    assert "cy" in board.text
    pair.resume()
    wait_until(caught_up(client))
    assert "cy" in read(client, BOARD).text


def test_replica_that_lags_too_long_is_left_alone_until_it_has_caught_up(
    pair: Pair, fest: Fest, client: Client, settings: Settings
) -> None:
    """Nothing is published meanwhile: what no version counts would be old."""
    settings.REPLICA_MAX_LAG_SECONDS = 0.2
    wait_until(caught_up(client, UPDATES))
    pair.pause()
    announce(fest, "News of the minute")
    wait_until(lambda: read(client, UPDATES).databases == {"primary"})
    assert "News of the minute" in read(client, UPDATES).text
    pair.resume()
    wait_until(lambda: read(client, UPDATES).databases == {"replica"})
    assert "News of the minute" in read(client, UPDATES).text


def test_replica_that_dies_is_done_without_until_it_is_back(pair: Pair, fest: Fest, client: Client) -> None:
    wait_until(caught_up(client))
    kill_postgres(pair.standby)
    page = read(client, BOARD)
    assert "primary" in page.databases
    assert "ada" in page.text
    pair.standby.ensure()
    wait_until(lambda: read(client, BOARD).databases == {"replica"})  # after five seconds


def test_pages_go_on_while_the_primary_is_away(pair: Pair, fest: Fest, client: Client) -> None:
    wait_until(caught_up(client))
    before = {path: read(client, path).text for path in (BOARD, UPDATES, "/en/little/creators/ada/")}
    kill_postgres(pair.primary)
    connections["default"].close()
    for path, text in before.items():
        assert read(client, path).text == text
    replicas.forget()  # as a process does that starts meanwhile
    for path, text in before.items():
        assert read(client, path) == (text, {"replica"})
    calls = client.post("/ingest/platform/", b"{}", content_type="application/json")
    assert (calls.status_code, calls["Retry-After"]) == (503, "5"), "what writes needs the primary"
    pair.primary.ensure()
    give(fest, di=7)
    refresh(fest)
    wait_until(caught_up(client))
    assert "di" in read(client, BOARD).text


def test_pages_go_on_while_the_primary_and_valkey_are_away(pair: Pair, fest: Fest, client: Client) -> None:
    """Versions and rows are then both the replica's."""
    wait_until(caught_up(client))
    valkey().flushall()
    kill_postgres(pair.primary)
    connections["default"].close()
    replicas.forget()
    page = read(client, BOARD)
    assert page.databases == {"replica"}
    assert "ada" in page.text


def test_nothing_is_written_to_the_replica(pair: Pair, fest: Fest) -> None:
    with pytest.raises(Exception, match="read-only"):
        Entry.objects.using("replica1").update(category="music")
    assert replicas.read_publicly(replicas.reading_from) in ("replica1", "default")
    assert Entry.objects.db == "default"


def test_position_of_another_life_of_the_database_is_forgotten(pair: Pair, fest: Fest, client: Client) -> None:
    """After a restore the log begins anew, and Valkey still says how far it was; until the next publication."""
    wait_until(caught_up(client))
    valkey().zadd(POSITION, {"written": 2**50})
    assert read(client, BOARD).databases == {"primary"}
    give(fest, di=7)
    refresh(fest)
    wait_until(caught_up(client))
    assert "di" in read(client, BOARD).text


# Last, for a replica has to be made anew after each.


def test_replica_that_was_promoted_is_no_longer_read(pair: Pair, fest: Fest, client: Client) -> None:
    wait_until(caught_up(client))
    pair.on_standby("SELECT pg_promote()")
    replicas.forget()
    assert read(client, BOARD).databases == {"primary"}


def test_promoted_replica_takes_over(pair: Pair, fest: Fest, client: Client) -> None:
    """Where the settings name both, whichever is the primary is written; nobody acts but who promotes."""
    wait_until(caught_up(client))
    hosts = [quote(connections[alias].settings_dict["HOST"], safe="") for alias in ("default", "replica1")]
    with default_at(f"postgresql://livefest@{','.join(hosts)}/livefest?target_session_attrs=read-write"):
        give(fest, cy=9)
        wait_until(lambda: pair.on_standby("SELECT count(*) FROM creators_fact") == [(3,)])
        kill_postgres(pair.primary)
        pair.on_standby("SELECT pg_promote()")
        connections["default"].close()
        refresh(fest)
        give(fest, di=20)
        refresh(fest)
        replicas.forget()
        board = read(client, BOARD)
        assert board.databases == {"primary"}
        assert [board.text.index(f">{handle}<") for handle in ("di", "cy", "ada", "bo")] == sorted(
            board.text.index(f">{handle}<") for handle in ("di", "cy", "ada", "bo")
        )
        assert in_valkey(valkey(), list(in_postgres(execute))) == in_postgres(execute)
