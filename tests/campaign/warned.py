"""A campaign with nothing likely wrong in it, and what edits to it are warned of."""

from __future__ import annotations

from livefest.campaign import file_warnings
from tests.campaign.documents import GALA, Document, Edits, edited, toml

# Edits to QUIET, and the warnings that they bring; none where the edits are right.
Warned = dict[str, tuple[Edits, *tuple[str, ...]]]

# GALA with a rule for its paid metric.
QUIET = edited(GALA, {"rules.3": {"slug": "prize", "metric": "prize", "points": 1}})

# Edits by which every board of points names its rules, one of them all that the others leave.
NAMING: Edits = {
    "boards.1.rules": ["gifts", "hours"],
    "boards.2.rules": ["haul", "prize", "bonus"],
    "boards.3.rules": ["gifts"],
}


def warnings(document: Document) -> list[str]:
    return [str(warning) for warning in file_warnings(toml(document))]


def assert_warned(table: Warned, name: str) -> None:
    edits, *expected = table[name]
    assert warnings(edited(QUIET, edits)) == expected


def too_long(path: str, seconds: int, place: str, available: int) -> str:
    return (
        f"{path}: {seconds} s is longer than {place} ({available} s), so nobody gets there; write at most {available}"
    )
