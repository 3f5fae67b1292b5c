"""Passkeys in Chromium, with a device of its own making: creating an account, signing in, adding one; staff too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from livefest.models import SignIn, User
from tests.accounts.conftest import EMAIL, PASSWORD, account, code_sent
from tests.browser.conftest import PHONE


class Device(NamedTuple):
    """A phone that keeps passkeys; `wrong` is what its console complained of."""

    page: Page
    origin: str
    wrong: list[str]
    session: Any
    id: str

    def goto(self, path: str) -> None:
        self.page.goto(self.origin + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def verify(self, able: bool) -> None:
        """Whether its owner is there, who shows a finger or types the PIN."""
        known = {"authenticatorId": self.id, "isUserVerified": able}
        self.session.send("WebAuthn.setUserVerified", known)


@pytest.fixture
def device(browser: Browser, live_server: LiveServer, transactional_db: None) -> Iterator[Device]:
    cache.clear()  # of rate limits that other tests have used up
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        session = context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        known = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        # A passkey is for a name: that of the machine will do, its number won't.
        origin = live_server.url.replace("127.0.0.1", "localhost")
        yield Device(page, origin, wrong, session, known["authenticatorId"])


def test_passkey_creates_an_account_and_signs_in(device: Device) -> None:
    device.goto("/accounts/signup/")
    device.page.get_by_role("link", name="With a passkey").click()
    device.page.get_by_label("E-mail").fill(EMAIL)
    device.press("Go on")
    device.page.get_by_label("Code").fill(code_sent())
    device.press("Go on")
    device.press("Make the passkey")
    device.page.wait_for_url(re.compile("/en/"))  # where one starts leads on
    user = User.objects.get()
    assert (user.email, user.has_usable_password()) == (EMAIL, False)
    device.goto("/accounts/logout/")
    device.press("Sign out")
    device.goto("/accounts/login/")
    device.press("Sign in with a passkey")
    device.page.wait_for_url(re.compile("/en/"))  # where one starts leads on
    assert [entry.method for entry in SignIn.objects.all()] == ["mfa", "mfa"]
    assert device.wrong == []


def test_passkey_is_the_staffs_second_factor(device: Device) -> None:
    staff = account("olga@example.org")
    User.objects.update(is_staff=True, is_superuser=True)
    device.goto("/accounts/login/?next=/accounts/2fa/webauthn/add/")
    device.page.get_by_label("E-mail").fill(staff.email)
    device.page.get_by_label("Password", exact=True).fill(PASSWORD)
    device.press("Sign in")
    device.page.get_by_label("Password", exact=True).fill(PASSWORD)  # once more, before the account changes
    device.press("Go on")
    device.page.get_by_label("Name").fill("My phone")
    device.press("Add the passkey")
    expect(device.page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert "A passkey was added" in [str(message.subject).removeprefix("[LIVE Fest] ") for message in mail.outbox]
    device.goto("/accounts/2fa/webauthn/")
    expect(device.page.get_by_role("heading", name="My phone")).to_be_visible()
    device.page.context.clear_cookies()
    device.goto("/admin/livefest/user/")
    device.press("Sign in with a passkey")
    device.page.wait_for_url("**/admin/livefest/user/")
    assert Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN, user=staff).count() == 1
    assert device.wrong == []


def test_passkey_without_its_owner_gives_nothing_and_says_so(device: Device) -> None:
    account(EMAIL)
    device.verify(False)
    device.goto("/accounts/login/")
    device.press("Sign in with a passkey")
    expect(device.page.get_by_role("alert")).to_contain_text("Your device gave no passkey")
    assert re.search("/accounts/login/$", device.page.url)
    assert not SignIn.objects.exists()
    assert device.wrong == []
