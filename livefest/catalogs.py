"""The messages of the code and templates, and their catalogs, one for each language but English.

Django's makemessages needs GNU gettext, which no wheel brings; Babel reads and writes the same files. A catalog is
`livefest/locale/<language>/LC_MESSAGES/django.po`, the compiled one beside it is what runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

LOCALES = Path(__file__).resolve().parent / "locale"
CODE = ("livefest", "creators", "challenges", "rankings", "rewards", "demo")  # whose words people read
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENT = "Translators:"
MADE = datetime(2026, 11, 28, tzinfo=UTC)  # always the same: a catalog changes with its messages alone


def languages() -> list[str]:
    """Those that have a catalog, by their codes in settings: the messages themselves are English."""
    return [code for code, _name in settings.LANGUAGES if code != "en"]


def path_of(language: str) -> Path:
    return LOCALES / to_locale(language) / "LC_MESSAGES" / "django.po"


def sources() -> Iterator[tuple[str, str]]:
    """Path and text of each file that has messages, a template's as code, in the order of their paths."""
    root = Path(settings.BASE_DIR)
    for path in sorted(path for name in CODE for path in (root / name).rglob("*.py")):
        yield str(path.relative_to(root)), path.read_text()
    for path in sorted(path for path in (root / "templates").rglob("*") if path.is_file()):
        # Indentation means nothing in a template, and something in code.
        code = templatize(path.read_text())
        yield str(path.relative_to(root)), "\n".join(line.strip() for line in code.splitlines())


def messages() -> Catalog:
    """All messages as they stand in the code, in the order of the files they come from."""
    found = Catalog(fuzzy=False, charset="utf-8")
    for path, text in sources():
        rows = extract("python", BytesIO(text.encode()), keywords=KEYWORDS, comment_tags=[COMMENT])
        for _line, message, comments, context in rows:
            if not message or message == ("", ""):
                continue
            found.add(message, locations=[(path, 1)], auto_comments=comments, context=context)
    return found


def read_catalog(language: str) -> Catalog:
    """What is translated so far; an empty catalog where there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=to_locale(language), charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=to_locale(language), charset="utf-8", abort_invalid=True)


def update_catalog(language: str) -> Catalog:
    """Its catalog with exactly the messages of now: new ones without a translation, those gone without a trace.
    Nothing is guessed from messages that look alike."""
    catalog = read_catalog(language)
    catalog.update(messages(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = f"# {catalog.locale.english_name if catalog.locale else language} messages of LIVE Fest."
    catalog.project, catalog.version = "livefest", "1"
    catalog.msgid_bugs_address, catalog.last_translator, catalog.language_team = "", "", ""
    catalog.creation_date = catalog.revision_date = MADE
    return catalog


def write_catalog(catalog: Catalog, language: str) -> None:
    """The catalog and its compiled form, the same bytes for the same messages."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=120, omit_header=False, sort_by_file=True, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)


def untranslated(catalog: Catalog) -> list[str]:
    """The messages that have no translation, or one with a form missing."""
    return [
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and not (all(message.string) if isinstance(message.string, tuple) else message.string)
    ]
