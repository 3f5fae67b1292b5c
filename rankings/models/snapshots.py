"""Copies of standings as they stood at a moment, and what else a public copy holds. Rows are only ever added
(triggers).

References of the tables that have a row for every creator are not held by foreign keys, as with what is derived.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creators.models import Entry, Group
from livefest.models import Fest, Metric, PublicCopy

ROWS_A_CHUNK = 1_000


class Snapshot(models.Model):
    """One standing as it stood at a moment: of an hour its leading thousand, of a fest day's end and of a public copy
    all of it.

    Board, place and period are named as in addresses, and `standing_id` is no reference, so that it outlives what it
    was made of. `version`, `width` and `size` are the standing's; `copied` counts the rows that are here, at most
    `size`. `at` is the moment that it shows, UTC; `day` the fest day that had ended.
    """

    class Kind(models.TextChoices):
        HOUR = "hour", _("Hour")
        DAY = "day", _("End of a fest day")
        COPY = "copy", _("Public copy")

    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="+", verbose_name=_("fest"))
    board = models.CharField(_("board"), max_length=64, db_collation="C")
    within = models.CharField(_("within"), max_length=64, default="", db_collation="C")
    period = models.CharField(_("period"), max_length=64, db_collation="C")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    at = models.DateTimeField(_("as of"))
    day = models.DateField(_("day"), null=True)
    copy = models.ForeignKey(
        PublicCopy, models.PROTECT, null=True, db_index=False, related_name="snapshots", verbose_name=_("public copy")
    )
    standing_id = models.BigIntegerField()
    version = models.BigIntegerField()
    width = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField(_("ranked"))
    copied = models.PositiveIntegerField(_("rows"))

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        indexes = [
            # How a standing stood at a moment: the newest before it.
            models.Index(
                name="snapshot_history", fields=["fest", "board", "within", "period", "at"], condition=Q(copy=None)
            ),
        ]
        constraints = [
            # A copy's standings, found as addresses name them.
            models.UniqueConstraint(
                name="snapshot_of_copy", fields=["copy", "board", "within", "period"], condition=Q(copy__isnull=False)
            ),
            models.CheckConstraint(
                name="snapshot_kind_whole",
                condition=Q(kind="copy", copy__isnull=False, day=None)
                | Q(kind="day", copy=None, day__isnull=False)
                | Q(kind="hour", copy=None, day=None),
            ),
            models.CheckConstraint(name="snapshot_rows_of_size", condition=Q(copied__lte=F("size"))),
        ]

    def __str__(self) -> str:
        parts = (self.board, self.within, self.period, f"{self.at:%Y-%m-%dT%H:%M}")
        return "/".join(part for part in parts if part)

    @property
    def whole(self) -> bool:
        """Whether all who were ranked are here."""
        return self.copied == self.size


class SnapshotChunk(models.Model):
    """A thousand consecutive rows of a snapshot, as arrays of equal length: compressed together they take a quarter of
    what rows would. `number` counts from 0. `keys` are those of `Score`, of public copies only."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, db_index=False, related_name="chunks")
    number = models.PositiveIntegerField()
    handles = ArrayField(models.CharField(max_length=128, db_collation="C"))
    ranks = ArrayField(models.IntegerField())
    scores = ArrayField(models.BigIntegerField())
    reached_at = ArrayField(models.DateTimeField())
    keys = ArrayField(models.BinaryField(), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="snapshotchunk_unique", fields=["snapshot", "number"])]

    def __str__(self) -> str:
        return f"{self.snapshot_id}/{self.number}"


class SnapshotBucket(models.Model):
    """Where to find a handle in a snapshot of more than one chunk: its positions (from 0), by a hash of the handle
    (`rankings/snapshots.py`), about a hundred in a bucket."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, db_index=False, related_name="buckets")
    number = models.PositiveIntegerField()
    handles = ArrayField(models.CharField(max_length=128, db_collation="C"))
    positions = ArrayField(models.IntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(name="snapshotbucket_unique", fields=["snapshot", "number"])]

    def __str__(self) -> str:
        return f"{self.snapshot_id}/{self.number}"


class PointsCopy(models.Model):
    """A creator's points by fest day and rule in a public copy, as arrays of equal length."""

    copy = models.ForeignKey(PublicCopy, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    days = ArrayField(models.DateField())
    rules = ArrayField(models.BigIntegerField())
    points = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(name="pointscopy_unique", fields=["copy", "entry"])]

    def __str__(self) -> str:
        return f"{self.copy_id}/{self.entry_id}"


class PaymentCopy(models.Model):
    """A payment in a public copy; see `Payment`."""

    copy = models.ForeignKey(PublicCopy, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    entitlement = models.CharField(max_length=300, db_collation="C")
    metric = models.ForeignKey(Metric, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    points = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="paymentcopy_unique", fields=["copy", "entry", "entitlement"])]

    def __str__(self) -> str:
        return f"{self.copy_id}/{self.entitlement}"


class ContributionCopy(models.Model):
    """What a member gave to their community's score on a board in a public copy; see `Contribution`."""

    copy = models.ForeignKey(PublicCopy, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    board = models.CharField(max_length=64, db_collation="C")
    period = models.CharField(max_length=64, db_collation="C")
    group = models.ForeignKey(Group, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    amount = models.DecimalField(max_digits=38, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="contributioncopy_unique", fields=["copy", "board", "period", "group", "entry"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.copy_id}/{self.board}/{self.group_id}"


class BelongingCopy(models.Model):
    """Where a creator belonged in a public copy, and so in which standings they are: region, category, groups (ids)."""

    copy = models.ForeignKey(PublicCopy, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, db_index=False, db_constraint=False, related_name="+")
    region = models.CharField(max_length=2, default="")
    category = models.CharField(max_length=64, default="")
    groups = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(name="belongingcopy_unique", fields=["copy", "entry"])]

    def __str__(self) -> str:
        return f"{self.copy_id}/{self.entry_id}"


class MembersCopy(models.Model):
    """How many members a group had in a public copy."""

    copy = models.ForeignKey(PublicCopy, models.PROTECT, db_index=False, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, db_index=False, related_name="+")
    members = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="memberscopy_unique", fields=["copy", "group"])]

    def __str__(self) -> str:
        return f"{self.copy_id}/{self.group_id}"
