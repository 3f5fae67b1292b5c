"""The second factor that staff sign in with: whether a session has proved one, and the way to one.

A passkey is one by itself: it is the device and, as we always ask for it (MFA_WEBAUTHN_USER_VERIFICATION), the finger,
face or PIN of who holds it. allauth does the rest: authenticator apps, passkeys, recovery codes, rate limits. The only
accounts without are those that MFA_EXEMPT names, which production refuses (the demo's).
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from livefest.encryption import cipher
from livefest.models import User

AFTER_SET_UP = "staff_next"  # in the session: the page that was asked for before a second factor was set up
PURPOSE = "livefest second factors"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
RP_NAME = "LIVE Fest"  # what a device calls us where it lists passkeys


class SecretsAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's, with the authenticators' secrets encrypted."""

    def encrypt(self, text: str) -> str:
        return cipher(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher(PURPOSE).decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": RP_NAME}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """A name that a passkey has until its owner gives it another: "Passkey", "Passkey 2" …"""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey") if number == 1 else gettext("Passkey %(number)s") % {"number": number}


def is_exempt(user: Any) -> bool:
    """Whether the account needs none: a demo's."""
    return bool(user.email) and user.email.lower() in {email.lower() for email in settings.MFA_EXEMPT}


def is_proved(request: HttpRequest) -> bool:
    """Whether this session was signed in with a second factor that the user still has, or needs none."""
    if is_exempt(request.user):
        return True
    records = get_authentication_records(request, request.user)
    used = [record.get("id") for record in records if record["method"] == "mfa"]
    return bool(used) and Authenticator.objects.filter(user=cast(User, request.user), pk__in=used).exists()


def lead_to(request: HttpRequest, next_page: str) -> HttpResponseRedirect:
    """The way to a second factor, and then to the page asked for: showing one there is, or setting one up."""
    types = set(
        Authenticator.objects.filter(user=cast(User, request.user), type__in=FACTORS).values_list("type", flat=True)
    )
    if types:
        page = "mfa_reauthenticate" if Authenticator.Type.TOTP in types else "mfa_reauthenticate_webauthn"
        return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': next_page})}")
    request.session[AFTER_SET_UP] = next_page
    return HttpResponseRedirect(reverse("mfa_activate_totp"))


@receiver(authenticator_added)
def prove_by_setting_up(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Who sets up their first factor shows it: that proves it for this session. A further one proves nothing, for it
    can be set up with the password alone."""
    others = Authenticator.objects.filter(user=user, type__in=FACTORS).exclude(pk=authenticator.pk)
    if authenticator.type in FACTORS and not others.exists():
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
