"""Every page in every language: the same page, in other words."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from livefest.models import Fest
from tests.pages.addresses import LEADS, PAGES
from tests.pages.conftest import announce, text

LANGUAGES = ["en", "es", "pt-br", "ar", "id", "ja"]
RIGHT_TO_LEFT = {"ar"}


@pytest.fixture
def shown(played: Fest) -> Fest:
    announce(played, "News")
    return played


def test_the_languages_are_these() -> None:
    assert [code for code, _name in settings.LANGUAGES] == LANGUAGES


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_in_the_language_of_its_address(client: Client, language: str) -> None:
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    for name, path in PAGES.items():
        response = client.get(path.replace("/en/", f"/{language}/", 1), headers={"accept-language": "en"})
        assert (response.status_code, response["Content-Language"]) == (200, language), name
        assert "Accept-Language" not in response.headers.get("Vary", ""), name
        if not response["Content-Type"].startswith("text/html"):
            continue
        page = text(response)
        assert f'<html lang="{language}" dir="{direction}">' in page, name
        for code in LANGUAGES:
            assert f'href="{path.replace("/en/", f"/{code}/", 1)}"' in page, (name, code)
        shown = re.findall(r'lang="([a-z-]+)"\s+dir="(?:ltr|rtl)"\s+hreflang="\1"\s*(aria-current="true")?', page)
        assert [code for code, current in shown if current] == [language], name


@pytest.mark.usefixtures("shown")
def test_numbers_days_and_regions_are_written_as_the_language_does(client: Client) -> None:
    board = "/boards/all/all/at/2026-02-15T12:00:00Z/"
    for language, moment in {
        "en": "15 Feb",
        "es": "15 feb",
        "pt-br": "15 de fev",
        "id": "15 Feb",
        "ja": "2月15日",
        "ar": "15 فبراير",
    }.items():
        page = text(client.get(f"/{language}/small{board}"))
        assert moment.lower() in page.lower(), language


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("ja", "ja"),
        ("pt", "pt-br"),
        ("pt-BR,pt;q=0.9", "pt-br"),
        ("es-MX", "es"),
        ("ar-EG,en;q=0.5", "ar"),
        ("fr", "en"),
        ("", "en"),
    ],
)
def test_start_leads_to_the_language_of_the_browser(client: Client, accepted: str, language: str) -> None:
    response = client.get(LEADS["start"], headers={"accept-language": accepted})
    assert (response.status_code, response["Location"]) == (302, f"/{language}/")
    assert "Accept-Language" in response["Vary"]
    assert "Set-Cookie" not in response.headers


def test_address_without_a_language_leads_to_one(client: Client, played: Fest) -> None:
    response = client.get("/small/boards/", headers={"accept-language": "ja"})
    assert (response.status_code, response["Location"]) == (302, "/ja/small/boards/")
    assert client.get("/fr/small/boards/").status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/fests", "/robots.txt", "/sitemap.xml", "/sw.js"])
def test_what_has_no_words_is_the_same_for_every_browser(client: Client, played: Fest, path: str) -> None:
    answers = [client.get(path, headers={"accept-language": accepted}) for accepted in ("en", "ar")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert ["Accept-Language" in answer.headers.get("Vary", "") for answer in answers] == [False, False]
