"""Updates as an Atom feed: one for each language, of all or of what a region is told."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.html import linebreaks
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from livefest.announced import Update, shown_updates, told
from livefest.models import Announcement, Fest

ENTRIES = 20
NOT_OF_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class FestFeed(Atom1Feed):
    """Entries have their whole text, and say in which language it and the title are. Without entries it is as old as
    its fest: the same bytes whoever makes it, and when."""

    def latest_post_date(self) -> datetime:
        moment: datetime = super().latest_post_date() if self.items else self.feed["since"]
        return moment

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {**super().item_attributes(item), "xml:lang": item["update"].title_language}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        update: Update = item["update"]
        content = linebreaks(legible(update.row.local.text), autoescape=True)
        handler.addQuickElement("content", content, {"type": "html", "xml:lang": update.text_language})


def feed_of(fest: Fest, now: datetime, *, region: str) -> FestFeed:
    """The newest, whatever is pinned, in the language that is active; `region` is a code, empty for all."""
    query = f"?{urlencode({'region': region})}" if region else ""
    name = legible(fest.local.name)
    feed = FestFeed(
        title=legible(_("%(fest)s: updates") % {"fest": fest.local.name}),
        link=address("updates", fest) + query,
        description="",
        language=get_language(),
        author_name=name,
        feed_url=address("feed", fest) + query,
        since=fest.starts,
    )
    rows = shown_updates(fest, now, region=region).annotate(picture_bytes=Length("picture__content"))
    for row in rows.order_by("-published_at", "-pk")[:ENTRIES]:
        add_entry(feed, fest, row)
    return feed


def add_entry(feed: FestFeed, fest: Fest, row: Announcement) -> None:
    update = told(row)
    feed.add_item(
        title=legible(row.local.title),
        link=address("update", fest, update=str(row.pk)),
        description=None,  # type: ignore[arg-type]  # there is the whole content
        unique_id=id_of(row),
        pubdate=row.published_at,
        updateddate=max(row.updated_at, row.published_at),
        categories=[region.code for region in update.regions],
        enclosures=enclosures(row),
        update=update,
    )


def id_of(row: Announcement) -> str:
    """A tag (RFC 4151), which stays whatever becomes of addresses and of the moment of publication. In each language an
    update is an entry of its own."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"tag:{host},{row.created_at:%Y-%m-%d}:updates/{row.pk}/{get_language()}"


def enclosures(row: Announcement) -> list[Enclosure]:
    if row.picture is None:
        return []
    url = settings.SITE_URL + reverse("picture", kwargs={"digest": row.picture.digest})
    return [Enclosure(url, str(row.picture_bytes), "image/webp")]  # type: ignore[attr-defined]


def address(name: str, fest: Fest, **parts: str) -> str:
    """Of a page, with the site's host, wherever it is read."""
    return settings.SITE_URL + reverse(name, kwargs={"fest": fest.slug, **parts})


def legible(text: str) -> str:
    """Without the characters that XML can't hold."""
    return NOT_OF_XML.sub("", text)
