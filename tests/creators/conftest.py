"""Fests with creators, and reports to send to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from creators.creators_file import load_creators
from creators.models import Mark, Source
from creators.sources import create_source
from livefest.models import Fest
from tests.conftest import CAMPAIGNS, fest_of_sample
from tests.kept import kept

DURING = datetime(2026, 2, 15, 12, tzinfo=UTC)  # in the middle of uk-valentine


@pytest.fixture
def fest(db: None) -> Fest:
    """uk-valentine with the 29 creators of its example, scored: no marks are left of their groups."""
    return kept(example)


def example() -> Fest:
    fest = fest_of_sample("uk-valentine")
    load_creators(fest=fest, data=(CAMPAIGNS / "uk-valentine.example.creators.csv").read_bytes())
    Mark.objects.all().delete()
    return fest


@pytest.fixture
def source(fest: Fest) -> Source:
    return create_source(fest=fest, name="platform")


def fact(id: str = "f-1", **changes: Any) -> dict[str, Any]:
    """A fact that is accepted at DURING, as JSON has it; a change to None leaves the key out."""
    values = {
        "id": id,
        "creator": "ada.live",
        "metric": "coins",
        "quantity": 100,
        "at": "2026-02-15T10:00:00Z",
        **changes,
    }
    return {key: value for key, value in values.items() if value is not None}


def reversal(id: str, reverses: str, **changes: Any) -> dict[str, Any]:
    """A reversal of `fact(reverses)`."""
    return fact(id, **{"quantity": -100, "reverses": reverses, **changes})
