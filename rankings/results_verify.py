"""Whether a file is that of certified results, and whether what it says still stands in the database, in words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, BinaryIO, NamedTuple

import orjson

from rankings.export import as_text
from rankings.models import Edition
from rankings.results_file import correction_lines, counted, fact_lines, file_lines, sha256

MOST_OF_A_LINE = 64 * 1024  # a longer one is in no file of ours
AT_ONCE = 1024 * 1024


class Finding(NamedTuple):
    holds: bool
    text: str


def edition_with(digest: str) -> Edition | None:
    """The edition whose file has this SHA-256 (hex)."""
    return Edition.objects.filter(sha256=digest).select_related("fest", "replaced_by").first()


def verify(file: BinaryIO) -> Iterator[Finding]:
    """What is found of a file that can be read twice, one thing after the other. In a transaction."""
    digest = sha256_of(file)
    edition = edition_with(digest)
    if edition:
        yield Finding(True, f"SHA-256 {digest} is that of {named(edition)}")
    else:
        yield Finding(False, f"SHA-256 {digest} is that of no certified results")
        file.seek(0)
        edition = edition_said(file.readline(MOST_OF_A_LINE))
        if edition is None:
            return
        yield Finding(False, f"It says to be {named(edition)}, which has SHA-256 {edition.sha256}")
    file.seek(0)
    yield compared(file, edition)
    yield from grounds_of(edition)
    if hasattr(edition, "replaced_by"):
        later = edition.replaced_by
        yield Finding(True, f"Edition {later.number} of {as_text(later.certified_at)} took its place: {later.reason}")


def sha256_of(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while part := file.read(AT_ONCE):
        digest.update(part)
    return digest.hexdigest()


def edition_said(head: bytes) -> Edition | None:
    """The edition that a file's first line names."""
    try:
        said: Any = orjson.loads(head)
        slug, number = str(said["fest"]), int(said["edition"])
    except (ValueError, TypeError, KeyError):
        return None
    if not 0 < number < 2**31:
        return None
    found = Edition.objects.filter(fest__slug=slug, number=number)
    return found.select_related("fest", "replaced_by").first()


def compared(file: BinaryIO, edition: Edition) -> Finding:
    """The file beside the rows that are stored, line by line."""
    number = 0
    lines = iter(lambda: file.readline(MOST_OF_A_LINE), b"")
    for number, (given, stored) in enumerate(zip_longest(lines, file_lines(edition)), start=1):
        if given == stored:
            continue
        if given is None:
            return Finding(False, f"The file ends after line {number - 1}; what is stored goes on")
        if stored is None:
            return Finding(False, f"The file has more than the {number - 1} lines that are stored")
        return Finding(False, f"Line {number} is {legible(given)}; stored is {legible(stored)}")
    return Finding(True, f"All {number} lines are as they are stored")


def legible(line: bytes) -> str:
    return repr(line[:200].decode("utf-8", "replace").rstrip("\n"))


def grounds_of(edition: Edition) -> Iterator[Finding]:
    """Whether campaign, facts and corrections are as the edition counted them."""
    same = sha256(edition.campaign.encode()) == edition.campaign_sha256
    yield Finding(
        same, f"The campaign file that is stored has{'' if same else ' not'} SHA-256 {edition.campaign_sha256}"
    )
    facts = counted(fact_lines(edition.fest))
    if (facts.count, facts.sha256) == (edition.facts_count, edition.facts_sha256):
        yield Finding(True, f"The {facts.count} facts are those that were counted, digest {facts.sha256}")
    else:
        yield Finding(
            False,
            f"There are {facts.count} facts with digest {facts.sha256}; "
            f"counted were {edition.facts_count} with digest {edition.facts_sha256}",
        )
    corrections = counted(correction_lines(edition.corrections))
    same = (corrections.count, corrections.sha256) == (edition.corrections_count, edition.corrections_sha256)
    what = f"corrections that were in force, digest {edition.corrections_sha256}"
    if same:
        yield Finding(True, f"The {edition.corrections_count} {what}, say the same")
    else:
        yield Finding(False, f"The {edition.corrections_count} {what}, don't say the same any more")


def named(edition: Edition) -> str:
    return f"{edition.fest.name}, edition {edition.number}, certified at {as_text(edition.certified_at)}"
