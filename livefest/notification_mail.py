"""Sending what waits in `Notification`: each e-mail once, however often a mail server or a worker fails.

Who sends takes a batch for LEASE (they move `send_after` on), hands each e-mail to the mail server and marks it before
the next. A worker that dies leaves the rest of its batch to whoever comes when the lease is over; only the e-mail that
it died between sending and marking is sent again, with the same Message-ID, by which mail servers know it.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from livefest import clock, metrics
from livefest.audit import acting, record
from livefest.models import Notification, User
from livefest.notifications import address_of, choices_of, kind_named, language_of, subject_of, text_of
from livefest.quiet_hours import may_send_from, zone_of
from livefest.unsubscribing import unsubscribe_path

Email = Notification.Email
log = structlog.get_logger(__name__)

BATCH = 100  # e-mails, over one connection
LEASE = timedelta(minutes=10)
MOST_SECONDS = 240.0  # of one go, well within the lease; the next goes on
# How long to wait after each try that failed: a mail server that is away for a day loses nothing.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)]
MOST_TRIES = len(WAITS) + 1

ADDRESS = re.compile(r"\S+@\S+")
# What says that the server, and not this e-mail, is why it failed: the others of the batch are not tried then.
SERVER_AWAY = (SMTPServerDisconnected, SMTPConnectError, SMTPHeloError, SMTPAuthenticationError)


def send_due() -> dict[str, int]:
    """Sends what is due, batch by batch; how many by outcome: sent, retry, failed, unwanted, quiet."""
    outcomes: Counter[str] = Counter()
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until:
        batch = claim(clock.now())
        if not send_batch(batch, outcomes, until) or len(batch) < BATCH:
            break
    for outcome, number in outcomes.items():
        metrics.EMAILS.labels(outcome).inc(number)
    return dict(outcomes)


@transaction.atomic
def claim(now: datetime) -> list[Notification]:
    """Takes a batch of those that are due, for LEASE; what somebody else is just taking is theirs."""
    due = Notification.objects.filter(email=Email.WAITING, send_after__lte=now).order_by("send_after")
    taken = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    mine = Notification.objects.filter(pk__in=taken)
    mine.update(send_after=now + LEASE)
    return list(mine.select_related("user", "fest").order_by("pk"))


def send_batch(batch: list[Notification], outcomes: Counter[str], until: float) -> bool:
    """Sends those of a claimed batch, over one connection as long as that holds. False where the server is away or time
    is up: the rest was given back."""
    wanted = still_wanted(batch)
    connection = get_connection()
    try:
        for number, notification in enumerate(batch):
            if time.monotonic() >= until:
                return give_back(batch[number:])
            try:
                outcomes[deliver(notification, connection) if notification.pk in wanted else drop(notification)] += 1
            except DatabaseError:
                raise
            except Exception as error:  # noqa: BLE001  whatever it is, the others' e-mails must not wait for it
                outcomes[note_failure(notification, error)] += 1
                close(connection)
                if is_away(error):
                    return give_back(batch[number + 1 :])
    finally:
        close(connection)
    return True


def deliver(notification: Notification, connection: Any) -> str:
    """Sends one now, unless its reader's hours have become quiet since; what came of it."""
    now = clock.now()
    later = may_send_from(notification.user, notification.fest, now)
    if later > now:
        change(notification, send_after=later)
        return "quiet"
    message = message_of(notification)
    connection.open()  # nothing where it is; a connection that is opened by sending would be closed again
    connection.send_messages([message])
    change(notification, email=Email.SENT, sent_at=clock.now(), attempts=notification.attempts + 1, error="")
    return "sent"


def drop(notification: Notification) -> str:
    change(notification, email=Email.NONE, send_after=None)
    return "unwanted"


