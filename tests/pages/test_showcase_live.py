"""Who is LIVE now, and whom staff put forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import Settings

from creators.models import Creator, Entry, Participation, Product, ProductShown, Spotlight
from livefest.copies import shown_copy
from livefest.models import Fest, User
from livefest.views.showcase.forward import spotlights
from livefest.views.showcase.live_page import CARDS, live_page
from tests.pages.conftest import NOW, enter, forget, go_live, open_page
from tests.pages.test_freeze import frozen
from tests.rankings.fests import Facts, Script
from tests.rankings.play import play, staff
from tests.reference.small import fact

__all__ = ["frozen"]  # a fixture

LIVE = "/en/small/live/"
HOME = "/en/small/"


def entry(handle: str) -> Entry:
    return Entry.objects.select_related("creator", "region").get(creator__handle=handle)


def live(handle: str, minutes: int = 5, **values: Any) -> None:
    go_live(entry(handle), f"{handle}-{minutes}", started_at=NOW - timedelta(minutes=minutes), **values)


def suspend(creator: Creator, fest: Fest) -> None:
    user = User.objects.create_user(creator.handle, email=f"{creator.handle}@example.org")
    Participation.objects.create(
        user=user,
        fest=fest,
        way="claim",
        handle=creator.handle,
        creator=creator,
        code="LF-1",
        code_expires_at=NOW,
        proof="staff",
        proved_at=NOW,
        state="suspended",
        reason="Not nice",
        applied_at=NOW,
        decided_at=NOW,
    )


def put_forward(fest: Fest, handle: str, **values: Any) -> Spotlight:
    return Spotlight.objects.create(
        fest=fest, entry=entry(handle), **{"text": "Watch this", "starts": NOW - timedelta(hours=1), **values}
    )


def shown(fest: Fest, **asked: Any) -> list[str]:
    page = live_page(fest, NOW, **{"region": "", "category": "", "number": 1, **asked})
    return [card.handle for card in page.cards]


def test_newest_live_comes_first_with_title_link_and_points_of_the_day(client: Client, played: Fest) -> None:
    live("ada", 50, title="Songs", url="https://example.org/ada")
    live("cy", 3)
    page = live_page(played, NOW, region="", category="", number=1)
    assert [(card.handle, card.points) for card in page.cards] == [("cy", 1090), ("ada", 40)]
    html = open_page(client, LIVE)
    assert "2 LIVEs" in html
    assert '<p class="live-title" dir="auto">Songs</p>' in html
    assert 'href="https://example.org/ada" rel="noopener noreferrer nofollow"' in html
    assert "+1,090 points" in html
    assert 'data-follow="ada" hidden' in html


def test_what_was_reported_of_this_live_is_told(client: Client, played: Fest, script: Script) -> None:
    live("ada", 50)
    of_this = [
        fact("ada", "coins", 1_200, "15T12:00:00", session="ada-50"),
        fact("ada", "live", 90, "15T12:01:30", session="ada-50"),
    ]
    play(played, script, Facts([*of_this, fact("ada", "coins", 7, "15T12:05:00", session="another")]))
    html = open_page(client, LIVE)
    assert "In this LIVE: 1,200 Coins" in " ".join(html.split())
    assert "1,207" not in html


def test_nobody_live_is_said(client: Client, played: Fest) -> None:
    assert "Nobody is LIVE just now" in open_page(client, LIVE)


def test_who_ended_was_forgotten_or_is_not_named_is_not_there(played: Fest) -> None:
    live("ada", 9)
    live("bo", 8, ended_at=NOW - timedelta(minutes=1))
    live("cy", 7, reported_at=NOW - timedelta(hours=13))
    live("di", 6)
    Creator.objects.filter(handle="di").update(withdrawn_at=NOW)
    assert shown(played) == ["ada"]


def test_suspended_creator_is_not_put_forward(played: Fest) -> None:
    live("ada")
    put_forward(played, "ada")
    suspend(entry("ada").creator, played)
    assert (shown(played), spotlights(played, NOW)) == ([], [])


def test_region_and_category_narrow_the_list(client: Client, played: Fest) -> None:
    Entry.objects.filter(creator__handle__in=["bo", "cy"]).update(category="talk & tea")
    for number, handle in enumerate(["ada", "bo", "cy", "di"]):
        live(handle, number + 1)
    assert shown(played, region="GB") == ["ada", "cy"]
    assert shown(played, category="talk & tea") == ["bo", "cy"]
    assert shown(played, region="GB", category="talk & tea") == ["cy"]
    html = open_page(client, f"{LIVE}?category=talk+%26+tea&region=GB")
    assert "1 LIVE " in html
    assert "of 4 on air" in html
    assert 'hx-get="/en/small/live/?category=talk+%26+tea&amp;region=GB"' in html
    assert '<option value="GB" selected>' in html


def test_chosen_region_or_category_stays_when_the_last_one_leaves(client: Client, played: Fest) -> None:
    Entry.objects.filter(creator__handle="bo").update(category="talk")
    live("ada")
    for query in ("region=IE", "category=talk"):
        assert "Nobody of these is LIVE just now" in open_page(client, f"{LIVE}?{query}")


@pytest.mark.parametrize("query", ["region=XX", "region=gb", "category=none", "page=0", "page=2", "page=x"])
def test_other_spelling_leads_to_the_page(client: Client, played: Fest, query: str) -> None:
    live("ada")
    response = client.get(f"{LIVE}?{query}")
    assert (response.status_code, response["Location"]) == (302, LIVE)


def test_pages_of_30(client: Client, played: Fest) -> None:
    for number in range(CARDS + 2):
        go_live(enter(played, f"more-{number:02}"), f"r{number}", started_at=NOW - timedelta(minutes=number))
    first = open_page(client, LIVE)
    assert (first.count("data-row="), "Page 1 of 2" in first) == (CARDS, True)
    assert 'rel="next" href="/en/small/live/?page=2"' in first
    assert len(client.get(LIVE).content) <= 40_000
    second = open_page(client, f"{LIVE}?page=2")
    assert second.count("data-row=") == 2
    assert 'href="/en/small/live/"' in second


def test_products_are_sponsored_links_with_their_price(client: Client, played: Fest) -> None:
    live("ada")
    values = {"fest": played, "url": "https://shop.example.org/mug"}
    mug = Product.objects.create(slug="mug", name="Mug", price=129_900, currency="USD", **values)
    yen = Product.objects.create(slug="fan", name="Fan", price=1_200, currency="JPY", position=1, **values)
    third = Product.objects.create(slug="hat", name="Hat", position=2, **values)
    over = Product.objects.create(slug="old", name="Old", **values)
    for product in (mug, yen, third):
        ProductShown.objects.create(fest=played, product=product, entry=entry("ada"))
    ProductShown.objects.create(fest=played, product=over, entry=entry("ada"), ends=NOW)
    (card,) = live_page(played, NOW, region="", category="", number=1).cards
    assert [(sold.product.name, sold.price) for sold in card.products] == [("Mug", "$1,299.00"), ("Fan", "¥1,200")]
    html = open_page(client, LIVE)
    assert 'href="https://shop.example.org/mug" rel="sponsored noopener nofollow">Mug</a>' in html
    assert "Old" not in html


def test_points_are_left_out_during_a_freeze(client: Client, frozen: Fest, script: Script, settings: Settings) -> None:
    assert shown_copy(frozen.pk)
    play(frozen, script, Facts([fact("ada", "live", 7_200, "15T20:00:03")]))
    go_live(entry("ada"), "r", started_at=NOW)
    html = open_page(client, LIVE)
    assert 'id="live-' in html
    assert " points" not in html


def test_page_costs_the_same_queries_with_more_rows(played: Fest, queries_of: Callable[[str], int]) -> None:
    def add(number: int) -> None:
        more = enter(played, f"more-{number}")
        go_live(more, f"r{number}", started_at=NOW - timedelta(minutes=number))
        product = Product.objects.create(fest=played, slug=f"p{number}", name="P", url="https://example.org")
        ProductShown.objects.create(fest=played, product=product, entry=more)
        put_forward(played, f"more-{number}")

    add(1)
    one = queries_of(LIVE), queries_of(HOME)
    add(2)
    add(3)
    assert (queries_of(LIVE), queries_of(HOME)) == one


def test_spotlight_is_shown_from_its_start_to_its_end_in_order(played: Fest) -> None:
    put_forward(played, "ada", position=2)
    put_forward(played, "bo", position=1, ends=NOW + timedelta(minutes=1))
    put_forward(played, "cy", ends=NOW)
    put_forward(played, "di", starts=NOW + timedelta(minutes=1))
    assert [card.person.key for card in spotlights(played, NOW)] == ["bo", "ada"]
    Creator.objects.filter(handle="bo").update(withdrawn_at=NOW)
    assert [card.person.key for card in spotlights(played, NOW)] == ["ada"]


def test_database_refuses_a_spotlight_that_ends_before_it_starts_or_is_of_another_fest(played: Fest) -> None:
    with pytest.raises(IntegrityError, match="spotlight_starts_before_end"), transaction.atomic():
        put_forward(played, "ada", ends=NOW - timedelta(hours=1))
    row = put_forward(played, "ada")
    with pytest.raises(IntegrityError, match="spotlight_entry_of_same_fest"), transaction.atomic():
        Spotlight.objects.filter(pk=row.pk).update(fest=-1)
        connection.check_constraints()


def test_spotlight_stands_on_home_and_live_pages_with_its_text(client: Client, played: Fest) -> None:
    put_forward(played, "ada", text="The <voice> of the fest")
    live("ada", url="https://example.org/ada")
    for path in (HOME, LIVE):
        html = open_page(client, path)
        assert "In the spotlight" in html
        assert '<p dir="auto">The &lt;voice&gt; of the fest</p>' in html
        assert 'id="spotlight-watch-' in html
    assert "In the spotlight" not in open_page(client, f"{LIVE}?region=GB")


def test_staff_put_a_creator_forward_by_handle(admin_client: Client, client: Client, played: Fest) -> None:
    data = {
        "fest": played.pk,
        "entry": "@ada",
        "text": "Our voice",
        "position": "0",
        "starts_0": "2026-02-15",
        "starts_1": "00:00:00",
        "ends_0": "",
        "ends_1": "",
    }
    wrong = admin_client.post("/admin/creators/spotlight/add/", {**data, "entry": "nobody"})
    assert "“nobody” is not in Small" in wrong.content.decode()
    assert admin_client.post("/admin/creators/spotlight/add/", data).status_code == 302
    assert str(Spotlight.objects.get().entry) == "ada"
    forget()
    assert "Our voice" in open_page(client, HOME)
    early = {**data, "ends_0": "2026-02-14", "ends_1": "00:00:00"}
    refused = admin_client.post(f"/admin/creators/spotlight/{Spotlight.objects.get().pk}/change/", early)
    assert "The end is not after the start" in refused.content.decode()


def test_spotlight_is_followed_by_the_audit(admin_client: Client, played: Fest) -> None:
    assert staff()
    row = put_forward(played, "ada")
    response = admin_client.get(f"/admin/creators/spotlight/{row.pk}/history/")
    assert response.status_code == 302
