"""Creating an account and coming back to it: codes, sessions, the address, and what is kept of it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from livefest import retention
from livefest.models import SignIn, User
from tests.accounts.conftest import EMAIL, PASSWORD, account, code_sent, is_signed_in
from tests.livefest.test_mfa import code_of

HOME = "/en/me/"
BROWSER = {"HTTP_USER_AGENT": "Testing/1.0 " + "x" * 400}


def ask_for_code(client: Client, email: str = EMAIL) -> str:
    response = client.post("/accounts/login/code/", {"email": email})
    assert response.headers["Location"] == "/accounts/login/code/confirm/"
    return code_sent()


@pytest.mark.django_db
def test_sign_up_takes_an_address_and_its_code(client: Client) -> None:
    response = client.post("/accounts/signup/", {"email": EMAIL}, **BROWSER)  # type: ignore[arg-type]
    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert not is_signed_in(client)
    message: Any = mail.outbox[0]
    assert message.subject == "[LIVE Fest] Your code for LIVE Fest"
    assert "LIVE Fest" in str(message.body)
    assert code_sent() in message.alternatives[0][0]
    response = client.post("/accounts/confirm-email/", {"code": code_sent()}, **BROWSER)  # type: ignore[arg-type]
    assert response.headers["Location"] == HOME
    user = User.objects.get()
    assert (user.email, user.has_usable_password()) == (EMAIL, False)
    entry = SignIn.objects.get()
    assert (entry.user, entry.method, entry.address) == (user, "code", "127.0.0.1")
    assert entry.browser == BROWSER["HTTP_USER_AGENT"][:300]


@pytest.mark.django_db
def test_sign_up_with_a_password_that_is_weak_says_what_is_wrong(client: Client) -> None:
    page = client.post("/accounts/signup/", {"email": EMAIL, "password1": "12345"}).content.decode()
    assert "at least 10 characters" in page
    assert not User.objects.exists()


@pytest.mark.django_db
def test_sign_up_sent_twice_makes_one_account(client: Client) -> None:
    for _time in range(2):
        assert client.post("/accounts/signup/", {"email": EMAIL}).status_code in {302, 429}
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_code_signs_in_once(ada: User, client: Client) -> None:
    code = ask_for_code(client)
    assert client.post("/accounts/login/code/confirm/", {"code": code}).headers["Location"] == HOME
    assert SignIn.objects.get().method == "code"
    client.post("/accounts/logout/")
    other = Client()
    ask_for_code(other)
    for browser in (client, other):
        browser.post("/accounts/login/code/confirm/", {"code": code})
        assert not is_signed_in(browser)


@pytest.mark.django_db
def test_code_that_is_too_old_is_refused(ada: User, client: Client) -> None:
    code = ask_for_code(client)
    session = client.session
    session["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"] -= 601
    session.save()
    response = client.post("/accounts/login/code/confirm/", {"code": code}, follow=True)
    assert not is_signed_in(client)
    assert response.redirect_chain[-1][0] == "/accounts/login/code/"


@pytest.mark.django_db
def test_code_is_guessed_at_three_times(ada: User, client: Client) -> None:
    code = ask_for_code(client)
    for _guess in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "WRONG1"})
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_codes_are_asked_for_only_so_often(ada: User, client: Client) -> None:
    pages = [Client().post("/accounts/login/code/", {"email": EMAIL}) for _time in range(4)]
    assert [page.status_code for page in pages] == [302, 302, 302, 200]
    assert "Too many" in pages[3].content.decode()
    assert len(mail.outbox) == 3


@pytest.mark.django_db
def test_who_asks_too_often_from_one_place_waits(client: Client) -> None:
    for _time in range(31):
        page = client.post("/accounts/login/", {"login": "nobody", "password": ""})
    assert page.status_code == 429
    assert "Take a breath" in page.content.decode()


@pytest.mark.django_db
def test_who_waits_with_a_foreign_address_is_out_when_its_owner_comes(client: Client) -> None:
    """They signed up with it, have a password and a social account; the owner shows the address by a code."""
    waiting = account(EMAIL, verified=False)
    SocialAccount.objects.create(user=waiting, provider="tiktok", uid="theirs")
    client.post("/accounts/login/code/confirm/", {"code": ask_for_code(client)})
    assert client.session["_auth_user_id"] == str(waiting.pk)
    assert not SocialAccount.objects.exists()
    other = Client()
    other.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    assert not is_signed_in(other)


@pytest.mark.django_db
def test_password_of_an_account_in_use_outlives_a_code(ada: User, client: Client) -> None:
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    EmailAddress.objects.update(verified=False)
    other = Client()
    other.post("/accounts/login/code/confirm/", {"code": ask_for_code(other)})
    assert EmailAddress.objects.get().verified
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.django_db
def test_address_changes_once_the_new_one_is_shown(ada: User, client: Client) -> None:
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    confirm = client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"}).headers["Location"]
    assert confirm.startswith("/accounts/reauthenticate/")
    client.post(confirm, {"password": PASSWORD})
    assert mail.outbox[-1].to == ["new@example.org"]
    assert User.objects.get().email == EMAIL
    client.post("/accounts/confirm-email/", {"code": code_sent()})
    assert User.objects.get().email == "new@example.org"
    assert mail.outbox[-1].to == [EMAIL]  # the old one is told
    assert "was changed from ada@example.org to new@example.org" in str(mail.outbox[-1].body)


@pytest.mark.django_db
def test_other_sessions_are_ended_from_afar(ada: User, client: Client) -> None:
    other = Client(headers={"User-Agent": "A phone that was lost"})
    for browser in (client, other):
        browser.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    stranger = account("bo@example.org")
    third = Client()
    third.post("/accounts/login/", {"login": stranger.email, "password": PASSWORD})
    page = client.get("/accounts/sessions/").content.decode()
    assert page.count("Since") == 2
    assert "A phone that was lost" in page
    client.post("/accounts/sessions/")
    statuses = [browser.get("/accounts/sessions/").status_code for browser in (client, other, third)]
    assert statuses == [200, 302, 200]


@pytest.mark.django_db
def test_changed_password_ends_other_sessions(ada: User, client: Client) -> None:
    other = Client()
    for browser in (client, other):
        browser.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    new = "another long one"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    response = client.post("/accounts/password/change/", form)
    if "/reauthenticate/" in response.headers.get("Location", ""):
        client.post(response.headers["Location"], {"password": PASSWORD})
    assert User.objects.get().check_password(new)
    assert [browser.get("/accounts/sessions/").status_code for browser in (client, other)] == [200, 302]


@pytest.mark.django_db
def test_password_confirms_nothing_where_there_is_a_second_factor(ada: User, client: Client) -> None:
    """A session of before the set-up, in the hands of who knows the password, adds no passkey and takes no app away."""
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    owner = Client()
    owner.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    owner.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = owner.get("/accounts/2fa/totp/activate/").context["form"].secret
    owner.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    response = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert response.headers["Location"] == "/accounts/2fa/reauthenticate/"
    assert client.get("/accounts/2fa/webauthn/add/").status_code == 302
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


@pytest.mark.django_db
def test_sign_out_takes_a_post_and_leads_home(ada: User, client: Client) -> None:
    client.force_login(ada)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/accounts/logout/").headers["Location"] == "/en/"
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_closed_account_is_told_so_to_who_knows_its_password(ada: User, client: Client) -> None:
    User.objects.update(is_active=False)
    response = client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}, follow=True)
    assert "This account is closed" in response.content.decode()
    assert not is_signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_rows_of_ended_sessions_go(ada: User, client: Client) -> None:
    for browser in (client, Client()):
        browser.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    client.post("/accounts/logout/")
    assert UserSession.objects.count() == 2
    retention.delete_what_is_due()
    assert UserSession.objects.count() == 1
    assert SignIn.objects.count() == 2
