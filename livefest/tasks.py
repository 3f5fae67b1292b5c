"""What Celery does once a day."""

from __future__ import annotations

import structlog
from celery import shared_task

from livefest.retention import delete_what_is_due

log = structlog.get_logger(__name__)


@shared_task(name="livefest.retention")
def retention() -> None:
    log.info("retention", **delete_what_is_due())
