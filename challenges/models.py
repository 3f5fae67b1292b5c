"""The campaign's LIVE challenges and their goals."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creators.models import Entry, Group
from livefest.models import CampaignItem, Metric, NamedCampaignItem, PublicCopy, Region


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

    def entitlement(self, period: str) -> str:
        """What names the payment of who met it in a period (as `Completion` has it) among theirs."""
        return f"challenge/{self.slug}/{period}" if period else f"challenge/{self.slug}"


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


class Joining(models.Model):
    """That a creator joined a challenge with `join`: what happened before does not count for it."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="joinings", verbose_name=_("challenge"))
    # A joining is looked up by entry, then challenge; the unique key serves as the index.
    entry = models.ForeignKey(Entry, models.CASCADE, db_index=False, related_name="joinings", verbose_name=_("creator"))
    joined_at = models.DateTimeField(_("joined"))

    class Meta:
        verbose_name = _("joining")
        verbose_name_plural = _("joinings")
        constraints = [models.UniqueConstraint(name="joining_unique", fields=["entry", "challenge"])]

    def __str__(self) -> str:
        return f"{self.entry} in {self.challenge}"


class Completion(models.Model):
    """That a creator met a challenge's goals at a moment; derived from facts by every refresh.

    `period` is the fest day (ISO date) of a challenge per day, else "". `won`: among the first so many, where the
    challenge has `first`; it says nothing otherwise. `handle`, the creator's, decides equal moments.
    """

    challenge = models.ForeignKey(
        Challenge, models.CASCADE, db_index=False, related_name="completions", db_constraint=False
    )
    entry = models.ForeignKey(Entry, models.CASCADE, db_index=False, related_name="completions", db_constraint=False)
    period = models.CharField(max_length=10, default="", db_collation="C")
    met_at = models.DateTimeField()
    handle = models.CharField(max_length=128, db_collation="C")
    won = models.BooleanField(default=False)

    class Meta:
        indexes = [
            # A race: who was first.
            models.Index(name="completion_race", fields=["challenge", "period", "met_at", "handle"]),
            models.Index(name="completion_won", fields=["challenge", "period"], condition=Q(won=True)),
        ]
        constraints = [
            models.UniqueConstraint(name="completion_unique", fields=["entry", "challenge", "period"]),
        ]

    def __str__(self) -> str:
        return f"{self.handle} met {self.challenge_id}"


class CompletionCopy(models.Model):
    """A completion in a public copy (`livefest.models.PublicCopy`). Rows are only ever added (a trigger)."""

    copy = models.ForeignKey(PublicCopy, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    challenge = models.ForeignKey(Challenge, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    period = models.CharField(max_length=10, default="", db_collation="C")
    met_at = models.DateTimeField()
    handle = models.CharField(max_length=128, db_collation="C")
    won = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(name="completioncopy_race", fields=["copy", "challenge", "period", "met_at", "handle"]),
            models.Index(name="completioncopy_won", fields=["copy", "challenge", "period"], condition=Q(won=True)),
        ]
        constraints = [
            models.UniqueConstraint(name="completioncopy_unique", fields=["copy", "entry", "challenge", "period"]),
        ]

    def __str__(self) -> str:
        return f"{self.handle} met {self.challenge_id}"
