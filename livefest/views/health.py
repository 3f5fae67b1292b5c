"""`/health/live`: this process answers. `/health/ready`: what it lives on is there, and the boards keep up.

Neither is for taking a web process out of service because of what all share: pages are served from what is kept while
PostgreSQL, Valkey or the worker is away (docs/operations.md).
"""

from __future__ import annotations

import time
from dataclasses import asdict
from functools import cache as made_once
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from livefest import clock
from livefest.celery import app
from livefest.health import Check, Finding, Probe, all_well, look
from livefest.monitoring import may_see_figures
from livefest.remembered import Remembered
from livefest.sql import execute
from rankings.models import RefreshState
from rankings.tasks import running
from rankings.valkey import client

ANSWER_SECONDS = 2.0  # of all checks together, for whoever asks
REMEMBER_SECONDS = 1.0
NEVER = 1e9  # seconds since a refresh that there never was

WAITING = "SELECT count(*) FROM (SELECT FROM creators_mark LIMIT %s) AS waiting"


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 or 503 with the verdict; with figures for those who may see them."""
    found = findings()
    verdict: dict[str, object] = {"ready": all_well(found)}
    if may_see_figures(request):
        verdict["checks"] = [asdict(finding) for finding in found]
    return JsonResponse(verdict, status=200 if verdict["ready"] else 503)


def findings() -> list[Finding]:
    """Of at most a second ago."""
    return recent.get("findings", lambda: look(probes(), ANSWER_SECONDS))


def database_answers() -> float:
    since = time.monotonic()
    execute("SELECT 1")
    return time.monotonic() - since


def missing_migrations() -> float:
    """How many migrations of this version the database hasn't had."""
    return len(known_migrations() - set(MigrationRecorder(connection).applied_migrations()))


@made_once
def known_migrations() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).disk_migrations)


def refresh_age() -> float:
    """Seconds since the last refresh of the fest that has waited longest, among those whose boards may move."""
    now = clock.now()
    refreshed = dict(RefreshState.objects.values_list("fest", "refreshed_at"))
    moments = [refreshed.get(fest) for fest in running(now)]
    return max(((now - at).total_seconds() if at else NEVER for at in moments), default=0.0)


def waiting_marks() -> float:
    """Marks that no refresh has taken; beyond the limit it isn't told by how much."""
    ((waiting,),) = execute(WAITING, [settings.HEALTH_MOST_WAITING + 1])
    return float(waiting)


def standings_answer() -> float:
    since = time.monotonic()
    client().ping()
    return time.monotonic() - since


def cache_answers() -> float:
    since = time.monotonic()
    cache.get("health")
    return time.monotonic() - since


def queue_length() -> float:
    """Tasks that no worker has taken, of whatever broker there is."""
    with app.connection_for_read(connect_timeout=ANSWER_SECONDS) as broker:
        try:
            channel: Any = broker.default_channel
            queue = channel.queue_declare(app.conf.task_default_queue, passive=True)
        except broker.channel_errors:  # none was ever put there, or all are taken
            return 0.0
        return float(queue.message_count)


@made_once
def probes() -> list[Probe]:
    """Made once, for a probe remembers whether it is at it."""
    period = settings.REFRESH_SECONDS * settings.HEALTH_REFRESH_PERIODS
    return [
        Probe(
            Check("database", database_answers, ANSWER_SECONDS, "s"),
            Check("migrations", missing_migrations, 0, "missing"),
            Check("refresh", refresh_age, period, "s"),
            Check("backlog", waiting_marks, settings.HEALTH_MOST_WAITING, "marks"),
        ),
        Probe(Check("standings", standings_answer, ANSWER_SECONDS, "s")),
        Probe(Check("cache", cache_answers, ANSWER_SECONDS, "s")),
        Probe(Check("queue", queue_length, settings.HEALTH_LONGEST_QUEUE, "tasks")),
    ]


recent = Remembered(REMEMBER_SECONDS)
