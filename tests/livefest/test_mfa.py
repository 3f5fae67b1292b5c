"""Staff reach the admin only with a second factor, by allauth's sign-in; only a demo's account is exempt."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.http import HttpRequest
from django.test import Client

from livefest.models import AuditEntry, User
from tests.accounts.conftest import code_sent

EMAIL = "olga@example.org"
PASSWORD = "a long one, really"
PAGE = "/admin/livefest/user/?is_staff__exact=1"


@pytest.fixture
def olga(db: None) -> User:
    cache.clear()  # of rate limits that other tests have used up
    user = User.objects.create_user("olga", email=EMAIL, password=PASSWORD, is_staff=True, is_superuser=True)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    return user


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def sign_in(client: Client, password: str = PASSWORD, page: str = PAGE) -> Any:
    response = client.get(page, follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    form = {"login": EMAIL, "password": password, "next": page}
    return client.post("/accounts/login/", form, follow=True)


def set_up(client: Client) -> tuple[str, Any]:
    """Confirms the password, sets an authenticator app up, and comes to the recovery codes; the app's secret."""
    response = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/2fa/totp/activate/"})
    assert response.status_code == 302
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    return secret, client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)


def assert_within_policy(response: Any) -> None:
    """In our design, and nothing inline but data."""
    page = response.content.decode()
    assert "livefest/site.css" in page
    inline = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=[\"']", page)
    assert [found for found in inline if 'type="application/json"' not in found] == []


@pytest.mark.django_db(transaction=True)  # allauth tells of a new factor once it is committed
def test_staff_without_a_second_factor_sets_one_up_and_comes_back(olga: User, client: Client) -> None:
    response = sign_in(client)
    assert response.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")  # before the set-up, once
    assert_within_policy(response)
    secret, response = set_up(client)
    assert response.redirect_chain[-1][0] == "/accounts/2fa/recovery-codes/"
    assert_within_policy(response)
    assert f'href="{PAGE}"' in response.content.decode()
    assert client.get(PAGE).status_code == 200
    stored = Authenticator.objects.get(user=olga, type=Authenticator.Type.TOTP)
    assert secret not in str(stored.data)
    entries = AuditEntry.objects.filter(verb="add second factor").order_by("id")
    assert [entry.changes for entry in entries] == [{"type": [None, "totp"]}, {"type": [None, "recovery_codes"]}]
    assert {entry.actor for entry in entries} == {olga}


def test_password_alone_does_not_reach_the_admin(olga: User, client: Client) -> None:
    sign_in(client)
    assert client.get("/admin/").status_code == 302
    assert client.post("/admin/livefest/user/add/", {}).status_code == 302
    form = {"username": EMAIL, "password": PASSWORD}
    assert Client().post("/admin/login/", form).headers["Location"].startswith("/accounts/login/")


def test_staff_sign_in_with_the_code_of_their_app(olga: User, client: Client) -> None:
    sign_in(client)
    secret, _response = set_up(client)
    other = Client()
    response = sign_in(other)
    assert response.redirect_chain[-1][0] == "/accounts/2fa/authenticate/"
    assert_within_policy(response)
    assert other.get("/admin/").status_code == 302
    wrong = other.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code." in wrong.content.decode()
    cache.clear()  # allauth takes each code once; it has been shown in the set-up
    response = other.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}, follow=True)
    assert response.redirect_chain[-1][0] == PAGE
    assert response.status_code == 200
    failed = AuditEntry.objects.get(verb="sign-in failed")
    assert (failed.actor, failed.object_pk, failed.changes) == (None, str(olga.pk), {"by": [None, "second factor"]})


def test_staff_sign_in_with_a_recovery_code_once(olga: User, client: Client) -> None:
    sign_in(client)
    set_up(client)
    code = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()[0]
    for reached in (200, 302):
        other = Client()
        sign_in(other)
        other.post("/accounts/2fa/authenticate/", {"code": code})
        assert other.get("/admin/").status_code == reached


def test_session_of_before_the_set_up_shows_the_factor(olga: User, client: Client) -> None:
    early = Client()
    sign_in(early)
    sign_in(client)
    secret, _response = set_up(client)
    assert early.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"
    cache.clear()
    form = {"code": code_of(secret), "next": "/admin/"}
    response = early.post("/accounts/2fa/reauthenticate/", form, follow=True)
    assert response.redirect_chain[-1][0] == "/admin/"
    assert response.status_code == 200


