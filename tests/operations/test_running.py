"""The deployment's own command lines, run with production settings against real engines: what they count and log, and
that they end gracefully."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyrage
import pytest
import structlog
from django.db import connection

from creators.intake import SOURCE_LOCK
from creators.models import Fact, Mark
from livefest.celery import app
from livefest.restore import checked_manifest
from livefest.settings import services
from livefest.views.health import queue_length
from tests.operations.commands import compose_command, dockerfile_command, exec_start, here
from tests.operations.conftest import send_task
from tests.operations.site import TOKEN, Site, figures
from tests.rankings.conftest import test_database as database_url
from tests.rankings.machinery import Machinery, Running, wait_for


@pytest.fixture
def site(machine: Machinery, tmp_path: Path) -> Iterator[Site]:
    """Its queue is this process's too."""
    before = app.conf.broker_url
    app.conf.update(broker_url=services.broker(machine.environment["REDIS_URL"]))
    yield Site(machine, tmp_path)
    app.conf.update(broker_url=before)


def log_lines(running: Running) -> list[dict[str, Any]]:
    """What a program logged, without what Celery prints as it begins and ends."""
    return [json.loads(line) for line in running.log.read_text().splitlines() if line.startswith("{")]


@contextmanager
def locked(sql: str) -> Iterator[None]:
    """Another connection holds what the statement locks."""
    with psycopg.connect(database_url()) as holder:
        holder.execute(sql)
        yield


def nobody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone() == (0,))


def test_web_counts_in_all_its_processes_and_ends_gracefully(site: Site) -> None:
    web = site.web()
    assert "No migrations to apply" in site.run(here(compose_command("migrate")))

    (probe,) = [dockerfile_command("HEALTHCHECK")]
    asked = [part.replace("8000", str(web.port)) for part in here(probe)]
    assert site.run(asked) == ""
    assert {name: check["figure"] for name, check in web.checks().items() if not check["ok"]} == {}
    assert web.get("/health/ready") == (200, '{"ready": true}')
    assert web.get("/metrics")[0] == 403

    calls = 12
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda number: web.send(f"f-{number}", "twice")[0], range(calls)))
    assert answers == [200] * calls
    assert web.send("f-x", headers={"webhook-signature": "v1,wrong"})[0] == 401
    counted = figures(web.get("/metrics", {"Authorization": f"Bearer {TOKEN}"})[1])
    assert counted["livefest_facts_total"] == {
        ("little", "accepted", "platform", "webhook"): calls + 1,
        ("little", "duplicate", "platform", "webhook"): calls - 1,
    }
    assert counted["livefest_webhook_refused_total"] == {("401",): 1}
    assert counted["livefest_http_requests_total"]["200", "ingest"] == calls
    assert counted["livefest_fact_lag_seconds_count"]["little", "platform"] == calls
    assert counted["livefest_health"] == dict.fromkeys([(name,) for name in CHECKS], 1)

    # A call that waits for the source is answered after SIGTERM, and nobody gets in any more.
    with ThreadPoolExecutor(1) as thread:
        with locked(f"SELECT pg_advisory_lock({SOURCE_LOCK}, {site.source.pk})"):
            call = thread.submit(web.send, "late", headers={"X-Request-ID": "request-of-the-proxy"})
            wait_for(lambda: not nobody_waits())
            web.running.process.send_signal(signal.SIGTERM)
            wait_for(lambda: not answers_at(web.port))
            assert not call.done()
        assert call.result() == (200, {"accepted": 1, "duplicates": 0, "conflicts": [], "rejected": []})
    assert web.running.wait() == 0
    assert Fact.objects.filter(external_id="late").exists()
    taken = [line for line in log_lines(web.running) if line.get("request_id") == "request-of-the-proxy"]
    assert [line["event"] for line in taken] == ["webhook_taken", "request_finished"]
    assert (taken[1]["request"], taken[1]["code"]) == ("POST /ingest/platform/", 200)
    assert subprocess.run(asked, capture_output=True, check=False).returncode == 1


CHECKS = ["database", "migrations", "refresh", "backlog", "standings", "cache", "queue"]


def answers_at(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_worker_counts_logs_by_id_and_finishes_what_it_began(site: Site, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    worker = site.worker(figures_at=port)
    url = f"http://127.0.0.1:{port}/"
    facts = tmp_path / "facts.jsonl"
    report = {"id": "f-1", "creator": "bo", "metric": "coins", "quantity": 7, "at": datetime.now(UTC).isoformat()}
    facts.write_text(json.dumps(report))
    assert "1 accepted" in site.run(here(["python", "manage.py", "ingest", "little", str(facts)]))
    with structlog.contextvars.bound_contextvars(request_id="request-1"):
        send_task("rankings.refresh_running")
    wait_for(lambda: not Mark.objects.exists())
    wait_for(lambda: "rankings.refresh_fest" in worker.log.read_text())
    assert subprocess.run(here(["python", "-m", "livefest.probe", url]), check=False).returncode == 0
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as caller:
        caller.request("GET", "/")
        counted = figures(caller.getresponse().read().decode())
    assert counted["livefest_refresh_seconds_count"] == {("little", "stepwise", "done"): 1}
    assert counted["livefest_standings_published_total"] == {("little",): 2}
    assert counted["livefest_scored_lag_seconds_count"] == {("little",): 1}
    assert {step for _kind, step in counted["livefest_refresh_step_seconds_count"]} == {
        "parts",
        "gains",
        "payments",
        "standings",
        "publish",
    }
    assert counted["livefest_tasks_total"]["success", "rankings.refresh_fest"] == 1

    # The refresh that waits for the fest's row is finished after SIGTERM.
    site.run(here(["python", "manage.py", "ingest", "little", "--source", "again", str(facts)]))
    with locked("SELECT FROM livefest_fest FOR UPDATE"):
        with structlog.contextvars.bound_contextvars(request_id="request-2"):
            send_task("rankings.refresh_running")
        wait_for(lambda: not nobody_waits())
        worker.process.send_signal(signal.SIGTERM)
        while "Warm shutdown" not in worker.line():
            assert worker.lives
        assert Mark.objects.exists()
    assert worker.wait() == 0, worker.tail()
    assert not Mark.objects.exists()
    lines = log_lines(worker)
    for number, request in enumerate(["request-1", "request-2"]):
        done = [line for line in lines if line.get("request_id") == request and line["event"] == "task_succeeded"]
        assert [line["task"] for line in done] == ["rankings.refresh_running", "rankings.refresh_fest"], number
        assert done[1]["parent_task_id"] == done[0]["task_id"] != done[1]["task_id"]


def test_beat_tells_workers_and_backups_are_made(site: Site, tmp_path: Path) -> None:
    site.machine.environment["REFRESH_SECONDS"] = "1"
    beat = [part.replace("/run/livefest-beat", str(tmp_path)) for part in exec_start("livefest-beat.service")]
    running = site.machine.start(*beat, name="beat", settings="")

    folder = tmp_path / "backups"
    folder.mkdir()
    key = pyrage.x25519.Identity.generate()
    backup = exec_start("livefest-backup.service", BACKUP_RECIPIENT=str(key.to_public()))
    said = site.run([part.replace("/var/backups/livefest", str(folder)) for part in backup])
    (made,) = folder.iterdir()
    assert said.startswith(f"{made}: ")
    assert ", encrypted," in said
    assert checked_manifest(made)["rows"]["creators_creator"] == 2

    wait_for(lambda: queue_length() >= 2)
    running.process.send_signal(signal.SIGTERM)
    assert running.wait() == 0
