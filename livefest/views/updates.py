"""What staff tell everybody: a page, and a feed."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from livefest import clock
from livefest.models import Announcement, Fest
from livefest.pages import public_page
from livefest.site import fest_context, fest_of, version_of_fest

ROWS = 20
ID = re.compile("[1-9][0-9]{0,17}")  # in one spelling: each would be kept as a page of its own
NOT_OF_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@require_safe
@public_page(version_of_fest, query=["after"])
def updates(request: HttpRequest, fest: str) -> HttpResponse:
    found = fest_of(fest)
    shown: QuerySet[Announcement] = Announcement.objects.filter(fest=found).published(clock.now())
    after = request.GET.get("after", "")
    if after:
        shown = further(shown, after)
    rows = list(shown[: ROWS + 1])
    context = {"updates": rows[:ROWS], "more": rows[ROWS - 1].pk if len(rows) > ROWS else None, "after": after}
    return render(request, "livefest/updates.html", {**fest_context(found, "updates"), **context})


def further(shown: QuerySet[Announcement], after: str) -> QuerySet[Announcement]:
    """Those that follow the one with the id. Raises Http404 where it isn't among them."""
    last = shown.filter(pk=int(after)).first() if ID.fullmatch(after) else None
    if last is None:
        raise Http404(_("There is no such update."))
    older = Q(published_at__lt=last.published_at) | Q(published_at=last.published_at, pk__lt=last.pk)
    follows = Q(pinned=last.pinned) & older
    return shown.filter(follows | Q(pinned=False) if last.pinned else follows)


class FestFeed(Atom1Feed):
    """Without entries it is as old as its fest: the same bytes whoever makes it, and when."""

    def latest_post_date(self) -> datetime:
        moment: datetime = super().latest_post_date() if self.items else self.feed["since"]
        return moment


class AnnouncementFeed(Feed):  # type: ignore[type-arg]
    """The newest updates as Atom, whatever is pinned."""

    feed_type = FestFeed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Fest:
        return fest_of(kwargs["fest"])

    def title(self, fest: Fest) -> str:
        return legible(_("%(fest)s: updates") % {"fest": fest.name})

    def link(self, fest: Fest) -> str:
        return reverse("updates", kwargs={"fest": fest.slug})

    def feed_url(self, fest: Fest) -> str:
        return reverse("feed", kwargs={"fest": fest.slug})

    def feed_extra_kwargs(self, fest: Fest) -> dict[str, Any]:
        return {"since": fest.starts}

    def items(self, fest: Fest) -> QuerySet[Announcement]:
        rows = Announcement.objects.filter(fest=fest).published(clock.now())
        return rows.select_related("fest").order_by("-published_at", "-pk")[:ROWS]

    def item_title(self, item: Announcement) -> str:
        return legible(item.title)

    def item_description(self, item: Announcement) -> str:
        return linebreaks(legible(item.text), autoescape=True)

    def item_link(self, item: Announcement) -> str:
        return f"{reverse('updates', kwargs={'fest': item.fest.slug})}#update-{item.pk}"

    def item_pubdate(self, item: Announcement) -> datetime:
        return item.published_at

    def item_updateddate(self, item: Announcement) -> datetime:
        return max(item.updated_at, item.published_at)


def legible(text: str) -> str:
    """Without the characters that XML can't hold."""
    return NOT_OF_XML.sub("", text)


@require_safe
@public_page(version_of_fest)
def updates_feed(request: HttpRequest, fest: str) -> HttpResponse:
    return AnnouncementFeed()(request, fest=fest)
