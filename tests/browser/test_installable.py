"""The site as an app in Chromium: what was seen is there without a connection, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from creators.models import Creator
from livefest.models import Fest, User
from livefest.views.installable import worker
from tests.browser.conftest import PHONE, Visit, look, signed_in
from tests.pages.conftest import forget

FEST = "/en/live-fest/"
BOARD = "/en/live-fest/boards/global/all/"
OTHER = "/en/live-fest/challenges/"
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const keys = await (await caches.open(name)).keys();
    found[name] = keys.map((key) => new URL(key.url)).map((url) => url.pathname + url.search);
  }
  return found;
}"""
# Whether the script is at work and has kept a page.
AT_WORK = "async (path) => Boolean(navigator.serviceWorker.controller && await caches.match(path))"


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer, fest: Fest) -> Iterator[Visit]:
    """A phone that has opened the fest's home, on which the service worker is at work."""
    with browser.new_context(viewport=PHONE) as context:
        visit = Visit(context, live_server.url)
        see(visit, FEST)
        yield visit
        context.set_offline(False)


def see(visit: Visit, path: str) -> None:
    assert visit.goto(path) == 200
    until(visit, AT_WORK, path)


def until(visit: Visit, holds: str, argument: str = "") -> None:
    """Returns once an asynchronous function of the page says so; never in twenty seconds is a failure."""
    visit.page.evaluate(
        f"""async (argument) => {{
          const end = Date.now() + 20_000;
          while (!(await ({holds})(argument))) {{
            if (Date.now() > end) throw new Error("never");
            await new Promise((resolve) => setTimeout(resolve, 50));
          }}
        }}""",
        argument,
    )


def kept(visit: Visit) -> dict[str, list[str]]:
    found: dict[str, list[str]] = visit.page.evaluate(KEPT)
    return found


def pages_kept(visit: Visit) -> list[str]:
    return [path for name, paths in kept(visit).items() if name.startswith("pages-") for path in paths]


def test_browser_offers_to_install_the_site(browser: Browser, visit: Visit) -> None:
    session = visit.context.new_cdp_session(visit.page)
    found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"] == f"{visit.origin}/en/manifest.webmanifest"
    said = json.loads(found["data"])
    for icon in said["icons"]:
        assert visit.context.request.get(visit.origin + icon["src"]).headers["content-type"] == "image/png"
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in errors if one["errorId"] != "in-incognito"] == []


def test_button_is_there_where_the_browser_offers(visit: Visit) -> None:
    button = visit.page.get_by_role("button", name="Add to home screen")
    expect(button).to_be_hidden()
    visit.page.evaluate(
        """() => {
          const offer = new Event("beforeinstallprompt", { cancelable: true });
          offer.prompt = async () => { window.asked = true; };
          dispatchEvent(offer);
        }"""
    )
    expect(button).to_be_visible()
    button.click()
    expect(button).to_be_hidden()
    assert visit.page.evaluate("window.asked") is True
    visit.is_clean()


def test_board_that_was_seen_is_read_offline(visit: Visit) -> None:
    see(visit, BOARD)
    visit.context.set_offline(True)
    assert visit.goto(BOARD) == 200
    expect(visit.page.locator("tbody tr").first).to_contain_text("Ada Lovelace")
    expect(visit.page.locator("#connection")).to_contain_text("You are offline.")
    expect(visit.page.locator("#kept")).to_contain_text("This is as it was at ")
    family = visit.page.evaluate("getComputedStyle(document.body).fontFamily")
    assert "Figtree" in family, "with its stylesheet"
    assert visit.page.evaluate("typeof htmx") == "object", "and its scripts"
    look(visit.page, "offline-board")
    assert visit.goto(FEST) == 200
    expect(visit.page.locator("h1")).to_have_text("LIVE Fest")


def test_page_that_was_never_seen_is_told_in_the_language_of_its_address(visit: Visit) -> None:
    see(visit, BOARD)
    visit.context.set_offline(True)
    for language, direction in (("en", "ltr"), ("ar", "rtl")):
        visit.goto(f"/{language}/live-fest/rules/")
        page = visit.page.locator("html")
        expect(page).to_have_attribute("lang", language)
        expect(page).to_have_attribute("dir", direction)
        expect(visit.page.locator(".sign")).to_be_visible()
    visit.goto("/en/live-fest/rules/")
    expect(visit.page.locator("h1")).to_have_text("No signal backstage")
    seen = visit.page.locator("#seen li a")
    expect(seen).to_have_count(2)
    look(visit.page, "offline-never-seen")
    seen.first.click()
    expect(visit.page.locator("tbody tr").first).to_contain_text("Ada Lovelace")


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_way_in_leads_offline_to_the_fest_that_was_seen(visit: Visit, path: str) -> None:
    visit.context.set_offline(True)
    visit.goto(path)
    assert visit.page.url == visit.origin + FEST
    expect(visit.page.locator("#kept")).to_be_visible()


def test_page_that_was_kept_is_as_it_is_once_back_online(visit: Visit) -> None:
    see(visit, BOARD)
    visit.context.set_offline(True)
    visit.goto(BOARD)
    top = visit.page.locator("tbody tr").first
    expect(top).to_contain_text("Ada Lovelace")
    Creator.objects.filter(handle="ada.live").update(name="Ada of today")
    forget()
    visit.context.set_offline(False)
    expect(top).to_contain_text("Ada of today")
    expect(visit.page.locator("#kept")).to_be_hidden()
    expect(visit.page.locator("#connection")).to_be_hidden()
    until(visit, "async () => (await (await caches.match(location.pathname)).text()).includes('Ada of today')")


