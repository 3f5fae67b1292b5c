"""A small fest with creators who stand somewhere, for the public pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from creators.models import Creator, Entry, Live, Source
from livefest import copies, pages, site
from livefest.models import Announcement, Fest
from livefest.views import errors
from livefest.views.home import fests_around
from livefest.views.showcase import live_page
from rankings import course, history_page, live, views
from rankings.history import record_history
from rankings.refresh import refresh
from rankings.valkey import client as valkey
from rewards import rewards_page
from tests.kept import kept
from tests.rankings.fests import Facts, Script
from tests.rankings.play import begin, play
from tests.rankings.test_changes import CAMPAIGN, CREATORS, FACTS, LATE
from tests.reference.small import moment
from tests.texts import page_text

NOW = moment("15T12:30:00")


@pytest.fixture(autouse=True)
def _nothing_kept(settings: Settings, db: None) -> Iterator[None]:
    """Each test renders its own pages, at noon and a half of the third of four days."""
    settings.LIVEFEST_NOW = NOW.isoformat()
    forget()
    yield
    forget()


def forget() -> None:
    """Lets public pages be rendered anew, as in a new process with an empty cache."""
    pages.pages.clear()
    pages.versions.clear()
    site._fest_ids.clear()
    copies._shown.clear()
    live._listed.clear()
    course._day_records.clear()
    history_page._latest.clear()
    views._boards.clear()
    rewards_page._versions.clear()
    fests_around.clear()
    errors.fests.clear()
    live_page._categories.clear()
    # Not cache.clear(): the published standings live in the same Valkey.
    found = list(valkey().scan_iter(match="*:page:*"))
    if found:
        valkey().delete(*found)


SMALL = Script(CAMPAIGN, CREATORS, LATE, [])


def small() -> Fest:
    return begin(SMALL)


def small_played() -> Fest:
    fest = small()
    play(fest, SMALL, Facts(FACTS))
    refresh(fest)
    record_history(fest, at=moment("15T12:00:00"))
    return fest


@pytest.fixture
def script() -> Script:
    return SMALL


@pytest.fixture
def fest(db: None) -> Fest:
    """ "small", with a race a day, and nothing that anybody did."""
    return kept(small)


@pytest.fixture
def played(db: None) -> Fest:
    """After what its creators did was scored, published and recorded."""
    return kept(small_played)


def text(response: HttpResponseBase) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def open_page(client: Client, path: str, **headers: str) -> str:
    """The page's text. It was found, and is the same for everyone."""
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    assert_public(response)
    return page_text(response)


def assert_public(response: HttpResponseBase) -> None:
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert "Cookie" not in response["Vary"]
    assert response["Cache-Control"].startswith("public, ")
    assert response["ETag"]


def go_live(entry: Entry, room: str, *, started_at: datetime, **values: Any) -> Live:
    source, _new = Source.objects.get_or_create(fest=entry.fest, name="platform")
    return Live.objects.create(
        source=source, room=room, entry=entry, started_at=started_at, **{"reported_at": NOW, **values}
    )


def announce(fest: Fest, title: str, *, minutes_ago: int = 5, **values: Any) -> Announcement:
    at = NOW - timedelta(minutes=minutes_ago)
    return Announcement.objects.create(fest=fest, title=title, published_at=at, **{"text": "Text.", **values})


def enter(fest: Fest, handle: str, name: str = "") -> Entry:
    creator = Creator.objects.create(handle=handle, name=name)
    return Entry.objects.create(fest=fest, creator=creator, region=fest.regions.all()[0])


@pytest.fixture
def queries_of(client: Client) -> Callable[[str], int]:
    """How many queries a page costs that was not rendered before."""

    def count(path: str) -> int:
        client.get(path)  # what a process asks once
        forget()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    return count
