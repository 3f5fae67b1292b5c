"""A certified fest with rewards of every kind (tests/rewards/prizes.py)."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from livefest.models import Fest
from tests.kept import kept
from tests.rewards.prizes import after_grace, certified


@pytest.fixture
def fest(db: None, settings: Settings) -> Fest:
    """Certified at the end of grace, which is now; nothing is proposed yet."""
    after_grace(settings)
    return kept(certified)