def test_page_that_was_never_seen_opens_once_back_online(visit: Visit) -> None:
    visit.context.set_offline(True)
    visit.goto(OTHER)
    expect(visit.page.locator("h1")).to_have_text("No signal backstage")
    visit.context.set_offline(False)
    expect(visit.page.locator("h1")).not_to_have_text("No signal backstage")
    assert visit.page.url == visit.origin + OTHER


def test_who_writes_is_not_interrupted(visit: Visit) -> None:
    see(visit, BOARD)
    visit.context.set_offline(True)
    visit.goto(BOARD)
    field = visit.page.get_by_label("Find a creator by handle or name")
    field.fill("ada")
    with visit.page.expect_event("request", lambda request: "hx-request" in request.headers):
        visit.context.set_offline(False)
    expect(field).to_have_value("ada")
    expect(visit.page.locator("#kept").get_by_role("link", name="Try again")).to_be_visible()


def test_open_page_says_of_when_it_is(visit: Visit) -> None:
    said = visit.page.locator("#kept")
    expect(said).to_be_hidden()
    visit.context.set_offline(True)
    expect(said).to_contain_text("This is as it was at ")
    visit.context.set_offline(False)
    expect(said).to_be_hidden()


def test_parts_of_pages_are_not_kept(visit: Visit) -> None:
    """htmx asks for them at the page's own address."""
    see(visit, BOARD)
    with visit.page.expect_response(lambda response: "hx-request" in response.request.headers):
        pass
    assert pages_kept(visit) == [FEST, BOARD]
    visit.goto("/en/live-fest/following/cards/?h=ada.live")
    see(visit, OTHER)
    assert pages_kept(visit) == [FEST, BOARD, OTHER]
    visit.context.set_offline(True)
    visit.goto(BOARD)
    expect(visit.page.locator("footer")).to_be_visible()


def test_pages_of_who_is_signed_in_are_never_kept(browser: Browser, live_server: LiveServer, fest: Fest) -> None:
    user = User.objects.create_user("ada@example.com", email="ada@example.com")
    with signed_in(browser, user, live_server.url, viewport=PHONE) as context:
        visit = Visit(context, live_server.url)
        see(visit, FEST)
        for path in ("/en/me/", "/en/live-fest/me/", "/en/live-fest/me/take-part/", "/accounts/email/", "/admin/"):
            visit.goto(path)
        visit.goto(FEST + "search/?q=ada")
        see(visit, BOARD)
        assert pages_kept(visit) == [FEST, BOARD]
        everything = [path for paths in kept(visit).values() for path in paths]
        assert [path for path in everything if "/me/" in path or path.startswith(("/accounts", "/admin"))] == []
        context.set_offline(True)
        visit.goto("/en/live-fest/me/")
        expect(visit.page.locator("h1")).to_have_text("No signal backstage")
        context.set_offline(False)


def test_oldest_page_goes_for_the_newest(visit: Visit) -> None:
    put = """async () => {
      const [name] = (await caches.keys()).filter((one) => one.startsWith("pages-"));
      const pages = await caches.open(name);
      const headers = { "X-Kept-At": Date.now() };
      for (let number = 0; number < 70; number++) {
        await pages.put(`/en/live-fest/groups/${number}/`, new Response("", { headers }));
      }
    }"""
    visit.page.evaluate(put)
    see(visit, BOARD)
    until(visit, f"async () => (await caches.match({BOARD!r})) && !(await caches.match('/en/live-fest/groups/10/'))")
    found = pages_kept(visit)
    assert (found[0], found[-1]) == ("/en/live-fest/groups/11/", BOARD)


def release_anew(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(worker, "release", lambda: name)
    worker.working.cache_clear()
    forget()


@pytest.fixture
def of_release(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    yield lambda name: release_anew(monkeypatch, name)
    worker.working.cache_clear()
    forget()


def test_new_release_replaces_what_was_kept(
    browser: Browser, live_server: LiveServer, fest: Fest, of_release: Callable[[str], None]
) -> None:
    of_release("first")
    with browser.new_context(viewport=PHONE) as context:
        visit = Visit(context, live_server.url)
        see(visit, FEST)
        see(visit, BOARD)
        assert kept(visit).keys() == {"pages-first", "files-first"}
        Creator.objects.filter(handle="ada.live").update(name="Ada of today")
        of_release("second")
        update_worker(visit)
        assert kept(visit).keys() == {"pages-second", "files-second"}
        assert pages_kept(visit) == [FEST, BOARD], "asked for anew"
        context.set_offline(True)
        visit.goto(BOARD)
        expect(visit.page.locator("tbody tr").first).to_contain_text("Ada of today")
        context.set_offline(False)


def update_worker(visit: Visit) -> None:
    """Lets the browser look for a new script, as it does by itself at the next page; returns once that is at work."""
    visit.page.evaluate(
        """async () => {
          const taken = new Promise((resolve) => { navigator.serviceWorker.oncontrollerchange = resolve; });
          await (await navigator.serviceWorker.getRegistration()).update();
          await taken;
        }"""
    )
    until(visit, "async () => navigator.serviceWorker.controller.state === 'activated'")


def test_worker_that_is_switched_off_goes_with_all_it_kept(
    visit: Visit, settings: Settings, of_release: Callable[[str], None]
) -> None:
    settings.SERVICE_WORKER = False
    forget()
    visit.page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).update()")
    until(visit, "async () => !(await navigator.serviceWorker.getRegistration())")
    assert kept(visit) == {}
