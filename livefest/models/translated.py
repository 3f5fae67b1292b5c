"""What staff write for people, in more than one language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import JSONField, QuerySet, Value
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

    def own_text(self, field: str) -> Any:
        """What it says where there is no translation."""
        return getattr(self, field)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """As Django's, and the translations: of known languages, of fields that have some, each as its field may be."""
        super().clean_fields(exclude)
        if exclude is None or "translations" not in exclude:
            problems = list(self._wrong_translations())
            if problems:
                raise ValidationError({"translations": problems})

    def _wrong_translations(self) -> Iterator[ValidationError]:
        languages = dict(settings.LANGUAGES)
        for language, texts in self.translations.items() if isinstance(self.translations, dict) else [("", None)]:
            if not isinstance(texts, dict):
                yield wrong(_("Translations are {language: {field: text}}, not %(value)s."), value=self.translations)
            elif language not in languages:
                known = ", ".join(languages)
                yield wrong(_("“%(value)s” is none of the site's languages (%(known)s)."), value=language, known=known)
            else:
                yield from self._wrong_texts(texts)

    def _wrong_texts(self, texts: dict[str, Any]) -> Iterator[ValidationError]:
        for name, text in texts.items():
            if name not in self.TRANSLATED:
                known = ", ".join(self.TRANSLATED)
                yield wrong(_("“%(value)s” has no translations here (%(known)s have)."), value=name, known=known)
            elif not isinstance(text, str) or not text:
                yield wrong(_("“%(field)s” is translated by %(value)s; write a text."), field=name, value=repr(text))
            else:
                try:
                    self._meta.get_field(name).run_validators(text)  # type: ignore[union-attr]
                except ValidationError as error:
                    yield from error.error_list


def wrong(text: Any, **values: Any) -> ValidationError:
    return ValidationError(text, params=values, code="translations")


class LocalTexts:
    """The translated texts of a row, as attributes."""

    def __init__(self, row: Translated) -> None:
        self._row = row

    def __getattr__(self, field: str) -> Any:
        if field not in self._row.TRANSLATED:
            raise AttributeError(field)
        return translated(self._row.translations, field) or self._row.own_text(field)


def translated(translations: Mapping[str, Mapping[str, str]], field: str) -> str:
    """The text in the language that is active; "" where there is none."""
    return translations.get(get_language() or "", {}).get(field, "")


def local_names(rows: QuerySet[Any]) -> dict[str, str]:
    """By slug what rows are called in the language that is active."""
    found = rows.values_list("slug", "name", "translations")
    return {slug: translated(translations, "name") or name for slug, name, translations in found}


# Texts that are kept for readers whose language isn't known yet: as a row's field where it has no translations, else
# as {language: text}, with what is said in all other languages under this key.
OTHERWISE = ""


def in_each_language(row: Translated, field: str = "name") -> str | dict[str, str]:
    """A text to be kept, and read later by `in_this_language`."""
    own: str = getattr(row, field)
    texts = {language: texts[field] for language, texts in row.translations.items() if texts.get(field)}
    return {OTHERWISE: own, **texts} if texts else own


def in_this_language(kept: Any) -> Any:
    """What was kept in each language, in the one that is active; anything else as it is."""
    if not isinstance(kept, dict) or OTHERWISE not in kept:
        return kept
    return kept.get(get_language() or OTHERWISE) or kept[OTHERWISE]
