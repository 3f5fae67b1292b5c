"""The feed of updates."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.test import Client

from livefest.models import Announcement, Fest
from tests.pages.conftest import NOW, announce, assert_public, forget
from tests.pages.updates import ATOM, FEED, LANG, UPDATES, address, announce_for, entries, entry_titles, feed


def test_feed_has_all_that_atom_asks_for(client: Client, fest: Fest) -> None:
    """RFC 4287, 4.1.1 and 4.1.2: what there must be one of, and an author."""
    announce_for(fest, "Second", "GB", "IE", minutes_ago=10)
    announce(fest, "First", minutes_ago=20)
    found = feed(client, f"{FEED}?region=GB")
    assert (found.tag, found.get(LANG)) == (f"{ATOM}feed", "en")
    own = settings.SITE_URL + UPDATES
    assert found.findtext(f"{ATOM}id") == f"{own}?region=GB"
    assert [link.attrib for link in found.findall(f"{ATOM}link")] == [
        {"rel": "alternate", "href": f"{own}?region=GB"},
        {"rel": "self", "href": f"{settings.SITE_URL}{FEED}?region=GB"},
    ]
    assert found.findtext(f"{ATOM}author/{ATOM}name") == "Small"
    listed = found.findall(f"{ATOM}entry")
    assert [category.get("term") for category in listed[0].findall(f"{ATOM}category")] == ["GB", "IE"]
    for element in (found, *listed):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
    assert len({one.findtext(f"{ATOM}id") for one in listed}) == 2


def test_entry_keeps_its_id_whatever_becomes_of_the_update(client: Client, fest: Fest) -> None:
    update = announce(fest, "News")
    before = entries(client)[0].findtext(f"{ATOM}id")
    assert before == f"tag:127.0.0.1,{update.created_at:%Y-%m-%d}:updates/{update.pk}/en"
    Announcement.objects.update(title="Other", published_at=NOW - timedelta(days=1), pinned=True)
    Fest.objects.update(slug="other")
    forget()
    assert entries(client, "/en/other/updates/feed.atom")[0].findtext(f"{ATOM}id") == before
    spanish = entries(client, "/es/other/updates/feed.atom")[0].findtext(f"{ATOM}id")
    assert spanish == before.replace("/en", "/es")


def test_entry_was_updated_when_its_text_was(client: Client, fest: Fest) -> None:
    update = announce(fest, "News", minutes_ago=30)
    Announcement.objects.update(updated_at=NOW - timedelta(minutes=10))
    (entry,) = entries(client)
    assert entry.findtext(f"{ATOM}updated") == "2026-02-15T12:20:00+00:00"
    Announcement.objects.update(updated_at=update.published_at - timedelta(days=1))
    forget()
    (entry,) = entries(client)
    assert entry.findtext(f"{ATOM}updated") == "2026-02-15T12:00:00+00:00"


def test_feed_is_atom_of_the_newest_for_everyone(client: Client, fest: Fest) -> None:
    for number in range(25):
        announce(fest, f"{number:02}", minutes_ago=number, pinned=number == 24)
    announce(fest, "Soon", minutes_ago=-1)
    assert entry_titles(client) == [f"{number:02}" for number in range(20)]
    response = client.get(FEED)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert_public(response)


def test_entry_of_the_feed_has_moments_text_and_address(client: Client, fest: Fest) -> None:
    update = announce(fest, "A & B\x07", minutes_ago=30, text="One <b>\x00bold</b>".replace("\x00", "\x1f"))
    (entry,) = entries(client)
    assert entry.findtext(f"{ATOM}title") == "A & B"
    assert entry.findtext(f"{ATOM}published") == "2026-02-15T12:00:00+00:00"
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert (content.text, content.attrib) == ("<p>One &lt;b&gt;bold&lt;/b&gt;</p>", {"type": "html", LANG: "en"})
    assert entry.find(f"{ATOM}summary") is None
    assert [link.attrib for link in entry.findall(f"{ATOM}link")] == [
        {"href": settings.SITE_URL + address(update), "rel": "alternate"}
    ]


def test_feed_without_entries_is_as_old_as_its_fest(client: Client, fest: Fest) -> None:
    assert [one.text for one in feed(client).findall(f"{ATOM}updated")] == [fest.starts.isoformat()]


def test_feed_of_an_unknown_fest_is_not_found(client: Client) -> None:
    assert client.get("/en/nowhere/updates/feed.atom").status_code == 404


def test_feed_is_only_read(client: Client, fest: Fest) -> None:
    assert client.post(FEED).status_code == 405
