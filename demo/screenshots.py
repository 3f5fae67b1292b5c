"""`make screenshots`: every public page of a demo of its own, and a creator's own pages, on phone and desktop, in light
and dark and in Arabic, as PNG files."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, Page, StorageState, ViewportSize, sync_playwright
from rich.console import Console

from demo.interrupts import Interrupts
from demo.processes import ROOT, DemoError, free_port

Scheme = Literal["light", "dark"]

FEST = "/en/live-fest"  # the demo's first
EARLIER = "/en/spring-fest"  # certified, with awards
EARLIER_SECONDS = 600  # until it is there, on a machine that has other things to do
PASSWORDS = ROOT / ".local" / "demo" / "passwords.json"
STAFF = {"staff@example.org", "organiser@example.org"}  # demo/signins.py
CHROMIUM = "/usr/bin/chromium"
WINDOWS = {"phone": ViewportSize(width=390, height=844), "desktop": ViewportSize(width=1280, height=900)}
MOST_BYTES = 250_000  # of a picture that README shows: the repository keeps each for ever

# What is no picture: it leads to another page, or is a feed. (The home of all fests leads to the only one.)
OF_RESULTS = {"results_edition", "results_file", "results_campaign", "verify_file"}  # there are none in this fest
CHOOSE_A_MOMENT = {"board_stood_choose", "board_day_stood_choose"}
NO_PICTURES = (
    {"start", "home", "board_redirect", "board_choose", "feed", "programme_calendar", "following_cards"}
    | OF_RESULTS
    | CHOOSE_A_MOMENT
)


class Look(NamedTuple):
    """How a page is looked at: a colour scheme, and a language."""

    scheme: Scheme
    language: str = "en"

    @property
    def name(self) -> str:
        return self.scheme if self.language == "en" else self.language


LOOKS = [Look("light"), Look("dark"), Look("light", "ar")]


class ForReadme(NamedTuple):
    name: str
    window: str
    scheme: Scheme

    @property
    def file(self) -> str:
        return f"{self.name}-{self.window}-{self.scheme}.png"


README = [
    ForReadme("fest", "desktop", "light"),
    ForReadme("board", "desktop", "dark"),
    ForReadme("fest", "phone", "dark"),
    ForReadme("board", "phone", "light"),
    ForReadme("challenges", "phone", "dark"),
    ForReadme("creator", "phone", "light"),
]


class Seen(NamedTuple):
    """What only the running fests know: who leads, who is on the second page, a day that is over, a show, an update, a
    winner of the earlier fest, and the numbers of the signed-in creator's awards: a jacket to be claimed, an invitation
    with tickets, and a payment that failed."""

    star: str
    other: str
    day: str
    show: int
    update: int
    winner: str
    jacket: int
    invitation: int
    failed: int


def addresses(seen: Seen) -> dict[str, str]:
    """The path of each public picture, by the page's name in the URLconf; what has several states has more names."""
    board, by_day = f"{FEST}/boards/global/all", f"{FEST}/boards/today/JP/{seen.day}"
    over = date.fromisoformat(seen.day) + timedelta(days=1)
    return {
        "fest": f"{FEST}/",
        "boards": f"{FEST}/boards/",
        "board": f"{board}/",
        "board_day": f"{by_day}/",
        "board_find": f"{board}/find/?q=nobody.by.this.name",
        "board_day_find": f"{by_day}/find/?q=nobody.by.this.name",
        "board_stood": f"{board}/at/{over}T00:00:00Z/",
        "board_day_stood": f"{by_day}/at/{over}T00:00:00Z/",
        "challenges": f"{FEST}/challenges/",
        "challenge": f"{FEST}/challenges/super-rush/",
        "challenge_day": f"{FEST}/challenges/daily-glow/{seen.day}/",
        "ceremony": f"{FEST}/ceremony/",
        "groups": f"{FEST}/groups/",
        "group": f"{FEST}/groups/night-owls/",
        "results": f"{FEST}/results/",
        "verify": f"{FEST}/results/verify/",
        "rounds": f"{FEST}/rounds/",
        "creator": f"{FEST}/creators/{seen.star}/",
        "live_now": f"{FEST}/live/",
        "following": f"{FEST}/following/",
        "search": f"{FEST}/search/?q={seen.star[:2]}",
        "compare": f"{FEST}/compare/?c={seen.star}&c={seen.other}",
        "programme": f"{FEST}/programme/",
        "programme_day": f"{FEST}/programme/{over}/",
        "show": f"{FEST}/programme/shows/{seen.show}/",
        "partners": f"{FEST}/partners/",
        "shopping": f"{FEST}/shopping/",
        "update": f"{FEST}/updates/{seen.update}/",
        "embed_builder": f"{FEST}/embed/",
        "embed_board": f"{FEST}/embed/board/global/all/",
        "overlay_board": f"{FEST}/overlay/board/global/all/",
        "summary": f"{EARLIER}/creators/{seen.winner}/summary/",
        "rules": f"{FEST}/rules/",
        "updates": f"{FEST}/updates/",
        "board found": f"{board}/find/?q={seen.other}",
        "board of a region": f"{FEST}/boards/region/TH/",
        "board of communities": f"{FEST}/boards/communities/all/",
        "board nobody yet": f"{FEST}/boards/finals/all/",
        "group league": f"{FEST}/groups/super/",
        "challenge for all": f"{FEST}/challenges/opening-marathon/",
        "not found": f"{FEST}/nothing-here/",
        "rewards": f"{EARLIER}/rewards/",
        "winners": f"{EARLIER}/winners/",
        "certificate": f"{EARLIER}/certificates/{seen.invitation}/",
    }


