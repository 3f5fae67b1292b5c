"""What was decided at a moment and stays through a rebuild, and how far a fest's scoring has come."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models import Entry
from livefest.models import Fest, Round


class Opening(models.Model):
    """The record that a round that admits was opened and its admissions made; they are made once."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="opening", verbose_name=_("round"))
    opened_at = models.DateTimeField(_("opened"), help_text=_("The moment that admissions were judged by."))

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")

    def __str__(self) -> str:
        return str(self.round)


class Admission(models.Model):
    """Whether a creator takes part in a round that admits: by rank as it opened, or as staff amended it since."""

    class Origin(models.TextChoices):
        RANK = "rank", _("Rank")
        STAFF = "staff", _("Staff")

    opening = models.ForeignKey(Opening, models.PROTECT, related_name="admissions", verbose_name=_("round"))
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="admissions", verbose_name=_("creator"))
    admitted = models.BooleanField(_("admitted"), default=True)
    origin = models.CharField(_("by"), max_length=8, choices=Origin.choices)
    decided_at = models.DateTimeField(_("decided"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.TextField(_("reason"), blank=True, default="")

    class Meta:
        verbose_name = _("admission")
        verbose_name_plural = _("admissions")
        constraints = [
            models.UniqueConstraint(name="admission_unique", fields=["opening", "entry"]),
            models.CheckConstraint(
                name="admission_by_staff_has_reason",
                condition=Q(origin="rank", admitted=True) | Q(origin="staff", decided_by__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} in {self.opening}"


class RefreshState(models.Model):
    """How far a fest's scoring has come. One row a fest, made by the first refresh.

    `closed_at` is the moment up to which `close` has run, a record: rank bonuses of periods that ended by then are
    paid. `settled_at` is the `closed_at` by which the last refresh paid. `campaign` is what it scored by: where it
    differs from the campaign as it is now, the next refresh marks what that touches. `publish_whole`: everything was
    derived anew, and not all of it has been published since. `recorded_at` and `recorded_day` are the moment and the
    fest day of the last snapshots for the history.
    """

    fest = models.OneToOneField(Fest, models.CASCADE, related_name="refresh_state")
    closed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    campaign = models.JSONField(null=True)
    publish_whole = models.BooleanField(default=False)
    refreshed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_day = models.DateField(null=True)

    def __str__(self) -> str:
        return str(self.fest)
