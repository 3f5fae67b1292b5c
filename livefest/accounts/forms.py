"""allauth's forms in the site's words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import AddEmailForm, LoginForm, RequestLoginCodeForm, ResetPasswordForm, SignupForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.socialaccount.forms import SignupForm as SocialSignupForm
from django.utils.translation import gettext_lazy as _


class AsksForAddress:
    """A form with an e-mail address."""

    address = "email"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.address]  # type: ignore[attr-defined]
        field.label = _("E-mail address")
        field.widget.attrs.pop("placeholder", None)  # it would say the same


class CodeForm(AsksForAddress, RequestLoginCodeForm):  # type: ignore[misc]
    pass


class ResetForm(AsksForAddress, ResetPasswordForm):  # type: ignore[misc]
    pass


class ChangeAddressForm(AsksForAddress, AddEmailForm):  # type: ignore[misc]
    pass


class SocialForm(AsksForAddress, SocialSignupForm):  # type: ignore[misc]
    pass


class SignInForm(AsksForAddress, LoginForm):  # type: ignore[misc]
    address = "login"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["remember"].label = _("Stay signed in on this device")


class SignUpForm(AsksForAddress, SignupForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if password := self.fields.get("password1"):  # none on the way to a passkey
            password.label = _("Password, if you want one")
            password.widget.attrs.pop("placeholder", None)
            password.help_text = _("Ten characters or more, not only digits, and not one that many people have.")


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("passwordless", True)
        self.fields["name"].label = _("Name")
        self.fields["passwordless"].label = _("Sign in with it alone")
        self.fields["passwordless"].help_text = _("Otherwise it is asked for after your password or a code.")
