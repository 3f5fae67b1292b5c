"""Announcing a standing rank by rank: its leading rows as they were copied for it, and every step with who took it.

Rows are only ever added (triggers); where a ceremony is follows from its last step, and a trigger lets no step be taken
that doesn't follow from the one before.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livefest.models import Fest, PublicCopy

MOST_RANKS = 100  # announced in one ceremony


class CeremonyQuerySet(models.QuerySet["Ceremony"]):
    def to_be_held(self) -> CeremonyQuerySet:
        """Prepared or on: neither ended nor withdrawn."""
        over = CeremonyStep.objects.filter(ceremony=models.OuterRef("pk"), act__in=["done", "withdraw"])
        return self.exclude(models.Exists(over))


class Ceremony(models.Model):
    """A standing that is announced from the bottom up, from rank `top` to the winner.

    Board, place and period are named as in addresses. `steps` counts the ranks that are announced; equal ranks are
    announced together. `copy` is the certified edition's copy that the rows were taken from; None: what was derived at
    `prepared_at`.
    """

    fest = models.ForeignKey(Fest, models.PROTECT, related_name="ceremonies", verbose_name=_("fest"))
    board = models.CharField(_("board"), max_length=64, db_collation="C")
    within = models.CharField(_("within"), max_length=64, default="", db_collation="C")
    period = models.CharField(_("period"), max_length=64, db_collation="C")
    top = models.PositiveIntegerField(
        _("down to rank"), default=10, validators=[MinValueValidator(1), MaxValueValidator(MOST_RANKS)]
    )
    steps = models.PositiveIntegerField(_("ranks"))
    copy = models.ForeignKey(
        PublicCopy, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("from results")
    )
    prepared_at = models.DateTimeField(_("prepared"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("prepared by")
    )

    objects = CeremonyQuerySet.as_manager()

    class Meta:
        ordering = ["fest", "pk"]
        verbose_name = _("ceremony")
        verbose_name_plural = _("ceremonies")
        default_permissions = ("view",)
        permissions = [("freeze_fest", _("Can reveal frozen boards and hold ceremonies"))]
        constraints = [
            models.CheckConstraint(name="ceremony_top_range", condition=Q(top__gte=1, top__lte=MOST_RANKS)),
            models.CheckConstraint(name="ceremony_has_ranks", condition=Q(steps__gte=1, steps__lte=MOST_RANKS)),
        ]

    def __str__(self) -> str:
        return "/".join(part for part in (self.board, self.within, self.period) if part)


class CeremonyRow(models.Model):
    """Somebody who is announced, at a step counted from 1: step 1 is the worst rank. `position` counts from 0, best
    first."""

    ceremony = models.ForeignKey(Ceremony, models.PROTECT, db_index=False, related_name="rows")
    position = models.PositiveIntegerField()
    step = models.PositiveIntegerField()
    rank = models.PositiveIntegerField()
    handle = models.CharField(max_length=128, db_collation="C")
    score = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ceremonyrow_unique", fields=["ceremony", "position"]),
            models.CheckConstraint(name="ceremonyrow_step_from_one", condition=Q(step__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.ceremony_id}/{self.rank}"


class CeremonyStep(models.Model):
    """One act of a ceremony, numbered from 1; `shown` counts the ranks that the public sees after it."""

    class Act(models.TextChoices):
        OPEN = "open", _("Opened")
        FORWARD = "forward", _("Announced a rank")
        BACK = "back", _("Took a rank back")
        DONE = "done", _("Ended")
        WITHDRAW = "withdraw", _("Withdrawn")

    ceremony = models.ForeignKey(Ceremony, models.PROTECT, db_index=False, related_name="taken")
    number = models.PositiveIntegerField(_("step"))
    act = models.CharField(_("what"), max_length=8, choices=Act.choices)
    shown = models.PositiveIntegerField(_("ranks shown"))
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))

    class Meta:
        constraints = [models.UniqueConstraint(name="ceremonystep_unique", fields=["ceremony", "number"])]

    def __str__(self) -> str:
        return f"{self.ceremony_id}/{self.number}"
