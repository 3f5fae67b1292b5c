"""What is said of the site's health, and to whom: with engines that are there, away, or hang."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import Settings

from creators.models import Mark
from livefest import clock
from livefest.celery import app
from livefest.engines import Valkey
from livefest.models import Fest
from livefest.settings import services
from livefest.sql import execute
from livefest.views import health
from rankings.models import RefreshState
from rankings.refresh import refresh
from rankings.valkey import client as standings
from tests.operations.conftest import send_task
from tests.pages.test_outages import postgresql_away
from tests.rankings.little import ARRIVED_AT, give, little_fest

TOKEN = "a-token-of-sixteen-characters"
ASKS = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def _asked_for_the_first_time(settings: Settings) -> Iterator[None]:
    settings.MONITORING_TOKEN = TOKEN
    health.probes.cache_clear()
    health.recent.clear()
    yield
    health.probes.cache_clear()
    health.recent.clear()


@pytest.fixture
def fest(transactional_db: None, valkey: Valkey, settings: Settings) -> Iterator[Fest]:
    """Under way, with standings, cache and queue on a Valkey of the test's own."""
    before = settings.CACHES, app.conf.broker_url
    url = valkey.url()
    assert url is not None
    settings.CACHES = {"default": services.cache(url)}
    app.conf.update(broker_url=services.broker(url))
    settings.LIVEFEST_NOW = ARRIVED_AT.isoformat()
    fest = little_fest(["ada", "bo"])
    give(fest, ada=5)
    refresh(fest)
    yield fest
    cache.close()
    settings.CACHES = before[0]
    app.conf.update(broker_url=before[1])


def asked(client: Client, **headers: str) -> tuple[int, dict[str, Any]]:
    health.recent.clear()
    response = client.get("/health/ready", headers=headers or ASKS)
    assert "no-store" in response["Cache-Control"]
    return response.status_code, json.loads(response.content)


def failing(client: Client) -> set[str]:
    status, verdict = asked(client)
    failed = {check["name"] for check in verdict["checks"] if not check["ok"]}
    assert (status, verdict["ready"]) == ((503, False) if failed else (200, True))
    return failed


@contextmanager
def held(valkey: Valkey) -> Iterator[None]:
    pid = valkey.pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.usefixtures("fest")
def test_figures_stand_beside_their_limits(client: Client, settings: Settings) -> None:
    status, verdict = asked(client)
    assert (status, verdict["ready"]) == (200, True)
    assert {check["name"]: (check["limit"], check["unit"]) for check in verdict["checks"]} == {
        "database": (2.0, "s"),
        "migrations": (0, "missing"),
        "refresh": (settings.REFRESH_SECONDS * 12, "s"),
        "backlog": (100_000, "marks"),
        "standings": (2.0, "s"),
        "cache": (2.0, "s"),
        "queue": (100, "tasks"),
    }
    assert all(check["ok"] and check["figure"] <= check["limit"] for check in verdict["checks"])


@pytest.mark.usefixtures("fest")
def test_figures_are_for_who_may_see_them(client: Client, settings: Settings) -> None:
    strangers: list[dict[str, str]] = [{"accept": "*/*"}, {"authorization": "Bearer x"}, {"authorization": TOKEN}]
    for headers in strangers:
        assert asked(client, **headers) == (200, {"ready": True})
        assert client.get("/metrics", headers=headers).status_code == 403
    settings.MONITORING_TOKEN = ""
    assert asked(client, authorization="Bearer ") == (200, {"ready": True})
    settings.MONITORING_NETWORKS = ["10.0.0.0/8"]
    assert asked(client, accept="*/*") == (200, {"ready": True})
    assert client.get("/metrics").status_code == 403
    settings.MONITORING_NETWORKS = ["10.0.0.0/8", "127.0.0.0/8"]
    assert len(asked(client, accept="*/*")[1]["checks"]) == 7
    assert client.get("/metrics").status_code == 200


def test_boards_that_do_not_keep_up_are_told(client: Client, fest: Fest, settings: Settings) -> None:
    late = clock.now() + timedelta(seconds=settings.REFRESH_SECONDS * 12)
    settings.LIVEFEST_NOW = late.isoformat()
    assert failing(client) == set()
    settings.LIVEFEST_NOW = (late + timedelta(seconds=1)).isoformat()
    assert failing(client) == {"refresh"}
    RefreshState.objects.all().delete()
    assert failing(client) == {"refresh"}
    settings.LIVEFEST_NOW = (fest.grace_ends + timedelta(days=2)).isoformat()
    assert failing(client) == set(), "its boards move no more"

    settings.HEALTH_MOST_WAITING = 3
    health.probes.cache_clear()
    Mark.objects.bulk_create(Mark(fest=fest, entry_id=1) for _one in range(3))
    settings.LIVEFEST_NOW = ARRIVED_AT.isoformat()
    refresh(Fest.objects.get(pk=fest.pk))
    Mark.objects.bulk_create(Mark(fest=fest, entry_id=1) for _one in range(3))
    assert failing(client) == set()
    Mark.objects.bulk_create([Mark(fest=fest, entry_id=1)])
    assert failing(client) == {"backlog"}


@pytest.mark.usefixtures("fest")
def test_tasks_that_no_worker_takes_are_told(client: Client, settings: Settings) -> None:
    settings.HEALTH_LONGEST_QUEUE = 2
    health.probes.cache_clear()
    for _one in range(2):
        send_task("rankings.refresh_running")
    assert failing(client) == set()
    send_task("rankings.refresh_running")
    assert failing(client) == {"queue"}


@pytest.mark.usefixtures("fest")
def test_migration_that_the_database_has_not_had_is_told(client: Client) -> None:
    """A new version that is started before its migrations is not ready."""
    execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert failing(client) == {"migrations"}
    execute("INSERT INTO django_migrations (app, name, applied) VALUES ('sessions', '0001_initial', now())")
    assert failing(client) == set()


@pytest.mark.usefixtures("fest")
def test_services_that_are_away_are_told_and_it_lives(client: Client, valkey: Valkey, tmp_path: Path) -> None:
    with postgresql_away(tmp_path):
        assert failing(client) == {"database", "migrations", "refresh", "backlog"}
        with connection.execute_wrapper(nobody_asks):
            assert client.get("/health/live").content == b"alive\n"
    valkey.stop()
    assert failing(client) == {"standings", "cache", "queue"}
    assert client.get("/health/live").status_code == 200


def nobody_asks(*_arguments: Any) -> None:
    raise AssertionError("it asks the database")


@pytest.mark.usefixtures("fest")
def test_services_that_hang_do_not_hold_up_who_asks(
    client: Client,
    valkey: Valkey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "ANSWER_SECONDS", 0.5)
    standings().ping()
    with held(valkey):
        for _again in range(3):
            begin = time.monotonic()
            assert failing(client) == {"standings", "cache", "queue"}
            assert time.monotonic() - begin < 1.0
        begin = time.monotonic()
        assert client.get("/health/live").status_code == 200
        assert time.monotonic() - begin < 0.2
    deadline = time.monotonic() + 20
    while failing(client) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert failing(client) == set()
