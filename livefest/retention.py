"""What is deleted by itself, once nobody needs it any more. docs/operations.md lists what is kept how long.

Never here: facts and their sources, corrections, records (history, results, ceremonies), the audit. The database
refuses to delete those anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from livefest.sql import execute

# When the session ends that a row is of; long ago where it ended already, by signing out or by the rule above.
SESSIONS_END = """coalesce(
    (SELECT s.expire_date FROM django_session s WHERE s.session_key = usersessions_usersession.session_key), '-infinity'
)"""

# When somebody was done with a notification: they read it, or, by e-mail alone, were sent it, if they were.
NOTIFICATIONS_END = "CASE WHEN on_site THEN read_at ELSE coalesce(sent_at, made_at) END"

BATCH = 1_000  # rows a transaction
MOST_BATCHES = 1_000  # of a table in one go; the rest goes the next day

DELETE = """
DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE {moment} < %s LIMIT %s)) RETURNING 1
"""

COUNT = "SELECT count(*) FROM {table} WHERE {moment} < %s"


class Rule(NamedTuple):
    """Rows of a table go so many days after a moment: a column of theirs, or an expression over them."""

    table: str
    moment: str
    days: int


def rules() -> list[Rule]:
    return [
        Rule("django_session", "expire_date", 0),
        Rule("usersessions_usersession", SESSIONS_END, 0),
        Rule("livefest_signin", "at", settings.KEEP_SIGN_INS_DAYS),
        Rule("account_emailconfirmation", "created", settings.KEEP_CONFIRMATIONS_DAYS),
        Rule("django_admin_log", "action_time", settings.KEEP_ADMIN_LOG_DAYS),
        Rule("livefest_notification", NOTIFICATIONS_END, settings.KEEP_NOTIFICATIONS_DAYS),
    ]


def deletable() -> dict[str, int]:
    """How many rows of each table are due."""
    return {rule.table: execute(COUNT.format(**rule._asdict()), [until(rule)])[0][0] for rule in rules()}


def delete_what_is_due() -> dict[str, int]:
    """Deletes them, a batch at a time, each in a transaction of its own; how many of each table."""
    return {rule.table: sum(batches(rule)) for rule in rules()}


def batches(rule: Rule) -> Iterator[int]:
    for _number in range(MOST_BATCHES):
        deleted = len(execute(DELETE.format(**rule._asdict()), [until(rule), BATCH]))
        yield deleted
        if deleted < BATCH:
            return


def until(rule: Rule) -> object:
    return timezone.now() - timedelta(days=rule.days)
