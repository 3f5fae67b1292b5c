"""LIVEs that creators announce."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models.creator import Entry
from livefest.models import Fest


class PlannedLive(models.Model):
    """That a creator means to go LIVE at a moment; public. It scores nothing."""

    # With the fest in the key of the entry (migration 0010).
    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="planned_lives", verbose_name=_("fest"))
    entry = models.ForeignKey(
        Entry,
        models.CASCADE,
        db_index=False,
        db_constraint=False,
        related_name="planned_lives",
        verbose_name=_("creator"),
    )
    starts_at = models.DateTimeField(_("starts"))
    title = models.CharField(_("title"), max_length=200)
    url = models.CharField(_("address"), max_length=500, blank=True, default="")
    made_at = models.DateTimeField(_("announced"))
    cancelled_at = models.DateTimeField(_("called off"), null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = _("planned LIVE")
        verbose_name_plural = _("planned LIVEs")
        indexes = [
            # What comes next, of the fest and of a creator.
            models.Index(name="plannedlive_next", fields=["fest", "starts_at"], condition=Q(cancelled_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="plannedlive_once", fields=["entry", "starts_at"], condition=Q(cancelled_at=None)
            ),
            models.CheckConstraint(name="plannedlive_title_given", condition=~Q(title="")),
            models.CheckConstraint(name="plannedlive_url_is_web", condition=Q(url="") | Q(url__regex="^https://")),
        ]

    def __str__(self) -> str:
        return self.title
