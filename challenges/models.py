"""The campaign's LIVE challenges and their goals."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creators.models import Group
from livefest.models import CampaignItem, Metric, NamedCampaignItem, Region


class Challenge(NamedCampaignItem):
    """Goals that are met within a session, a fest day, or the fest; pays points when they are."""

    class Per(models.TextChoices):
        SESSION = "session", _("Session")
        DAY = "day", _("Fest day")
        FEST = "fest", _("Whole fest")

    per = models.CharField(_("per"), max_length=8, choices=Per.choices)
    starts = models.DateTimeField(_("starts"), null=True, blank=True, help_text=_("Empty: with the fest."))
    ends = models.DateTimeField(_("ends"), null=True, blank=True, help_text=_("Exclusive; empty: with the fest."))
    within_group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("within group")
    )
    within_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("within region")
    )
    first = models.PositiveIntegerField(
        _("first"), null=True, blank=True, help_text=_("Only the first so many to meet it; empty: all.")
    )
    join = models.BooleanField(_("must be joined first"), default=False)
    points = models.BigIntegerField(_("points"), null=True, blank=True)
    metric = models.ForeignKey(Metric, models.PROTECT, related_name="+", verbose_name=_("paid in"))

    class Meta(NamedCampaignItem.Meta):
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        constraints = [
            *CampaignItem.Meta.constraints,
            models.CheckConstraint(name="challenge_per_known", condition=Q(per__in=["session", "day", "fest"])),
            models.CheckConstraint(
                name="challenge_starts_before_end",
                condition=Q(starts=None) | Q(ends=None) | Q(starts__lt=F("ends")),
            ),
            models.CheckConstraint(name="challenge_within_one", condition=Q(within_group=None) | Q(within_region=None)),
            models.CheckConstraint(name="challenge_first_positive", condition=Q(first=None) | Q(first__gte=1)),
            models.CheckConstraint(name="challenge_points_positive", condition=Q(points=None) | Q(points__gte=1)),
        ]


class Goal(models.Model):
    """One of the goals of a challenge; all must be met."""

    challenge = models.ForeignKey(Challenge, models.CASCADE, related_name="goals", verbose_name=_("challenge"))
    metric = models.ForeignKey(Metric, models.PROTECT, related_name="+", verbose_name=_("metric"))
    at_least = models.BigIntegerField(_("at least"))
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["challenge", "position", "id"]
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        constraints = [
            models.UniqueConstraint(name="goal_unique", fields=["challenge", "metric"]),
            models.CheckConstraint(name="goal_positive", condition=Q(at_least__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.metric} ≥ {self.at_least}"
