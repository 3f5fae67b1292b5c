"""What staff correct of what sources reported: adjustments, voids and disqualifications, with who, when and why."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from functools import reduce
from operator import and_, or_

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from creators.models.creator import Entry
from creators.models.fact import QUANTITY_MOST, Fact
from creators.models.source import Source
from livefest.models import Fest, Metric

IN_FORCE = Q(in_force_at__isnull=False, undone_at=None)

# What each kind says, beside its entry; it leaves everything else empty.
SAYS = {
    "adjustment": Q(metric__isnull=False, day__isnull=False, quantity__isnull=False),
    "void_fact": Q(fact__isnull=False),
    "void_session": ~Q(session=""),
    "void_range": Q(source__isnull=False, starts__isnull=False, ends__isnull=False, starts__lt=F("ends")),
    "disqualification": Q(),
}
MAY_SAY = {
    "adjustment": {"metric", "day", "quantity"},
    "void_fact": {"fact"},
    "void_session": {"session", "source"},
    "void_range": {"source", "starts", "ends"},
    "disqualification": {"since"},
}
EMPTY = {
    "metric": Q(metric=None),
    "day": Q(day=None),
    "quantity": Q(quantity=None),
    "fact": Q(fact=None),
    "session": Q(session=""),
    "source": Q(source=None),
    "starts": Q(starts=None),
    "ends": Q(ends=None),
    "since": Q(since=None),
}


def whole() -> Q:
    """Each kind with exactly what it says; all but a range are of one creator."""
    kinds = []
    for kind, says in SAYS.items():
        rest = [empty for name, empty in EMPTY.items() if name not in MAY_SAY[kind]]
        kinds.append(reduce(and_, rest, Q(kind=kind, entry__isnull=kind == "void_range") & says))
    return reduce(or_, kinds)


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def in_force(self) -> CorrectionQuerySet:
        return self.filter(IN_FORCE)

    def were_in_force(self, at: datetime) -> CorrectionQuerySet:
        """Those in force just before a moment (UTC), whatever became of them."""
        return self.filter(Q(undone_at=None) | Q(undone_at__gte=at), in_force_at__lt=at)

    def undecided(self) -> CorrectionQuerySet:
        """Proposed, or proposed to be undone, and waiting for a second person."""
        return self.filter(Q(in_force_at=None, refused_at=None) | Q(undo_proposed_at__isnull=False, undone_at=None))

    def concerning(self, entry: Entry) -> CorrectionQuerySet:
        """Those of this creator, and the ranges in which a fact of theirs lies."""
        facts = Fact.objects.filter(
            entry=entry,
            source=models.OuterRef("source"),
            at__gte=models.OuterRef("starts"),
            at__lt=models.OuterRef("ends"),
            received_at__lte=models.OuterRef("in_force_at"),
        )
        return self.filter(Q(entry=entry) | Q(models.Exists(facts), fest=entry.fest_id, kind=Correction.Kind.RANGE))


class Correction(models.Model):
    """Something that staff put right. A row stays for ever, also when it was refused or undone.

    Proposed, then in force or refused; in force, then perhaps undone: triggers (migration 0008) hold that what it says
    never changes and its state goes no other way, that rows are not deleted, and that what comes into force or is
    undone marks whom it concerns. What is large, by what it moved in its preview, needs a second person for both.
    `docs/corrections.md` says what each kind means.
    """

    class Kind(models.TextChoices):
        ADJUSTMENT = "adjustment", _("Adjustment")
        FACT = "void_fact", _("Void of a fact")
        SESSION = "void_session", _("Void of a session")
        RANGE = "void_range", _("Void of a source's time range")
        DISQUALIFICATION = "disqualification", _("Disqualification")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed: waits for a second person")
        REFUSED = "refused", _("Refused")
        IN_FORCE = "in_force", _("In force")
        UNDO_PROPOSED = "undo_proposed", _("In force; to be undone: waits for a second person")
        UNDONE = "undone", _("Undone")

    # References carry the fest in their keys (migration 0008), so that all are of one fest.
    fest = models.ForeignKey(Fest, models.PROTECT, related_name="+", verbose_name=_("fest"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    # A correction sent twice is one: who sends it names it.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    entry = models.ForeignKey(
        Entry,
        models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="corrections",
        verbose_name=_("creator"),
    )
    metric = models.ForeignKey(
        Metric,
        models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
        verbose_name=_("metric"),
    )
    day = models.DateField(_("fest day"), null=True)
    quantity = models.BigIntegerField(_("quantity"), null=True)
    fact = models.ForeignKey(
        Fact, models.DO_NOTHING, null=True, db_index=False, related_name="+", verbose_name=_("fact")
    )
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
        related_name="+",
        verbose_name=_("source"),
    )
    session = models.CharField(_("session"), max_length=128, default="", db_collation="C")
    starts = models.DateTimeField(_("from"), null=True)
    ends = models.DateTimeField(_("until"), null=True)  # exclusive
    since = models.DateTimeField(_("since"), null=True)  # of a disqualification; None: from the beginning

    # What it moved when it was looked at before: creators whose own score changed on a board, and by how much all of
    # a board's scores of one period did together.
    creators_changed = models.BigIntegerField(_("creators whose scores change"))
    points_changed = models.BigIntegerField(_("points that change"))
    large = models.BooleanField(_("needs two people"))

    proposed_at = models.DateTimeField(_("proposed"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    reason = models.TextField(_("reason"))
    in_force_at = models.DateTimeField(_("in force since"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    refused_at = models.DateTimeField(_("refused"), null=True)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("refused by")
    )
    refusal = models.TextField(_("why refused"), default="")
    undo_proposed_at = models.DateTimeField(_("undoing proposed"), null=True)
    undo_proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("undoing proposed by")
    )
    undo_reason = models.TextField(_("why undone"), default="")
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        default_permissions = ("view",)
        permissions = [
            ("propose_correction", _("Can propose corrections, and make small ones")),
            ("approve_correction", _("Can approve the large corrections that others propose")),
        ]
        indexes = [
            # A creator's corrections: "why these points", and what scoring adds and takes away.
            models.Index(name="correction_by_entry", fields=["entry"]),
            # Whether a fact lies in a range that is void.
            models.Index(
                name="correction_of_range", fields=["source", "starts"], condition=IN_FORCE & Q(kind="void_range")
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="correction_once", fields=["key"]),
            # What stands can't be done once more; scoring finds by these whether something is void, and who is out.
            models.UniqueConstraint(
                name="correction_one_void_of_fact", fields=["fact"], condition=IN_FORCE & Q(kind="void_fact")
            ),
            models.UniqueConstraint(
                F("entry"),
                F("session"),
                Coalesce("source_id", Value(0), output_field=models.BigIntegerField()),
                name="correction_one_void_of_session",
                condition=IN_FORCE & Q(kind="void_session"),
            ),
            models.UniqueConstraint(
                name="correction_one_disqualification",
                fields=["entry"],
                condition=IN_FORCE & Q(kind="disqualification"),
            ),
            models.CheckConstraint(name="correction_whole", condition=whole()),
            models.CheckConstraint(
                name="correction_quantity_range",
                condition=Q(quantity=None)
                | Q(quantity__gte=-QUANTITY_MOST, quantity__lte=QUANTITY_MOST) & ~Q(quantity=0),
            ),
            models.CheckConstraint(
                name="correction_size_not_negative", condition=Q(creators_changed__gte=0, points_changed__gte=0)
            ),
            models.CheckConstraint(name="correction_reason_given", condition=~Q(reason__regex=r"^\s*$")),
            models.CheckConstraint(
                name="correction_in_force_whole",
                condition=Q(in_force_at=None, approved_by=None)
                | Q(in_force_at__isnull=False, approved_by__isnull=False, refused_at=None),
            ),
            models.CheckConstraint(
                name="correction_refused_whole",
                condition=Q(refused_at=None, refused_by=None, refusal="")
                | Q(refused_at__isnull=False, refused_by__isnull=False) & ~Q(refusal__regex=r"^\s*$"),
            ),
            models.CheckConstraint(
                name="correction_undo_whole",
                condition=Q(undo_proposed_at=None, undo_proposed_by=None, undo_reason="")
                | Q(undo_proposed_at__isnull=False, undo_proposed_by__isnull=False, in_force_at__isnull=False)
                & ~Q(undo_reason__regex=r"^\s*$"),
            ),
            models.CheckConstraint(
                name="correction_undone_whole",
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False, undo_proposed_at__isnull=False),
            ),
            # "The database holds that a large one is two people's, and so is its undoing."
            models.CheckConstraint(
                name="correction_large_by_two",
                condition=Q(large=False)
                | (Q(approved_by=None) | ~Q(approved_by=F("proposed_by")))
                & (Q(undone_by=None) | ~Q(undone_by=F("undo_proposed_by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.says

    @property
    def state(self) -> State:
        if self.refused_at:
            return self.State.REFUSED
        if self.undone_at:
            return self.State.UNDONE
        if self.undo_proposed_at:
            return self.State.UNDO_PROPOSED
        return self.State.IN_FORCE if self.in_force_at else self.State.PROPOSED

    @property
    def says(self) -> str:
        """What it does, in one line for people; moments are UTC."""
        match self.kind:
            case self.Kind.ADJUSTMENT:
                words = _("%(entry)s: %(quantity)+d %(metric)s on %(day)s") % {
                    "entry": self.entry,
                    "quantity": self.quantity or 0,
                    "metric": self.metric,
                    "day": self.day,
                }
            case self.Kind.FACT:
                words = _("%(entry)s: fact %(fact)s is void") % {"entry": self.entry, "fact": self.fact}
            case self.Kind.SESSION:
                words = _("%(entry)s: session %(session)s is void") % {"entry": self.entry, "session": self.session}
                if self.source:
                    words = _("%(words)s as %(source)s tells it") % {"words": words, "source": self.source}
            case self.Kind.RANGE:
                words = _("%(source)s: what happened from %(starts)s until %(ends)s is void") % {
                    "source": self.source,
                    "starts": moment(self.starts),
                    "ends": moment(self.ends),
                }
            case _:
                words = _("%(entry)s is disqualified") % {"entry": self.entry}
                if self.since:
                    words = _("%(words)s from %(since)s on") % {"words": words, "since": moment(self.since)}
        return str(words)


def moment(at: datetime | None) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z" if at else ""
