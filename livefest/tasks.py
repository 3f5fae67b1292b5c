"""What Celery does once a day, and the sending of e-mails all the time."""

from __future__ import annotations

import structlog
from celery import shared_task

from livefest.notification_mail import send_due
from livefest.retention import delete_what_is_due

log = structlog.get_logger(__name__)


@shared_task(name="livefest.retention")
def retention() -> None:
    log.info("retention", **delete_what_is_due())


@shared_task(name="livefest.send_notifications")
def send_notifications() -> None:
    outcomes = send_due()
    if outcomes:
        log.info("emails", **outcomes)
