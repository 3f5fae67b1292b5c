"""What creators show in their LIVEs to be bought."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creators.models.creator import Entry
from livefest.models import SLUG_PATTERN, Fest, Partner, Picture, Translated, slug_validator


class Product(Translated):
    """Something that is sold elsewhere and shown in LIVEs; every link to it is marked as sponsored. The price is what
    the organiser wrote, in minor units of the currency (ISO 4217); None where none is told. A record, no part of the
    campaign file."""

    TRANSLATED = ("name", "text")

    fest = models.ForeignKey(Fest, models.CASCADE, db_index=False, related_name="products", verbose_name=_("fest"))
    slug = models.CharField(_("slug"), max_length=64, validators=[slug_validator])
    position = models.PositiveIntegerField(_("position"), default=0, help_text=_("Order in lists."))
    name = models.CharField(_("name"), max_length=200)
    text = models.CharField(_("text"), max_length=500, blank=True, default="")
    url = models.CharField(_("address"), max_length=500)
    price = models.PositiveBigIntegerField(_("price"), null=True, blank=True, help_text=_("In minor units."))
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="", help_text=_("Such as USD."))
    # Of the same fest (migration 0011).
    partner = models.ForeignKey(
        Partner,
        models.SET_NULL,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="products",
        verbose_name=_("partner"),
    )
    picture = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )

    class Meta:
        ordering = ["fest", "position", "id"]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(name="product_slug_unique", fields=["fest", "slug"]),
            models.UniqueConstraint(name="product_of_fest", fields=["fest", "id"]),
            models.CheckConstraint(name="product_slug_form", condition=Q(slug__regex=SLUG_PATTERN)),
            models.CheckConstraint(name="product_name_given", condition=~Q(name="")),
            models.CheckConstraint(name="product_url_is_web", condition=Q(url__regex="^https://")),
            models.CheckConstraint(
                name="product_price_whole",
                condition=Q(price=None, currency="") | Q(price__isnull=False, currency__regex="^[A-Z]{3}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProductShown(models.Model):
    """That a creator shows a product in their LIVEs, from when and until when."""

    # With the fest in the keys of both (migration 0011).
    fest = models.ForeignKey(Fest, models.CASCADE, db_index=False, related_name="+")
    product = models.ForeignKey(
        Product, models.CASCADE, db_constraint=False, db_index=False, related_name="shown", verbose_name=_("product")
    )
    entry = models.ForeignKey(
        Entry, models.CASCADE, db_constraint=False, related_name="products_shown", verbose_name=_("creator")
    )
    starts = models.DateTimeField(_("from"), null=True, blank=True, help_text=_("Empty: from the fest's start."))
    ends = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: until the fest's end."))

    class Meta:
        ordering = ["product", "id"]
        verbose_name = _("product shown in LIVEs")
        verbose_name_plural = _("products shown in LIVEs")
        constraints = [
            models.UniqueConstraint(name="productshown_once", fields=["product", "entry"]),
            models.CheckConstraint(
                name="productshown_starts_before_end",
                condition=Q(starts=None) | Q(ends=None) | Q(starts__lt=F("ends")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.entry}"
