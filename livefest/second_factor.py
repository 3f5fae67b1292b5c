"""The second factor that staff sign in with: whether a session has proved one, and the way to one.

allauth does the rest: authenticator apps, recovery codes, rate limits. The only accounts without are those that
MFA_EXEMPT names, which production refuses (the demo's).
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

from livefest.encryption import cipher
from livefest.models import User

AFTER_SET_UP = "staff_next"  # in the session: the page that was asked for before a second factor was set up
PURPOSE = "livefest second factors"


class SecretsAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's, with the authenticators' secrets encrypted."""

    def encrypt(self, text: str) -> str:
        return cipher(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return cipher(PURPOSE).decrypt(encrypted_text.encode()).decode()


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
    """The way to a second factor, and then to the page asked for: setting one up, or showing the one there is."""
    if Authenticator.objects.filter(user=cast(User, request.user), type=Authenticator.Type.TOTP).exists():
        return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': next_page})}")
    request.session[AFTER_SET_UP] = next_page
    return HttpResponseRedirect(reverse("mfa_activate_totp"))


@receiver(authenticator_added)
def prove_by_setting_up(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Who sets an authenticator app up shows a code of it: that proves it for this session."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
