"""The standings and their scores, as the last refresh derived them: to look at only."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from creators.admin.handles import FoundByHandle
from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.paging import MOST_COUNTED, BigTableAdmin
from livefest.models import Fest
from rankings.models import Board, Score, Standing


@admin.register(Standing)
class StandingAdmin(BigTableAdmin, ReadOnlyAdmin):
    """A board of days and regions has thousands."""

    list_display = ["board", "fest", "within", "period", "size"]
    list_filter = ["board__fest"]
    list_select_related = ["board__fest"]
    fields = ["fest", "board", "within", "period", "size", "version"]

    @admin.display(description=_("fest"))
    def fest(self, standing: Standing) -> Fest:
        return standing.board.fest


@admin.register(Score)
class ScoreAdmin(FoundByHandle):
    list_display = ["handle", "standing", "fest", "score", "reached_at"]
    list_select_related = ["standing__board__fest"]
    search_help_text = _("A creator's handle, a community's slug, or a supporter: exactly.")
    fields = ["fest", "standing", "handle", "score", "reached_at", "version"]

    def rows_of(self, handle: str) -> Iterable[int]:
        boards = list(Board.objects.values_list("pk", flat=True))
        rows = Score.objects.filter(board__in=boards, handle=handle).order_by("-pk")
        return list(rows.values_list("pk", flat=True)[: MOST_COUNTED + 1])

    @admin.display(description=_("fest"))
    def fest(self, score: Score) -> Fest:
        return score.standing.board.fest
