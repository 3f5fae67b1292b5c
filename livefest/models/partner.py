"""Who makes the fest possible."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livefest.models.fest import SLUG_PATTERN, Fest, slug_validator
from livefest.models.picture import Picture
from livefest.models.translated import Translated


class Partner(Translated):
    """A partner of a fest, with a page of its own. A record, no part of the campaign file."""

    TRANSLATED = ("name", "text")

    fest = models.ForeignKey(Fest, models.CASCADE, db_index=False, related_name="partners", verbose_name=_("fest"))
    slug = models.CharField(_("slug"), max_length=64, validators=[slug_validator])
    position = models.PositiveIntegerField(_("position"), default=0, help_text=_("Order in lists."))
    name = models.CharField(_("name"), max_length=200)
    text = models.TextField(
        _("text"), blank=True, default="", help_text=_("Plain text; an empty line begins a new paragraph.")
    )
    url = models.CharField(_("address"), max_length=500, blank=True, default="")
    picture = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )

    class Meta:
        ordering = ["fest", "position", "id"]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.UniqueConstraint(name="partner_slug_unique", fields=["fest", "slug"]),
            models.UniqueConstraint(name="partner_of_fest", fields=["fest", "id"]),
            models.CheckConstraint(name="partner_slug_form", condition=Q(slug__regex=SLUG_PATTERN)),
            models.CheckConstraint(name="partner_name_given", condition=~Q(name="")),
            models.CheckConstraint(name="partner_url_is_web", condition=Q(url="") | Q(url__regex="^https://")),
        ]

    def __str__(self) -> str:
        return self.name
