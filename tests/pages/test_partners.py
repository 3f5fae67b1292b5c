"""Partners, and what creators show in their LIVEs to be bought."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from creators.models import Creator, Entry, Participation, Product, ProductShown
from livefest.models import Fest, Metric, Partner
from livefest.views.partners.sellers import shopping_board
from rankings.models import Board
from tests.mine.conftest import take_part
from tests.pages.conftest import NOW, enter, forget, go_live, open_page
from tests.texts import words_of

PARTNERS = "/en/small/partners/"
SHOPPING = "/en/small/shopping/"


def partner_of(fest: Fest, slug: str = "tea-house", **values: Any) -> Partner:
    return Partner.objects.create(fest=fest, slug=slug, **{"name": slug.title(), **values})


def product_of(fest: Fest, slug: str = "tea", **values: Any) -> Product:
    defaults = {"name": slug.title(), "url": "https://shop.example/tea"}
    return Product.objects.create(fest=fest, slug=slug, **{**defaults, **values})


def show_product(product: Product, entry: Entry, **values: Any) -> None:
    ProductShown.objects.create(fest=product.fest, product=product, entry=entry, **values)


def entry_of(fest: Fest, handle: str) -> Entry:
    return Entry.objects.get(fest=fest, creator__handle=handle)


def showers(page: str) -> list[str]:
    found = re.search(r'<ul class="showers"[^>]*>(.*?)</ul>', page)
    return [words_of(one) for one in re.findall("<li[^>]*>(.*?)</li>", found[1])] if found else []


def sellers(page: str) -> list[str]:
    found = re.search(r'<ul class="sellers">(.*?)</ul>', page)
    return [words_of(one) for one in re.findall("<li[^>]*>(.*?)</li>", found[1])] if found else []


def menu(page: str) -> list[str]:
    found = re.search(r'<nav class="menu"[^>]*>(.*?)</nav>', page)
    assert found
    return [words_of(one) for one in re.findall("<a[^>]*>(.*?)</a>", found[1])]


# Partners


def test_partners_without_any_say_so_and_are_not_linked(client: Client, fest: Fest) -> None:
    assert "This festival has no partners yet." in open_page(client, PARTNERS)
    assert PARTNERS not in open_page(client, "/en/small/rules/")


def test_partners_are_linked_from_the_foot_of_every_page(client: Client, fest: Fest, uk_valentine: Fest) -> None:
    partner_of(fest)
    assert f'href="{PARTNERS}"' in open_page(client, "/en/small/rules/")
    assert "/partners/" not in open_page(client, "/en/uk-valentine/rules/")


def test_partner_has_text_link_and_products(client: Client, fest: Fest) -> None:
    partner = partner_of(fest, name="<b>Tea</b>", text="One <i>&</i>\n\nTwo", url="https://tea.example/?a=1&b=2")
    product_of(fest, "green", partner=partner)
    product_of(fest, "black")
    page = open_page(client, "/en/small/partners/tea-house/")
    assert "<h1>&lt;b&gt;Tea&lt;/b&gt;</h1>" in page
    assert "<p>One &lt;i&gt;&amp;&lt;/i&gt;</p> <p>Two</p>" in page
    assert (
        '<a class="button" href="https://tea.example/?a=1&amp;b=2" rel="sponsored noopener nofollow" '
        'referrerpolicy="no-referrer">To their site</a> <span class="tag">Sponsored</span>'
    ) in page
    assert re.findall(r'id="product-([^"]+)"', page) == ["green"]


def test_partner_of_another_fest_is_not_found(client: Client, fest: Fest, uk_valentine: Fest) -> None:
    partner_of(uk_valentine)
    assert client.get("/en/small/partners/tea-house/").status_code == 404
    assert "Tea-House" not in open_page(client, PARTNERS)


def test_partner_that_is_deleted_leaves_its_products(client: Client, fest: Fest) -> None:
    partner = partner_of(fest)
    product_of(fest, partner=partner)
    partner.delete()
    page = open_page(client, SHOPPING)
    assert re.findall(r'id="product-([^"]+)"', page) == ["tea"]
    assert "/partners/" not in page
    assert client.get("/en/small/partners/tea-house/").status_code == 404


# LIVE shopping


def test_shopping_is_in_the_menu_where_there_are_products(client: Client, fest: Fest) -> None:
    assert "LIVE shopping" not in menu(open_page(client, SHOPPING))
    product_of(fest)
    forget()
    names = menu(open_page(client, SHOPPING))
    assert names.index("LIVE shopping") == names.index("Rules") - 1


@pytest.mark.parametrize(
    ("price", "currency", "said"),
    [(123456, "USD", "1,234.56 USD"), (900, "JPY", "900 JPY"), (1500, "KWD", "1.500 KWD"), (0, "EUR", "0.00 EUR")],
)
def test_price_is_in_the_digits_of_its_currency(
    client: Client, fest: Fest, price: int, currency: str, said: str
) -> None:
    product_of(fest, price=price, currency=currency)
    assert f"Price {said}" in words_of(open_page(client, SHOPPING))


def test_product_without_a_price_says_none(client: Client, fest: Fest) -> None:
    product_of(fest)
    assert "ware-price" not in open_page(client, SHOPPING)


def test_links_to_shops_are_sponsored_and_take_nothing_along(client: Client, fest: Fest) -> None:
    product_of(fest, name="<b>Tea</b>", text="A & B", url="https://shop.example/?a=1&b=<2>")
    page = open_page(client, SHOPPING)
    assert (
        'href="https://shop.example/?a=1&amp;b=&lt;2&gt;" rel="sponsored noopener nofollow" '
        'referrerpolicy="no-referrer"'
    ) in page
    assert "<h3>&lt;b&gt;Tea&lt;/b&gt;</h3>" in page
    assert "To the shop <b>Tea</b> Sponsored" in words_of(page)


def test_product_names_who_shows_it_those_who_are_live_first(client: Client, fest: Fest) -> None:
    product = product_of(fest)
    for handle in ("ada", "bo", "cy", "di"):
        show_product(product, entry_of(fest, handle))
    go_live(entry_of(fest, "di"), "room", started_at=NOW - timedelta(hours=1))
    names = [re.sub(r"[^\w ]", "", one).strip() for one in showers(open_page(client, SHOPPING))]
    assert names == ["Di LIVE now", "Ada", "Bo", "and 1 more"]


def test_product_is_shown_from_when_until_when_it_is_said(client: Client, fest: Fest, settings: Any) -> None:
    product = product_of(fest)
    show_product(product, entry_of(fest, "ada"), ends=NOW)
    show_product(product, entry_of(fest, "bo"), starts=NOW + timedelta(seconds=1))
    show_product(product, entry_of(fest, "cy"), starts=NOW, ends=NOW + timedelta(seconds=1))
    show_product(product, entry_of(fest, "di"))
    assert len(showers(open_page(client, SHOPPING))) == 2
    settings.LIVEFEST_NOW = fest.ends.isoformat()
    forget()
    page = open_page(client, SHOPPING)
    assert showers(page) == []  # Bo's and Di's are told without an end: the fest's
    assert "product-tea" in page


def test_who_left_or_is_suspended_shows_nothing(client: Client, fest: Fest) -> None:
    product = product_of(fest)
    for handle in ("gone", "bad", "eve"):
        show_product(product, entry_of(fest, take_part(fest, handle).handle))
    Creator.objects.filter(handle="gone").update(withdrawn_at=NOW)
    Participation.objects.filter(handle="bad").update(state="suspended", reason="Because.")
    page = open_page(client, SHOPPING)
    assert [one.split()[-1] for one in showers(page)] == ["Eve"]
    assert len(sellers(page)) == 1
    assert "product-tea" in page


def test_products_go_on_twenty_four_a_page(client: Client, fest: Fest) -> None:
    for number in range(50):
        product_of(fest, f"p{number:02}", position=number)
    seen, path = [], SHOPPING
    while path:
        page = open_page(client, path)
        seen.append(re.findall(r'id="product-([^"]+)"', page))
        further = re.search(r'rel="next" href="([^"]+)"', page)
        path = further[1] if further else ""
    assert [len(page) for page in seen] == [24, 24, 2]
    assert [slug for page in seen for slug in page] == [f"p{number:02}" for number in range(50)]


@pytest.mark.parametrize("number", ["0", "1", "01", "-1", "x", "²", "9" * 30, "\x00"])
def test_what_is_no_further_page_of_products_leads_to_the_first(client: Client, fest: Fest, number: str) -> None:
    response = client.get(SHOPPING, {"page": number})
    assert (response.status_code, response.headers.get("Location")) == (302, SHOPPING)
    assert client.get(SHOPPING, {"page": "2"}).status_code == 404


# The board of sellers


def board_of_sales(fest: Fest, slug: str = "sales", **values: Any) -> Board:
    metric, _new = Metric.objects.get_or_create(fest=fest, slug="sales_cents", defaults={"name": "Sales"})
    defaults = {"name": slug.title(), "of": "creators", "period": "fest", "score_metric": metric}
    return Board.objects.create(fest=fest, slug=slug, **{**defaults, **values})


def test_shopping_board_ranks_creators_by_what_they_sold(fest: Fest) -> None:
    assert shopping_board(fest) is None
    by_region = board_of_sales(fest, "regions", within="region", position=1)
    assert shopping_board(fest) == by_region
    board_of_sales(fest, "daily", period="day", position=2)
    for_all = board_of_sales(fest, "all-sales", position=3)
    assert shopping_board(fest) == for_all
    Metric.objects.filter(slug="sales_cents").update(slug="salesmanship")
    assert shopping_board(fest) is None


def test_sellers_are_those_who_stand_highest_then_who_is_live(client: Client, played: Fest) -> None:
    """On the board of what everybody was given, taken for one of sales."""
    Metric.objects.filter(fest=played, slug="coins").update(slug="sales")
    Board.objects.filter(fest=played, slug="fans").delete()
    Board.objects.filter(fest=played, slug="all").update(score_metric=Metric.objects.get(fest=played, slug="sales"))
    product = product_of(played)
    for handle in ("ada", "di"):
        show_product(product, entry_of(played, handle))
    for handle in ("eve", "fay"):
        show_product(product, enter(played, handle))
    go_live(entry_of(played, "fay"), "room", started_at=NOW - timedelta(hours=1), url="https://live.example/fay")
    page = open_page(client, SHOPPING)
    found = [re.sub(r"[^\w ]", "", one).split() for one in sellers(page)]
    assert [one[0] for one in found] == ["Ada", "Di", "fay", "eve"]
    assert [one[1:] for one in found] == [["Rank", "1"], ["Rank", "4"], ["LIVE", "now", "Watch", "fay"], []]
    assert 'href="/en/small/boards/all/all/"' in page


def test_pages_cost_the_same_queries_with_more_rows(
    client: Client, played: Fest, queries_of: Callable[[str], int]
) -> None:
    board_of_sales(played)
    partner = partner_of(played)

    def more(number: int) -> None:
        partner_of(played, f"p{number}")
        for handle in (f"a{number}", f"b{number}"):
            entry = enter(played, handle)
            show_product(product_of(played, f"of-{handle}", partner=partner), entry)
            go_live(entry, handle, started_at=NOW - timedelta(hours=1))

    paths = (PARTNERS, "/en/small/partners/tea-house/", SHOPPING)
    more(0)
    one = [queries_of(path) for path in paths]
    more(1)
    more(2)
    assert [queries_of(path) for path in paths] == one
