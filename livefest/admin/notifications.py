"""What people were told, to look at: above all which e-mails failed, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.paging import BigTableAdmin
from livefest.models import Notification, User
from livefest.notification_mail import send_again
from livefest.notifications import kinds


class KindFilter(SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(kind.name, kind.label) for kind in kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notification]) -> QuerySet[Notification]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Notification)
class NotificationAdmin(BigTableAdmin, ReadOnlyAdmin):
    """Without what is said: that is between the site and who reads it."""

    list_display = ["made_at", "user", "kind", "key", "email", "attempts", "send_after", "sent_at", "error"]
    list_filter = ["email", KindFilter]
    list_select_related = ["user"]
    fields: ClassVar[Any] = [
        *("user", "fest", "kind", "key", "made_at", "on_site", "read_at"),
        *("email", "send_after", "attempts", "sent_at", "error"),
    ]
    readonly_fields = fields
    actions = ("send_again",)

    def has_send_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("livefest.change_notification"))

    @admin.action(description=gettext_lazy("Send those that failed again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        number = send_again(only=queryset, by=cast(User, request.user))
        if not number:
            messages.warning(request, gettext_lazy("None of these e-mails failed: nothing is sent again."))
            return
        text = ngettext("%(number)s e-mail is tried again.", "%(number)s e-mails are tried again.", number)
        messages.success(request, text % {"number": number})
