"""Facts, append-only, and the marks that say what they touched."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models.creator import Entry
from creators.models.source import Source
from livefest.models import Fest, Metric

QUANTITY_MOST = 10**12


class Fact(models.Model):
    """Something that a creator did, exactly as a source reported it.

    Rows are only ever added: triggers (migration 0003) refuse UPDATE, DELETE and TRUNCATE, and hold that a reversal
    undoes one whole fact of the same source. `quantity` is in the metric's unit, `at` to the microsecond as it was
    sent; a duration ends there. Session and supporter are as sent, "" where none was: a reversal may leave them out.
    """

    # The four references carry the fest in their keys (migration 0003), so that a fact, its source, its metric and
    # its creator's entry are of one fest; none needs an index of its own. The database alone refuses to delete what
    # facts hang on: Django's PROTECT would first fetch them all.
    fest = models.ForeignKey(Fest, models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+")
    source = models.ForeignKey(Source, models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+")
    entry = models.ForeignKey(Entry, models.DO_NOTHING, db_index=False, db_constraint=False, related_name="facts")
    metric = models.ForeignKey(Metric, models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+")
    quantity = models.BigIntegerField(_("quantity"))
    at = models.DateTimeField(_("at"))
    received_at = models.DateTimeField(_("received"))
    reverses = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, db_index=False, related_name="reversals", verbose_name=_("reverses")
    )
    counts = models.BooleanField(_("counts"), help_text=_("False: the supporter is the creator."))
    external_id = models.CharField(_("id"), max_length=128, db_collation="C")
    session = models.CharField(_("session"), max_length=128, default="", db_collation="C")
    supporter = models.CharField(_("supporter"), max_length=128, default="", db_collation="C")

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        indexes = [
            # Scoring reads one creator's facts of a few days; "why these points" one creator's all.
            models.Index(name="fact_by_entry", fields=["entry", "at"]),
        ]
        constraints = [
            # Intake finds duplicates by it; also the index of all facts of a source.
            models.UniqueConstraint(name="fact_once_per_source", fields=["source", "external_id"]),
            models.UniqueConstraint(
                name="fact_reversed_once", fields=["reverses"], condition=Q(reverses__isnull=False)
            ),
            models.CheckConstraint(
                name="fact_quantity_range",
                condition=Q(reverses=None, quantity__gte=1, quantity__lte=QUANTITY_MOST)
                | Q(reverses__isnull=False, quantity__gte=-QUANTITY_MOST, quantity__lte=-1),
            ),
            models.CheckConstraint(name="fact_id_given", condition=~Q(external_id="")),
        ]

    def __str__(self) -> str:
        return self.external_id


class Mark(models.Model):
    """Says that facts of an entry on a fest day came in and that no refresh has scored them yet; without a day, that
    something else about the entry changed (region, category, groups, joining, admission): all of it is due again.

    Written in the transaction that stores the facts or the change (triggers see to that), deleted in the one that
    stores what follows from it. A row is never shared between two writers (there is no unique key): a mark that a
    refresh has taken can't swallow one that arrives meanwhile. No foreign keys: the facts stored with it have them.
    """

    fest = models.ForeignKey(Fest, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    entry = models.ForeignKey(Entry, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    day = models.DateField(_("fest day"), null=True)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")

    def __str__(self) -> str:
        return f"{self.entry_id} {self.day}"
