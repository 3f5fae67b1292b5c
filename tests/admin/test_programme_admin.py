"""Shows, products, partners, pictures and translations, as staff write them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from challenges.models import Challenge
from creators.models import Creator, Entry, Group, Product, ProductShown, Show, ShowHost, Spotlight
from livefest.models import Announcement, AuditEntry, Fest, Metric, Partner, Picture, Round, Translated
from livefest.pictures import WIDE
from rankings.models import Board
from rewards.models import AwardEvent, Reward
from tests.admin.pages import add, body, change, delete, errors, form_values, inline, submit
from tests.livefest.test_pictures import image, saved

STARTS = {"starts_0": "2026-02-14", "starts_1": "20:00:00", "ends_0": "2026-02-14", "ends_1": "21:00:00"}


@pytest.fixture
def fest(uk_valentine: Fest, settings: Settings) -> Fest:
    settings.LANGUAGES = [("en", "English"), ("es", "Español"), ("ar", "العربية")]
    return uk_valentine


@pytest.fixture
def ada(fest: Fest) -> Entry:
    return Entry.objects.create(fest=fest, creator=Creator.objects.create(handle="ada.live"))


def upload(content: bytes = b"", name: str = "picture.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or saved(image(1600, 900), "PNG"))


# Shows, products, partners


def test_show_is_made_with_its_hosts(admin_client: Client, fest: Fest, ada: Entry) -> None:
    values = {"title": "Opening", **STARTS, **inline("host_rows", entry="@ada.live", position=3)}
    assert submit(admin_client, add(Show, fest), **values).status_code == 302
    show = Show.objects.get()
    assert (show.fest, show.title, show.translations) == (fest, "Opening", {})
    assert list(ShowHost.objects.values_list("show", "entry", "fest", "position")) == [(show.pk, ada.pk, fest.pk, 3)]


def test_host_is_kept_and_taken_out(admin_client: Client, fest: Fest, ada: Entry) -> None:
    show = Show.objects.create(fest=fest, title="Opening", starts=fest.starts, ends=fest.ends)
    ShowHost.objects.create(fest=fest, show=show, entry=ada)
    assert submit(admin_client, change(show), title="Closing").status_code == 302
    assert ShowHost.objects.get().entry == ada
    assert submit(admin_client, change(show), **{"host_rows-0-DELETE": "on"}).status_code == 302
    assert not ShowHost.objects.exists()


def test_host_must_be_of_the_fest_and_named_once(admin_client: Client, fest: Fest, live_fest: Fest, ada: Entry) -> None:
    Entry.objects.create(fest=live_fest, creator=Creator.objects.create(handle="bo.live"))
    values = {"title": "Opening", **STARTS}
    said = errors(submit(admin_client, add(Show, fest), **values, **inline("host_rows", entry="bo.live")))
    assert said == ["“bo.live” is not in UK Valentine LIVE; write the handle of one of its creators."]
    twice = {**inline("host_rows", entry="ada.live"), "host_rows-1-entry": "ada.live", "host_rows-1-position": 0}
    response = submit(admin_client, add(Show, fest), **values, **{**twice, "host_rows-TOTAL_FORMS": 2})
    assert response.status_code == 200
    assert not Show.objects.exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"ends_0": "2026-02-13"}, "The end is not after the start; write a later moment."),
        ({"url": "http://live.example/"}, "Write an address that begins with https://, or none."),
        ({"url": "javascript:alert(1)"}, "Write an address that begins with https://, or none."),
    ],
)
def test_show_that_can_not_be_says_why(admin_client: Client, fest: Fest, values: dict[str, str], said: str) -> None:
    assert errors(submit(admin_client, add(Show, fest), **{"title": "Opening", **STARTS, **values})) == [said]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"price": "100"},
            "A price has a currency such as USD, and a currency a price: write both, or leave both empty.",
        ),
        ({"price": "100", "currency": "XXY"}, "“XXY” is no currency; write one such as USD (ISO 4217)."),
        ({"url": "http://tea.example/"}, "Write an address that begins with https://."),
    ],
)
def test_product_that_can_not_be_says_why(admin_client: Client, fest: Fest, values: dict[str, str], said: str) -> None:
    product = {"slug": "tea", "name": "Tea", "url": "https://tea.example/", **values}
    assert errors(submit(admin_client, add(Product, fest), **product)) == [said]


def test_product_is_shown_by_a_creator_named_by_handle(admin_client: Client, fest: Fest, ada: Entry) -> None:
    product = {"slug": "tea", "name": "Tea", "url": "https://tea.example/", "price": "499", "currency": "usd"}
    assert submit(admin_client, add(Product, fest), **product).status_code == 302
    made = Product.objects.get()
    assert (made.price, made.currency) == (499, "USD")
    shown = {"product": str(made.pk), "entry": "ada.live"}
    assert submit(admin_client, add(ProductShown, fest), **shown).status_code == 302
    row = ProductShown.objects.get()
    assert (row.entry, row.fest) == (ada, fest)
    assert form_values(admin_client, change(row))["entry"] == "ada.live"
    assert submit(admin_client, change(row), entry="nobody").status_code == 200


def test_what_staff_write_is_in_the_audit(admin_client: Client, fest: Fest) -> None:
    submit(admin_client, add(Partner, fest), slug="tea", name="Tea house")
    entry = AuditEntry.objects.get(content_type__model="partner")
    assert (entry.actor.username, entry.changes["name"]) == ("admin", [None, "Tea house"])


# Pictures


def test_picture_is_made_wide_shown_and_dropped_when_replaced(admin_client: Client, fest: Fest) -> None:
    partner = {"slug": "tea", "name": "Tea", "new_picture": upload()}
    assert submit(admin_client, add(Partner, fest), **partner).status_code == 302
    row = Partner.objects.select_related("picture").get()
    assert row.picture is not None
    first = row.picture
    assert first.size == WIDE.width
    assert f"/pictures/{first.digest}.webp" in body(admin_client.get(change(row)))
    assert admin_client.get(f"/pictures/{first.digest}.webp")["Content-Type"] == "image/webp"

    assert submit(admin_client, change(row), name="Tea house").status_code == 302
    assert list(Picture.objects.values_list("digest", flat=True)) == [first.digest]

    other = upload(saved(image(300, 900), "JPEG"))
    assert submit(admin_client, change(row), new_picture=other).status_code == 302
    row.refresh_from_db()
    assert row.picture is not None
    assert list(Picture.objects.values_list("pk", flat=True)) == [row.picture.pk]
    assert row.picture.digest != first.digest

    assert submit(admin_client, change(row), no_picture="on").status_code == 302
    assert Partner.objects.get().picture is None
    assert Picture.objects.count() == 0


def test_picture_that_others_show_stays(admin_client: Client, fest: Fest) -> None:
    submit(admin_client, add(Partner, fest), slug="tea", name="Tea", new_picture=upload())
    submit(admin_client, add(Announcement, fest), title="News", text="Text.", new_picture=upload())
    assert Picture.objects.count() == 1
    assert admin_client.post(delete(Partner.objects.get()), {"post": "yes"}).status_code == 302
    assert Picture.objects.count() == 1
    rows = {"action": "delete_selected", "_selected_action": [Announcement.objects.get().pk], "post": "yes"}
    admin_client.post("/admin/livefest/announcement/", rows)
    assert (Announcement.objects.count(), Picture.objects.count()) == (0, 0)


def test_upload_that_is_no_picture_is_refused(admin_client: Client, fest: Fest) -> None:
    response = submit(admin_client, add(Partner, fest), slug="tea", name="Tea", new_picture=upload(b"<svg/>"))
    assert errors(response) == ["This is no PNG, JPEG or WebP picture. Save it as one of these, and choose it again."]
    assert not Partner.objects.exists()


# Translations


def rows(fest: Fest) -> list[Translated]:
    """One of each kind whose admin takes translations, but for the spotlight's."""
    moments: dict[str, Any] = {"starts": fest.starts, "ends": fest.ends}
    return [
        fest,
        Metric.objects.filter(fest=fest, paid=False)[0],
        Round.objects.get_or_create(fest=fest, slug="r", defaults={"name": "Round", **moments})[0],
        Group.objects.get_or_create(fest=fest, slug="owls", defaults={"name": "Owls", "kind": "community"})[0],
        Board.objects.filter(fest=fest)[0],
        Challenge.objects.filter(fest=fest)[0],
        Reward.objects.filter(fest=fest)[0],
        Announcement.objects.create(fest=fest, title="News", text="Text."),
        Partner.objects.create(fest=fest, slug="p", name="Partner"),
        Show.objects.create(fest=fest, title="Show", **moments),
        Product.objects.create(fest=fest, slug="p", name="Product", url="https://p.example/"),
        AwardEvent.objects.create(
            fest=fest, name="Gala", place="Hall", time_zone="UTC", capacity=1, answer_before=fest.starts, **moments
        ),
    ]


