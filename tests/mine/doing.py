"""What creators do, for tests of their own pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creators.intake import record_facts
from creators.models import Entry, Group, Membership, Source
from creators.reports import parse_fact
from creators.sources import create_source
from livefest import clock
from livefest.models import Fest
from rankings.refresh import refresh
from tests.mine.conftest import NOW
from tests.pages.conftest import forget
from tests.texts import page_text


def did(fest: Fest, *facts: tuple[str, str, int, datetime], session: str = "") -> None:
    """Records facts (creator, metric, quantity, at) and scores them."""
    source = Source.objects.filter(fest=fest).first() or create_source(fest=fest, name="platform")
    reports = [
        {"id": f"{handle}-{metric}-{at}", "creator": handle, "metric": metric, "quantity": quantity}
        | {"at": at.isoformat(), **({"session": session} if session else {})}
        for handle, metric, quantity, at in facts
    ]
    assert record_facts(source=source, reports=[parse_fact(one) for one in reports], arrived_at=clock.now()).accepted
    refresh(fest)
    forget()


def put_in(entry: Entry, slug: str, origin: str = Membership.Origin.FILE) -> Group:
    group = Group.objects.get(fest=entry.fest_id, slug=slug)
    Membership.objects.create(
        fest_id=entry.fest_id, entry=entry, group=group, kind=group.kind, origin=origin, since=NOW
    )
    return group


def entry_in(fest: Fest, handle: str) -> Entry:
    return Entry.objects.select_related("creator", "fest").get(fest=fest, creator__handle=handle)


def words(client: Client, path: str, status: int = 200, **headers: str) -> str:
    """A page's text with single spaces."""
    response = client.get(path, headers=headers)
    assert response.status_code == status, response
    return page_text(response)


def sent(client: Client, path: str, **data: str) -> str:
    """What the page says that a form leads to."""
    response = client.post(path, data, follow=True)
    assert response.status_code == 200, response
    return page_text(response)


@contextmanager
def queries() -> Iterator[list[int]]:
    """How many queries are made within, once it is over."""
    counted: list[int] = []
    with CaptureQueriesContext(connection) as captured:
        yield counted
    counted.append(len(captured))
