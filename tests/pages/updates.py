"""Making updates, and reading their pages and feeds."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from django.test import Client
from PIL import Image

from livefest.models import Announcement, Fest, Picture
from livefest.pictures import WIDE, made_from, stored
from tests.pages.conftest import announce
from tests.texts import words_of

UPDATES = "/en/small/updates/"
FEED = "/en/small/updates/feed.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TRANSLATED = {"es": {"title": "Noticias", "text": "Hola.\n\nAdiós."}}


def titles(page: str) -> list[str]:
    return re.findall(r'<h2 id="title-\d+"[^>]*> *<a href="[^"]+">(.*?)</a> *</h2>', page)


def tags(page: str) -> list[str]:
    return [words_of(one) for one in re.findall(r'<ul class="tags">(.*?)</ul>', page)]


def feed(client: Client, path: str = FEED) -> ElementTree.Element:
    response = client.get(path)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)  # noqa: S314  our own feed


def entries(client: Client, path: str = FEED) -> list[ElementTree.Element]:
    return feed(client, path).findall(f"{ATOM}entry")


def entry_titles(client: Client, path: str = FEED) -> list[str | None]:
    return [one.findtext(f"{ATOM}title") for one in entries(client, path)]


def announce_for(fest: Fest, title: str, *codes: str, **values: Any) -> Announcement:
    update = announce(fest, title, **values)
    update.regions.set(fest.regions.filter(code__in=codes))
    return update


def address(update: Announcement, language: str = "en") -> str:
    return f"/{language}/small/updates/{update.pk}/"


def picture() -> Picture:
    made = BytesIO()
    Image.new("RGB", (640, 480), "orange").save(made, "PNG")
    return stored(made_from(made.getvalue(), WIDE))
