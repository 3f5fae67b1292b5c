"""Brings the message catalogs up to date with the code and templates, and compiles them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from livefest.catalogs import languages, untranslated, update_catalog, write_catalog


class Command(BaseCommand):
    help = (
        "Writes livefest/locale/<language>/LC_MESSAGES/django.po and .mo for every language of LANGUAGES but English: "
        "messages that are new without a translation, and none that are gone. Says how many lack one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for language in languages():
            catalog = update_catalog(language)
            write_catalog(catalog, language)
            missing = untranslated(catalog)
            self.stdout.write(f"{language}: {len(catalog)} messages, {len(missing)} not translated")
