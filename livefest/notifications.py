"""Telling people something, once: recorded first, in the transaction of what it tells of; sent afterwards.

Kinds are registered by the app that has what they tell of. Their texts are made when they are read or sent, in the
reader's language, from the notification's `data`. `livefest/notification_mail.py` sends the e-mails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from livefest import clock
from livefest.models import Fest, Notification, NotificationChoice, User
from livefest.models.translated import in_this_language
from livefest.quiet_hours import may_send_from


@dataclass(frozen=True)
class Kind:
    """What people can be told of.

    name: as it is stored. label: in the list of choices. subject, text: lazy, marked for translation, with
    %(name)s for what `data` holds. page: the name of the address it leads to; it is reversed with the fest's slug, if
    the notification has a fest, and `data["page"]`, keyword arguments. words: what texts say of `data` that is not
    words itself (a state's code, a moment) in the language that is active. on_site, by_email: what holds for who has
    not chosen. always_by_email: whether the e-mail can't be turned off (what an account needs to know).
    """

    name: str
    label: Any
    subject: Any
    text: Any
    page: str
    words: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    on_site: bool = True
    by_email: bool = True
    always_by_email: bool = False


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> Kind:
    """Adds a kind; called as the app's module is read (`AppConfig.ready` imports it)."""
    _kinds[kind.name] = kind
    return kind


def kinds() -> list[Kind]:
    return list(_kinds.values())


def kind_named(name: str) -> Kind | None:
    return _kinds.get(name)


@dataclass(frozen=True)
class Telling:
    """One notification to be made: whom, and what names it among theirs of its kind."""

    user: User
    key: str
    data: Mapping[str, Any]


def notify(user: User, kind: Kind, *, key: str, fest: Fest | None, data: Mapping[str, Any]) -> None:
    """Tells somebody something, unless they were told of this `key` before. In the transaction around it."""
    notify_all([Telling(user, key, data)], kind, fest=fest)


def notify_all(tellings: Iterable[Telling], kind: Kind, *, fest: Fest | None) -> int:
    """Tells several people, as `notify`; how many had not been told. `data`: JSON, texts as people write them; what
    staff translate as `livefest.models.translated.in_each_language` keeps it."""
    tellings = list(tellings)
    wanted = choices_of([one.user for one in tellings], kind)
    now = clock.now()
    rows = []
    for one in tellings:
        on_site, by_email = wanted[one.user.pk]
        email = by_email and bool(one.user.email)
        if not (on_site or email):
            continue
        rows.append(
            Notification(
                user=one.user,
                fest=fest,
                kind=kind.name,
                key=one.key[:200],
                data=dict(one.data),
                made_at=now,
                on_site=on_site,
                email=Notification.Email.WAITING if email else Notification.Email.NONE,
                send_after=may_send_from(one.user, fest, now) if email else None,
            )
        )
    before = Notification.objects.filter(
        kind=kind.name, user__in=[row.user_id for row in rows], key__in=[row.key for row in rows]
    )
    told = set(before.values_list("user", "key"))
    new = [row for row in rows if (row.user_id, row.key) not in told]
    Notification.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def choices_of(users: list[User], kind: Kind) -> dict[int, tuple[bool, bool]]:
    """Of each, by id, whether they want the kind on the site and by e-mail."""
    chosen = {
        user: (on_site, by_email)
        for user, on_site, by_email in NotificationChoice.objects.filter(user__in=users, kind=kind.name).values_list(
            "user", "on_site", "by_email"
        )
    }
    wanted = {user.pk: chosen.get(user.pk, (kind.on_site, kind.by_email)) for user in users}
    if kind.always_by_email:
        return {pk: (on_site, True) for pk, (on_site, _by_email) in wanted.items()}
    return wanted


class Unworded(Exception):
    """A notification that can't be said: nobody registers its kind any more, or its data is not what the kind needs.
    The text is for staff."""


def subject_of(notification: Notification) -> str:
    """In the language that is active. Raises Unworded."""
    return worded(notification, lambda kind: kind.subject)


def text_of(notification: Notification) -> str:
    """In the language and the zone that are active. Raises Unworded."""
    return worded(notification, lambda kind: kind.text)


def worded(notification: Notification, part: Callable[[Kind], Any]) -> str:
    kind = kind_named(notification.kind)
    if kind is None:
        raise Unworded(f"no app has notifications of the kind {notification.kind!r}")
    try:
        return str(part(kind)) % kind.words(told_in_this_language(notification.data))
    except (LookupError, TypeError, ValueError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise Unworded(f"the data of {notification.kind!r} is not what its text needs ({problem})") from error


def told_in_this_language(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: in_this_language(value) for name, value in data.items()}


def moment_words(text: str, zone: ZoneInfo | None = None) -> str:
    """A moment of `data`, which has it as ISO text, in words: in this zone, else in the one that is active."""
    return date_format(localtime(clock.parse_moment(text), zone), "MOMENT_FORMAT")


def address_of(notification: Notification) -> str:
    """The path of the page that it leads to, in the language that is active; "" where the kind is gone, or the page."""
    kind = kind_named(notification.kind)
    if kind is None:
        return ""
    fest = {"fest": notification.fest.slug} if notification.fest else {}
    try:
        return reverse(kind.page, kwargs={**fest, **notification.data.get("page", {})})
    except NoReverseMatch:
        return ""


def language_of(user: User) -> str:
    """In which somebody is told things away from the site."""
    return user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def listed_for(user: User) -> QuerySet[Notification]:
    """What the bell shows them, the newest first."""
    return Notification.objects.filter(user=user, on_site=True).select_related("user", "fest").order_by("-id")


def unread(user: User, *, most: int) -> int:
    """How many they have not read; no more than `most` are counted."""
    return Notification.objects.filter(user=user, on_site=True, read_at=None)[:most].count()


def mark_read(*, by: User, only: int | None = None, until: int | None = None) -> int:
    """Marks what somebody has read of theirs: one by its id, or all up to an id, so that what came since they looked
    stays new. How many that were."""
    mine = Notification.objects.filter(user=by, on_site=True, read_at=None)
    if only is not None:
        mine = mine.filter(pk=only)
    if until is not None:
        mine = mine.filter(pk__lte=until)
    return mine.update(read_at=clock.now())


@transaction.atomic
def choose(*, by: User, wanted: Mapping[str, tuple[bool, bool]]) -> None:
    """Keeps what somebody wants of each kind (by its name): on the site, by e-mail. An e-mail that waits is asked about
    again before it is sent."""
    rows = [
        NotificationChoice(user=by, kind=name, on_site=on_site, by_email=by_email)
        for name, (on_site, by_email) in wanted.items()
    ]
    NotificationChoice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["on_site", "by_email"]
    )
