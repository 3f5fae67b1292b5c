"""The last e-mail, to who has deleted their account. Nothing of them is stored any more that it could be sent from
later, so that the task itself carries the address until the mail server has taken it."""

from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _


@shared_task(
    name="creators.say_goodbye",
    autoretry_for=(OSError, SMTPException),
    retry_backoff=60,
    retry_backoff_max=1800,
    max_retries=50,  # about a day
)
def say_goodbye(address: str, language: str, former: bool) -> None:
    """former: whether public pages don't name them any more."""
    with translation.override(language):
        stays = (
            _("Public results stay, and call you “Former creator”.")
            if former
            else _("Public results stay, with your handle.")
        )
        text = _("Your account is deleted, with everything that belonged to it alone.")
        asked = _("If it wasn't you who deleted it, answer this e-mail: the organiser can say what to do.")
        EmailMessage(_("Your account is deleted"), f"{text}\n\n{stays}\n\n{asked}\n", to=[address]).send()
