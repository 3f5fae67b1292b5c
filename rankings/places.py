"""A row of a standing, as every reader of standings and snapshots gives it."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """`position` counts rows from 0 and is unique; `rank` is shared by those who are equal, and the next rank is
    skipped (1, 2, 2, 4)."""

    position: int
    rank: int
    handle: str
    score: int
