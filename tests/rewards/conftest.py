"""A certified fest with rewards of every kind (tests/rewards/prizes.py)."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from livefest.models import Fest
from tests.kept import kept
from tests.rewards.prizes import OVER, certified


@pytest.fixture
def fest(db: None, settings: Settings) -> Fest:
    """Certified at the end of grace, which is now; nothing is proposed yet."""
    settings.LIVEFEST_NOW = OVER
    settings.LARGE_CORRECTION_POINTS = 10**12
    settings.LARGE_CORRECTION_CREATORS = 10**6
    return kept(certified)
