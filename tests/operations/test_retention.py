"""What goes by itself, and that nothing else does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils import timezone

from livefest import retention
from livefest.celery import app
from livefest.models import Fest, User
from livefest.sql import execute
from livefest.tasks import retention as nightly
from tests.rankings.results.certifying import run


def counts() -> dict[str, int]:
    tables = execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
    return {table: execute(f"SELECT count(*) FROM {table}")[0][0] for (table,) in sorted(tables)}


def leave_behind(user: User, *, days: int, number: int) -> None:
    """Things that ended so many days ago."""
    at = timezone.now() - timedelta(days=days)
    Session.objects.bulk_create(
        Session(session_key=f"{days}-{one}", session_data="", expire_date=at) for one in range(number)
    )
    address, _new = EmailAddress.objects.get_or_create(user=user, email=user.email)
    EmailConfirmation.objects.create(email_address=address, created=at, key=f"{days}")
    kind = ContentType.objects.get_for_model(Fest)
    entry = LogEntry.objects.create(user=user, content_type=kind, object_id="1", object_repr="x", action_flag=2)
    LogEntry.objects.filter(pk=entry.pk).update(action_time=at)


def test_only_what_is_due_goes(certified: Fest, people: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    kept = counts()
    leave_behind(people[0], days=400, number=7)
    leave_behind(people[0], days=-1, number=2)  # to come
    before = counts()
    nothing = dict.fromkeys(retention.deletable(), 0)
    due = nothing | {"django_session": 7, "account_emailconfirmation": 1, "django_admin_log": 1}
    assert retention.deletable() == due
    assert run("retention", "--dry-run").splitlines() == [f"{table}: {rows} due" for table, rows in due.items()]
    assert counts() == before
    assert run("retention").splitlines() == [f"{table}: {rows} deleted" for table, rows in due.items()]
    left = kept | {"django_session": 2, "account_emailconfirmation": 1, "account_emailaddress": 1}
    assert counts() == left | {"django_admin_log": kept["django_admin_log"] + 1}
    nightly()
    assert counts() == left | {"django_admin_log": kept["django_admin_log"] + 1}


def test_batches_are_bounded(certified: Fest, people: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 2)
    leave_behind(people[0], days=400, number=7)
    assert retention.delete_what_is_due()["django_session"] == 4
    assert Session.objects.count() == 3


def test_beat_does_it_every_night() -> None:
    assert app.tasks["livefest.retention"].name == settings.CELERY_BEAT_SCHEDULE["livefest.retention"]["task"]
