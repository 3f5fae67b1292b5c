"""Updates: their page, their feed, and writing them in the admin."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from livefest.models import Announcement, Fest
from tests.admin.pages import add, body, change, errors, submit
from tests.pages.conftest import NOW, announce, assert_public, open_page

UPDATES = "/en/small/updates/"
FEED = "/en/small/updates/feed.atom"
ATOM = "{http://www.w3.org/2005/Atom}"


def titles(page: str) -> list[str]:
    return re.findall(r'<h2 id="title-\d+">(.*?)</h2>', page)


def entries(client: Client) -> list[ElementTree.Element]:
    response = client.get(FEED)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content).findall(f"{ATOM}entry")  # noqa: S314  our own feed


# The page


def test_updates_without_any_say_so(client: Client, fest: Fest) -> None:
    assert "No updates yet." in open_page(client, UPDATES)


def test_updates_are_the_pinned_then_the_newest(client: Client, fest: Fest) -> None:
    announce(fest, "Old", minutes_ago=30)
    announce(fest, "New", minutes_ago=10)
    announce(fest, "Pinned", minutes_ago=50, pinned=True)
    assert titles(open_page(client, UPDATES)) == ["Pinned", "New", "Old"]


def test_update_of_the_future_is_hidden_until_then(client: Client, fest: Fest) -> None:
    announce(fest, "Now", minutes_ago=0)
    announce(fest, "Soon", minutes_ago=-1, pinned=True)
    assert titles(open_page(client, UPDATES)) == ["Now"]


def test_update_of_another_fest_is_not_shown(client: Client, fest: Fest, uk_valentine: Fest) -> None:
    announce(uk_valentine, "Elsewhere")
    assert titles(open_page(client, UPDATES)) == []
    assert entries(client) == []


def test_update_is_text_in_paragraphs(client: Client, fest: Fest) -> None:
    announce(fest, "<i>Title</i>", text="One <b>&</b>\n\nTwo")
    page = open_page(client, UPDATES)
    assert titles(page) == ["&lt;i&gt;Title&lt;/i&gt;"]
    assert "<p>One &lt;b&gt;&amp;&lt;/b&gt;</p> <p>Two</p>" in page


def test_moment_of_an_update_is_in_the_fests_zone(client: Client, fest: Fest) -> None:
    Fest.objects.update(time_zone="Asia/Kathmandu")
    announce(fest, "News", minutes_ago=0)
    assert 'datetime="2026-02-15T18:15:00+05:45"' in open_page(client, UPDATES)


def test_updates_go_on_twenty_a_page_without_gap_or_repetition(client: Client, fest: Fest) -> None:
    for number in range(45):
        announce(fest, f"{number:02}", minutes_ago=number // 3, pinned=number % 2 == 0)
    seen, path = [], UPDATES
    while path:
        page = open_page(client, path)
        seen.append(titles(page))
        further = re.search(r'rel="next" href="([^"]+)"', page)
        path = further[1] if further else ""
    assert [len(page) for page in seen] == [20, 20, 5]
    together = [title for page in seen for title in page]
    assert together == list(Announcement.objects.values_list("title", flat=True))
    assert len(set(together)) == 45


@pytest.mark.parametrize("after", ["x", "0", "-1", "99999999999999999999", "²", "soon"])
def test_updates_after_what_is_not_there_are_not_found(client: Client, fest: Fest, after: str) -> None:
    if after == "soon":
        after = str(announce(fest, "Soon", minutes_ago=-1).pk)
    assert client.get(UPDATES, {"after": after}).status_code == 404


def test_updates_name_their_feed(client: Client, fest: Fest) -> None:
    link = f'<link rel="alternate" type="application/atom+xml" title="Updates" href="{FEED}">'
    assert link in open_page(client, UPDATES)
    assert link in open_page(client, "/en/small/")


def test_updates_cost_the_same_queries_with_more_rows(
    client: Client, fest: Fest, queries_of: Callable[[str], int]
) -> None:
    announce(fest, "News")
    at_one = queries_of(UPDATES), queries_of(FEED)
    announce(fest, "News")
    announce(fest, "News")
    assert (queries_of(UPDATES), queries_of(FEED)) == at_one


@pytest.mark.parametrize("path", [UPDATES, FEED])
def test_updates_are_kept_and_answered_304(client: Client, fest: Fest, path: str) -> None:
    etag = client.get(path)["ETag"]
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, headers={"if-none-match": etag})
    assert response.status_code == 304
    assert len(captured) == 0


# The feed


def test_feed_is_atom_of_the_newest_for_everyone(client: Client, fest: Fest) -> None:
    for number in range(25):
        announce(fest, f"{number:02}", minutes_ago=number, pinned=number == 24)
    announce(fest, "Soon", minutes_ago=-1)
    assert [one.findtext(f"{ATOM}title") for one in entries(client)] == [f"{number:02}" for number in range(20)]
    response = client.get(FEED)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert_public(response)


def test_entry_of_the_feed_has_moments_text_and_address(client: Client, fest: Fest) -> None:
    update = announce(fest, "A & B\x07", minutes_ago=30, text="One <b>\x00bold</b>".replace("\x00", "\x1f"))
    (entry,) = entries(client)
    assert entry.findtext(f"{ATOM}title") == "A & B"
    assert entry.findtext(f"{ATOM}published") == "2026-02-15T12:00:00+00:00"
    assert entry.findtext(f"{ATOM}summary") == "<p>One &lt;b&gt;bold&lt;/b&gt;</p>"
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == f"http://testserver{UPDATES}#update-{update.pk}"


def test_feed_without_entries_is_as_old_as_its_fest(client: Client, fest: Fest) -> None:
    feed = ElementTree.fromstring(client.get(FEED).content)  # noqa: S314  our own feed
    assert [one.text for one in feed.findall(f"{ATOM}updated")] == [fest.starts.isoformat()]


def test_feed_of_an_unknown_fest_is_not_found(client: Client) -> None:
    assert client.get("/en/nowhere/updates/feed.atom").status_code == 404


def test_feed_is_only_read(client: Client, fest: Fest) -> None:
    assert client.post(FEED).status_code == 405


# Writing them


def test_update_is_written_and_changed_in_the_admin(admin_client: Client, fest: Fest) -> None:
    response = submit(admin_client, add(Announcement, fest), title="News", text="Text")
    assert response.status_code == 302
    update = Announcement.objects.get()
    assert (update.fest, update.title, update.published_at) == (fest, "News", NOW)
    assert submit(admin_client, change(update), pinned="on").status_code == 302
    update.refresh_from_db()
    assert update.pinned


def test_update_without_text_is_refused_in_the_admin(admin_client: Client, fest: Fest) -> None:
    assert errors(submit(admin_client, add(Announcement, fest), title="News", text=" ")) == ["This field is required."]
    assert not Announcement.objects.exists()


def test_admin_offers_only_the_fest_of_the_address(admin_client: Client, fest: Fest, uk_valentine: Fest) -> None:
    page = body(admin_client.get(add(Announcement, fest)))
    assert "Small" in page
    assert "UK Valentine" not in page


@pytest.mark.parametrize("values", [{"title": ""}, {"text": ""}], ids=["title", "text"])
def test_database_refuses_an_update_that_says_nothing(fest: Fest, values: dict[str, str]) -> None:
    with pytest.raises(IntegrityError, match="announcement_(title|text)_given"), transaction.atomic():
        Announcement.objects.create(fest=fest, **{"title": "T", "text": "T", **values})


def test_published_are_those_whose_moment_has_come(fest: Fest) -> None:
    update = announce(fest, "News", minutes_ago=0)
    assert list(Announcement.objects.filter(fest=fest).published(NOW)) == [update]
    assert not Announcement.objects.filter(fest=fest).published(NOW - timedelta(microseconds=1)).exists()