def own_addresses(seen: Seen) -> dict[str, str]:
    """The path of each picture of the signed-in creator's pages."""
    awards = f"{EARLIER}/me/awards"
    return {
        "my_fest": f"{FEST}/me/",
        "my_points": f"{FEST}/me/points/",
        "my_challenges": f"{FEST}/me/challenges/",
        "my_community": f"{FEST}/me/community/",
        "my_lives": f"{FEST}/me/lives/",
        "my_enquiries": f"{FEST}/me/questions/",
        "my_notifications": "/en/me/notifications/",
        "my_choices": "/en/me/notifications/choices/",
        "my_profile": "/en/me/profile/",
        "my_data": "/en/me/data/",
        "my_awards": f"{awards}/",
        "my_award": f"{awards}/{seen.jacket}/",
        "my_award payment failed": f"{awards}/{seen.failed}/",
        "my_invitation": f"{awards}/{seen.invitation}/invitation/",
        "my_ticket": f"{awards}/{seen.invitation}/ticket/1/",
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / ".local" / "screenshots", help="where all pictures go")
    parser.add_argument("--readme", type=Path, default=ROOT / "docs" / "screenshots", help="where README's go")
    parser.add_argument("--site", help="of a demo that runs already, as http://localhost:8000, instead of an own one")
    parser.add_argument("--passwords", type=Path, default=PASSWORDS, help="of that demo")
    options = parser.parse_args()
    console = Console(highlight=False)
    Interrupts()
    try:
        if options.site:
            demo = Demo(options.site.rstrip("/"), options.passwords)
            take(demo, out=options.out, readme=options.readme, console=console)
        else:
            with own_demo(console) as demo:
                take(demo, out=options.out, readme=options.readme, console=console)
    except KeyboardInterrupt:
        return 130
    except DemoError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    return 0


class Demo(NamedTuple):
    """Where it answers, and the file of its passwords."""

    site: str
    passwords: Path


