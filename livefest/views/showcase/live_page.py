"""What the page of who is LIVE shows: a page of them, with what they earned and what they show to be bought.

Of a fest that is on with its boards open: what was reported of this LIVE, metric by metric, and the points of the fest
day, as the creator's page has them. Points of one LIVE there are none: caps and tiers go by days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import get_language, to_locale

from creators.models import Entry, Live, Product
from livefest.campaign.words import with_name
from livefest.copies import shown_copy
from livefest.models import Fest, Metric
from livefest.remembered import Remembered
from livefest.site import region_name
from livefest.sql import execute
from livefest.views.partners.wares import shown_now
from livefest.views.places import Person, person_of
from livefest.views.showcase.forward import lives_on_air
from rankings.board_page import Choice
from rankings.models import Gain

CARDS = 30  # whole rows of two and three; more would be a heavier page than a phone should have to fetch
PRODUCTS = 2  # of a card
METRICS = 2  # of a card, the first of the campaign's

# What any source reported of these LIVEs and counts, by LIVE and metric, in the campaign's order (fact_by_entry).
EARNED = """
SELECT live.id, metric.id, sum(fact.quantity)
FROM creators_live live
     JOIN creators_fact fact
         ON fact.entry_id = live.entry_id AND fact.at >= live.started_at
            AND fact.session = live.room AND fact.counts
     JOIN livefest_metric metric ON metric.id = fact.metric_id
