"""What is said when a page isn't there or broke."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from livefest.models import Fest, User
from livefest.views import broken, unavailable
from tests.pages.conftest import text

LANGUAGES = [code for code, _name in django_settings.LANGUAGES]


@pytest.mark.parametrize("path", ["/en/small/nothing/", "/en/nothing/", "/en/small/boards/nothing/", "/en/xx/"])
def test_page_that_is_not_there_is_told_in_the_sites_design(client: Client, fest: Fest, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    page = text(response)
    assert "<h1>This stage is empty</h1>" in page
    assert 'href="/en/"' in page
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=", page) == []
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("path", ["/en/small/nothing/", "/en/small/boards/nothing/", "/en/small/boards/all/all/x/y/"])
def test_page_that_is_not_there_has_the_menu_of_its_fest(client: Client, played: Fest, path: str) -> None:
    page = text(client.get(path))
    for name in ("boards", "challenges", "live", "search", "rules"):
        assert f'href="/en/small/{name}/"' in page, name
    assert '<a class="brand" href="/en/small/">Small</a>' in page


def test_menu_is_there_however_long_the_slug_is(client: Client, fest: Fest) -> None:
    slug = "s" * 64
    Fest.objects.filter(pk=fest.pk).update(slug=slug)
    assert f'href="/en/{slug}/boards/"' in text(client.get(f"/en/{slug}/nothing/"))


def test_menu_of_a_fest_is_asked_for_once_in_a_while(client: Client, fest: Fest) -> None:
    assert 'href="/en/small/boards/"' in text(client.get("/en/small/nothing/at/all/"))
    with CaptureQueriesContext(connection) as captured:
        assert 'href="/es/small/boards/"' in text(client.get("/es/small/nothing/at/all/"))
    assert len(captured) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_that_is_not_there_is_told_in_the_language_of_its_address(
    client: Client, fest: Fest, language: str
) -> None:
    for path in (f"/{language}/small/nothing/", f"/{language}/nothing/"):
        response = client.get(path, headers={"accept-language": "en"})
        assert response.status_code == 404
        assert f'<html lang="{language}"' in text(response)
        assert f'href="/{language}/"' in text(response)


def test_address_that_was_not_found_is_not_repeated(client: Client) -> None:
    assert "alert" not in text(client.get("/en/<script>alert(1)</script>/"))


def test_page_for_others_is_told_in_the_sites_design(client: Client) -> None:
    client.force_login(User.objects.create_user("ada"))
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403
    page = text(response)
    assert "<h1>Backstage is closed to you</h1>" in page
    assert 'href="/accounts/logout/"' in page
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=", page) == []


def test_page_that_breaks_is_told_without_database_or_context(client: Client) -> None:
    client.raise_request_exception = False
    with patch("livefest.views.home.fests_to_show", side_effect=ZeroDivisionError):
        with (
            patch("django.contrib.auth.context_processors.auth", side_effect=AssertionError),
            CaptureQueriesContext(connection) as captured,
        ):
            response = client.get("/en/")
    assert response.status_code == 500
    assert "<h1>The lights went out</h1>" in text(response)
    assert "ZeroDivisionError" not in text(response)
    assert len(captured) == 0


def test_broken_page_needs_nothing_of_the_request() -> None:
    response = broken(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "The lights went out" in text(response)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_that_breaks_is_told_in_the_language_of_its_address(client: Client, language: str) -> None:
    client.raise_request_exception = False
    with patch("livefest.views.home.fests_to_show", side_effect=ZeroDivisionError):
        response = client.get(f"/{language}/", headers={"accept-language": "en"})
    assert response.status_code == 500
    assert f'<html lang="{language}"' in text(response)


def test_interval_is_told_without_database() -> None:
    with CaptureQueriesContext(connection) as captured, override("en"):
        page = text(unavailable(RequestFactory().get("/en/")))
    assert "<h1>A short interval</h1>" in page
    assert len(captured) == 0


@pytest.mark.parametrize(("method", "asks_again"), [("GET", True), ("POST", False)])
def test_what_was_sent_is_not_sent_again_by_itself(method: str, asks_again: bool) -> None:
    page = text(unavailable(RequestFactory().generic(method, "/en/")))
    assert ("data-retry" in page, '<a class="button" href="">' in page) == (asks_again, asks_again)


def test_form_without_its_cookie_is_told_in_the_sites_design() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "ada@example.com"})
    assert response.status_code == 403
    assert "<h1>This form is too old</h1>" in text(response)
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=", text(response)) == []


def test_request_that_makes_no_sense_is_told_in_the_sites_design(client: Client) -> None:
    response = client.get("/en/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "<h1>That was hard to hear</h1>" in text(response)


def test_who_tries_too_often_is_told_in_the_sites_design(client: Client) -> None:
    for _attempt in range(40):
        response = client.post("/accounts/login/", {"login": "nobody@example.com", "password": "wrong"})
        if response.status_code == 429:
            break
    assert response.status_code == 429
    assert "<h1>Take a breath</h1>" in text(response)
    assert 'href="/en/"' in text(response)
