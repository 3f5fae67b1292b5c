"""PDFs, in the font that pictures have (`livefest/drawing.py`)."""

from __future__ import annotations

from fpdf import FPDF

from livefest.drawing import FONT


def new_pdf(title: str, *, landscape: bool = False, language: str = "en") -> FPDF:
    pdf = FPDF(orientation="landscape" if landscape else "portrait", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_title(title)
    pdf.set_lang(language)
    pdf.add_font("Figtree", fname=FONT)
    pdf.set_font("Figtree", size=14)
    pdf.add_page()
    return pdf
