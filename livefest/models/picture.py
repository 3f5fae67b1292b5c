"""Pictures that people upload and pages show."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Picture(models.Model):
    """A picture as we made it from what was uploaded: WebP, without metadata. It is known by the SHA-256 of its
    bytes and lies in the database, so that every web process has it and backups hold it."""

    digest = models.CharField(_("digest"), max_length=64, unique=True)
    content = models.BinaryField(_("content"))
    size = models.PositiveSmallIntegerField(_("pixels a side"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        db_table = "creators_picture"  # where it was made; the name is nobody's but the database's
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(name="picture_digest_form", condition=Q(digest__regex="^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return self.digest[:12]
