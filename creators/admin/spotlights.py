"""The creators whom staff put forward."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from creators.admin.handles import OfCreatorForm
from creators.models import Spotlight
from livefest.admin.checks import RefusableAdmin
from livefest.admin.scope import FestScopedForm
from livefest.admin.translations import TranslatedAdmin
from livefest.admin.violations import VIOLATIONS

VIOLATIONS.update({"spotlight_starts_before_end": _("The end is not after the start; write a later moment, or none.")})


class SpotlightForm(OfCreatorForm, FestScopedForm):
    pass


@admin.register(Spotlight)
class SpotlightAdmin(TranslatedAdmin, RefusableAdmin):
    form = SpotlightForm
    list_display = ["entry", "fest", "text", "starts", "ends", "position"]
    list_filter = ["fest"]
    list_select_related = ["fest", "entry__creator"]
    search_fields = ["entry__creator__handle__startswith"]
    search_help_text = _("The creator's handle, or how it begins.")
    fields = ["fest", "entry", "text", "starts", "ends", "position"]
