"""The Celery application: `celery --app livefest worker`. Tasks are found in each app's `tasks` module."""

from __future__ import annotations

import logging.config
import os
from typing import Any

import structlog
from celery import Celery, Task, signals
from django.conf import settings
from django.dispatch import receiver
from django_structlog.celery.signals import bind_extra_task_metadata
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livefest.settings.production")

app = Celery("livefest")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)  # each line of a task with its id, and that of the request it is from


@signals.setup_logging.connect
def log_as_django_does(**_more: Any) -> None:
    """The level is LOG_LEVEL; Celery's --loglevel says nothing any more."""
    logging.config.dictConfig(settings.LOGGING)


@receiver(bind_extra_task_metadata)
def name_the_task(*, task: Task[..., Any], **_more: Any) -> None:
    """In each of its lines, not only the first."""
    structlog.contextvars.bind_contextvars(task=task.name)


@signals.task_postrun.connect
def count_task(*, task: Task[..., Any], state: str | None = None, **_more: Any) -> None:
    from livefest import metrics  # noqa: PLC0415  reads a folder's name from the environment, which settings may set

    metrics.TASKS.labels(task.name, (state or "lost").lower()).inc()


@signals.worker_init.connect
def tell_figures(**_more: Any) -> None:
    """The worker's main process tells the figures of all its processes, where WORKER_METRICS says so."""
    if settings.WORKER_METRICS:
        from prometheus_client import start_http_server  # noqa: PLC0415

        from livefest import metrics  # noqa: PLC0415

        host, _colon, port = settings.WORKER_METRICS.rpartition(":")
        start_http_server(int(port), host.strip("[]"), registry=metrics.registry())
