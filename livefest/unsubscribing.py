"""Turning off a kind's e-mails from the e-mail itself, without signing in: the address that it carries (RFC 8058)."""

from __future__ import annotations

from typing import NamedTuple

from django.core import signing
from django.db import transaction
from django.urls import reverse

from livefest.models import NotificationChoice, User
from livefest.notifications import Kind, kind_named

SALT = "livefest.unsubscribing"


class BadToken(Exception):
    """It is not one that we gave, or of an account or a kind that is gone."""


class Subscription(NamedTuple):
    """What a token names."""

    user: User
    kind: Kind


def token_for(user: User, kind: Kind) -> str:
    """It holds as long as the key that signs it: an e-mail may be opened years later."""
    return signing.dumps([user.pk, kind.name], salt=SALT)


def unsubscribe_path(user: User, kind: Kind) -> str:
    """In the language that is active."""
    return reverse("unsubscribe", kwargs={"token": token_for(user, kind)})


def subscription_of(token: str) -> Subscription:
    """Raises BadToken."""
    try:
        pk, name = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise BadToken from error
    user, kind = User.objects.filter(pk=pk).first(), kind_named(name)
    if user is None or kind is None or kind.always_by_email:
        raise BadToken
    return Subscription(user, kind)


@transaction.atomic
def unsubscribe(*, by: User, kind: Kind) -> None:
    """Ends the kind's e-mails to somebody; on the site they are told as before. Again changes nothing. What waits to be
    sent is not sent (`livefest/notification_mail.py` asks again)."""
    NotificationChoice.objects.update_or_create(
        user=by,
        kind=kind.name,
        defaults={"by_email": False},
        create_defaults={"on_site": kind.on_site, "by_email": False},
    )