def test_code_by_mail_is_no_second_factor(olga: User, client: Client) -> None:
    client.post("/accounts/login/code/", {"email": EMAIL})
    client.post("/accounts/login/code/confirm/", {"code": "WRONG1"})
    assert AuditEntry.objects.get(verb="sign-in failed").changes == {"by": [None, "code"]}
    client.post("/accounts/login/code/confirm/", {"code": code_sent()})
    assert client.session["_auth_user_id"] == str(olga.pk)
    assert client.get("/admin/").status_code == 302


def test_staff_who_have_only_a_passkey_are_led_to_it(olga: User, client: Client) -> None:
    sign_in(client)
    Authenticator.objects.create(user=olga, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    assert client.get("/admin/").status_code == 302
    way = client.get("/admin/login/?next=/admin/").headers["Location"]
    assert way == "/accounts/2fa/webauthn/reauthenticate/?next=%2Fadmin%2F"


def test_device_is_always_asked_who_holds_it(olga: User, client: Client) -> None:
    """Else a stolen key without a PIN would be both factors at once: what one page asked is answered at another."""
    sign_in(client)
    set_up(client)
    page = sign_in(Client())
    assert page.context["js_data"]["request_options"]["publicKey"]["userVerification"] == "required"


def test_further_factor_proves_nothing(olga: User, client: Client) -> None:
    """One can be set up with what another session was left with; only the first is its own proof."""
    sign_in(client)
    Authenticator.objects.create(user=olga, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    authenticator = Authenticator.objects.create(user=olga, type=Authenticator.Type.TOTP, data={})
    request = HttpRequest()
    request.session, request.user = client.session, olga
    authenticator_added.send(Authenticator, request=request, user=olga, authenticator=authenticator)
    request.session.save()
    assert client.get("/admin/").status_code == 302


def test_factor_that_is_reset_opens_nothing_any_more(olga: User, client: Client) -> None:
    sign_in(client)
    set_up(client)
    call_command("reset_second_factor", EMAIL, by=EMAIL, reason="Lost phone")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/2fa/totp/activate/")
    entry = AuditEntry.objects.get(verb="remove second factor")
    assert (entry.actor, entry.reason, entry.via) == (olga, "Lost phone", "command reset_second_factor")
    assert entry.changes == {"type": [["recovery_codes", "totp"], None]}


def test_who_is_no_staff_is_refused(olga: User, client: Client) -> None:
    User.objects.update(is_staff=False)
    assert sign_in(client).status_code == 403


def test_exempt_account_is_told_so(olga: User, client: Client, settings: Any) -> None:
    settings.MFA_EXEMPT = ["Olga@example.org"]
    response = sign_in(client)
    assert response.redirect_chain[-1][0] == PAGE
    assert "This account is exempt from two-factor sign-in: demo only" in response.content.decode()


def test_account_that_is_not_exempt_sees_no_banner(olga: User, client: Client) -> None:
    client.force_login(olga)
    assert "exempt" not in client.get("/admin/").content.decode()


def test_page_elsewhere_is_not_gone_to(olga: User, client: Client) -> None:
    client.force_login(olga)
    assert client.get("/admin/login/?next=https://evil.example/").headers["Location"] == "/admin/"


def test_passwords_are_tried_only_so_often(olga: User, client: Client) -> None:
    for _attempt in range(12):
        response = client.post("/accounts/login/", {"login": EMAIL, "password": "wrong"})
    assert "Too many failed login attempts." in response.content.decode()
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    failures = AuditEntry.objects.filter(verb="sign-in failed")
    assert 0 < failures.count() < 12
    assert failures[0].changes == {"by": [None, "password"]}


def test_production_refuses_exempt_accounts() -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "livefest.settings.production",
        "MFA_EXEMPT": EMAIL,
        "SECRET_KEY": "x" * 40,
        "ALLOWED_HOSTS": "fest.example.org",
        "DATABASE_URL": "postgresql://nobody@localhost:1/none",
        "REDIS_URL": "redis://localhost:1/0",
    }
    command = [sys.executable, "-c", "import django; django.setup()"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "MFA_EXEMPT is for demos" in run.stderr


def test_superuser_made_by_command_can_sign_in(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, username="olga", email=EMAIL, verbosity=0)
    assert sign_in(client).redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    entry = AuditEntry.objects.get(verb="add")
    assert (entry.via, entry.object_repr) == ("command createsuperuser", "olga")
    assert PASSWORD not in str(entry.changes)
    assert entry.changes["password"] == ["(hidden)", "(hidden)"]


def test_superuser_without_an_address_is_refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, username="olga", email="", verbosity=0)
    assert not User.objects.exists()
