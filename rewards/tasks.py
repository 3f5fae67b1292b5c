"""What Celery does for awards: expires offers, reminds of those soon over, deletes what winners gave.

Beat calls each; all may be called again, and side by side, with the same effect.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from celery import shared_task

from rewards.claims import delete_old_details
from rewards.invitations import delete_old_needs
from rewards.payouts import delete_old_content
from rewards.proposing import expire_due
from rewards.reminding import remind

log = structlog.get_logger(__name__)

# What is emptied at night; each counts what it did.
DELETIONS: dict[str, Callable[[], int]] = {
    "claims": delete_old_details,
    "payout_batches": delete_old_content,
    "invitations": delete_old_needs,
}


@shared_task(name="rewards.expire_due")
def expire_due_awards() -> None:
    if done := expire_due():
        log.info("awards_expired", count=done)


@shared_task(name="rewards.remind")
def remind_of_deadlines() -> None:
    if done := remind():
        log.info("awards_reminded", count=done)


@shared_task(name="rewards.delete_details")
def delete_details() -> None:
    for name, delete in DELETIONS.items():
        try:
            log.info("details_deleted", of=name, count=delete())
        except Exception as error:  # noqa: BLE001  what fails is tried the next night; the others must not wait for it
            log.error("details_not_deleted", of=name, error=f"{type(error).__name__}: {error}")
