"""Where allauth leaves a choice to the site."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's, but that a password alone confirms nothing for who has a second factor, and that mails have HTML."""

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Else whoever knows the password, in a session of before the set-up, could add a passkey of their own or take
        the authenticator app away."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] != "reauthenticate"] or methods

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMultiAlternatives:
        """The text of the template, and the same as HTML."""
        mail: EmailMultiAlternatives = super().render_mail(template_prefix, email, context, headers)
        page = {"subject": mail.subject, "text": mail.body, "code": context.get("code")}
        mail.attach_alternative(render_to_string("account/email/message.html", page), "text/html")
        return mail
