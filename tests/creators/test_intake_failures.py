"""Senders at once, and PostgreSQL gone in the middle of a batch: nothing acknowledged is lost, nothing stored twice."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from creators.creators_file import load_creators
from creators.intake import SOURCE_LOCK, Outcome, record_facts
from creators.models import Fact, Mark, Source
from creators.reports import parse_fact
from creators.sources import create_source
from livefest.engines import Postgres
from livefest.models import Fest
from tests.at_once import at_once
from tests.creators.conftest import DURING, fact, reversal
from tests.processes import web_server
from tests.signing import JSON, signed

ROOT = Path(__file__).parent.parent.parent


def sent_at_once(*jobs: Callable[[], Outcome]) -> list[Outcome]:
    """What came of each; none has failed."""
    outcomes = at_once(*jobs)
    assert all(isinstance(one, Outcome) for one in outcomes), outcomes
    return outcomes


@pytest.fixture
def committed(transactional_db: None, uk_valentine: Fest, campaigns: Path) -> Source:
    load_creators(fest=uk_valentine, data=(campaigns / "uk-valentine.example.creators.csv").read_bytes())
    Mark.objects.all().delete()  # of their groups
    return create_source(fest=uk_valentine, name="platform")


def taking(source: Source, facts: list[dict[str, Any]]) -> Callable[[], Outcome]:
    reports = [parse_fact(one) for one in facts]
    return lambda: record_facts(source=source, reports=reports, arrived_at=DURING)


def test_two_senders_in_opposite_orders_store_each_fact_once(committed: Source) -> None:
    for round_ in range(10):
        facts = [fact(f"f-{round_}-{n}") for n in range(500)]
        outcomes = sent_at_once(taking(committed, facts), taking(committed, facts[::-1]))
        assert sum(one.accepted for one in outcomes) == 500
        assert sum(one.duplicates for one in outcomes) == 500
    assert Fact.objects.count() == 5000


def test_two_senders_of_reversals_undo_each_fact_once(committed: Source) -> None:
    for round_ in range(5):
        names = [f"{round_}-{n}" for n in range(100)]
        taking(committed, [fact(f"f-{name}") for name in names])()
        one = [reversal(f"a-{name}", f"f-{name}") for name in names]
        other = [reversal(f"b-{name}", f"f-{name}") for name in reversed(names)]
        outcomes = sent_at_once(taking(committed, one), taking(committed, other))
        assert sum(outcome.accepted for outcome in outcomes) == 100
        assert sum(len(outcome.rejected) for outcome in outcomes) == 100


def test_of_two_senders_with_one_id_one_stands(committed: Source) -> None:
    facts = [[fact(f"f-{n}", quantity=quantity) for n in range(500)] for quantity in (1, 2)]
    outcomes = sent_at_once(taking(committed, facts[0]), taking(committed, facts[1][::-1]))
    assert sum(one.accepted for one in outcomes) == 500
    assert sum(len(one.conflicts) for one in outcomes) == 500


class Caller:
    """Signs and posts batches to a running server."""

    def __init__(self, address: tuple[str, int], secret: str) -> None:
        self.address = address
        self.secret = secret

    def post(self, facts: list[dict[str, Any]]) -> tuple[int, dict[str, Any], str | None]:
        body = json.dumps({"facts": facts})
        with closing(http.client.HTTPConnection(*self.address, timeout=60)) as connection:
            connection.request("POST", "/ingest/platform/", body.encode(), JSON | signed(self.secret, body))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read()), answer.headers["Retry-After"]


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, check=True, capture_output=True, text=True
    ).stdout


def wait_for_a_batch_that_waits(connection: psycopg.Connection[Any]) -> None:
    """Until a transaction of the server stands before the source's lock."""
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND NOT granted"
    while connection.execute(waiting, [SOURCE_LOCK]).fetchone() == (0,):
        connection.execute("SELECT pg_sleep(0.01)")


def test_postgresql_killed_in_the_middle_of_a_batch_loses_nothing(tmp_path: Path, campaigns: Path) -> None:
    """The batch is stopped inside its transaction by a lock on its source; then PostgreSQL is killed."""
    engine = Postgres(tmp_path)
    environment = {
        "DATABASE_URL": engine.ensure(),
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DJANGO_SETTINGS_MODULE": "livefest.settings.development",
        "LIVEFEST_NOW": DURING.isoformat(),
        "LOG_LEVEL": "CRITICAL",
    }
    try:
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "load_campaign", str(campaigns / "uk-valentine.toml"))
        manage(environment, "load_creators", "uk-valentine", str(campaigns / "uk-valentine.example.creators.csv"))
        secret = manage(environment, "source", "uk-valentine", "create", "platform").strip()
        first, second = [[fact(f"{name}-{n}") for n in range(1000)] for name in ("a", "b")]
        with web_server(environment) as address, ThreadPoolExecutor(1) as thread:
            caller = Caller(address, secret)
            assert caller.post(first)[:2] == (200, told(accepted=1000))
            with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as holder:
                holder.execute("SELECT pg_advisory_lock(%s, id::integer) FROM creators_source", [SOURCE_LOCK])
                call = thread.submit(caller.post, second)
                wait_for_a_batch_that_waits(holder)
                pid = engine.pid()
                assert pid is not None
                os.kill(pid, signal.SIGKILL)
                status, answer, retry_after = call.result()
                assert (status, list(answer), retry_after) == (503, ["error"], "5")
                assert caller.post(second)[0] == 503, "PostgreSQL is still away"
            engine.ensure()
            assert caller.post(second)[:2] == (200, told(accepted=1000))
            assert caller.post(first)[:2] == (200, told(duplicates=1000))
        with psycopg.connect(environment["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT count(*) FROM creators_fact").fetchone() == (2000,)
    finally:
        engine.stop()


def told(accepted: int = 0, duplicates: int = 0) -> dict[str, Any]:
    return {"accepted": accepted, "duplicates": duplicates, "conflicts": [], "rejected": []}


def test_marks_come_and_go_with_their_facts(committed: Source) -> None:
    """A batch that fails at its end leaves neither facts nor marks."""
    broken = [parse_fact(fact("f-1")), parse_fact(fact("f-2"))._replace(session="a\0b")]
    with pytest.raises(Exception, match="0x00"):
        record_facts(source=committed, reports=broken, arrived_at=DURING)
    assert not Fact.objects.exists()
    assert not Mark.objects.exists()
