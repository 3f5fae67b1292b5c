"""Text that spreadsheets open."""

from __future__ import annotations

COMPUTED = ("=", "+", "-", "@", "\t", "\r")  # what begins so is computed, not shown


def as_cell(text: str) -> str:
    """As spreadsheets take it for text: what they would compute has an apostrophe before it."""
    return f"'{text}" if text.startswith(COMPUTED) else text