def note_failure(notification: Notification, error: Exception) -> str:
    """Moves the next try on, or gives up after the last."""
    tries = notification.attempts + 1
    outcome = "retry" if tries < MOST_TRIES else "failed"
    what = described(error)
    if outcome == "retry":
        change(notification, attempts=tries, error=what, send_after=clock.now() + WAITS[tries - 1])
    else:
        change(notification, attempts=tries, error=what, email=Email.FAILED)
    log.warning("email_" + outcome, notification=notification.pk, kind=notification.kind, tries=tries, error=what)
    return outcome


def give_back(batch: list[Notification]) -> bool:
    """Those that were not tried are due as before; False."""
    Notification.objects.filter(pk__in=[one.pk for one in batch], email=Email.WAITING).update(send_after=clock.now())
    return False


def change(notification: Notification, **values: Any) -> None:
    """Of an e-mail that still waits."""
    Notification.objects.filter(pk=notification.pk, email=Email.WAITING).update(**values)


@transaction.atomic
def send_again(*, only: QuerySet[Notification], by: User) -> int:
    """Lets those of them that failed wait again, with all their tries; how many."""
    failed = list(only.filter(email=Email.FAILED).select_for_update())
    with acting(by=by):
        for notification in failed:
            record(notification, verb="send_again", before={"error": notification.error}, after={"error": ""})
    now = clock.now()
    again = Notification.objects.filter(pk__in=[one.pk for one in failed])
    return again.update(email=Email.WAITING, attempts=0, error="", send_after=now)


def still_wanted(batch: list[Notification]) -> set[int]:
    """The ids of those whose readers can and want to be written to, by what they have chosen meanwhile."""
    by_kind = defaultdict(list)
    for notification in batch:
        if notification.user.is_active and notification.user.email:
            by_kind[notification.kind].append(notification)
    wanted = set()
    for name, notifications in by_kind.items():
        kind = kind_named(name)
        chosen = choices_of([one.user for one in notifications], kind) if kind else {}
        wanted |= {one.pk for one in notifications if kind is None or chosen[one.user_id][1]}
    return wanted


def message_of(notification: Notification) -> EmailMultiAlternatives:
    """The e-mail, in its reader's language and zone. Raises Unworded."""
    user, kind = notification.user, kind_named(notification.kind)
    with translation.override(language_of(user)), timezone.override(zone_of(user, notification.fest)):
        subject = " ".join(subject_of(notification).split())  # a name may have a line break, a header none
        headers = {
            "Message-ID": f"<notification-{notification.pk}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        }
        links = {
            "open": settings.SITE_URL + (address_of(notification) or reverse("my_notifications")),
            "choices": settings.SITE_URL + reverse("my_choices"),
        }
        if kind and not kind.always_by_email:
            links["unsubscribe"] = settings.SITE_URL + unsubscribe_path(user, kind)
            headers["List-Unsubscribe"] = f"<{links['unsubscribe']}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        context = {
            "notification": notification,
            "kind": kind,
            "subject": subject,
            "text": text_of(notification),
            "language": language_of(user),
            **links,
        }
        message = EmailMultiAlternatives(
            subject, render_to_string("notifications/email.txt", context), to=[user.email], headers=headers
        )
        message.attach_alternative(render_to_string("notifications/email.html", context), "text/html")
    return message


def is_away(error: Exception) -> bool:
    """Whether it is the server that fails, or the way to it, not the one e-mail."""
    return isinstance(error, SERVER_AWAY) or (isinstance(error, OSError) and not isinstance(error, SMTPException))


def described(error: Exception) -> str:
    """The error's class and the first line of what it says, without addresses of people."""
    if isinstance(error, SMTPRecipientsRefused):
        said = "; ".join(f"{code} {answer!r}" for code, answer in error.recipients.values())
    elif isinstance(error, SMTPResponseException):
        said = f"{error.smtp_code} {error.smtp_error!r}"
    else:
        said = str(error)
    first = next(iter(said.splitlines()), "")
    return f"{type(error).__name__}: {ADDRESS.sub('…', first)}"[:300]


def close(connection: Any) -> None:
    with suppress(Exception):  # it is broken already, or what was sent is sent
        connection.close()
