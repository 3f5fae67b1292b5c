"""The programme that staff make: shows, and who hosts them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from creators.admin.handles import OfCreatorForm
from creators.models import Show, ShowHost
from livefest.admin.base import state
from livefest.admin.checks import RefusableAdmin
from livefest.admin.pictures import PicturedAdmin
from livefest.admin.scope import FestScopedInline
from livefest.admin.translations import TranslatedAdmin
from livefest.admin.violations import VIOLATIONS, WordedForm
from livefest.models import Fest

VIOLATIONS.update(
    {
        "show_starts_before_end": _("The end is not after the start; write a later moment."),
        "show_url_is_web": _("Write an address that begins with https://, or none."),
        "showhost_once": _("This creator hosts the show already; name each once."),
    }
)


class HostForm(OfCreatorForm, WordedForm):
    """`of_show` is the fest of the show, which the row is of too."""

    of_show: Fest | None = None

    def fest_of(self, cleaned: dict[str, Any]) -> Fest | None:
        self.instance.fest = self.of_show
        return self.of_show


class HostInline(FestScopedInline):
    model = ShowHost
    form = HostForm
    fields = ["entry", "position"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["form"] = type("HostForm", (HostForm,), {"of_show": state(request).fest})
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("entry__creator")


@admin.register(Show)
class ShowAdmin(PicturedAdmin, TranslatedAdmin, RefusableAdmin):
    list_display = ["title", "fest", "starts", "ends", "updated_at"]
    list_filter = ["fest"]
    list_select_related = ["fest"]
    search_fields = ["title"]
    fields = ["fest", "title", "text", "starts", "ends", "url"]
    inlines = [HostInline]
