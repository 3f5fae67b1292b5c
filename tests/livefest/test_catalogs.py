"""Every language has every message, in its own words."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import django
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language_info, ngettext, override, to_locale

from livefest.catalogs import languages, messages, path_of, read_catalog
from livefest.settings.languages import offered_languages
from tests.livefest.same_words import SAME, SAME_EVERYWHERE

# What a translation must have as the message has it: places to fill in, and elements.
HELD = re.compile(r"%\([a-z_0-9]+\)[sd]|%[sd]|%%|\{[a-z_]*\}|</?[a-z][^>]*>", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture(scope="module")
def code() -> Catalog:
    return messages()


def key(message: Message) -> tuple[str | None, object]:
    return message.context, message.id


def forms(message: Message) -> tuple[str, ...]:
    found = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return tuple(text or "" for text in found)


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


@pytest.mark.parametrize("language", languages())
def test_catalog_has_exactly_the_messages_of_the_code(code: Catalog, language: str) -> None:
    stored = read_catalog(language)
    assert {key(one) for one in code} == {key(one) for one in stored}
    assert not stored.obsolete


@pytest.mark.parametrize("language", languages())
def test_nothing_is_missing_empty_or_fuzzy(language: str) -> None:
    catalog = read_catalog(language)
    wrong = [
        singular(one)
        for one in catalog
        if one.id and (one.fuzzy or len(forms(one)) != expected(one, catalog) or not all(map(str.strip, forms(one))))
    ]
    assert wrong == []


def expected(message: Message, catalog: Catalog) -> int:
    return catalog.num_plurals if message.pluralizable else 1


@pytest.mark.parametrize("language", languages())
def test_nothing_is_copied_but_what_is_the_same(language: str) -> None:
    catalog = read_catalog(language)
    copied = {
        singular(one)
        for one in catalog
        if one.id and singular(one) in forms(one) and WORD.search(HELD.sub("", singular(one)))
    }
    same = SAME_EVERYWHERE | SAME[language]
    assert copied - same == set()
    assert SAME[language] - copied == set(), "these are translated: take them off the list"


@pytest.mark.parametrize("language", languages())
def test_places_to_fill_in_and_elements_are_kept(language: str) -> None:
    """A form for one number alone may leave that number out."""
    wrong = []
    for one in read_catalog(language):
        if not one.id:
            continue
        ids = (one.id,) if isinstance(one.id, str) else tuple(one.id)
        known = [set(HELD.findall(text)) for text in ids]
        needed = set.intersection(*known) if len(known) > 1 and len(forms(one)) > 1 else known[-1]
        for text in forms(one):
            held = set(HELD.findall(text))
            exact = len(forms(one)) > 1 and text != forms(one)[-1]
            lacks = {place for place in needed - held if not (exact and place.startswith("%("))}
            if held - set.union(*known) or lacks:
                wrong.append((singular(one), text))
    assert wrong == []


@pytest.mark.parametrize("language", languages())
def test_compiled_catalog_is_that_of_the_text(language: str) -> None:
    path = path_of(language).with_suffix(".mo")
    buffer = BytesIO()
    write_mo(buffer, read_catalog(language))
    assert read_mo(BytesIO(path.read_bytes())).num_plurals == read_catalog(language).num_plurals
    assert path.read_bytes() == buffer.getvalue()


def test_plural_forms_are_those_of_the_language() -> None:
    text = ("%(number)s point", "%(number)s points")
    said = {}
    for language in ("es", "pt-br", "ar", "id", "ja"):
        with override(language):
            said[language] = len(
                {ngettext(*text, number).replace("%(number)s", "n") for number in (0, 1, 2, 5, 25, 100)}
            )
    assert said["ar"] >= 3
    assert {said["id"], said["ja"]} == {1}
    assert {said["es"], said["pt-br"]} == {2}


def test_django_has_words_of_its_own_in_each_language() -> None:
    root = Path(django.__file__).parent / "conf" / "locale"
    assert [code for code in languages() if not (root / to_locale(code)).is_dir()] == []
    named = {code: get_language_info(code)["name_local"].lower() for code, _name in settings.LANGUAGES}
    assert {code for code, name in settings.LANGUAGES if name.lower() != named[code]} == {"ar", "pt-br"}


def test_site_may_be_offered_in_fewer_languages_with_english() -> None:
    known = {"en": "English", "ja": "日本語"}
    assert offered_languages(known, ["ja", "en"]) == [("ja", "日本語"), ("en", "English")]
    with pytest.raises(ImproperlyConfigured, match="LANGUAGES names xx; there are en, ja."):
        offered_languages(known, ["en", "xx"])
    with pytest.raises(ImproperlyConfigured, match="LANGUAGES lacks en"):
        offered_languages(known, ["ja"])