WHERE live.id = ANY(%(lives)s)
GROUP BY live.id, metric.id
HAVING sum(fact.quantity) > 0
ORDER BY live.id, metric.position, metric.id
"""
_categories = Remembered(60.0)  # asked for only where nobody of the one that was chosen is LIVE


@dataclass(frozen=True)
class OnSale:
    """`price` is in words, empty where none is told."""

    product: Product
    price: str


@dataclass(frozen=True)
class LiveCard:
    """`earned` is what was reported of this LIVE, in words; `points` are those of the fest day. Empty and 0 where there
    are none, or none to be shown."""

    live: Live
    person: Person
    handle: str
    earned: list[str]
    points: int
    products: list[OnSale]


@dataclass(frozen=True)
class LivePage:
    """A page of those of the `region` and `category` that were chosen (empty: all), of `size`; `on_air` are all."""

    fest: Fest
    region: str
    category: str
    number: int
    cards: list[LiveCard]
    size: int
    on_air: int
    regions: list[Choice]
    categories: list[Choice]

    @property
    def pages(self) -> int:
        return max(1, -(-self.size // CARDS))

    def url(self, number: int = 1) -> str:
        chosen = [("category", self.category), ("page", str(number) if number > 1 else ""), ("region", self.region)]
        query = urlencode([(name, value) for name, value in chosen if value])
        address = reverse("live_now", kwargs={"fest": self.fest.slug})
        return f"{address}?{query}" if query else address

    @property
    def own_url(self) -> str:
        return self.url(self.number)

    @property
    def before(self) -> str:
        return self.url(self.number - 1) if self.number > 1 else ""

    @property
    def after(self) -> str:
        return self.url(self.number + 1) if self.number < self.pages else ""


def live_page(fest: Fest, now: datetime, *, region: str, category: str, number: int) -> LivePage:
    """A region or category that the fest doesn't have is left out; past the last page comes the last."""
    lives = lives_on_air(fest, now)
    counted = counts(fest, now)
    codes = sorted({code for code, _category in counted if code} | known_region(fest, region))
    names = sorted({name for _code, name in counted if name} | known_category(fest, category))
    region, category = region if region in codes else "", category if category in names else ""
    if region:
        lives = lives.filter(entry__region__code=region)
    if category:
        lives = lives.filter(entry__category=category)
    size = sum(
        count for (code, name), count in counted.items() if region in ("", code or "") and category in ("", name)
    )
    number = min(number, max(1, -(-size // CARDS)))
    first = (number - 1) * CARDS
    found = list(lives[first : first + CARDS])
    return LivePage(
        fest=fest,
        region=region,
        category=category,
        number=number,
        cards=cards_of(fest, found, now),
        size=size,
        on_air=sum(counted.values()),
        regions=sorted(
            (Choice(code, named(code), code == region) for code in codes), key=lambda one: one.label.split(" ", 1)[-1]
        ),
        categories=[Choice(name, name, name == category) for name in names],
    )


def counts(fest: Fest, now: datetime) -> dict[tuple[str | None, str], int]:
    """How many LIVEs are on, by region (its code) and category."""
    lives = lives_on_air(fest, now).order_by().values_list("entry__region__code", "entry__category")
    return {(code, name): count for code, name, count in lives.annotate(Count("pk"))}


def named(code: str) -> str:
    region = region_name(code)
    return f"{region.flag} {region.name}"


def known_region(fest: Fest, code: str) -> set[str]:
    return {code} if len(code) == 2 and code.isascii() and fest.regions.filter(code=code).exists() else set()


def known_category(fest: Fest, name: str) -> set[str]:
    def ask() -> set[str]:
        return set(Entry.objects.filter(fest=fest).order_by().values_list("category", flat=True).distinct())

    return {name} & _categories.get(fest.pk, ask) if name else set()


def cards_of(fest: Fest, lives: list[Live], now: datetime) -> list[LiveCard]:
    entries = list({live.entry_id for live in lives})
    points, products = points_today(fest, entries, now), products_shown(fest, entries, now)
    earned = earned_in(fest, lives)
    return [
        LiveCard(
            live,
            person_of(live.entry, fest),
            live.entry.creator.handle,
            earned.get(live.pk, []),
            points.get(live.entry_id, 0),
            products.get(live.entry_id, []),
        )
        for live in lives
    ]


def earned_in(fest: Fest, lives: list[Live]) -> dict[int, list[str]]:
    """What was reported of each LIVE in words; none while a copy stands in for what moves."""
    if not lives or shown_copy(fest.pk):
        return {}
    metrics = {metric.pk: metric for metric in Metric.objects.filter(fest=fest)}
    found: dict[int, list[str]] = {}
    for live, pk, quantity in execute(EARNED, {"lives": [live.pk for live in lives]}):
        words = found.setdefault(live, [])
        if len(words) < METRICS:
            metric = metrics[pk]
            words.append(with_name(int(quantity), metric.unit, metric.local.name))
    return found


def points_today(fest: Fest, entries: list[int], now: datetime) -> dict[int, int]:
    """The points of some entries on the fest day of now, by entry; none while a copy stands in for what is derived: it
    is of another moment than who is LIVE."""
    today = fest.day_on(now)
    if today is None or not entries or shown_copy(fest.pk):
        return {}
    # By segment, which the index has; it is the day's.
    gains = Gain.objects.filter(entry__in=entries, segment__gte=today.starts, segment__lt=today.ends)
    return dict(gains.order_by().values_list("entry").annotate(Sum("points")))


def products_shown(fest: Fest, entries: list[int], now: datetime) -> dict[int, list[OnSale]]:
    """What some entries show in their LIVEs now, by entry; the first few of each."""
    rows = shown_now(fest, now).filter(entry__in=entries).select_related("product")
    found: dict[int, list[OnSale]] = {}
    for row in rows.order_by("product__position", "product_id", "pk") if entries else []:
        shown = found.setdefault(row.entry_id, [])
        if len(shown) < PRODUCTS:
            shown.append(OnSale(row.product, price_of(row.product)))
    return found


def price_of(product: Product) -> str:
    if product.price is None:
        return ""
    locale = to_locale(get_language() or settings.LANGUAGE_CODE)
    amount = Decimal(product.price).scaleb(-get_currency_precision(product.currency))
    return str(format_currency(amount, product.currency, locale=locale))
