"""What creators ask staff about their points."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models.correction import Correction
from creators.models.creator import Entry
from livefest.models import Fest


class Enquiry(models.Model):
    """Something is missing from a session (or a fest day), or an appeal against a correction: asked, then answered by
    staff, once. An open one keeps results from being certified. A form sent twice is one enquiry (unique keys)."""

    class Kind(models.TextChoices):
        MISSING = "missing", _("Something is missing")
        APPEAL = "appeal", _("Appeal against a correction")

    class Outcome(models.TextChoices):
        OPEN = "", _("Open")
        ACCEPTED = "accepted", _("Put right")
        DECLINED = "declined", _("Stays as it is")

    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="enquiries", verbose_name=_("fest"))
    # With the fest in the key (migration 0010).
    entry = models.ForeignKey(
        Entry, models.PROTECT, db_constraint=False, related_name="enquiries", verbose_name=_("creator")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    session = models.CharField(_("session"), max_length=128, blank=True, default="", db_collation="C")
    day = models.DateField(_("fest day"), null=True, blank=True)
    correction = models.ForeignKey(
        Correction, models.PROTECT, null=True, related_name="appeals", verbose_name=_("correction")
    )
    text = models.TextField(_("text"), max_length=2000)
    asked_at = models.DateTimeField(_("asked"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True, default=Outcome.OPEN)
    answer = models.TextField(
        _("answer"), blank=True, default="", max_length=2000, help_text=_("The creator reads it.")
    )
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        permissions = [("answer_enquiry", "Can answer enquiries")]
        indexes = [models.Index(name="enquiry_open", fields=["fest", "asked_at"], condition=Q(outcome=""))]
        constraints = [
            models.UniqueConstraint(
                name="enquiry_missing_once",
                fields=["entry", "session", "day"],
                condition=Q(kind="missing", outcome=""),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="enquiry_appeal_once", fields=["entry", "correction"], condition=Q(kind="appeal", outcome="")
            ),
            models.CheckConstraint(name="enquiry_text_given", condition=~Q(text="")),
            models.CheckConstraint(
                name="enquiry_about_something",
                condition=Q(kind="missing", correction=None) & (~Q(session="") | Q(day__isnull=False))
                | Q(kind="appeal", correction__isnull=False, session="", day=None),
            ),
            models.CheckConstraint(
                name="enquiry_answered_whole",
                condition=Q(outcome="", answer="", answered_at=None, answered_by=None)
                | Q(outcome__in=["accepted", "declined"], answered_at__isnull=False, answered_by__isnull=False)
                & ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.entry}"
