"""What all tests share. They run against real PostgreSQL and Valkey of their own (livefest.settings.test)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.db import connection
from django.http import HttpRequest
from django.test import Client, TransactionTestCase

from livefest.campaign import load_campaign
from livefest.models import Fest, User

CAMPAIGNS = Path(__file__).parent / "campaigns"


# The tables whose triggers refuse TRUNCATE (bit 5 of tgtype).
APPEND_ONLY = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgtype & 32 <> 0"


@contextmanager
def append_only_lifted() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(APPEND_ONLY)
        tables = [table for (table,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for table in tables:
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


@pytest.fixture(autouse=True, scope="session")
def _force_login_has_a_second_factor() -> Iterator[None]:
    """`client.force_login` passes over the sign-in; for staff, over their second factor too: they have one, and the
    session says that it was shown. What asks for it (livefest.second_factor) is the same in tests."""
    force_login = Client.force_login

    def whole_login(self: Client, user: User, backend: str | None = None) -> None:
        force_login(self, user, backend)
        if user.is_staff:
            factor, _new = Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, data={})
            request = HttpRequest()
            request.session = self.session
            record_authentication(request, user, "mfa", id=factor.pk, type=factor.type)
            request.session.save()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", whole_login)
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
