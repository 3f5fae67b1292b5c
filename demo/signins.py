"""Who can sign in to the demo: two of staff and one creator, with passwords of this checkout."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group

from demo.people import Person
from livefest.engines.files import open_file, replace_file
from livefest.models import User

STAFF = "staff@example.org"
ORGANISER = "organiser@example.org"  # what needs two people needs another than the first


@dataclass(frozen=True)
class SignIn:
    """The e-mail address is the user name too, so that the site's and the admin's sign-in take the same."""

    email: str
    password: str


@dataclass(frozen=True)
class SignIns:
    staff: SignIn
    organiser: SignIn
    creator: SignIn
    handle: str


def make_sign_ins(directory: Path, *, star: Person) -> SignIns:
    """The users, who can sign in with these whatever was changed since. Passwords are made once and kept in the
    directory in a file that nobody else reads: the site is open to all users of this machine."""
    creator = f"{star.handle}@example.org"
    passwords = kept_passwords(directory / "passwords.json", [STAFF, ORGANISER, creator])
    make_user(STAFF, passwords[STAFF], first_name="Demo", last_name="Staff", is_staff=True, is_superuser=True)
    make_user(ORGANISER, passwords[ORGANISER], first_name="Demo", last_name="Organiser", is_staff=True)
    user_named(ORGANISER).groups.set(Group.objects.filter(name__in=["organiser", "rewards"]))
    make_user(creator, passwords[creator], first_name=star.name[:150])
    staff, organiser, own = (SignIn(email, passwords[email]) for email in (STAFF, ORGANISER, creator))
    return SignIns(staff, organiser, own, star.handle)


def user_named(email: str) -> User:
    return User.objects.get(username=email)


def make_user(email: str, password: str | None, **values: str | bool) -> None:
    """A user with this password; None: nobody signs in with one."""
    user, _created = User.objects.update_or_create(
        username=email, defaults={"email": email, "is_active": True, **values}
    )
    if password is None or not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})


def kept_passwords(path: Path, emails: list[str]) -> dict[str, str]:
    """A password for each; those of before where the file has them."""
    descriptor = open_file(path, os.O_RDONLY)
    with open(descriptor) as file:
        text = file.read()
    passwords: dict[str, str] = json.loads(text) if text else {}
    missing = [email for email in emails if email not in passwords]
    if missing:
        passwords |= {email: secrets.token_urlsafe(9) for email in missing}
        replace_file(path, json.dumps(passwords, indent=2) + "\n")
    return passwords
