"""People who sign in, and where else they have accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from livefest.models import User
from livefest.settings.social import social_providers
from tests.accounts.stand_in import CLIENT, SECRET, StandIn, stand_in

PASSWORD = "a long one, really"
EMAIL = "ada@example.org"
NOBODY = "nobody@example.org"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """What other tests tried is forgotten."""
    cache.clear()


@pytest.fixture
def ada(db: None) -> User:
    return account(EMAIL)


def account(email: str, *, verified: bool = True) -> User:
    user = User.objects.create_user(email, email=email, password=PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


@pytest.fixture
def elsewhere(settings: Settings) -> Iterator[StandIn]:
    """TikTok and Google, both offered, are a server of ours."""
    with stand_in() as server:
        providers = social_providers(tiktok=(CLIENT, SECRET), google=(CLIENT, SECRET))
        for name, provider in providers.items():
            provider["AUTHORIZE_URL"] = server.url(f"{name}/authorize")
            provider["ACCESS_TOKEN_URL"] = server.url(f"{name}/token")
            provider["PROFILE_URL"] = server.url(f"{name}/who")
        settings.SOCIALACCOUNT_PROVIDERS = providers
        yield server


def code_sent() -> str:
    """The code in the latest mail, which stands alone in a line."""
    found = re.search(r"^([A-Z0-9-]{6,12})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found is not None
    return found[1]


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def said(response: HttpResponse | Any, *, but: str = "") -> str:
    """A page as a stranger compares it: without its form tokens, and with what they typed themselves left out."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return page.replace(but, "…") if but else page
