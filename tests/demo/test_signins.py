"""The demo's users can sign in with what is printed, and only its owner reads where that is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from demo.people import Person
from demo.signins import ORGANISER, STAFF, SignIn, SignIns, make_sign_ins, make_user
from livefest.models import User

STAR = Person("ada.live", "Ada", "GB", "music", "")


@pytest.fixture
def sign_ins(db: None, tmp_path: Path, settings: Any) -> SignIns:
    settings.MFA_EXEMPT = [STAFF, ORGANISER]  # as demo/__main__.py has it
    return make_sign_ins(tmp_path, star=STAR)


def signed_in(client: Client, who: SignIn) -> bool:
    client.post("/accounts/login/", {"login": who.email, "password": who.password})
    return "_auth_user_id" in client.session


def test_staff_sign_in_to_the_site_and_to_the_admin(sign_ins: SignIns, client: Client) -> None:
    assert signed_in(client, sign_ins.staff)
    page = client.get("/admin/")
    assert page.status_code == 200
    assert "This account is exempt from two-factor sign-in: demo only" in page.content.decode()


def test_the_creator_signs_in_and_is_no_staff(sign_ins: SignIns, client: Client) -> None:
    assert signed_in(client, sign_ins.creator)
    assert client.get("/admin/", follow=True).status_code == 403


def test_they_stay_the_same_and_hold_whatever_was_changed(sign_ins: SignIns, client: Client, tmp_path: Path) -> None:
    user = User.objects.get(username=sign_ins.staff.email)
    user.set_password("forgotten")
    user.is_active = False
    user.save()
    assert make_sign_ins(tmp_path, star=STAR) == sign_ins
    assert signed_in(client, sign_ins.staff)
    assert User.objects.count() == 3


def test_nobody_signs_in_with_an_account_without_a_password(sign_ins: SignIns, client: Client) -> None:
    make_user("kit@example.org", None)
    assert not User.objects.get(username="kit@example.org").has_usable_password()
    assert not signed_in(client, SignIn("kit@example.org", ""))


def test_another_checkout_has_other_passwords(sign_ins: SignIns, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert make_sign_ins(tmp_path / "other", star=STAR).staff.password != sign_ins.staff.password


def test_nobody_else_reads_the_passwords(sign_ins: SignIns, tmp_path: Path) -> None:
    assert (tmp_path / "passwords.json").stat().st_mode & 0o777 == 0o600
