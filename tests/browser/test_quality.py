"""What holds for every public page: how much it weighs, that a keyboard is enough, and that it may be made larger."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, ViewportSize
from pytest_django.live_server_helper import LiveServer

from livefest.models import Fest
from tests import effort
from tests.browser.conftest import DESKTOP, Visit
from tests.browser.festival import NOW
from tests.browser.test_every_page import MORE, PAGES

MOST_HTML, MOST_CSS, MOST_JS = 40 * 1024, 40 * 1024, 90 * 1024  # bytes, before compression
NARROW = ViewportSize(width=320, height=640)  # a desktop at 400 %, a small phone at 117 %
LEADING = {"start", "home", "board_redirect", "board_choose", "board_stood_choose", "board_day_stood_choose"}

# The elements that a keyboard should reach, and how one that has the focus is seen.
REACHABLE = """() => {
  const all = document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]');
  const seen = [...all].filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled
    && !one.closest('[hidden], details:not([open]) > :not(summary)'));
  seen.forEach((one, number) => { one.dataset.number = number; });
  return seen.filter((one) => one.type !== 'radio' || one.checked
    || !document.querySelector(`input[name="${one.name}"]:checked`)).map((one) => one.dataset.number);
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
  return [one.dataset.number ?? one.outerHTML.slice(0, 80), shown, inside];
}"""


def size_of(path: str) -> int:
    found = finders.find(path.removeprefix(f"/{settings.STATIC_URL.strip('/')}/"))
    assert isinstance(found, str), path
    return Path(found).stat().st_size


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_pages_are_light(client: Client, fest: Fest, language: str) -> None:
    heavy = {}
    for name, path in {**PAGES, **MORE}.items():
        if name in LEADING:
            continue
        response = client.get(path.replace("/en/", f"/{language}/", 1))
        assert response.status_code == 200, name
        page = response.content.decode()
        css = [sized(link, "href") for link in re.findall(r'<link[^>]*rel="stylesheet"[^>]*>', page)]
        js = [sized(script, "src") for script in re.findall(r"<script[^>]*src[^>]*>", page)]
        weights = (len(response.content), sum(css), sum(js))
        if weights[0] > MOST_HTML or weights[1] > MOST_CSS or weights[2] > MOST_JS:
            heavy[name] = weights
    assert heavy == {}


def sized(tag: str, attribute: str) -> int:
    match = re.search(rf'{attribute}="([^"]+)"', tag)
    assert match, tag
    return size_of(match.group(1))


def stand_still(visit: Visit) -> None:
    """No page asks again or loads itself anew from here on."""
    visit.page.clock.install(time=NOW)
    visit.page.clock.pause_at(NOW + timedelta(seconds=1))


def test_keyboard_alone_reaches_everything(browser: Browser, live_server: LiveServer, fest: Fest) -> None:
    wrong: dict[str, object] = {}
    with browser.new_context(viewport=DESKTOP, reduced_motion="reduce") as context:
        visit = Visit(context, live_server.url)
        stand_still(visit)
        for name, path in {**PAGES, **MORE}.items():
            if name in LEADING:
                continue
            assert visit.goto(path) == 200, name
            expected = visit.page.evaluate(REACHABLE)
            reached: list[str] = []
            unseen = []
            for _press in range(len(expected) + 5):
                visit.page.keyboard.press("Tab")
                focused = visit.page.evaluate(FOCUSED)
                if focused is None:
                    break
                number, shown, inside = focused
                reached.append(number)
                if not (shown and inside):
                    unseen.append(number)
            missing = [number for number in expected if number not in reached]
            if missing or unseen:
                tag = '(number) => document.querySelector(`[data-number="${number}"]`)?.outerHTML.slice(0, 120)'
                wrong[name] = [visit.page.evaluate(tag, number) for number in (missing + unseen)[:3]]
        assert wrong == {}
        visit.is_clean()


@pytest.mark.parametrize("language", ["en", "ar"] if effort.FULL else ["ar"])
def test_pages_can_be_made_larger(browser: Browser, live_server: LiveServer, fest: Fest, language: str) -> None:
    """Nothing is cut off or scrolls sideways at 320 pixels, nor with text of twice its size on a desktop."""
    wide = []
    with browser.new_context(viewport=NARROW, reduced_motion="reduce") as context:
        visit = Visit(context, live_server.url)
        for name, path in {**PAGES, **MORE}.items():
            assert visit.goto(path.replace("/en/", f"/{language}/", 1)) == 200, name
            for width, size in ((320, "100%"), (1280, "200%")):
                visit.page.set_viewport_size({"width": width, "height": 640})
                visit.page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", size)
                if visit.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    wide.append((name, width, size))
        assert wide == []
        visit.is_clean()
