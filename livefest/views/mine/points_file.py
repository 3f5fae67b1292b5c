"""All of a creator's points as CSV: one line for each part and rule, and for what counts for nothing. The points of all
lines of a rule add up to what it gave."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext as _

from livefest.spreadsheets import as_cell
from livefest.views.mine.points_page import Words, why_text
from rankings.explain import plain
from rankings.export import as_text
from rankings.reason_parts import Uncounted
from rankings.reasons import Day, Reasons, Row

HEADER = (
    *("day", "at", "session", "source id", "metric", "quantity", "rule", "multiplier", "points"),
    *("stopped_by", "note"),
)

Cells = tuple[object, ...]


def points_file(reasons: Reasons, words: Words) -> Iterator[str]:
    """Line by line; moments are UTC, days the fest's, and one outside of the fest has none."""
    yield line_of(HEADER)
    for day in reasons.all_days():
        for cells in day_lines(day, words):
            yield line_of(cells)
    for one in reasons.outside():
        yield line_of(uncounted_line(one, words))


def day_lines(day: Day, words: Words) -> Iterator[Cells]:
    for one in day.adjustments:
        if one.quantity is not None and one.quantity < 0 and one.metric:
            note = as_cell(f"{_('taken away by staff')}: {one.reason}")
            yield day.day, "", "", "", one.metric.slug, one.quantity, "", "", "", "", note
    for row in day.rows:
        yield from row_lines(day, row, words)
    for uncounted in day.uncounted:
        yield uncounted_line(uncounted, words)


def row_lines(day: Day, row: Row, words: Words) -> Iterator[Cells]:
    part = row.part
    start = (
        *(day.day, as_text(part.at), as_cell(part.session), as_cell(part.id)),
        *(words.metrics[part.metric_id].slug, plain(part.quantity)),
    )
    note = as_cell(note_of(day, row, words))
    for one in row.given:
        yield *start, one.rule.slug, one.multiplier, one.points, one.stop or "", note
    if not row.given:
        yield *start, "", "", 0, "", note


def note_of(day: Day, row: Row, words: Words) -> str:
    payment = day.payments.get(row.part.payment_id or 0)
    added = next((one for one in day.adjustments if one.pk == row.part.correction_id), None)
    notes = [payment.entitlement if payment else "", added.reason if added else "", words.row(row).note]
    return "; ".join(note for note in notes if note)


def uncounted_line(one: Uncounted, words: Words) -> Cells:
    start = one.day or "", as_text(one.at), as_cell(one.session), as_cell(one.id)
    return *start, words.metrics[one.metric_id].slug, one.quantity, "", "", 0, one.why, as_cell(why_text(one))


def line_of(cells: Cells) -> str:
    out = StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
