"""The account of a creator, and what they say of themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from creators.models.creator import Creator
from livefest.models import Picture

BIO_LENGTH = 500
MOST_LINKS = 5


class Profile(models.Model):
    """Whose account a creator's is: one creator for an account, one account for a creator, across fests.

    All but `user` is public, and plain text. `links` are up to five web addresses; `language` is that of their LIVEs.
    """

    creator = models.OneToOneField(Creator, models.CASCADE, primary_key=True, related_name="profile")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="profile",
        verbose_name=_("account"),
    )
    bio = models.CharField(_("about"), max_length=BIO_LENGTH, blank=True, default="")
    links = models.JSONField(_("links"), default=list, blank=True)
    language = models.CharField(_("language of their LIVEs"), max_length=16, blank=True, default="")
    picture = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return str(self.creator)
