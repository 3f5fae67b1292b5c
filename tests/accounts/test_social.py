"""Sign-in with TikTok and Google, the whole way over HTTP; nothing that is forged gets in."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from livefest.models import SignIn, User
from livefest.settings.social import authorizing_origins, social_providers
from tests.accounts.conftest import EMAIL, PASSWORD, code_sent, is_signed_in, said
from tests.accounts.stand_in import StandIn

HOME = "/en/me/"


def leave(client: Client, name: str, **query: str) -> str:
    """Posts the button; where the provider sends the browser back to, when it was asked."""
    response = client.post(f"/accounts/{name}/login/", query_params=query)
    assert response.status_code == 302
    return requests.get(response.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]


def come_back(client: Client, address: str, **more: Any) -> Any:
    return client.get(address.removeprefix("http://testserver"), **more)


@pytest.mark.django_db
def test_tiktok_signs_up_with_an_address_that_is_shown(elsewhere: StandIn, client: Client) -> None:
    response = come_back(client, leave(client, "tiktok"), follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/3rdparty/signup/"
    assert not User.objects.exists()
    response = client.post("/accounts/3rdparty/signup/", {"email": EMAIL})
    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert not is_signed_in(client)
    response = client.post("/accounts/confirm-email/", {"code": code_sent()})
    assert response.headers["Location"] == HOME
    account = SocialAccount.objects.get()
    assert (account.uid, account.extra_data["username"], account.user.email) == ("open-id-of-ada", "ada.live", EMAIL)
    assert not account.user.has_usable_password()
    assert not SocialToken.objects.exists()
    assert SignIn.objects.get().method == "socialaccount"
    assert elsewhere.refused == []


@pytest.mark.django_db
def test_google_signs_up_at_once(elsewhere: StandIn, client: Client) -> None:
    response = come_back(client, leave(client, "google"))
    assert response.headers["Location"] == HOME
    assert is_signed_in(client)
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.user.email) == (EMAIL, True, EMAIL)
    assert elsewhere.refused == []
    again = Client()
    assert come_back(again, leave(again, "google", next="/en/")).headers["Location"] == "/en/"
    assert is_signed_in(again)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_handle_is_that_of_the_last_sign_in(elsewhere: StandIn, ada: User, client: Client) -> None:
    SocialAccount.objects.create(user=ada, provider="tiktok", uid="open-id-of-ada", extra_data={"username": "old"})
    come_back(client, leave(client, "tiktok"))
    assert client.session["_auth_user_id"] == str(ada.pk)
    assert SocialAccount.objects.get().extra_data["username"] == "ada.live"


@pytest.mark.django_db
def test_account_is_not_given_to_who_has_its_address_elsewhere(elsewhere: StandIn, ada: User, client: Client) -> None:
    response = come_back(client, leave(client, "google"), follow=True)
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    assert [message.to for message in mail.outbox] == [[EMAIL]]
    assert "It has one already" in str(mail.outbox[0].body)
    elsewhere.people["google"] |= {"email": "new@example.org", "email_verified": False, "sub": "2"}
    other = Client()
    unknown = come_back(other, leave(other, "google"), follow=True)
    assert said(response, but=EMAIL) == said(unknown, but="new@example.org")


@pytest.mark.django_db
def test_account_is_connected_by_who_is_signed_in(elsewhere: StandIn, ada: User, client: Client) -> None:
    client.force_login(ada)
    response = come_back(client, leave(client, "tiktok", process="connect"))
    assert response.headers["Location"].startswith("/accounts/reauthenticate/")  # who they are, once more
    response = client.post(response.headers["Location"], {"password": PASSWORD}, follow=True)
    assert SocialAccount.objects.get().user == ada
    assert "@ada.live" in response.content.decode()
    response = client.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk}, follow=True)
    assert not SocialAccount.objects.exists()
    assert "It is removed." in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["tiktok", "google"])
def test_forged_callbacks_are_refused(name: str, elsewhere: StandIn, client: Client) -> None:
    back = leave(client, name)
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert come_back(Client(), back).status_code == 401  # a session that began nothing
    assert come_back(client, back.replace(state, "x" * len(state))).status_code == 401
    assert come_back(client, back.partition("&state=")[0]).status_code == 401
    begun = Client()
    leave(begun, name)
    assert come_back(begun, back).status_code == 401  # one that began another
    assert elsewhere.codes  # none of them came so far as to ask
    response = come_back(client, f"{back.partition('?')[0]}?code=made-up&state={state}")
    assert response.status_code == 401
    assert elsewhere.refused == ["code not known, or used"]
    assert "please begin again" in response.content.decode()
    assert not User.objects.exists()
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_code_is_used_once(elsewhere: StandIn, client: Client) -> None:
    back = leave(client, "google")
    assert come_back(client, back).status_code == 302
    client.post("/accounts/logout/")
    assert come_back(client, back).status_code == 401
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_who_says_no_comes_to_a_friendly_page(elsewhere: StandIn, client: Client) -> None:
    elsewhere.refuses = True
    response = come_back(client, leave(client, "tiktok"), follow=True)
    assert response.status_code == 200
    assert "You said no" in response.content.decode()


@pytest.mark.django_db
def test_answer_about_nobody_is_no_crash(elsewhere: StandIn, client: Client) -> None:
    elsewhere.people["tiktok"].clear()
    response = come_back(client, leave(client, "tiktok"))
    assert response.status_code == 401
    assert not User.objects.exists()


@pytest.mark.django_db
def test_what_has_no_keys_is_not_offered(client: Client) -> None:
    for name in ("tiktok", "google"):
        assert client.get(f"/accounts/{name}/login/").status_code == 404
        assert client.get(f"/accounts/{name}/login/callback/?code=x&state=y").status_code == 404
    assert "Go on with" not in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_what_has_keys_is_offered(elsewhere: StandIn, client: Client) -> None:
    page = client.get("/accounts/signup/").content.decode()
    assert ("Go on with TikTok" in page, "Go on with Google" in page) == (True, True)
    assert client.get("/accounts/tiktok/login/").status_code == 200  # asks first: a link alone begins nothing
    assert elsewhere.codes == {}


def test_half_of_the_keys_is_a_mistake() -> None:
    with pytest.raises(ImproperlyConfigured, match="GOOGLE_CLIENT"):
        social_providers(tiktok=("", ""), google=("only this", ""))
    assert authorizing_origins(social_providers(tiktok=("a", "b"), google=("", ""))) == ["https://www.tiktok.com"]