def test_every_translated_row_has_a_text_in_each_language(admin_client: Client, fest: Fest) -> None:
    for row in rows(fest):
        name = row.TRANSLATED[0]
        response = submit(admin_client, change(row), **{f"{name}_in_es": " Prueba "})
        assert response.status_code == 302, (row, errors(response))
        row.refresh_from_db()
        assert row.translations == {"es": {name: "Prueba"}}, row
        assert form_values(admin_client, change(row))[f"{name}_in_es"] == "Prueba"
        row.full_clean()


def test_texts_left_empty_are_left_out(admin_client: Client, fest: Fest) -> None:
    words = {"es": {"name": "Té", "text": "Del monte"}, "ar": {"name": "شاي"}}
    row = Partner.objects.create(fest=fest, slug="tea", name="Tea", translations=words)
    assert submit(admin_client, change(row), text_in_es="", name_in_ar="").status_code == 302
    row.refresh_from_db()
    assert row.translations == {"es": {"name": "Té"}}


def test_languages_that_the_site_has_no_more_stay(admin_client: Client, fest: Fest) -> None:
    row = Partner.objects.create(fest=fest, slug="tea", name="Tea", translations={"fr": {"name": "Thé"}})
    assert submit(admin_client, change(row), name_in_es="Té").status_code == 302
    row.refresh_from_db()
    assert row.translations == {"fr": {"name": "Thé"}, "es": {"name": "Té"}}


