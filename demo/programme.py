"""What the demo's organiser puts on: shows with hosts, partners with what they sell, creators who show it in their
LIVEs, spotlights, and a few texts in more languages."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from creators.models import Entry, Product, ProductShown, Show, ShowHost, Spotlight
from demo.people import SELLING
from demo.posters import poster
from livefest.clock import wall_clock
from livefest.models import Announcement, Fest, Partner, Round

HOSTS = 2  # of a show
SHOWN_BY = 6  # creators who show a product
SPOTLIGHTS = 3

# Day of the fest (from 1), time of day, hours, title, text, and titles in more languages.
SHOWS: list[tuple[int, str, float, str, str, dict[str, str]]] = [
    (
        1,
        "19:00",
        2,
        "Opening night",
        "Sixteen days begin with a song. The hosts of the festival say hello from six cities, and the first bonus hour "
        "is counted down together.\n\nBe there on time: the opening marathon starts with it.",
        {
            "es": "Noche de inauguración",
            "pt-br": "Noite de abertura",
            "ja": "オープニングナイト",
            "ar": "ليلة الافتتاح",
        },
    ),
    (
        4,
        "18:00",
        1,
        "Battle of the leagues",
        "Rising against Glow, Glow against Super: three matches, one evening.",
        {},
    ),
    (
        6,
        "12:00",
        1,
        "Lunch with the leaders",
        "Who leads talks about how. Ask them anything.",
        {"es": "Almuerzo con los líderes", "ja": "トップとランチ"},
    ),
    (6, "17:00", 1.5, "Market hour", "Everything that is shown in LIVEs today, one after the other.", {}),
    (6, "21:00", 3, "Open stage", "Five minutes each, for whoever wants to.", {"es": "Escenario abierto"}),
    (7, "18:00", 1, "How to go LIVE well", "Light, sound, and the first ten seconds.", {}),
    (9, "20:00", 2, "Community night", "Owls, Guild, Market Street: the communities show themselves.", {}),
    (11, "16:00", 2, "Kitchen battle", "Two pans, one hour, and you vote.", {}),
    (13, "21:00", 3, "The last night of qualifying", "Who goes on is decided tonight, country by country.", {}),
    (14, "19:00", 1, "The finalists", "Everybody who advanced, in one hour.", {}),
    (16, "18:00", 6, "Closing night", "Three times the Diamonds, and the last countdown.", {"es": "Noche de clausura"}),
]

# Slug, name, text, and what they sell: slug, name, text, price in minor units, currency.
Sold = tuple[str, str, str, int | None, str]
PARTNERS: list[tuple[str, str, str, list[Sold]]] = [
    (
        "halo-lights",
        "Halo Lights",
        "Ring lights that make a kitchen table a stage.\n\nHalo lends every finalist a set for the last three days.",
        [
            ("halo-12", "Halo 12 ring light", "Thirty centimetres, three colours of white.", 4990, "USD"),
            ("halo-mini", "Halo Mini", "Clips on to any phone.", 1990, "USD"),
        ],
    ),
    (
        "sakura-tea",
        "Sakura Tea House",
        "Tea from three hills near Uji, packed by hand.",
        [("sencha", "First-flush sencha, 100 g", "Steep it cool, for a minute.", 2800, "JPY")],
    ),
    (
        "night-and-day",
        "Night & Day Cosmetics",
        "Make-up that stays on through six hours of LIVE.",
        [
            ("matte-set", "Matte stage set", "Base, powder and brush.", 3450, "EUR"),
            ("glow-balm", "Glow balm", "", None, ""),
        ],
    ),
]
OTHERS: list[Sold] = [
    ("fest-shirt", "Festival shirt", "Printed once, for this festival.", 2500, "GBP"),
]
ROUNDS = {"qualifying": {"es": "Clasificación", "ja": "予選"}, "finals": {"es": "Finales", "ja": "決勝"}}
WELCOME = {"es": {"title": "Bienvenidos a LIVE Fest", "text": "Dieciséis días, 68 países y regiones, un solo ranking."}}
WHY = ["Sings requests, all night.", "New here, and already on every board.", "The funniest kitchen of the festival."]


def put_on(fest: Fest, *, seed: int) -> None:
    """By what there is of the fest: its days, rounds and creators. Staff's pages write the same rows."""
    entries = list(Entry.objects.filter(fest=fest).order_by("creator__handle"))
    rng = random.Random(f"programme {seed}")
    put_on_shows(fest, entries, rng)
    sellers = [entry for entry in entries if entry.category in SELLING] or entries
    sell(fest, sellers, rng)
    put_forward(fest, entries, rng)
    translate(fest)


def put_on_shows(fest: Fest, entries: Sequence[Entry], rng: random.Random) -> None:
    for day, time, hours, title, text, words in SHOWS:
        starts = moment_of(fest, day, time)
        ends = starts + timedelta(hours=hours)
        translations = {language: {"title": said} for language, said in words.items()}
        address = f"https://www.example.com/live-fest/{title.lower().replace(' ', '-')}"
        show = Show.objects.create(
            fest=fest,
            title=title,
            text=text,
            starts=starts,
            ends=ends,
            url=address,
            picture=poster(title),
            translations=translations,
        )
        for position, entry in enumerate(rng.sample(entries, min(HOSTS, len(entries)))):
            ShowHost.objects.create(fest=fest, show=show, entry=entry, position=position)


def moment_of(fest: Fest, day: int, time: str) -> datetime:
    return wall_clock(fest.starts_on + timedelta(days=day - 1), time, fest.zone)


def sell(fest: Fest, sellers: Sequence[Entry], rng: random.Random) -> None:
    position = 0
    for number, (slug, name, text, sold) in enumerate([*PARTNERS, ("", "", "", OTHERS)]):
        partner = None
        if slug:
            url = f"https://{slug}.example.com/"
            partner = Partner.objects.create(
                fest=fest, slug=slug, position=number, name=name, text=text, url=url, picture=poster(slug)
            )
        for product_slug, product_name, product_text, price, currency in sold:
            product = Product.objects.create(
                fest=fest,
                slug=product_slug,
                position=position,
                name=product_name,
                text=product_text,
                url=f"https://{slug or 'shop'}.example.com/{product_slug}",
                price=price,
                currency=currency,
                partner=partner,
                picture=poster(product_slug),
            )
            position += 1
            for entry in rng.sample(sellers, min(SHOWN_BY, len(sellers))):
                ProductShown.objects.create(fest=fest, product=product, entry=entry)


def put_forward(fest: Fest, entries: Sequence[Entry], rng: random.Random) -> None:
    for position, entry in enumerate(rng.sample(entries, min(SPOTLIGHTS, len(entries)))):
        Spotlight.objects.create(fest=fest, entry=entry, text=WHY[position], position=position, starts=fest.starts)


def translate(fest: Fest) -> None:
    for slug, names in ROUNDS.items():
        words = {language: {"name": name} for language, name in names.items()}
        Round.objects.filter(fest=fest, slug=slug).update(translations=words)
    Announcement.objects.filter(fest=fest, pinned=True).update(translations=WELCOME)
