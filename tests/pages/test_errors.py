"""What is said when a page isn't there or broke."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from livefest.models import Fest, User
from livefest.views import broken
from tests.pages.conftest import text


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
