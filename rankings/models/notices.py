"""Where creators with an account stood when they were last told of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from creators.models import Entry
from rankings.models.derived import Standing


class RankSeen(models.Model):
    """The rank in a standing that a creator's account knows of: what tells that somebody has passed them."""

    entry = models.ForeignKey(Entry, models.CASCADE, db_index=False, related_name="+")
    # Standings are derived; one that went takes nothing along.
    standing = models.ForeignKey(Standing, models.CASCADE, db_index=False, db_constraint=False, related_name="+")
    rank = models.PositiveIntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rankseen_once", fields=["entry", "standing"]),
            models.CheckConstraint(name="rankseen_positive", condition=Q(rank__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.rank}"
