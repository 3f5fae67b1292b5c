"""Requests to join a community that takes members on request."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models.creator import Entry, Group
from livefest.models import Fest


class JoinRequest(models.Model):
    """That a creator asked to join a community, and what became of it. At most one request of a creator is open."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn, or joined otherwise")

    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="+", verbose_name=_("fest"))
    # All three with the fest, and the group with its kind, in the key (migration 0006): no constraint of their own.
    entry = models.ForeignKey(
        Entry, models.CASCADE, related_name="join_requests", db_constraint=False, verbose_name=_("creator")
    )
    group = models.ForeignKey(
        Group, models.PROTECT, related_name="join_requests", db_constraint=False, verbose_name=_("community")
    )
    kind = models.CharField(max_length=16, default=Group.Kind.COMMUNITY, editable=False)
    asked_at = models.DateTimeField(_("asked"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, default=Outcome.OPEN)
    decided_at = models.DateTimeField(_("decided"), null=True)
    # Who approved or refused: staff, or the owner that the community had then. Neither where it was withdrawn.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by staff")
    )
    decided_by_owner = models.ForeignKey(
        Entry,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("decided by owner"),
    )

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        constraints = [
            models.UniqueConstraint(name="joinrequest_one_open", fields=["entry"], condition=Q(outcome="open")),
            models.CheckConstraint(name="joinrequest_for_community", condition=Q(kind="community")),
            models.CheckConstraint(
                name="joinrequest_decided_whole",
                condition=Q(outcome="open", decided_at=None, decided_by=None, decided_by_owner=None)
                | Q(outcome="withdrawn", decided_at__isnull=False, decided_by=None, decided_by_owner=None)
                | Q(outcome__in=["approved", "refused"], decided_at__isnull=False)
                & (
                    Q(decided_by__isnull=False, decided_by_owner=None)
                    | Q(decided_by=None, decided_by_owner__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} to {self.group}"
