"""The site as an app: its manifest, its service worker and its offline page, as the site gives them out."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.http import HttpResponseBase
from django.test import Client
from PIL import Image
from pytest_django import Settings

from livefest import pages, release
from livefest.models import Fest
from tests.pages.conftest import NOW, text

LANGUAGES = [code for code, _name in django_settings.LANGUAGES]


def assert_of_nobody(response: HttpResponseBase) -> None:
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "worker-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_manifest_says_what_is_put_on_the_home_screen(client: Client, fest: Fest, language: str) -> None:
    response = client.get(f"/{language}/manifest.webmanifest")
    assert_of_nobody(response)
    assert response["Content-Type"] == "application/manifest+json"
    assert response["Cache-Control"] == "public, max-age=3600"
    said = json.loads(text(response))
    assert (said["id"], said["scope"], said["start_url"]) == ("/", "/", f"/{language}/")
    assert (said["lang"], said["dir"]) == (language, "rtl" if language == "ar" else "ltr")
    assert (said["display"], said["name"]) == ("standalone", "LIVE Fest")
    assert [one["url"] for one in said["shortcuts"]] == [f"/{language}/small/boards/", f"/{language}/small/live/"]


def test_icons_are_as_large_as_the_manifest_says(client: Client, fest: Fest) -> None:
    icons = json.loads(text(client.get("/en/manifest.webmanifest")))["icons"]
    assert [(one["sizes"], one["purpose"]) for one in icons] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ]
    for one in icons:
        path = finders.find(one["src"].removeprefix("/static/"))
        assert isinstance(path, str)
        assert Path(path).stat().st_size < 50_000
        with Image.open(path) as picture:
            assert f"{picture.width}x{picture.height}" == one["sizes"]
            assert picture.format == "PNG"


def test_shortcuts_lead_into_no_fest_where_several_are_on(client: Client, fest: Fest) -> None:
    Fest.objects.create(slug="other", name="Other", starts=NOW - timedelta(days=1), ends=NOW + timedelta(days=1))
    assert json.loads(text(client.get("/en/manifest.webmanifest")))["shortcuts"] == []


@pytest.mark.parametrize("language", ["xx", "EN", "en-gb"])
@pytest.mark.parametrize("name", ["manifest.webmanifest", "offline.html"])
def test_language_that_is_not_offered_has_nothing(client: Client, fest: Fest, language: str, name: str) -> None:
    assert client.get(f"/{language}/{name}", follow=True).status_code == 404


def test_worker_is_of_this_release_and_never_kept_unasked(client: Client) -> None:
    response = client.get("/sw.js")
    assert_of_nobody(response)
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "no-cache"
    app = json.loads(text(response).partition("\n")[0].removeprefix("const APP = ").removesuffix(";"))
    assert app["release"] == release.release()
    assert app["offline"] == {language: f"/{language}/offline.html" for language in LANGUAGES}
    assert app["static"] == "/static/"
    assert all(finders.find(path.removeprefix("/static/")) for path in app["files"])
    again = client.get("/sw.js", headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again["Cache-Control"]) == (304, "no-cache")
    assert len(response.content) < 12_000


def test_worker_that_is_switched_off_takes_away_what_it_kept(client: Client, settings: Settings) -> None:
    working = client.get("/sw.js")
    settings.SERVICE_WORKER = False
    pages.versions.clear()
    retired = client.get("/sw.js")
    assert_of_nobody(retired)
    assert retired["Cache-Control"] == "no-cache"
    assert "registration.unregister()" in text(retired)
    assert "respondWith" not in text(retired)
    assert retired["ETag"] != working["ETag"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_offline_page_is_in_each_language(client: Client, language: str) -> None:
    response = client.get(f"/{language}/offline.html")
    assert_of_nobody(response)
    page = text(response)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    assert 'content="noindex"' in page
    assert "hreflang" not in page, "it is shown at other addresses"
    assert "data-retry" in page
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=", page) == []


@pytest.mark.parametrize("path", ["/en/small/", "/en/small/boards/all/all/", "/en/offline.html", "/accounts/login/"])
def test_page_names_the_app(client: Client, fest: Fest, path: str) -> None:
    page = re.sub(r"\s+", " ", text(client.get(path)))
    assert '<link rel="manifest" href="/en/manifest.webmanifest">' in page
    assert '"/static/livefest/icons/apple-touch-180.png"' in page
    assert 'data-worker="/sw.js" defer></script>' in page
    assert page.count('name="theme-color"') == 2


@pytest.mark.parametrize("path", ["/en/me/", "/en/small/me/", "/accounts/email/", "/admin/", "/en/small/me/rank/"])
def test_answer_for_one_person_is_never_called_public(admin_client: Client, fest: Fest, path: str) -> None:
    """By that word, beside the address, the service worker knows what it may keep."""
    response = admin_client.get(path)
    assert "public" not in response.headers.get("Cache-Control", "")
