"""How much the heaviest tests do. `make test` draws a twelfth of the random examples and ranks a smaller crowd, so that
it stays within a quarter of an hour on two cores; `LIVEFEST_TEST_EFFORT=full make test` does everything."""

from __future__ import annotations

import os

FULL = os.environ.get("LIVEFEST_TEST_EFFORT") == "full"


def draws(number: int) -> int:
    """How many of so many random examples are drawn."""
    return number if FULL else max(1, number // 12)


def crowd_of(number: int) -> int:
    """How many creators of so many take part."""
    return number if FULL else number // 10
