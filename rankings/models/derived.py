"""What is derived from facts, payments and campaign: gains, and the standings made of them.

Every refresh makes these rows equal to what is due; they can be thrown away and derived again at any time. That is why
their references are not held by foreign keys: a rebuild of a million creators would check tens of millions of them, row
by row, as it commits. And that is why what has a row for every creator has no index on its id, which nobody asks for:
every change of a row would write to it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from creators.models import Entry, Group
from rankings.models.campaign import Board, Rule


class Gain(models.Model):
    """What a rule gave a creator in one segment: a piece of a fest day that no round's or challenge's window cuts.

    Any period is a whole number of segments, so its points are the sum of theirs, and the moment at which they were
    first reached is the latest of theirs. `quantity` is weighted by bonus multipliers; it has a fraction only where a
    boundary within a second cuts a duration.
    """

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="gains", db_index=False, db_constraint=False)
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="gains", db_index=False, db_constraint=False)
    segment = models.DateTimeField()  # its start
    day = models.DateField()
    quantity = models.DecimalField(max_digits=38, decimal_places=6)
    points = models.BigIntegerField()
    gained_at = models.DateTimeField(null=True)  # the last moment at which points were gained in it

    class Meta:
        constraints = [
            models.UniqueConstraint(name="gain_unique", fields=["entry", "segment", "rule"]),
            models.CheckConstraint(
                name="gain_moment_with_points",
                condition=Q(points=0, gained_at=None) | Q(points__gte=1, gained_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.day}: {self.points}"


class Standing(models.Model):
    """One list of a board: of one place (`within`, "" for all) and one period ("fest", a fest day's date, or a round's
    slug). Made when somebody first has something to be ranked by there.

    `version` is the moment of the refresh that changed it last, in microseconds since 1970, and always rises: it tells
    whether what Valkey holds is this. `size` counts who is ranked. `width` is the number of bytes in `Score.key` that
    say the rank; the rest is the handle.
    """

    board = models.ForeignKey(Board, models.CASCADE, related_name="standings")
    within = models.CharField(max_length=64, default="", db_collation="C")
    period = models.CharField(max_length=64, db_collation="C")
    version = models.BigIntegerField()
    size = models.PositiveIntegerField(default=0)
    width = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="standing_unique", fields=["board", "within", "period"])]

    def __str__(self) -> str:
        return "/".join(part for part in (self.board.slug, self.within, self.period) if part)


class Score(models.Model):
    """Where a creator, community or supporter stands in one standing.

    `handle` is a creator's, a community's slug, or a supporter's name. The bytes of `key` put the best first: each
    part complemented where more is better, in eight bytes big-endian, then the handle (`rankings/keys.py`). Without
    key and score: was ranked and no longer is; kept so that a publisher who comes late learns of it. `version` is that
    of the standing when the row last changed.
    """

    standing = models.ForeignKey(Standing, models.CASCADE, db_index=False, related_name="scores", db_constraint=False)
    board = models.ForeignKey(
        Board, models.CASCADE, db_index=False, related_name="+", db_constraint=False
    )  # the standing's
    handle = models.CharField(max_length=128, db_collation="C")
    entry = models.ForeignKey(
        Entry, models.CASCADE, null=True, db_index=False, related_name="scores", db_constraint=False
    )
    score = models.BigIntegerField(null=True)
    reached_at = models.DateTimeField(null=True)
    key = models.BinaryField(null=True)
    version = models.BigIntegerField()

    class Meta:
        constraints = [
            # A refresh finds by it what stands of those whom it touches, all boards of a creator side by side.
            models.UniqueConstraint(name="score_by_handle", fields=["handle", "board", "standing"]),
            # The order of a standing, and all that a publisher reads of it.
            models.UniqueConstraint(name="score_order", fields=["standing", "key"]),
            models.CheckConstraint(
                name="score_whole",
                condition=Q(score=None, reached_at=None, key=None)
                | Q(score__gte=1, score__isnull=False, reached_at__isnull=False, key__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handle}: {self.score}"


class Contribution(models.Model):
    """What a member gives to their community in one standing of a board of communities.

    `measure` is "score", or the slug of a metric that the board's gates or tie-breaks look at; `amount` is exact.
    """

    standing = models.ForeignKey(
        Standing, models.CASCADE, db_index=False, related_name="contributions", db_constraint=False
    )
    entry = models.ForeignKey(Entry, models.CASCADE, db_index=False, related_name="+", db_constraint=False)
    measure = models.CharField(max_length=64, db_collation="C")
    group = models.ForeignKey(Group, models.CASCADE, db_index=False, related_name="+", db_constraint=False)
    amount = models.DecimalField(max_digits=38, decimal_places=6)
    reached_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # When a community's score was reached: the latest of its members', found without reading them all.
            models.Index(name="contribution_latest", fields=["standing", "group", "measure", "reached_at"]),
        ]
        constraints = [
            models.UniqueConstraint(name="contribution_unique", fields=["entry", "standing", "measure"]),
            models.CheckConstraint(name="contribution_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.amount}"


class GroupTotal(models.Model):
    """The sum of the members' contributions, kept by adding what changed."""

    standing = models.ForeignKey(Standing, models.CASCADE, db_index=False, related_name="totals")
    group = models.ForeignKey(Group, models.CASCADE, related_name="+")
    measure = models.CharField(max_length=64, db_collation="C")
    amount = models.DecimalField(max_digits=38, decimal_places=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="grouptotal_unique", fields=["standing", "group", "measure"]),
            models.CheckConstraint(name="grouptotal_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.amount}"
