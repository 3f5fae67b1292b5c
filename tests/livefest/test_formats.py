"""Days and moments are written as the language of the page does it, by the name of a format."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.utils.formats import get_format

TEMPLATES = [path for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html") if "admin" not in path.parts]
MACHINES = {"c", "Y-m-d"}  # attributes and addresses, not for people


def formats_used() -> set[str]:
    found: set[str] = set()
    for template in TEMPLATES:
        text = template.read_text()
        found.update(re.findall(r"""\|(?:date|time):["']([^"']+)["']""", text))
        found.update(re.findall(r'moment\.html" with [^%]*form="([^"]+)"', text))
        for names in re.findall(r'form=\S+\|yesno:"([^"]+)"', text):
            found.update(names.split(","))
    return found - MACHINES


def test_pages_name_their_formats() -> None:
    assert {name for name in formats_used() if not name.endswith("_FORMAT")} == set()


def test_every_language_has_every_format() -> None:
    unknown = {
        (language, name)
        for language, _ in settings.LANGUAGES
        for name in formats_used()
        if get_format(name, language) == name
    }
    assert unknown == set()
