"""The standings and their scores, as the last refresh derived them: to look at only."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from creators.admin.handles import FoundByHandle
from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.paging import BigTableAdmin
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
    """Standing by standing, the best first: the order of an index; there is none by id, so no row has a page."""

    ordering = ["standing", "key"]
    list_display_links = None
    list_display = ["handle", "standing", "fest", "score", "reached_at"]
    list_select_related = ["standing__board__fest"]
    search_help_text = _("A creator's handle, a community's slug, or a supporter: exactly.")
    fields = ["fest", "standing", "handle", "score", "reached_at", "version"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Score], search_term: str
    ) -> tuple[QuerySet[Score], bool]:
        handle = search_term.strip().removeprefix("@")
        boards = list(Board.objects.values_list("pk", flat=True))
        return queryset.filter(board__in=boards, handle=handle) if handle else queryset, False

    @admin.display(description=_("fest"))
    def fest(self, score: Score) -> Fest:
        return score.standing.board.fest
