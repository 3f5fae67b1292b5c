"""E-mails that failed: who may see them, and let them be tried again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client

from livefest.models import AuditEntry, Notification, User
from livefest.tasks import send_notifications

PAGE = "/admin/livefest/notification/"
AT = datetime(2026, 2, 14, 12, tzinfo=UTC)


def told(name: str, **values: object) -> Notification:
    user = User.objects.create(username=name, email=f"{name}@example.org")
    data = {"fest": "Fest", "decision": "approved", "handle": name, "reason": ""}
    return Notification.objects.create(
        **{"user": user, "kind": "participation", "key": "1", "data": data, "made_at": AT, **values}
    )


def test_staff_see_what_failed_and_let_it_be_tried_again(staff: Callable[..., Client]) -> None:
    failed = told("ada", email="failed", error="SMTPDataError: 554", attempts=8)
    told("bo", email="sent", sent_at=AT)
    client = staff("livefest.view_notification")
    listed = client.get(f"{PAGE}?email__exact=failed").content.decode()
    assert "SMTPDataError: 554" in listed
    assert ">bo<" not in listed
    assert "SMTPDataError: 554" in client.get(f"{PAGE}{failed.pk}/change/").content.decode()

    again = {"action": "send_again", "_selected_action": list(Notification.objects.values_list("pk", flat=True))}
    client.post(PAGE, again)
    failed.refresh_from_db()
    assert failed.email == "failed", "who only looks sends nothing"

    by = User.objects.get(username="staff")
    by.user_permissions.add(Permission.objects.get(codename="change_notification"))
    assert b"1 e-mail is tried again." in client.post(PAGE, again, follow=True).content
    send_notifications()
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    entry = AuditEntry.objects.get(verb="send_again")
    assert (entry.actor, entry.object_pk) == (by, str(failed.pk))


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}add/"])
def test_staff_without_the_right_see_no_notifications(staff: Callable[..., Client], path: str) -> None:
    assert staff("livefest.view_fest").get(path).status_code == 403
