"""Handles that people would take for one another: they differ in case, width or script alone."""

from __future__ import annotations

import unicodedata

from livefest.sql import execute

# Small letters of Cyrillic and Greek, and the Latin ones that they (or their capitals) look like.
LIKE_LATIN = dict(
    zip(
        "авсԁеһіјӏкмнорԛѕтуѵԝх" + "αβγεηικμνορτυχϲ",
        "abcdehijlkmhopqstyvwx" + "abyenikuvoptuxc",
        strict=True,
    )
)
# With the capitals of Latin, Greek and Cyrillic, which lower() leaves alone in some databases.
CAPITALS = [chr(code) for code in (*range(0xC0, 0x250), *range(0x370, 0x530)) if len(chr(code).lower()) == 1]
FOLDS = {letter: LIKE_LATIN.get(letter.lower(), letter.lower()) for letter in [*LIKE_LATIN, *CAPITALS]}
FOLDS = {letter: folded for letter, folded in FOLDS.items() if letter != folded}
SCRIPTS = {"LATIN", "CYRILLIC", "GREEK"}

# No index serves it: it reads all creators once for an application, which is counted (see the view's limit). What has
# letters of ASCII alone, nearly all handles, is compared without being normalized.
FIND = """
SELECT handle FROM creators_creator
WHERE handle <> %(handle)s
  AND (lower(handle) = %(skeleton)s
       OR octet_length(handle) > char_length(handle)
          AND translate(lower(normalize(handle, NFKC)), %(letters)s, %(folded)s) = %(skeleton)s)
ORDER BY handle LIMIT 1
"""


def skeleton(handle: str) -> str:
    """What two handles that look alike have in common."""
    folds = {ord(letter): folded for letter, folded in FOLDS.items()}
    return unicodedata.normalize("NFKC", handle).lower().translate(folds)


def lookalike(handle: str) -> str | None:
    """The handle of another creator that looks like this one."""
    letters = {"letters": "".join(FOLDS), "folded": "".join(FOLDS.values())}
    rows = execute(FIND, {"handle": handle, "skeleton": skeleton(handle), **letters})
    return rows[0][0] if rows else None


def mixes_scripts(handle: str) -> bool:
    """Whether letters of Latin, Cyrillic and Greek stand side by side, which no name needs."""
    letters = (unicodedata.name(letter, "").partition(" ")[0] for letter in unicodedata.normalize("NFKC", handle))
    return len(SCRIPTS.intersection(letters)) > 1
