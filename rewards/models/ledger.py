"""Diamonds and money: what is owed, what was paid, and the batches in which it is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from livefest.models import Fest
from rewards.models.award import SHA256, Award


class PayoutBatch(models.Model):
    """Awards of one unit that are paid together. `content` is the CSV that goes to the payer, encrypted (payees);
    `total` (minor units) and `digest` (SHA-256 of the CSV) are of it. Nothing of it changes (a trigger), but that the
    content is emptied KEEP_CLAIM_DAYS after the last answer; who exported it when, `PayoutExport` says."""

    fest = models.ForeignKey(
        Fest, models.PROTECT, db_index=False, related_name="payout_batches", verbose_name=_("fest")
    )
    number = models.PositiveIntegerField(_("number"))
    unit = models.CharField(_("unit"), max_length=16)
    count = models.PositiveIntegerField(_("payments"))
    total = models.PositiveBigIntegerField(_("total"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    content = models.TextField(_("content"), editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        ordering = ["-id"]
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(name="payoutbatch_unique", fields=["fest", "number"]),
            models.CheckConstraint(name="payoutbatch_not_empty", condition=Q(count__gte=1, total__gte=1)),
            models.CheckConstraint(name="payoutbatch_digest_form", condition=Q(digest__regex=SHA256)),
        ]

    def __str__(self) -> str:
        return f"{self.fest} {self.number}"


class PayoutExport(models.Model):
    """That a batch was handed out. `copy` counts from 1; from the second on it has a reason. Only ever added."""

    batch = models.ForeignKey(PayoutBatch, models.PROTECT, db_index=False, related_name="exports")
    copy = models.PositiveIntegerField(_("copy"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    reason = models.TextField(_("reason"), blank=True, default="")

    class Meta:
        verbose_name = _("export of a batch")
        verbose_name_plural = _("exports of batches")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(name="payoutexport_unique", fields=["batch", "copy"]),
            models.CheckConstraint(
                name="payoutexport_again_has_reason", condition=Q(copy=1) | (Q(copy__gte=2) & ~Q(reason=""))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch}: {self.copy}"


class PayoutLine(models.Model):
    """One payment of a batch, and what the payer answered. An award waits in, or was paid by, one line at most; after
    a failure it may stand in a later batch. `said` is what the payer says was paid where that isn't the amount; such a
    line waits until that is settled with the payer."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for the payer's answer")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed")

    batch = models.ForeignKey(PayoutBatch, models.PROTECT, db_index=False, related_name="lines")
    number = models.PositiveIntegerField(_("line"))
    award = models.ForeignKey(Award, models.PROTECT, related_name="payout_lines", verbose_name=_("award"))
    amount = models.PositiveBigIntegerField(_("amount"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    said = models.PositiveBigIntegerField(_("amount that the payer says"), null=True)
    reference = models.CharField(_("payer's reference"), max_length=128, blank=True, default="")
    problem = models.CharField(_("problem"), max_length=300, blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        ordering = ["batch", "number"]
        verbose_name = _("payment of a batch")
        verbose_name_plural = _("payments of batches")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(name="payoutline_unique", fields=["batch", "number"]),
            models.UniqueConstraint(
                name="payoutline_award_once", fields=["award"], condition=Q(state__in=["waiting", "paid"])
            ),
            models.CheckConstraint(name="payoutline_positive", condition=Q(amount__gte=1)),
            models.CheckConstraint(
                name="payoutline_answered_whole",
                condition=Q(state="waiting", answered_at=None)
                | Q(state__in=["paid", "failed"], answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payoutline_said_otherwise", condition=Q(said=None) | (Q(state="waiting") & ~Q(said=F("amount")))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch}/{self.number}"


class LedgerEntry(models.Model):
    """A line of the ledger: what somebody is entitled to, what of that fell away, what was paid. Rows are only ever
    added, and are of the award's own amount and unit (triggers).

    Entitled minus cancelled minus paid is what is owed, by unit; never below zero for any award.
    """

    class Kind(models.TextChoices):
        ENTITLED = "entitled", _("Entitled")
        CANCELLED = "cancelled", _("Cancelled")
        PAID = "paid", _("Paid")

    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="ledger", verbose_name=_("fest"))
    award = models.ForeignKey(Award, models.PROTECT, db_index=False, related_name="ledger", verbose_name=_("award"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    amount = models.PositiveBigIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=16)
    line = models.OneToOneField(
        PayoutLine, models.PROTECT, null=True, related_name="ledger_entry", verbose_name=_("payment of a batch")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        default_permissions = ("view",)
        indexes = [models.Index(name="ledgerentry_of_fest", fields=["fest", "unit", "-id"])]
        constraints = [
            models.UniqueConstraint(name="ledgerentry_once", fields=["award", "kind"]),
            models.CheckConstraint(name="ledgerentry_positive", condition=Q(amount__gte=1)),
            models.CheckConstraint(
                name="ledgerentry_kind_known", condition=Q(kind__in=["entitled", "cancelled", "paid"])
            ),
            models.CheckConstraint(name="ledgerentry_line_if_paid", condition=Q(kind="paid") | Q(line=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount} {self.unit}"
