"""Strangers aren't told whether an address has an account: what they are answered is the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from livefest.models import User
from tests.accounts.conftest import EMAIL, NOBODY, PASSWORD, said


def answers(page: str, form: dict[str, str], field: str) -> list[tuple[list[Any], int, str]]:
    """What the page answers for an address with an account and for one without."""
    found = []
    for email in (EMAIL, NOBODY):
        response: Any = Client().post(page, form | {field: email}, follow=True)
        found.append((response.redirect_chain, response.status_code, said(response, but=email)))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "form", "field"),
    [
        ("/accounts/signup/", {}, "email"),
        ("/accounts/signup/", {"password1": "quite a long one"}, "email"),
        ("/accounts/signup/passkey/", {}, "email"),
        ("/accounts/login/", {"password": "quite a wrong one"}, "login"),
        ("/accounts/login/code/", {}, "email"),
        ("/accounts/password/reset/", {}, "email"),
    ],
)
def test_answer_is_the_same(page: str, form: dict[str, str], field: str, ada: User) -> None:
    known, unknown = answers(page, form, field)
    assert known == unknown
    assert known[1] == 200
    if "password" not in form:  # a wrong password sends nothing; all else goes to the owner's eyes alone
        assert sorted(message.to[0] for message in mail.outbox) == [EMAIL, NOBODY]


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/accounts/signup/", "/accounts/login/code/"])
def test_wrong_code_and_a_new_one_tell_nothing_either(page: str, ada: User) -> None:
    asked = "/accounts/confirm-email/" if "signup" in page else "/accounts/login/code/confirm/"
    found = []
    for email in (EMAIL, NOBODY):
        client = Client()
        client.post(page, {"email": email})
        steps: list[Any] = [client.get(asked)]
        steps += [client.post(asked, {"code": "WRONG1"}, follow=True)]
        steps += [client.post(asked, {"code": "WRONG1"}, follow=True) for _time in range(3)]
        found.append([(step.status_code, said(step, but=email)) for step in steps])
    assert found[0] == found[1]


@pytest.mark.django_db
def test_change_to_a_taken_address_looks_like_any_other(ada: User) -> None:
    found = []
    for number, email in enumerate((EMAIL, NOBODY)):
        name = f"bo{number}@example.org"
        client = Client()
        User.objects.create_user(name, email=name, password=PASSWORD)
        client.force_login(User.objects.get(email=name))
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        response: Any = client.post("/accounts/email/", {"action_add": "", "email": email}, follow=True)
        found.append((response.redirect_chain, said(response, but=email)))
    assert found[0] == found[1]
