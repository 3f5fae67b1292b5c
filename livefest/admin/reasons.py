"""Why something important is changed: a field that such forms ask for, and that the audit keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest.admin.base import PlainAdmin


class ReasonField(forms.CharField):
    """The audit takes its value from the request (`livefest.staff_site`), under the name "reason"."""

    def __init__(self, **kwargs: Any) -> None:
        kept = gettext_lazy("Why this is changed; it is kept with your name.")
        widget = AdminTextareaWidget(attrs={"rows": 2})
        super().__init__(**{"label": gettext_lazy("Reason"), "help_text": kept, "widget": widget, **kwargs})


if TYPE_CHECKING:
    Base = PlainAdmin
else:
    Base = object


class ReasonedAdmin(Base):
    """Mixin of admins: who changes a row says why. It stands before the admin's other classes."""

    def asks_for_reason(self, request: HttpRequest, obj: Any) -> bool:
        return obj is not None and self.has_change_permission(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if self.asks_for_reason(request, obj):
            form: Any = kwargs.get("form", self.form)
            kwargs["form"] = type(form.__name__, (form,), {"reason": ReasonField()})
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = [*super().get_fieldsets(request, obj)]
        if not self.asks_for_reason(request, obj):
            return fieldsets
        return [*fieldsets, (gettext_lazy("Why"), {"fields": ["reason"]})]


def lacks_reason(request: HttpRequest) -> bool:
    """Whether a button was pressed without saying why; tells who pressed it."""
    if request.POST.get("reason", "").strip():
        return False
    messages.error(request, _("Nothing was done: say why, in “Reason”."))
    return True
