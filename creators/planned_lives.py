"""LIVEs that creators announce: planned, called off, and what comes next."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from creators.actors import Actor, acts_for
from creators.models import Entry, Participation, PlannedLive
from livefest import audit, clock
from livefest.models import Fest

MOST_TO_COME = 20
TITLE_MOST, URL_MOST = 200, 500


class PlanningError(Exception):
    """What can't be announced or called off. The text is for people: why, and what to do instead."""


class NotAllowed(PlanningError):
    """It is not this actor's to do."""


class WrongMoment(PlanningError):
    """It is in the past, or outside of the fest."""


class TooMany(PlanningError):
    """So many are announced already."""


@transaction.atomic
def plan_live(*, entry: Entry, starts_at: datetime, title: str, url: str = "", by: Actor) -> PlannedLive:
    """Announces a LIVE; of one that is announced for that moment already, title and address become these.

    starts_at: UTC, to come and within the fest. title: given. url: "" or an https address. Raises PlanningError.
    """
    if not acts_for(by, entry):
        raise NotAllowed(_("Only “%(entry)s” or staff can do this.") % {"entry": entry})
    entry = Entry.objects.select_for_update(of=["self"], no_key=True).select_related("fest", "creator").get(pk=entry.pk)
    now, title = clock.now(), " ".join(title.split())
    refuse_moment(entry.fest, starts_at, now)
    refuse_words(title, url)
    coming = PlannedLive.objects.filter(entry=entry, cancelled_at=None, starts_at__gt=now)
    present = coming.filter(starts_at=starts_at).first()
    if present is None and coming.count() >= MOST_TO_COME:
        raise TooMany(_("%(most)d LIVEs are announced already; call one off first.") % {"most": MOST_TO_COME})
    live = present or PlannedLive(fest_id=entry.fest_id, entry=entry, starts_at=starts_at, made_at=now)
    live.title, live.url = title, url
    live.save()
    return live


@transaction.atomic
def cancel_live(*, live: PlannedLive, by: Actor, reason: str = "") -> PlannedLive:
    """Calls a LIVE off; again changes nothing. `reason`: of staff, for the audit. Raises NotAllowed."""
    live = PlannedLive.objects.select_for_update(of=["self"]).select_related("entry__creator").get(pk=live.pk)
    if not acts_for(by, live.entry):
        raise NotAllowed(_("Only “%(entry)s” or staff can do this.") % {"entry": live.entry})
    if live.cancelled_at is None:
        live.cancelled_at = clock.now()
        live.save(update_fields=["cancelled_at"])
        after = {"cancelled_at": live.cancelled_at}
        audit.record(live, verb="cancel live", before={"cancelled_at": None}, after=after, reason=reason)
    return live


def refuse_moment(fest: Fest, starts_at: datetime, now: datetime) -> None:
    if starts_at <= now:
        raise WrongMoment(_("This moment is past; choose one that is to come."))
    if not fest.starts <= starts_at < fest.ends:
        raise WrongMoment(_("%(fest)s is not on then; choose a moment within it.") % {"fest": fest.local.name})


def refuse_words(title: str, url: str) -> None:
    if not title or len(title) > TITLE_MOST or not title.isprintable():
        raise PlanningError(_("Write a title of 1 to %(most)d visible characters.") % {"most": TITLE_MOST})
    if url and not is_web_address(url):
        raise PlanningError(_("Write an address that begins with https://, or none."))


def is_web_address(url: str) -> bool:
    """Whether a page may lead there."""
    try:
        found = urlsplit(url)
    except ValueError:
        return False
    plain = len(url) <= URL_MOST and url.isprintable() and not any(letter.isspace() for letter in url)
    return plain and url.startswith("https://") and bool(found.hostname) and "@" not in found.netloc


def lives_to_come(fest: Fest, now: datetime, *, entry: Entry | None = None) -> QuerySet[PlannedLive]:
    """What the public may read of LIVEs that come, the next first: of creators who take part, and nobody suspended.
    Each with its creator and region."""
    taking_part = Participation.objects.filter(fest=fest, state=Participation.State.APPROVED)
    lives = PlannedLive.objects.filter(fest=fest, cancelled_at=None, starts_at__gt=now)
    if entry is not None:
        lives = lives.filter(entry=entry)
    lives = lives.filter(entry__creator__in=taking_part.values("creator"), entry__creator__withdrawn_at=None)
    return lives.select_related("entry__creator", "entry__region").order_by("starts_at", "id")
