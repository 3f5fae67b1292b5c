"""What Celery does all the time: refreshes running fests and closes what is due.

Beat calls the two sweeps every REFRESH_SECONDS; each sends a task for every fest that needs one. A task that finds its
fest's lock taken leaves it to the holder, and what got lost comes with the next sweep. More rarely it calls the sweep
that tells creators with an account who passed them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q

from creators.models import Mark
from livefest import clock
from livefest.models import Fest
from rankings.closing import close, is_due
from rankings.freezing import freeze_is_due
from rankings.models import RefreshState
from rankings.notices import tell_of_ranks
from rankings.refresh import refresh

log = structlog.get_logger(__name__)

BEFORE_START = timedelta(days=1)  # so that boards are there, empty, when a fest begins
AFTER_GRACE = timedelta(days=1)


def running(now: datetime) -> list[int]:
    """The ids of fests whose boards may move: under way, in grace, with marks that nobody has taken, or with something
    that a closing or rebuild left to do when it died."""
    marks = Mark.objects.filter(fest=OuterRef("pk"))
    states = RefreshState.objects.filter(fest=OuterRef("pk"))
    unpaid = Exists(states.filter(closed_at__isnull=False).exclude(closed_at=F("settled_at")))
    left = Exists(marks) | unpaid | Exists(states.filter(publish_whole=True))
    fests = Fest.objects.annotate(left=left).filter(Q(starts__lte=now + BEFORE_START) | Q(left=True))
    return [fest.pk for fest in fests if fest.left or fest.grace_ends + AFTER_GRACE > now]


@shared_task(name="rankings.refresh_running")
def refresh_running() -> None:
    for fest_id in running(clock.now()):
        refresh_fest.apply_async((fest_id,), expires=settings.CALL_EXPIRES_SECONDS)


@shared_task(name="rankings.refresh_fest")
def refresh_fest(fest_id: int) -> None:
    fest = Fest.objects.get(pk=fest_id)
    if not freeze_is_due(fest, clock.now()):  # else closing comes first: what is scored now must not be seen
        refresh(fest, wait=False)


@shared_task(name="rankings.close_due")
def close_due() -> None:
    now = clock.now()
    for fest in Fest.objects.all():
        if is_due(fest, now):
            close_fest.apply_async((fest.pk,), expires=settings.CALL_EXPIRES_SECONDS)


@shared_task(name="rankings.close_fest")
def close_fest(fest_id: int) -> None:
    close(Fest.objects.get(pk=fest_id), at=clock.now(), wait=False)


@shared_task(name="rankings.tell")
def tell() -> None:
    now = clock.now()
    for fest in Fest.objects.filter(starts__lte=now, ends__gt=now):
        told = tell_of_ranks(fest, now)
        if told:
            log.info("told_of_ranks", fest=fest.slug, told=told)
