"""The file of a payout batch, and amounts in words."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import ngettext

from livefest.spreadsheets import as_cell
from rewards.models import Award
from rewards.wording import MINOR_DIGITS, money

COLUMNS = ["batch", "line", "award", "handle", "name", "amount", "amount_shown", "unit", "payee"]
DIAMONDS, PIECES = "diamonds", "pieces"


class Payment(NamedTuple):
    """A line to be. `name` and `payee` are personal data: they go nowhere but into the file."""

    award: Award
    name: str
    payee: str


def as_csv(number: int, payments: Sequence[Payment]) -> bytes:
    """The file of a batch: UTF-8, one line feed after each line, lines numbered from 1 in the order of `payments`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line, (award, name, payee) in enumerate(payments, start=1):
        amount = [award.amount, decimal(award.amount, award.unit), award.unit]
        writer.writerow([number, line, award.pk, defused(award.handle), defused(name), *amount, defused(payee)])
    return text.getvalue().encode()


def defused(text: str) -> str:
    """In one line, and nothing that a spreadsheet takes for a formula."""
    flat = "".join(" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text).strip()
    return as_cell(flat)


def decimal(amount: int, unit: str) -> str:
    """An amount in whole units, the same in every language: 500000 of USD is "5000.00"."""
    digits = 0 if unit == DIAMONDS else MINOR_DIGITS.get(unit, 2)
    whole, rest = divmod(amount, 10**digits)
    return f"{whole}.{rest:0{digits}}" if digits else str(whole)


def amount_text(amount: int, unit: str) -> str:
    """An amount in the reader's language: "5,000.00 USD", "1 Diamond", "2 pieces"; a difference may be below zero."""
    if amount < 0:
        return f"−{amount_text(-amount, unit)}"
    if unit == DIAMONDS:
        number = number_format(amount, use_l10n=True, force_grouping=True)
        return ngettext("%(number)s Diamond", "%(number)s Diamonds", amount) % {"number": number}
    if unit == PIECES:
        return ngettext("%(amount)d piece", "%(amount)d pieces", amount) % {"amount": amount}
    return money(amount, unit)
