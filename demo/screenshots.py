"""`make screenshots`: every public page of a demo of its own, on phone and desktop, in light and dark, as PNG files."""

from __future__ import annotations

import argparse
import itertools
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from rich.console import Console

from demo.interrupts import Interrupts
from demo.processes import ROOT, DemoError, free_port

Scheme = Literal["light", "dark"]

FEST = "/en/live-fest"  # the demo's first
CHROMIUM = "/usr/bin/chromium"
WINDOWS = {"phone": ViewportSize(width=390, height=844), "desktop": ViewportSize(width=1280, height=900)}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
MOST_BYTES = 250_000  # of a picture that README shows: the repository keeps each for ever

# What is no picture: it leads to another page, or is a feed. (The home of all fests leads to the only one.)
OF_RESULTS = {"results_edition", "results_file", "results_campaign", "verify_file"}  # there are none in this fest
CHOOSE_A_MOMENT = {"board_stood_choose", "board_day_stood_choose"}
NO_PICTURES = {"start", "home", "board_redirect", "board_choose", "feed"} | OF_RESULTS | CHOOSE_A_MOMENT


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
    """What only the running fest knows: who leads, who is on the second page, and a day that is over."""

    star: str
    other: str
    day: str


def addresses(seen: Seen) -> dict[str, str]:
    """The path of each picture, by the page's name in the URLconf; what has several states has more names."""
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
        "rules": f"{FEST}/rules/",
        "updates": f"{FEST}/updates/",
        "board found": f"{board}/find/?q={seen.other}",
        "board of a region": f"{FEST}/boards/region/TH/",
        "board of communities": f"{FEST}/boards/communities/all/",
        "board nobody yet": f"{FEST}/boards/finals/all/",
        "group league": f"{FEST}/groups/super/",
        "challenge for all": f"{FEST}/challenges/opening-marathon/",
        "not found": f"{FEST}/nothing-here/",
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / ".local" / "screenshots", help="where all pictures go")
    parser.add_argument("--readme", type=Path, default=ROOT / "docs" / "screenshots", help="where README's go")
    parser.add_argument("--site", help="of a demo that runs already, as http://localhost:8000, instead of an own one")
    options = parser.parse_args()
    console = Console(highlight=False)
    Interrupts()
    try:
        if options.site:
            take(options.site.rstrip("/"), out=options.out, readme=options.readme, console=console)
        else:
            with own_demo(console) as site:
                take(site, out=options.out, readme=options.readme, console=console)
    except KeyboardInterrupt:
        return 130
    except DemoError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1
    return 0


@contextmanager
def own_demo(console: Console) -> Iterator[str]:
    """The address of a demo in a temporary directory. It is ready when a board has moved; it ends with the block."""
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
                yield site[0]
            finally:
                demo.send_signal(signal.SIGTERM)
                demo.communicate()


def take(site: str, *, out: Path, readme: Path, console: Console) -> None:
    """All pictures of the site. Raises DemoError when one of README's is too big."""
    for directory in (out, readme):
        directory.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM)
        with chromium.new_context() as context:
            paths = addresses(look_around(context.new_page(), site))
        for (window, size), scheme in itertools.product(WINDOWS.items(), SCHEMES):
            with a_page(chromium, size, scheme) as page:
                for name, path in paths.items():
                    show(page, site + path)
                    file = f"{name.replace(' ', '_')}-{window}-{scheme}.png"
                    page.screenshot(path=out / file, full_page=True, animations="disabled")
            console.print(f"{out}: {len(paths)} pages, {window}, {scheme}")
        for one in README:
            with a_page(chromium, WINDOWS[one.window], one.scheme) as page:
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
def a_page(chromium: Browser, size: ViewportSize, scheme: Scheme) -> Iterator[Page]:
    """As a viewer in Japan has it: moments show their own zone beside the fest's."""
    with chromium.new_context(
        viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="en-GB", timezone_id="Asia/Tokyo"
    ) as context:
        yield context.new_page()


def show(page: Page, address: str) -> None:
    """Raises DemoError when something is broken there, which nobody wants a picture of."""
    response = page.goto(address, wait_until="load")
    if response is None or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise DemoError(f"{address} is broken; what the web process said is in its log")
    page.evaluate("document.fonts.ready")


def look_around(page: Page, site: str) -> Seen:
    """Takes from the board who is to be visited."""
    board = f"{site}{FEST}/boards/global/all/"
    page.goto(board)
    star = handle_of(page, "#podium-1")
    page.goto(f"{board}?page=2")
    return Seen(star, handle_of(page, "tbody tr:nth-child(12) a"), str(datetime.now(UTC).date() - timedelta(days=1)))


def handle_of(page: Page, link: str) -> str:
    """The creator whom the link leads to."""
    href = page.locator(link).get_attribute("href") or ""
    return href.rstrip("/").rpartition("/")[2]


if __name__ == "__main__":
    sys.exit(main())
