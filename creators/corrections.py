"""What staff can put right: the kinds of corrections, made but not yet stored, and what is in force for a creator.

`docs/corrections.md` says what each kind means; `creators/correction_steps.py` stores them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from creators.models import Correction, Entry, Fact, Source
from creators.models.correction import CorrectionQuerySet
from creators.models.fact import QUANTITY_MOST
from livefest.models import Metric

Kind = Correction.Kind


class CorrectionError(Exception):
    """What can't be corrected so. The text is for people: why, and what to do instead."""


class NotAllowed(CorrectionError):
    """It is not this person's to do."""


class Decided(CorrectionError):
    """The correction is in another state, or another stands in its place."""


@dataclass(frozen=True)
class Size:
    """What a correction moves: creators whose own score changes on a board, and by how much the scores of one board
    and period change, added up."""

    creators: int
    points: int

    @property
    def is_large(self) -> bool:
        """Whether it needs two people."""
        return self.creators >= settings.LARGE_CORRECTION_CREATORS or self.points >= settings.LARGE_CORRECTION_POINTS


def adjustment(*, entry: Entry, metric: Metric, day: date, quantity: int) -> Correction:
    """More (positive) or less (negative) of a metric on a fest day, in the metric's unit. Raises CorrectionError."""
    fest = entry.fest
    if metric.fest_id != fest.pk:
        raise CorrectionError(_("“%(metric)s” is no metric of %(fest)s.") % {"metric": metric, "fest": fest})
    if quantity == 0 or abs(quantity) > QUANTITY_MOST:
        raise CorrectionError(_("Adjust by 1 to %(most)d, or by as much less.") % {"most": QUANTITY_MOST})
    days = [one.date for one in fest.days()]
    if day not in days:
        raise CorrectionError(
            _("%(day)s is no day of the fest; choose one from %(first)s to %(last)s.")
            % {"day": day, "first": days[0], "last": days[-1]}
        )
    return Correction(fest=fest, kind=Kind.ADJUSTMENT, entry=entry, metric=metric, day=day, quantity=quantity)


def void_of_fact(fact: Fact) -> Correction:
    """The fact counts for nothing. Raises CorrectionError for a reversal."""
    if fact.reverses_id is not None:
        raise CorrectionError(
            _("“%(fact)s” takes back another fact, and can't be void itself; ask its source to send that one anew.")
            % {"fact": fact}
        )
    return Correction(fest=fact.fest, kind=Kind.FACT, entry=fact.entry, fact=fact)


def void_of_session(*, entry: Entry, session: str, source: Source | None = None) -> Correction:
    """All facts of a session of a creator, as one source or (None) any tells it, count for nothing, on every day and
    also those that come later. Raises CorrectionError."""
    if not session:
        raise CorrectionError(_("Name the session; a fact without one is void by its own id."))
    refuse_source_of_another_fest(source, entry)
    return Correction(fest=entry.fest, kind=Kind.SESSION, entry=entry, session=session, source=source)


def void_of_range(*, source: Source, starts: datetime, ends: datetime) -> Correction:
    """All facts of a source whose `at` lies in [starts, ends), UTC, and that have come in when it comes into force,
    count for nothing; what the source sends again under other ids does. Raises CorrectionError."""
    if starts >= ends:
        raise CorrectionError(_("The range ends before it begins."))
    return Correction(fest=source.fest, kind=Kind.RANGE, source=source, starts=starts, ends=ends)


def disqualification(*, entry: Entry, since: datetime | None = None) -> Correction:
    """Nothing of the creator counts, or (`since`, UTC) nothing from a moment on."""
    return Correction(fest=entry.fest, kind=Kind.DISQUALIFICATION, entry=entry, since=since)


def corrections_of(entry: Entry, *, among: CorrectionQuerySet | None = None) -> list[Correction]:
    """What concerns a creator of all corrections in force, or of others, in the order in which it came into force:
    what it says (`says`), since when (`in_force_at`), and why (`reason`)."""
    found = (Correction.objects.in_force() if among is None else among).concerning(entry)
    found = found.select_related("entry__creator", "metric", "fact__metric", "source")
    return list(found.order_by("in_force_at", "pk"))


def standing_disqualification(entry: Entry) -> Correction:
    """The one in force, which `undo` ends. Raises Decided where there is none."""
    found = Correction.objects.in_force().filter(entry=entry, kind=Kind.DISQUALIFICATION).first()
    if found is None:
        raise Decided(_("“%(entry)s” is not disqualified.") % {"entry": entry})
    return found


def refuse_source_of_another_fest(source: Source | None, entry: Entry) -> None:
    if source and source.fest_id != entry.fest_id:
        raise CorrectionError(_("“%(source)s” is no source of %(fest)s.") % {"source": source, "fest": entry.fest})
