"""Requests to join communities, which staff approve or refuse as owners do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from creators.admin.filters import RowFilter
from creators.communities import CommunityError
from creators.join_requests import approve_request, refuse_request
from creators.models import Group, JoinRequest, Membership
from livefest.admin.paging import BigTableAdmin
from livefest.admin.permissions import permission
from livefest.models import User


class CommunityFilter(RowFilter):
    title = gettext_lazy("community")
    parameter_name = "group"

    def rows(self) -> Iterable[tuple[int, str, str]]:
        return Group.objects.filter(kind=Group.Kind.COMMUNITY).values_list("pk", "name", "fest__slug")


@admin.register(JoinRequest)
class JoinRequestAdmin(BigTableAdmin):
    list_display = ["entry", "group", "fest", "asked_at", "outcome", "decided_at", "decider"]
    list_filter = ["outcome", "fest", CommunityFilter]
    list_select_related = ["entry__creator", "group", "fest", "decided_by", "decided_by_owner__creator"]
    search_fields = ["entry__creator__handle__startswith"]
    search_help_text = gettext_lazy("The creator's handle, or how it begins.")
    fields: ClassVar[Any] = [("entry", "group", "fest"), "asked_at", "outcome", "decided_at", "decider"]
    actions = ["approve", "refuse"]

    @admin.display(description=gettext_lazy("decided by"))
    def decider(self, request: JoinRequest) -> str:
        return str(request.decided_by or request.decided_by_owner or "-")

    @admin.action(description=gettext_lazy("Approve: they join the community"), permissions=["approve"])
    def approve(self, request: HttpRequest, queryset: QuerySet[JoinRequest]) -> None:
        said = gettext_lazy("“%(group)s” has taken “%(entry)s” in.")
        self.each(request, queryset, lambda asked, by: approve_request(request=asked, by=by), str(said))

    @admin.action(description=gettext_lazy("Refuse"), permissions=["change"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[JoinRequest]) -> None:
        said = gettext_lazy("The request of “%(entry)s” to join “%(group)s” is refused.")
        self.each(request, queryset, lambda asked, by: refuse_request(request=asked, by=by), str(said))

    def each(
        self,
        request: HttpRequest,
        queryset: QuerySet[JoinRequest],
        decide: Callable[[JoinRequest, User], JoinRequest],
        said: str,
    ) -> None:
        """Decides each request by itself, who asked first first, and says what became of it."""
        by = cast(User, request.user)
        for asked in queryset.order_by("asked_at", "pk"):
            try:
                decided = decide(asked, by)
            except CommunityError as error:
                self.message_user(request, str(error), messages.ERROR)
                continue
            text = said % {"entry": decided.entry, "group": decided.group}
            self.log_change(request, decided, text)
            self.message_user(request, text, messages.SUCCESS)

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """Who is let in has a membership then."""
        return self.has_change_permission(request) and request.user.has_perm(permission("add", Membership))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Requests are decided in the list; one by itself is to look at."""
        return obj is None and super().has_change_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
