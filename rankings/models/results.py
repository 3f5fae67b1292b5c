"""Certified results: what one person proposed and another approved, as editions that never change.

An edition is a public copy of the fest with what proves it. Rows are only ever added; a proposal is decided once
(triggers, migration 0008).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from livefest.models import Fest, PublicCopy

SHA256 = r"^[0-9a-f]{64}$"
SPACE_ONLY = r"^\s*$"


class ResultsProposal(models.Model):
    """That somebody holds a fest's standings for final, as they stood then. It is open until it is approved or
    withdrawn; a fest has one open at most.

    `checklist` has what was looked at: `what`, `passed`, `remedy`, and `confirmed` where the proposer vouched for it.
    `digest` is of everything that the edition is to say (`rankings/results_file.py`): approving compares it.
    """

    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="+", verbose_name=_("fest"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed"))
    reason = models.TextField(_("reason"), default="", blank=True)
    checklist = models.JSONField(_("checklist"))
    digest = models.CharField(_("digest of what is proposed"), max_length=64)
    approved_at = models.DateTimeField(_("approved"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("withdrawn by")
    )

    class Meta:
        verbose_name = _("proposal of results")
        verbose_name_plural = _("proposals of results")
        default_permissions = ("view",)
        permissions = [
            ("propose_results", _("Can propose to certify results")),
            ("approve_results", _("Can certify the results that others propose")),
        ]
        indexes = [models.Index(name="resultsproposal_of_fest", fields=["fest", "-id"])]
        constraints = [
            models.UniqueConstraint(
                name="resultsproposal_one_open", fields=["fest"], condition=Q(approved_at=None, withdrawn_at=None)
            ),
            models.CheckConstraint(name="resultsproposal_digest_form", condition=Q(digest__regex=SHA256)),
            models.CheckConstraint(
                name="resultsproposal_decided_once",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, approved_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fest}, {self.proposed_at:%Y-%m-%d %H:%M} UTC"

    @property
    def is_open(self) -> bool:
        return self.approved_at is None and self.withdrawn_at is None


class Edition(models.Model):
    """The certified results of a fest: the first, or one that replaces the edition before.

    `copy` has all rows; `standings` names its snapshots (ids) in the order of the file, `head` is the file's first
    line, `sha256` and `length` (bytes) are of the whole file. `facts_*` and `corrections_*` count and prove what the
    standings follow from; `corrections` are the ids of those that were in force. `digest` is of everything that it
    says, as in its proposal. `campaign` is the campaign file by which was scored.
    """

    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="editions", verbose_name=_("fest"))
    number = models.PositiveIntegerField(_("edition"))
    copy = models.OneToOneField(PublicCopy, models.PROTECT, related_name="edition", verbose_name=_("public copy"))
    proposal = models.OneToOneField(ResultsProposal, models.PROTECT, related_name="edition", verbose_name=_("proposal"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    certified_at = models.DateTimeField(_("certified"))
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    reason = models.TextField(_("reason"), default="")
    campaign = models.TextField(_("campaign file"))
    campaign_sha256 = models.CharField(_("SHA-256 of the campaign file"), max_length=64)
    facts_count = models.BigIntegerField(_("facts"))
    facts_sha256 = models.CharField(_("digest of the facts"), max_length=64)
    corrections = ArrayField(models.BigIntegerField())
    corrections_count = models.IntegerField(_("corrections in force"))
    corrections_sha256 = models.CharField(_("digest of the corrections"), max_length=64)
    standings = ArrayField(models.BigIntegerField())
    head = models.TextField()
    digest = models.CharField(_("digest of all that it says"), max_length=64)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    length = models.BigIntegerField(_("bytes"))

    class Meta:
        verbose_name = _("edition of results")
        verbose_name_plural = _("editions of results")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(name="edition_unique", fields=["fest", "number"]),
            # Who has a file asks by it which edition it is.
            models.UniqueConstraint(name="edition_by_sha256", fields=["sha256"]),
            models.CheckConstraint(
                name="edition_first_or_replaces",
                condition=Q(number=1, replaces=None) | Q(number__gte=2, replaces__isnull=False),
            ),
            models.CheckConstraint(
                name="edition_later_has_reason", condition=Q(number=1) | ~Q(reason__regex=SPACE_ONLY)
            ),
            models.CheckConstraint(name="edition_by_two_people", condition=~Q(proposed_by=F("approved_by"))),
            models.CheckConstraint(
                name="edition_digests_form",
                condition=Q(
                    sha256__regex=SHA256,
                    digest__regex=SHA256,
                    campaign_sha256__regex=SHA256,
                    facts_sha256__regex=SHA256,
                    corrections_sha256__regex=SHA256,
                ),
            ),
            models.CheckConstraint(
                name="edition_counts_not_negative",
                condition=Q(facts_count__gte=0, corrections_count__gte=0, length__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fest}, {self.number}"


class EditionDifference(models.Model):
    """What an edition changed in one standing against the edition that it replaces.

    `changed` counts the rows with another rank or score, `came` and `left` those who are ranked in only one of the
    two. `rows` has the leading of all these, best first: [handle, rank before, score before, rank, score], None where
    they were or are not ranked. `number` counts from 0, in the order of the file.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, db_index=False, related_name="differences")
    number = models.PositiveIntegerField()
    board = models.CharField(max_length=64, db_collation="C")
    within = models.CharField(max_length=64, default="", db_collation="C")
    period = models.CharField(max_length=64, db_collation="C")
    changed = models.PositiveIntegerField()
    came = models.PositiveIntegerField()
    left = models.PositiveIntegerField()
    rows = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(name="editiondifference_unique", fields=["edition", "number"])]

    def __str__(self) -> str:
        return "/".join(part for part in (self.board, self.within, self.period) if part)

    @property
    def total(self) -> int:
        return self.changed + self.came + self.left
