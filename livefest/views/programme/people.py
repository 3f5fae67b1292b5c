"""Whom pages of the programme and of what is sold put forward."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from creators.models import Participation
from livefest.models import Fest

M = TypeVar("M", bound=Model)


def put_forward(rows: QuerySet[M], fest: Fest) -> QuerySet[M]:
    """Those of the rows, each with an `entry` of the fest, whose creator has neither left nor is suspended; with all
    that is shown of the creator."""
    suspended = Participation.objects.filter(
        fest=fest, state=Participation.State.SUSPENDED, creator=OuterRef("entry__creator")
    )
    shown = rows.filter(~Exists(suspended), entry__fest=fest, entry__creator__withdrawn_at=None)
    return shown.select_related("entry__creator", "entry__region")
