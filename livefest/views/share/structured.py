"""What a page is about, for machines: schema.org as JSON-LD. Nothing but what the page shows to people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.template import Context
from django.urls import reverse

from livefest.announced import Update
from livefest.models import Fest
from livefest.views.creator_page import CreatorPage
from livefest.views.share.tags import SharedPage
from rankings.board_page import BoardPage

Thing = dict[str, Any]

ROWS = 10  # of a page of a board
HEADLINE = 110  # characters
# JSON stands in a script element: nothing in it may look like its end, or begin anything else.
ESCAPED = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&\u2028\u2029"}


def as_json(things: list[Thing]) -> str:
    graph = {"@context": "https://schema.org", "@graph": things}
    return json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)


def structured(context: Context, shared: SharedPage) -> list[Thing]:
    about = OF_PAGES.get(shared.name)
    return [*breadcrumbs(context, shared), *(about(context, shared) if about else [])]


def breadcrumbs(context: Context, shared: SharedPage) -> list[Thing]:
    """From the fest's home to the page; none on the home itself."""
    fest: Fest | None = context.get("fest")
    if fest is None or shared.name == "fest":
        return []
    ways = [(fest.local.name, absolute(reverse("fest", kwargs={"fest": fest.slug})))]
    section = context.get("section")
    ways += [
        (str(label), absolute(reverse(name, kwargs={"fest": fest.slug})))
        for name, label in context.get("fest_menu") or []
        if name == section and name != shared.name
    ]
    ways.append((shared.title.removesuffix(f" · {fest.local.name}"), shared.url))
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": url}
        for number, (name, url) in enumerate(ways, 1)
    ]
    return [{"@type": "BreadcrumbList", "itemListElement": items}]


def event(context: Context, shared: SharedPage) -> list[Thing]:
    fest: Fest = context["fest"]
    return [
        {
            "@type": "Event",
            "name": fest.local.name,
            "description": shared.description,
            "startDate": fest.starts.astimezone(fest.zone).isoformat(),
            "endDate": fest.ends.astimezone(fest.zone).isoformat(),
            "eventStatus": "https://schema.org/EventScheduled",
            "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
            "location": {"@type": "VirtualLocation", "url": shared.url},
            "image": shared.picture,
            "url": shared.url,
            "organizer": site(),
        }
    ]


def profile(context: Context, shared: SharedPage) -> list[Thing]:
    page: CreatorPage = context["page"]
    person: Thing = {
        "@type": "Person",
        "name": page.name,
        "alternateName": f"@{page.entry.creator.handle}",
        "url": shared.url,
    }
    if page.said:
        said = {
            "description": page.said.bio,
            "image": absolute(page.said.picture) if page.said.picture else "",
            "sameAs": [link.url for link in page.said.links],
        }
        person |= {name: value for name, value in said.items() if value}
    return [{"@type": "ProfilePage", "url": shared.url, "mainEntity": person}]


def ranking(context: Context, shared: SharedPage) -> list[Thing]:
    """Those who are named on the page, the first of it."""
    page: BoardPage = context["page"]
    items = [
        {"@type": "ListItem", "position": row["rank"], "name": row["name"], "url": absolute(row["url"])}
        for row in page.rows[:ROWS]
        if row["url"]
    ]
    if not items:
        return []
    return [
        {
            "@type": "ItemList",
            "name": page.board.local.name,
            "url": shared.url,
            "itemListOrder": "https://schema.org/ItemListOrderAscending",
            "numberOfItems": page.size,
            "itemListElement": items,
        }
    ]


def articles(context: Context, shared: SharedPage) -> list[Thing]:
    return [article(told, context["fest"]) for told in context["updates"]]


def one_article(context: Context, shared: SharedPage) -> list[Thing]:
    return [article(context["update"], context["fest"])]


def article(told: Update, fest: Fest) -> Thing:
    parts = {"fest": fest.slug, "update": told.row.pk}
    return {
        "@type": "NewsArticle",
        "headline": told.row.local.title[:HEADLINE],
        "inLanguage": told.title_language,
        "datePublished": told.row.published_at.isoformat(),
        "dateModified": max(told.row.updated_at, told.row.published_at).isoformat(),
        "url": absolute(reverse("update", kwargs=parts)),
        "image": absolute(reverse("update_picture", kwargs=parts)),
        "author": site(),
        "publisher": site(),
    }


def site() -> Thing:
    return {"@type": "Organization", "name": "LIVE Fest", "url": absolute(reverse("home"))}


def absolute(path: str) -> str:
    return settings.SITE_URL + path


OF_PAGES: dict[str, Callable[[Context, SharedPage], list[Thing]]] = {
    "fest": event,
    "creator": profile,
    "board": ranking,
    "board_day": ranking,
    "updates": articles,
    "update": one_article,
}
