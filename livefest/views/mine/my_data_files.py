"""The export of somebody's data, as one JSON file and as a zip of CSV files, a few rows in memory at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from django.db import transaction

from creators.models import Profile
from livefest import clock
from livefest.spreadsheets import as_cell
from livefest.views.mine.my_data_sections import SECTIONS, Owner

PIECE = 64 * 1024  # bytes that go out together


def json_pieces(owner: Owner) -> Iterator[bytes]:
    """{"made_at": …, "SECTION": [{…}, …], …}"""
    piece = bytearray(b'{"made_at":' + dumped(clock.now()))
    for section in SECTIONS:
        piece += b',\n"' + section.name.encode() + b'":['
        between = b"\n"
        for row in section.rows(owner):
            piece += between + dumped(dict(zip(section.columns, row, strict=True)))
            between = b",\n"
            if len(piece) >= PIECE:
                yield bytes(piece)
                piece.clear()
        piece += b"]"
    yield bytes(piece + b"}\n")


def csv_zip(owner: Owner) -> IO[bytes]:
    """A file that is gone once it is closed: a CSV file of each section, and the picture."""
    file = TemporaryFile()  # noqa: SIM115  who sends it closes it
    with ZipFile(file, "w", ZIP_DEFLATED) as archive, transaction.atomic():
        for section in SECTIONS:
            with (
                archive.open(f"{section.name}.csv", "w", force_zip64=True) as entry,
                TextIOWrapper(entry, encoding="utf-8", newline="") as text,
            ):
                writer = csv.writer(text)
                writer.writerow(section.columns)
                writer.writerows([cell(value) for value in row] for row in section.rows(owner))
        shown = Profile.objects.filter(user=owner.user, picture__isnull=False)
        for content in shown.values_list("picture__content", flat=True):
            archive.writestr("picture.webp", bytes(content))
    file.seek(0)
    return file


def dumped(value: Any) -> bytes:
    return orjson.dumps(value, default=str)


def cell(value: Any) -> str:
    """As text; moments and lists as in JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return as_cell(value)
    return dumped(value).decode().strip('"')
