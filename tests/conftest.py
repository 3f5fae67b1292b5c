"""What all tests share. They run against real PostgreSQL and Valkey of their own (livefest.settings.test)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test import TransactionTestCase

from livefest.campaign import load_campaign
from livefest.models import Fest

CAMPAIGNS = Path(__file__).parent / "campaigns"
APPEND_ONLY = ["creators_fact"]


@contextmanager
def append_only_lifted() -> Iterator[None]:
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for table in APPEND_ONLY:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture(autouse=True, scope="session")
def _flush_may_truncate_facts() -> Iterator[None]:
    """A test that commits is cleaned up by TRUNCATE, which the facts' trigger refuses: lifted for that flush alone."""
    teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def lifted_teardown(self: TransactionTestCase) -> None:
        with append_only_lifted():
            teardown(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lifted_teardown)
        yield


@pytest.fixture
def campaigns() -> Path:
    """The folder of the sample campaigns, copies of those in shared/."""
    return CAMPAIGNS


@pytest.fixture
def uk_valentine(db: None) -> Fest:
    """The fest of the sample campaign `uk-valentine`, 13 to 17 February 2026 UTC, without creators."""
    load_campaign((CAMPAIGNS / "uk-valentine.toml").read_bytes())
    return Fest.objects.get(slug="uk-valentine")
