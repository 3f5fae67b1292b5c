"""Text on pictures and in PDFs, and the festival's poster: rays from a sun, and bunting.

Text is in Figtree, which is shipped as TTF (`livefest/fonts`, Open Font License) because neither Pillow nor fpdf2 reads
the site's woff2. It has Latin letters with all that Europe puts on them; `drawable` says what to write instead of what
it lacks.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import get_language, override
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fpdf2 brings it
from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).parent / "fonts" / "figtree-semibold.ttf"
WIDTH, HEIGHT = 1200, 630  # as pages are shown where they are shared
INK, QUIET, SUN = "#fff6ee", "#ffdccb", "#ffb52e"
FLAGS = [SUN, "#ff5c39", "#00a699", "#7a3cff", "#e0218a"]
FLAG = 40  # pixels of a pennant, wide and high
SMOOTH = 2  # drawn so many times as large: Pillow draws shapes with jagged edges
COLOURS = 128  # of a drawn picture: a fifth of the bytes, and nobody sees it


class Scene(NamedTuple):
    """The poster's colours, and where its sun stands."""

    ground: str
    ray: str
    glow: str
    centre: tuple[int, int]
    radius: int


@lru_cache(maxsize=32)
def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


@lru_cache(maxsize=1)
def letters() -> frozenset[int]:
    """Code points that the font has."""
    with TTFont(FONT) as file:
        return frozenset(file.getBestCmap())


def can_draw(text: str) -> bool:
    return bool(text.strip()) and all(ord(letter) in letters() for letter in text)


def drawable(text: str, *instead: str) -> str:
    """The first of the texts that the font can draw whole, such as a handle for a name in another script; where it
    can draw none, the last one with "?" for each letter that is missing: never a row of empty boxes."""
    for one in (text, *instead):
        if can_draw(one):
            return one
    last = (text, *instead)[-1]
    return "".join(letter if ord(letter) in letters() else "?" for letter in last)


def in_words(words: Callable[[], str]) -> str:
    """The site's own words in the language that is active; in English where the font can't draw those; nothing where
    there is a name among them that it can't draw either."""
    for language in (get_language(), settings.LANGUAGE_CODE):
        with override(language):
            text = words()
        if can_draw(text):
            return text
    return ""


def fitting(text: str, size: int, width: int, *, least: int = 20) -> tuple[str, ImageFont.FreeTypeFont]:
    """The text at the largest size, up to `size`, at which it is no wider; cut with dots where it is at `least`."""
    while size > least and font(size).getlength(text) > width:
        size -= 2
    while len(text) > 1 and font(size).getlength(text) > width:
        text = text[:-2].rstrip() + "…"
    return text, font(size)


def wrapped(text: str, size: int, width: int, *, lines: int, least: int = 40) -> tuple[list[str], int]:
    """The text in no more than so many lines, at the largest size up to `size` at which it fits; cut with dots where it
    is at `least`."""
    found = broken(text, size, width)
    while size > least and (len(found) > lines or any(font(size).getlength(line) > width for line in found)):
        size -= 4
        found = broken(text, size, width)
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [fitting(line, size, width, least=size)[0] for line in found], size


def broken(text: str, size: int, width: int) -> list[str]:
    """Between its words, wherever the next would not fit; a word that is wider is a line of its own."""
    found: list[str] = []
    for word in text.split():
        longer = f"{found[-1]} {word}" if found else word
        if found and font(size).getlength(longer) <= width:
            found[-1] = longer
        else:
            found.append(word)
    return found


def poster(scene: Scene) -> Image.Image:
    """The site's poster, to draw on."""
    return painted(scene).copy()


@lru_cache(maxsize=8)
def painted(scene: Scene) -> Image.Image:
    size = (WIDTH * SMOOTH, HEIGHT * SMOOTH)
    picture = Image.new("RGB", size, scene.ground)
    draw = ImageDraw.Draw(picture)
    x, y = (at * SMOOTH for at in scene.centre)
    far, radius, flag = size[0] * 2, scene.radius * SMOOTH, FLAG * SMOOTH
    for ray in range(0, 360, 12):
        draw.pieslice((x - far, y - far, x + far, y + far), ray, ray + 6, fill=scene.ray)
    for round_, colour in ((radius, scene.glow), (radius * 3 // 4, SUN)):
        draw.ellipse((x - round_, y - round_, x + round_, y + round_), fill=colour)
    for number in range(size[0] // flag):
        left, colour = number * flag, FLAGS[number % len(FLAGS)]
        draw.polygon([(left, size[1]), (left + flag, size[1]), (left + flag // 2, size[1] - flag)], fill=colour)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.BOX)


def as_png(picture: Image.Image) -> bytes:
    """Of what was drawn."""
    file = io.BytesIO()
    picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, "PNG")
    return file.getvalue()


def as_jpeg(picture: Image.Image) -> bytes:
    """Of what has a photograph in it: no more than 300 KB."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=82)
    return file.getvalue()