@contextmanager
def own_demo(console: Console) -> Iterator[Demo]:
    """A demo in a temporary directory. It is ready when a board has moved; it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="livefest-screenshots-") as directory:
        command = [sys.executable, "-m", "demo", "--directory", directory, "--port", str(free_port(8600))]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"COLUMNS": "120"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as demo:
            try:
                assert demo.stdout is not None
                said = []
                for line in demo.stdout:
                    said.append(line)
                    console.print(line.rstrip(), markup=False)
                    if "Ready after" in line:
                        break
                site = re.search(r"http://localhost:\d+", "".join(said))
                if site is None:
                    raise DemoError("The demo didn't become ready; what it said stands above.")
                yield Demo(site[0], Path(directory) / "demo" / "passwords.json")
            finally:
                demo.send_signal(signal.SIGTERM)
                demo.communicate()


def take(demo: Demo, *, out: Path, readme: Path, console: Console) -> None:
    """All pictures of the site. Raises DemoError when one of README's is too big."""
    site = demo.site
    for directory in (out, readme):
        directory.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM)
        with chromium.new_context(locale="en-GB") as context:
            page = context.new_page()
            sign_in(page, demo)
            seen = look_around(page, site)
            signed_in = context.storage_state()
        paths, own = addresses(seen), own_addresses(seen)
        for (window, size), look in itertools.product(WINDOWS.items(), LOOKS):
            for some, state in ((paths, None), (own, signed_in)):
                with a_page(chromium, size, look, state) as page:
                    for name, path in some.items():
                        show(page, site + path.replace("/en/", f"/{look.language}/", 1))
                        file = f"{name.replace(' ', '_')}-{window}-{look.name}.png"
                        page.screenshot(path=out / file, full_page=True, animations="disabled")
            console.print(f"{out}: {len(paths) + len(own)} pages, {window}, {look.name}")
        for one in README:
            with a_page(chromium, WINDOWS[one.window], Look(one.scheme)) as page:
                show(page, site + paths[one.name])
                picture = readme / one.file
                page.screenshot(path=picture, animations="disabled")
            console.print(f"{picture}: {picture.stat().st_size:,} bytes")
            if picture.stat().st_size > MOST_BYTES:
                raise DemoError(
                    f"{picture} is larger than {MOST_BYTES:,} bytes; README should show another page or less"
                )
        chromium.close()


@contextmanager
def a_page(chromium: Browser, size: ViewportSize, look: Look, signed_in: StorageState | None = None) -> Iterator[Page]:
    """As a viewer in Japan has it: moments show their own zone beside the fest's."""
    with chromium.new_context(
        viewport=size,
        color_scheme=look.scheme,
        reduced_motion="reduce",
        locale="en-GB" if look.language == "en" else look.language,
        timezone_id="Asia/Tokyo",
        storage_state=signed_in,
    ) as context:
        yield context.new_page()


def show(page: Page, address: str) -> None:
    """Raises DemoError when something is broken there, which nobody wants a picture of."""
    response = page.goto(address, wait_until="load")
    if response is None or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise DemoError(f"{address} is broken; what the web process said is in its log")
    page.evaluate("document.fonts.ready")


def sign_in(page: Page, demo: Demo) -> None:
    """As the demo's creator."""
    passwords: dict[str, str] = json.loads(demo.passwords.read_text())
    email = next(email for email in passwords if email not in STAFF)
    page.goto(f"{demo.site}/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(passwords[email])
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)


def look_around(page: Page, site: str) -> Seen:
    """Takes from the board who is to be visited, and from the earlier fest, once it is there, the creator's awards."""
    board = f"{site}{FEST}/boards/global/all/"
    page.goto(board)
    star = handle_of(page, "#podium-1")
    page.goto(f"{board}?page=2")
    other, today = handle_of(page, "tbody tr:nth-child(12) a"), datetime.now(UTC).date()
    until = time.monotonic() + EARLIER_SECONDS
    while (response := page.goto(f"{site}{EARLIER}/me/awards/")) is None or response.status != HTTPStatus.OK:
        if time.monotonic() > until:
            raise DemoError(f"The earlier fest isn't there: {site}{EARLIER}/")
        time.sleep(2)
    awards = [number_of(page, "/me/awards/", name) for name in ("Festival jacket", "VIP global", "Quiz night")]
    page.goto(f"{site}{FEST}/programme/{today}/")
    of_show = number_of(page, "/programme/shows/")
    page.goto(f"{site}{FEST}/updates/")
    of_update = number_of(page, "/updates/")
    page.goto(f"{site}{EARLIER}/winners/")
    winner = handle_of(page, "main a[href*='/creators/']")
    return Seen(star, other, str(today - timedelta(days=1)), of_show, of_update, winner, *awards)


def number_of(page: Page, under: str, text: str = "") -> int:
    """In the first link that leads under a path and says the text."""
    links = page.locator(f"main a[href*='{under}']", has_text=text).evaluate_all("all => all.map(one => one.pathname)")
    return next(int(number) for link in links if (number := link.rstrip("/").rpartition("/")[2]).isdecimal())


def handle_of(page: Page, link: str) -> str:
    """The creator whom the link leads to."""
    href = page.locator(link).first.get_attribute("href") or ""
    return href.rstrip("/").rpartition("/")[2]


if __name__ == "__main__":
    sys.exit(main())
