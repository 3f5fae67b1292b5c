"""Text on pictures and in PDFs: in Figtree, which is shipped as TTF (`rewards/fonts`, Open Font License) because
neither Pillow nor fpdf2 reads the site's woff2. It has Latin letters with all that Europe puts on them.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fpdf2 brings it
from fpdf import FPDF
from PIL import ImageFont

FONT = Path(__file__).parent / "fonts" / "figtree-semibold.ttf"


@lru_cache(maxsize=16)
def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


@lru_cache(maxsize=1)
def letters() -> frozenset[int]:
    """Code points that the font has."""
    with TTFont(FONT) as file:
        return frozenset(file.getBestCmap())


def drawable(text: str, *instead: str) -> str:
    """The first of the texts that the font can draw whole, such as a handle for a name in another script; where it
    can draw none, the last one with "?" for each letter that is missing: never a row of empty boxes."""
    for one in (text, *instead):
        if one.strip() and all(ord(letter) in letters() for letter in one):
            return one
    last = (text, *instead)[-1]
    return "".join(letter if ord(letter) in letters() else "?" for letter in last)


def fitting(text: str, size: int, width: int, *, least: int = 20) -> tuple[str, ImageFont.FreeTypeFont]:
    """The text at the largest size, up to `size`, at which it is no wider; cut with dots where it is at `least`."""
    while size > least and font(size).getlength(text) > width:
        size -= 2
    while len(text) > 1 and font(size).getlength(text) > width:
        text = text[:-2].rstrip() + "…"
    return text, font(size)


def new_pdf(title: str, *, landscape: bool = False, language: str = "en") -> FPDF:
    pdf = FPDF(orientation="landscape" if landscape else "portrait", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_title(title)
    pdf.set_lang(language)
    pdf.add_font("Figtree", fname=FONT)
    pdf.set_font("Figtree", size=14)
    pdf.add_page()
    return pdf
