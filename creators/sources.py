"""Sources and the secrets that sign their webhook calls."""

from __future__ import annotations

import base64
import secrets

from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.db import transaction

from creators.models import Source, SourceSecret
from livefest import clock
from livefest.encryption import cipher
from livefest.models import Fest, User, slug_validator

SECRET_BYTES = 32
PLACES = (1, 2)
PURPOSE = "livefest source secrets"


class SourceError(Exception):
    """Something that can't be done with a source as it stands; the text says why and what to do."""


@transaction.atomic
def create_source(*, fest: Fest, name: str) -> Source:
    """The fest's source of this name, made if it isn't there. Raises SourceError for a name that can't be one."""
    try:
        slug_validator(name)
    except ValidationError as error:
        raise SourceError(f'"{name}" can\'t name a source. {" ".join(error.messages)}') from error
    source, _created = Source.objects.get_or_create(fest=fest, name=name)
    return source


@transaction.atomic
def add_secret(*, source: Source, by: User | None) -> str:
    """Gives the source one more signing secret and returns it, `whsec_…` as Standard Webhooks writes it.

    This is the only time that it can be seen: what is stored is encrypted with a key derived from SECRET_KEY, which
    a dump of the database doesn't hold. At most two are valid at once. Raises SourceError.
    """
    Source.objects.select_for_update().get(pk=source.pk)
    taken = set(source.secrets.filter(revoked_at=None).values_list("place", flat=True))
    free = [place for place in PLACES if place not in taken]
    if not free:
        raise SourceError(f'"{source.name}" has two valid secrets; revoke the older one first')
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    SourceSecret.objects.create(
        source=source,
        place=free[0],
        encrypted=cipher(PURPOSE).encrypt(secret.encode()).decode(),
        hint=secret[-4:],
        created_at=clock.now(),
        created_by=by,
    )
    return secret


@transaction.atomic
def rotate_secret(*, source: Source, by: User | None) -> str:
    """A new secret beside the newest present one, which stays valid until it is revoked; an older one is revoked now,
    so that rotating always works."""
    Source.objects.select_for_update().get(pk=source.pk)
    valid = list(source.secrets.filter(revoked_at=None).order_by("-id"))
    for secret in valid[1:]:
        revoke_secret(secret=secret)
    return add_secret(source=source, by=by)


@transaction.atomic
def revoke_secret(*, secret: SourceSecret) -> None:
    """From now on calls signed with it are refused. Once revoked, always revoked."""
    stored = SourceSecret.objects.select_for_update().get(pk=secret.pk)
    if stored.revoked_at is None:
        stored.revoked_at = clock.now()
        stored.save(update_fields=["revoked_at"])


@transaction.atomic
def pause(*, source: Source) -> None:
    """Takes nothing from the source until it is resumed; its calls are told to come again."""
    stored = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    if stored.paused_at is None:
        stored.paused_at = clock.now()
        stored.save(update_fields=["paused_at"])


@transaction.atomic
def resume(*, source: Source) -> None:
    stored = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    stored.paused_at = None
    stored.save(update_fields=["paused_at"])


def read_secret(secret: SourceSecret) -> str:
    """The secret itself. Raises SourceError when it was encrypted under a SECRET_KEY that is gone."""
    try:
        return cipher(PURPOSE).decrypt(secret.encrypted.encode()).decode()
    except InvalidToken as error:
        raise SourceError(
            f"secret {secret} of {secret.source.name} can't be read: it was stored under another SECRET_KEY; "
            "add that one to SECRET_KEY_FALLBACKS, or rotate the secret"
        ) from error
