"""What is drawn of each kind of page, from texts and numbers alone: the headline beside the sun, and what stands below.

Everything runs from the left to the right, also on pages in Arabic: the font has Latin letters only, so that whatever
is drawn is written that way.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageOps

from livefest.drawing import (
    HEIGHT,
    INK,
    QUIET,
    SUN,
    WIDTH,
    Scene,
    as_jpeg,
    as_png,
    fitting,
    font,
    poster,
    wrapped,
)

MARGIN = 64
STAGE, ON_SUN, LIVE = "#8c0b56", "#3b0a45", "#c01a1a"
PANEL = "#4d0636"
BIG = Scene(STAGE, ray="#9b1160", glow="#ab2c25", centre=(WIDTH - 260, 270), radius=220)
SMALL = Scene(STAGE, ray="#9b1160", glow="#ab2c25", centre=(WIDTH - 130, 90), radius=130)
ROW, ROWS_FROM = 74, 204
FACE = 2 * 165  # pixels of a picture in the sun


class Line(NamedTuple):
    """A row of a board; `region` is a code, or empty."""

    rank: str
    name: str
    region: str
    score: str


def headline(
    title: str, *, eyebrow: str, lines: Sequence[str] = (), in_sun: str = "", face: bytes = b"", live: str = ""
) -> bytes:
    """A title beside the sun, over some lines, of which the first stands out. In the sun a word or a picture (WebP),
    else what the site's icon shows; under it that somebody is LIVE, in that word."""
    picture = poster(BIG)
    draw = ImageDraw.Draw(picture)
    room = BIG.centre[0] - BIG.radius - MARGIN - 24
    down = 76
    write(draw, (MARGIN, down), eyebrow, 34, room, QUIET)
    down += 56
    shown, size = wrapped(title, 92, room, lines=3)
    for line in shown:
        draw.text((MARGIN, down), line, font=font(size), fill=INK)
        down += round(size * 1.12)
    down += 22
    for number, line in enumerate(lines):
        size, colour = (46, SUN) if number == 0 else (32, QUIET)
        write(draw, (MARGIN, down), line, size, room, colour)
        down += round(size * 1.4)
    into_the_sun(picture, draw, word=in_sun, face=face)
    if live:
        badge(draw, live)
    return as_jpeg(picture) if face else as_png(picture)


def table(title: str, *, eyebrow: str, line: str, rows: Sequence[Line], empty: str) -> bytes:
    """A board: its first rows, or a sentence where there are none."""
    picture = poster(SMALL)
    draw = ImageDraw.Draw(picture)
    room = SMALL.centre[0] - SMALL.radius - MARGIN - 24
    write(draw, (MARGIN, 34), eyebrow, 28, room, QUIET)
    write(draw, (MARGIN, 70), title, 68, room, INK)
    write(draw, (MARGIN, 152), line, 30, room, QUIET)
    play(draw, SMALL.centre, 46)
    for number, row in enumerate(rows):
        draw_row(draw, row, ROWS_FROM + number * ROW, best=number == 0)
    if not rows:
        write(draw, (MARGIN, ROWS_FROM + ROW), empty, 46, WIDTH - 2 * MARGIN, INK)
    return as_png(picture)


def draw_row(draw: ImageDraw.ImageDraw, row: Line, down: int, *, best: bool) -> None:
    ground, ink, quiet = (SUN, ON_SUN, ON_SUN) if best else (PANEL, INK, QUIET)
    draw.rounded_rectangle((MARGIN - 24, down, WIDTH - MARGIN + 24, down + ROW - 8), radius=16, fill=ground)
    middle = down + (ROW - 8) // 2
    write(draw, (MARGIN, middle), row.rank, 38, 96, ink, anchor="lm")
    right = WIDTH - MARGIN
    right -= write(draw, (right, middle), row.score, 38, 330, ink, anchor="rm") + 32
    if row.region:
        right -= write(draw, (right, middle), row.region, 26, 60, quiet, anchor="rm") + 24
    write(draw, (MARGIN + 110, middle), row.name, 38, right - MARGIN - 110, ink, anchor="lm", least=30)


def photograph(content: bytes) -> bytes:
    """A picture of ours (WebP) in the size in which pages are shown."""
    with Image.open(io.BytesIO(content), formats=["WEBP"]) as image:
        return as_jpeg(ImageOps.fit(image.convert("RGB"), (WIDTH, HEIGHT)))


def into_the_sun(picture: Image.Image, draw: ImageDraw.ImageDraw, *, word: str, face: bytes) -> None:
    x, y = BIG.centre
    if face:
        with Image.open(io.BytesIO(face), formats=["WEBP"]) as image:
            fitted = ImageOps.fit(image.convert("RGB"), (FACE, FACE))
        mask = Image.new("L", (FACE * 2, FACE * 2))
        ImageDraw.Draw(mask).ellipse((0, 0, FACE * 2, FACE * 2), fill=255)
        picture.paste(fitted, (x - FACE // 2, y - FACE // 2), mask.resize((FACE, FACE), Image.Resampling.BOX))
    elif word:
        write(draw, BIG.centre, word, 130, BIG.radius + 40, ON_SUN, anchor="mm")
    else:
        play(draw, BIG.centre, 82)


def play(draw: ImageDraw.ImageDraw, centre: tuple[int, int], size: int) -> None:
    """The site's icon."""
    x, y = centre
    draw.polygon([(x - size * 2 // 3, y - size), (x - size * 2 // 3, y + size), (x + size, y)], fill=ON_SUN)


def badge(draw: ImageDraw.ImageDraw, word: str) -> None:
    x, y = BIG.centre[0], BIG.centre[1] + BIG.radius - 14
    shown, face = fitting(word, 40, 200)
    half = round(face.getlength(shown)) // 2 + 30
    draw.rounded_rectangle((x - half, y - 34, x + half, y + 34), radius=34, fill=LIVE, outline=INK, width=4)
    draw.text((x, y), shown, font=face, fill=INK, anchor="mm")


def write(
    draw: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    size: int,
    width: int,
    fill: str,
    *,
    anchor: str = "la",
    least: int = 20,
) -> int:
    """Text no wider than so many pixels, smaller where it has to be; how wide it became."""
    shown, face = fitting(text, size, width, least=least)
    draw.text(at, shown, font=face, fill=fill, anchor=anchor)
    return round(face.getlength(shown))
