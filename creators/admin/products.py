"""What is sold in LIVEs, and who shows it."""

from __future__ import annotations

import pycountry
from django.contrib import admin
from django.forms import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.admin.handles import OfCreatorForm
from creators.models import Product, ProductShown
from livefest.admin.checks import RefusableAdmin
from livefest.admin.paging import BigTableAdmin
from livefest.admin.pictures import PicturedAdmin
from livefest.admin.scope import FestScopedForm
from livefest.admin.translations import TranslatedAdmin
from livefest.admin.violations import VIOLATIONS

VIOLATIONS.update(
    {
        "product_slug_unique": gettext_lazy("There is a product with this slug already; choose another slug."),
        "product_url_is_web": gettext_lazy("Write an address that begins with https://."),
        "product_price_whole": gettext_lazy(
            "A price has a currency such as USD, and a currency a price: write both, or leave both empty."
        ),
        "productshown_once": gettext_lazy("This creator shows the product already; change that row."),
        "productshown_starts_before_end": gettext_lazy("The end is not after the start; write a later moment."),
    }
)


class ProductForm(FestScopedForm):
    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].upper()
        if code and pycountry.currencies.get(alpha_3=code) is None:
            raise ValidationError(
                _("“%(code)s” is no currency; write one such as USD (ISO 4217)."), params={"code": code}
            )
        return code


@admin.register(Product)
class ProductAdmin(PicturedAdmin, TranslatedAdmin, RefusableAdmin):
    form = ProductForm
    list_display = ["name", "slug", "fest", "partner", "price", "currency", "position"]
    list_filter = ["fest"]
    list_select_related = ["fest", "partner"]
    search_fields = ["slug", "name"]
    ordering = ["-fest__starts", "fest", "position", "id"]
    fields = ["fest", "slug", "name", "text", "url", ("price", "currency"), "partner", "position"]


class ShownForm(OfCreatorForm, FestScopedForm):
    pass


@admin.register(ProductShown)
class ProductShownAdmin(BigTableAdmin, RefusableAdmin):
    form = ShownForm
    list_display = ["product", "entry", "fest", "starts", "ends"]
    list_filter = ["fest"]
    list_select_related = ["fest", "product", "entry__creator"]
    search_fields = ["entry__creator__handle__startswith"]
    search_help_text = gettext_lazy("The creator's handle, or how it begins.")
    fields = ["fest", "product", "entry", "starts", "ends"]
