"""What is derived from facts alone: quantities by segment, and the payments that are scored beside the facts.

Every refresh makes these rows equal to what is due; they can be thrown away and derived again at any time. That is why
their references are not held by foreign keys: a rebuild of a million creators would check tens of millions of them, row
by row, as it commits. And that is why the tallies have no index on their id, which nobody asks for: every change of a
row would write to it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models.creator import Entry
from livefest.models import Metric


class Tally(models.Model):
    """How much of a metric a creator did in one segment, without multipliers and caps.

    A segment is a piece of a fest day that no round's or challenge's window cuts (`livefest/timeline.py`), named by
    its start, UTC. `quantity` has a fraction only where a boundary within a second cuts a duration; `reached_at` is
    the moment of its last part.
    """

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="tallies", db_index=False, db_constraint=False)
    metric = models.ForeignKey(Metric, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    segment = models.DateTimeField()
    day = models.DateField()
    quantity = models.DecimalField(max_digits=38, decimal_places=6)
    reached_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="tally_unique", fields=["entry", "segment", "metric"]),
            models.CheckConstraint(name="tally_positive", condition=Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.day}: {self.quantity}"


class SupporterTally(models.Model):
    """How much of a metric a supporter gave to a creator in one segment; as `Tally`, for the supporters' boards."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    supporter = models.CharField(max_length=128, db_collation="C")
    metric = models.ForeignKey(Metric, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    segment = models.DateTimeField()
    day = models.DateField()
    quantity = models.DecimalField(max_digits=38, decimal_places=6)
    reached_at = models.DateTimeField()

    class Meta:
        indexes = [
            # A supporter's score: everything that they gave of the metric.
            models.Index(name="supportertally_by_supporter", fields=["metric", "supporter"]),
        ]
        constraints = [
            models.UniqueConstraint(name="supportertally_unique", fields=["entry", "segment", "metric", "supporter"]),
            models.CheckConstraint(name="supportertally_positive", condition=Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.supporter} {self.day}: {self.quantity}"


class Payment(models.Model):
    """Points that a challenge or a rank pays, in a metric with `paid`; scored like a fact at `at`, but no fact.

    `entitlement` says for what: `challenge/SLUG`, `challenge/SLUG/DAY` or `rank/BOARD/WITHIN/PERIOD` (WITHIN empty
    where the board is one for all). Each is paid once to a creator.
    """

    entry = models.ForeignKey(
        Entry, models.CASCADE, related_name="payments", db_index=False, verbose_name=_("creator"), db_constraint=False
    )
    entitlement = models.CharField(_("for"), max_length=300, db_collation="C")
    metric = models.ForeignKey(
        Metric, models.CASCADE, related_name="+", db_index=False, verbose_name=_("paid in"), db_constraint=False
    )
    points = models.BigIntegerField(_("points"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(name="payment_unique", fields=["entry", "entitlement"]),
            models.CheckConstraint(name="payment_positive", condition=Q(points__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.entitlement}: {self.points}"
