"""What all tests share. They run against real PostgreSQL and Valkey of their own (livefest.settings.test)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import django_ratelimit.core
import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.test import Client, TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker

from livefest.campaign import load_campaign
from livefest.models import Fest, User
from tests import database
from tests.kept import kept

CAMPAIGNS = Path(__file__).parent / "campaigns"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A test that commits is cleaned up by `database.clear`: Django's own flush writes all permissions anew each time,
    and TRUNCATE, which the facts' trigger refuses."""
    with django_db_blocker.unblock():
        database.remember_migrated()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: database.clear())
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


@pytest.fixture(autouse=True)
def _no_language_is_left_behind() -> Iterator[None]:
    """The test client asks in the test's own thread, where the language of a page stays active."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_window_of_a_rate_ends_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who counts to a limit of a minute would begin anew where the minute ended on the way."""
    began = time.time()
    monkeypatch.setattr(django_ratelimit.core, "time", SimpleNamespace(time=lambda: began))


@pytest.fixture
def campaigns() -> Path:
    """The folder of the sample campaigns, copies of those in shared/."""
    return CAMPAIGNS


@pytest.fixture
def uk_valentine(db: None) -> Fest:
    """The fest of the sample campaign `uk-valentine`, 13 to 17 February 2026 UTC, without creators."""
    return kept(fest_of_sample, "uk-valentine")


def fest_of_sample(slug: str) -> Fest:
    """The fest of a sample campaign, without creators."""
    load_campaign((CAMPAIGNS / f"{slug}.toml").read_bytes())
    return Fest.objects.get(slug=slug)
