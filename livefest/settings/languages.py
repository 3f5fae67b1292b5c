"""Which languages a site is offered in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.exceptions import ImproperlyConfigured


def offered_languages(known: Mapping[str, str], wanted: Sequence[str]) -> list[tuple[str, str]]:
    """Code and own name of each, in the order wanted. Raises ImproperlyConfigured."""
    unknown = [code for code in wanted if code not in known]
    if unknown:
        raise ImproperlyConfigured(f"LANGUAGES names {', '.join(unknown)}; there are {', '.join(known)}.")
    if "en" not in wanted:
        raise ImproperlyConfigured("LANGUAGES lacks en: what is not translated is shown in English.")
    return [(code, known[code]) for code in wanted]
