"""What staff write for people, in more than one language."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import JSONField, Value
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Translated(models.Model):
    """A row with texts that may have translations: a record that staff keep, no part of the campaign file. The field
    itself has the text as the organiser wrote it, in whatever language; it is what is shown where there is no other.

    `translations` is {language: {field: text}}, of the languages of settings and the fields of `TRANSLATED`.
    """

    TRANSLATED: ClassVar[tuple[str, ...]] = ("name",)

    translations = models.JSONField(_("translations"), default=dict, db_default=Value({}, JSONField()), blank=True)

    class Meta:
        abstract = True

    @property
    def local(self) -> LocalTexts:
        """Its texts in the language that is active: `board.local.name`."""
        return LocalTexts(self)


class LocalTexts:
    """The translated texts of a row, as attributes."""

    def __init__(self, row: Translated) -> None:
        self._row = row

    def __getattr__(self, field: str) -> Any:
        if field not in self._row.TRANSLATED:
            raise AttributeError(field)
        texts = self._row.translations.get(get_language() or "", {})
        return texts.get(field) or getattr(self._row, field)
