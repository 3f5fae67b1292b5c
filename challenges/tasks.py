"""What Celery does all the time: tells creators of their challenges."""

from __future__ import annotations

import structlog
from celery import shared_task

from challenges.notices import tell_of_challenges
from livefest import clock
from livefest.models import Fest

log = structlog.get_logger(__name__)


@shared_task(name="challenges.tell")
def tell() -> None:
    now = clock.now()
    for fest in Fest.objects.filter(starts__lte=now):
        told = tell_of_challenges(fest, now)
        if told:
            log.info("told_of_challenges", fest=fest.slug, told=told)
