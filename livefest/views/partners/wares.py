"""What is sold: products as pages show them, with who shows them in their LIVEs now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from creators.models import Live, Product, ProductShown
from livefest.models import Fest, Partner
from livefest.views.places import Person, person_of
from livefest.views.showcase.forward import put_forward
from rewards.wording import money

SHOWERS = 3  # named of each product


@dataclass(frozen=True)
class Shower:
    """A creator who shows something; `live` is the LIVE that they are in, None while they are in none."""

    person: Person
    live: Live | None


@dataclass(frozen=True)
class Ware:
    """`price` is empty where none is told; `more` is how many show it beside those named."""

    product: Product
    price: str
    shown: list[Shower]
    more: int


def products_of(fest: Fest, *, partner: Partner | None = None) -> QuerySet[Product]:
    found = Product.objects.filter(fest=fest).select_related("partner", "picture").defer("picture__content")
    return (found.filter(partner=partner) if partner else found).order_by("position", "pk")


def wares_of(fest: Fest, products: list[Product], now: datetime) -> list[Ware]:
    """Two queries, however many there are."""
    on_air = Live.objects.on_air(now).filter(entry=OuterRef("entry")).order_by("-started_at")
    of_product = F("product")
    rows = (
        shown_now(fest, now)
        .filter(product__in=products)
        .annotate(live=Subquery(on_air.values("pk")[:1]))
        .annotate(
            number=Window(
                RowNumber(),
                partition_by=of_product,
                order_by=[F("live").asc(nulls_last=True), F("entry__creator__handle").asc()],
            ),
            total=Window(Count("pk"), partition_by=of_product),
        )
        .filter(number__lte=SHOWERS)
        .order_by("product_id", "number")
    )
    found = list(rows) if products else []
    lives = Live.objects.in_bulk([row.live for row in found if row.live])
    shown: dict[int, list[Shower]] = defaultdict(list)
    totals: dict[int, int] = {}
    for row in found:
        shown[row.product_id].append(Shower(person_of(row.entry, fest), lives.get(row.live)))
        totals[row.product_id] = row.total
    return [
        Ware(product, price_of(product), shown[product.pk], max(0, totals.get(product.pk, 0) - SHOWERS))
        for product in products
    ]


def shown_now(fest: Fest, now: datetime) -> QuerySet[ProductShown]:
    """That creators who are put forward show something now; where no moment is told, while the fest is on."""
    begun, unended = Q(starts__lte=now), Q(ends__gt=now)
    if now >= fest.starts:
        begun |= Q(starts=None)
    if now < fest.ends:
        unended |= Q(ends=None)
    return put_forward(ProductShown.objects.filter(begun, unended, fest=fest), fest)


def price_of(product: Product) -> str:
    return money(product.price, product.currency) if product.price is not None else ""