def test_translation_is_as_long_as_its_field_may_be(admin_client: Client, fest: Fest) -> None:
    row = Partner.objects.create(fest=fest, slug="tea", name="Tea")
    response = submit(admin_client, change(row), name_in_es="x" * 201)
    assert errors(response) == ["Ensure this value has at most 200 characters (it has 201)."]
    row.refresh_from_db()
    assert row.translations == {}


def test_languages_are_labelled_in_their_own_names(admin_client: Client, fest: Fest) -> None:
    page = body(admin_client.get(add(Partner, fest)))
    assert "Name (Español):" in page
    field = re.search('<input [^>]*name="name_in_ar"[^>]*>', page)
    assert field
    assert 'lang="ar" dir="auto"' in field[0]
    assert "name_in_en" not in page


@pytest.mark.parametrize(
    ("translations", "said"),
    [
        ({"xx": {"name": "Tea"}}, "“xx” is none of the site's languages (en, es, ar)."),
        ({"es": {"slug": "te"}}, "“slug” has no translations here (name, text have)."),
        ({"es": {"name": "x" * 201}}, "Ensure this value has at most 200 characters (it has 201)."),
        ({"es": {"name": ""}}, "“name” is translated by ''; write a text."),
        ({"es": {"name": 5}}, "“name” is translated by 5; write a text."),
        ({"es": "Té"}, "Translations are {language: {field: text}}, not {'es': 'Té'}."),
        (["es"], "Translations are {language: {field: text}}, not ['es']."),
    ],
)
def test_translations_that_can_not_be_are_refused(fest: Fest, translations: Any, said: str) -> None:
    row = Partner(fest=fest, slug="tea", name="Tea", translations=translations)
    with pytest.raises(ValidationError) as error:
        row.full_clean()
    assert error.value.message_dict == {"translations": [said]}


def test_spotlight_is_checked_likewise(fest: Fest, ada: Entry) -> None:
    row = Spotlight(fest=fest, entry=ada, starts=fest.starts, translations={"es": {"text": "x" * 301}})
    with pytest.raises(ValidationError, match="at most 300 characters"):
        row.full_clean()


def test_who_may_only_look_sees_translations_as_they_are_stored(staff: Any, fest: Fest) -> None:
    row = Partner.objects.create(fest=fest, slug="tea", name="Tea", translations={"es": {"name": "Té"}})
    page = body(staff("livefest.view_partner").get(change(row)))
    assert "Té" in page
    assert "name_in_es" not in page
    assert 'type="file"' not in page
