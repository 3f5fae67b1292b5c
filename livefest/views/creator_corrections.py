"""What staff corrected of a creator, as everybody may know it: what, why and since when, and nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from creators.models import Correction, Entry, Live
from livefest.campaign.words import with_name
from livefest.models import Metric
from rankings.copies import shown_corrections

Kind = Correction.Kind


@dataclass(frozen=True)
class Corrected:
    """A correction in words. It is of a fest day, of a moment (`starts`), of a time from `starts` until `ends`
    (exclusive), or of everything."""

    title: str
    reason: str
    since: datetime
    day: date | None = None
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True)
class Disqualified:
    """`begins` is from when on nothing counts; None: nothing at all does."""

    begins: datetime | None
    reason: str
    since: datetime


def corrections_told(entry: Entry) -> tuple[Disqualified | None, list[Corrected]]:
    """Whether the creator is disqualified, and everything else that was corrected, in the order in which it came into
    force."""
    shown = shown_corrections(entry)
    out = next((one for one in shown if one.kind == Kind.DISQUALIFICATION), None)
    rest = [one for one in shown if one.kind != Kind.DISQUALIFICATION]
    rooms = [one.session for one in rest if one.kind == Kind.SESSION]
    lives = {live.room: live for live in Live.objects.filter(entry=entry, room__in=rooms)}
    told = [in_public(one, lives.get(one.session)) for one in rest]
    return Disqualified(out.since, out.reason, came(out)) if out else None, told


def in_public(correction: Correction, live: Live | None) -> Corrected:
    """`live` is the one that the void of a session is about, where it was reported."""
    reason, since = correction.reason, came(correction)
    match correction.kind:
        case Kind.ADJUSTMENT:
            assert correction.metric and correction.quantity  # noqa: S101, PT018  held by correction_whole
            words = _("Added: %(quantity)s") if correction.quantity > 0 else _("Taken away: %(quantity)s")
            quantity = named(correction.metric, abs(correction.quantity))
            return Corrected(words % {"quantity": quantity}, reason, since, day=correction.day)
        case Kind.FACT:
            assert correction.fact  # noqa: S101  held by correction_whole
            quantity = named(correction.fact.metric, correction.fact.quantity)
            return Corrected(_("Void: %(quantity)s") % {"quantity": quantity}, reason, since, starts=correction.fact.at)
        case Kind.SESSION:
            titled = live.title if live else ""
            title = _("Void: the LIVE “%(title)s”") % {"title": titled} if titled else _("Void: a LIVE")
            return Corrected(title, reason, since, starts=live.started_at if live else None)
        case _:
            title = _("Void: what one source had reported of a time")
            return Corrected(title, reason, since, starts=correction.starts, ends=correction.ends)


def came(correction: Correction) -> datetime:
    """When it came into force."""
    assert correction.in_force_at is not None  # noqa: S101  none else are shown
    return correction.in_force_at


def named(metric: Metric, quantity: int) -> str:
    return with_name(quantity, metric.unit, metric.local.name)
