"""Updates as staff write, plan and look at them."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from livefest.models import Announcement, Fest, User
from tests.admin.pages import add, body, change, errors, submit
from tests.pages.conftest import NOW, announce
from tests.pages.updates import address, announce_for
from tests.texts import words_of


def test_update_is_written_and_changed_in_the_admin(admin_client: Client, fest: Fest) -> None:
    response = submit(admin_client, add(Announcement, fest), title="News", text="Text")
    assert response.status_code == 302
    update = Announcement.objects.get()
    assert (update.fest, update.title, update.published_at) == (fest, "News", NOW)
    assert submit(admin_client, change(update), pinned="on").status_code == 302
    update.refresh_from_db()
    assert update.pinned


def test_update_without_text_is_refused_in_the_admin(admin_client: Client, fest: Fest) -> None:
    assert errors(submit(admin_client, add(Announcement, fest), title="News", text=" ")) == ["This field is required."]
    assert not Announcement.objects.exists()


def test_admin_offers_only_the_fest_of_the_address(admin_client: Client, fest: Fest, uk_valentine: Fest) -> None:
    page = body(admin_client.get(add(Announcement, fest)))
    assert "Small" in page
    assert "UK Valentine" not in page


@pytest.mark.parametrize("values", [{"title": ""}, {"text": ""}], ids=["title", "text"])
def test_database_refuses_an_update_that_says_nothing(fest: Fest, values: dict[str, str]) -> None:
    with pytest.raises(IntegrityError, match="announcement_(title|text)_given"), transaction.atomic():
        Announcement.objects.create(fest=fest, **{"title": "T", "text": "T", **values})


def test_published_are_those_whose_moment_has_come(fest: Fest) -> None:
    update = announce(fest, "News", minutes_ago=0)
    assert list(Announcement.objects.filter(fest=fest).published(NOW)) == [update]
    assert not Announcement.objects.filter(fest=fest).published(NOW - timedelta(microseconds=1)).exists()


def test_update_is_written_for_regions_and_a_language(admin_client: Client, fest: Fest, uk_valentine: Fest) -> None:
    britain = fest.regions.get(code="GB")
    page = body(admin_client.get(add(Announcement, fest)))
    assert f'<option value="{britain.pk}">🇬🇧 United Kingdom</option>' in page
    assert f'<option value="{uk_valentine.regions.get(code="GB").pk}">' not in page
    form = add(Announcement, fest)
    submit(admin_client, form, title="News", text="Text", language="es", regions=[britain.pk])
    update = Announcement.objects.get()
    assert (update.language, list(update.regions.all())) == ("es", [britain])
    elsewhere = uk_valentine.regions.get(code="GB").pk
    refused = submit(admin_client, change(update), regions=[elsewhere])
    assert "Select a valid choice." in errors(refused)[0]
    assert errors(submit(admin_client, form, title="News", text="Text", language="xx")) == [
        "Select a valid choice. xx is not one of the available choices."
    ]


def test_update_is_translated_and_pictured_in_the_admin(admin_client: Client, fest: Fest) -> None:
    sent = BytesIO()
    Image.new("RGB", (400, 400), "teal").save(sent, "PNG")
    sent.seek(0)
    sent.name = "news.png"
    values = {"title": "News", "text": "Text", "title_in_es": "Noticias", "new_picture": sent}
    assert submit(admin_client, add(Announcement, fest), **values).status_code == 302
    update = Announcement.objects.get()
    assert update.translations == {"es": {"title": "Noticias"}}
    assert update.picture is not None
    assert "must stand in the text too" in body(admin_client.get(change(update)))


def test_list_says_what_is_planned_and_for_whom(admin_client: Client, fest: Fest) -> None:
    announce_for(fest, "Out", "GB", "IE")
    announce(fest, "Soon", minutes_ago=-1, language="es")
    url = "/admin/livefest/announcement/"

    def listed(query: str = "") -> dict[str, list[str]]:
        page = body(admin_client.get(url + query))
        rows = re.findall(r'<tr><td class="action-checkbox">.*?</tr>', page, re.DOTALL)
        cells = [re.findall(r'class="field-(?:title|state|read_in|read_by)[^>]*>(.*?)</t[hd]>', row) for row in rows]
        return {words_of(title): [words_of(one) for one in more] for title, *more in cells}

    assert listed() == {"Soon": ["Planned", "Español", "-"], "Out": ["Published", "-", "GB, IE"]}
    assert list(listed("?state=planned")) == ["Soon"]
    assert list(listed("?state=published")) == ["Out"]
    assert list(listed("?read_in=en")) == ["Out"]
    assert list(listed("?read_in=es")) == ["Soon", "Out"]
    assert list(listed("?region=GB")) == ["Soon", "Out"]
    assert list(listed("?region=FR")) == ["Soon"]


def test_list_costs_the_same_queries_with_more_rows(admin_client: Client, fest: Fest) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get("/admin/livefest/announcement/").status_code == 200
        return len(captured)

    announce_for(fest, "News", "GB")
    queries()
    at_one = queries()
    announce_for(fest, "News", "GB", "IE")
    announce_for(fest, "News", "IE")
    assert queries() == at_one


def test_staff_look_at_what_is_planned_before_anybody_can(admin_client: Client, client: Client, fest: Fest) -> None:
    update = announce(fest, "Soon", minutes_ago=-1, translations={"es": {"title": "Pronto"}})
    preview = f"/admin/livefest/announcement/{update.pk}/preview/"
    page = body(admin_client.get(change(update)))
    assert f'<a href="{preview}?language=es" lang="es">Español</a>' in page
    assert f'href="{preview}?language=en" class="viewsitelink"' in page
    response = admin_client.get(f"{preview}?language=es")
    assert "private" in response["Cache-Control"]
    assert '<h1 lang="es" dir="auto">Pronto</h1>' in body(response)
    assert "nobody but staff" in body(admin_client.get(preview))
    assert client.get(preview).status_code == 302
    assert admin_client.get(f"{preview}?language=xx").status_code == 404
    nobody = User.objects.create_user(username="helper", password="a-pass-of-theirs", is_staff=True)
    client.force_login(nobody)
    assert client.get(preview).status_code == 403
    Announcement.objects.update(published_at=NOW)
    assert f'<a href="{address(update, "es")}" lang="es">' in body(admin_client.get(change(update)))
