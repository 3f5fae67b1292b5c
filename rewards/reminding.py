"""Reminding winners of what they have not claimed yet, once."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast

from livefest import clock
from livefest.models import Notification
from rewards import notices
from rewards.models import Award, AwardStep

BEFORE = timedelta(hours=48)
log = structlog.get_logger(__name__)


def remind() -> int:
    """Tells whose offer ends within BEFORE and who were not told yet; how many. Where the whole time is short, not
    before half of it is over: who has just read the offer needs no reminder."""
    now = clock.now()
    done = 0
    for award in soon_over().select_related("fest", "reward", "entry__creator"):
        if award.deadline and award.deadline - now > (award.deadline - award.offered_at) / 2:  # type: ignore[attr-defined]
            continue
        try:
            with transaction.atomic():
                notices.tell_deadline(award)
            done += 1
        except Exception as error:  # noqa: BLE001  whatever it is, the others must not wait for it
            log.error("award_not_reminded", award=award.pk, error=f"{type(error).__name__}: {error}")
    return done


def soon_over() -> QuerySet[Award]:
    """Offers of people with an account who were not reminded, by deadline; each with when it was `offered_at`."""
    now = clock.now()
    offered = AwardStep.objects.filter(award=OuterRef("pk"), to_state=Award.State.OFFERED)
    told = Notification.objects.filter(
        user=OuterRef("entry__creator__profile__user"),
        kind=notices.DEADLINE.name,
        key=Cast(OuterRef("pk"), CharField()),
    )
    running_out = Award.objects.filter(state=Award.State.OFFERED, deadline__gt=now, deadline__lte=now + BEFORE)
    with_account = running_out.filter(entry__creator__profile__user__is_active=True)
    return (
        with_account.annotate(offered_at=Subquery(offered.values("at")[:1]))
        .filter(~Exists(told))
        .order_by("deadline", "pk")
    )
