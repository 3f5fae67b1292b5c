"""Passkeys in Chromium, with a device of its own making: creating an account, signing in, adding one; staff too."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from livefest.models import SignIn, User
from tests.accounts.conftest import EMAIL, PASSWORD, account, code_sent
from tests.browser.device import Device, phone_with_passkeys


@pytest.fixture
def device(browser: Browser, live_server: LiveServer, transactional_db: None) -> Iterator[Device]:
    cache.clear()  # of rate limits that other tests have used up
    with phone_with_passkeys(browser, live_server.url) as device:
        yield device


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
