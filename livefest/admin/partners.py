"""Who makes the fest possible."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from livefest.admin.checks import RefusableAdmin
from livefest.admin.pictures import PicturedAdmin
from livefest.admin.translations import TranslatedAdmin
from livefest.admin.violations import VIOLATIONS
from livefest.models import Partner

VIOLATIONS.update(
    {
        "partner_slug_unique": _("There is a partner with this slug already; choose another slug."),
        "partner_url_is_web": _("Write an address that begins with https://, or none."),
    }
)


@admin.register(Partner)
class PartnerAdmin(PicturedAdmin, TranslatedAdmin, RefusableAdmin):
    """A partner that is deleted leaves its products, which are then nobody's."""

    list_display = ["name", "slug", "fest", "url", "position"]
    list_filter = ["fest"]
    list_select_related = ["fest"]
    search_fields = ["slug", "name"]
    ordering = ["-fest__starts", "fest", "position", "id"]
    fields = ["fest", "slug", "name", "text", "url", "position"]
