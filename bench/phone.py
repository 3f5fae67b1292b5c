"""How soon a page is seen on a slow phone: the largest paint of a first visit, in Chromium with a quarter of this
machine's speed behind a line of 1.6 Mbit/s, Lighthouse's "slow 4G"."""

from __future__ import annotations

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from bench.figures import Figure

PHONE = ViewportSize(width=390, height=844)
CPU_SLOWDOWN = 4
LINE = {
    "offline": False,
    "latency": 150,  # milliseconds
    "downloadThroughput": 1_600_000 / 8,  # bytes/s
    "uploadThroughput": 750_000 / 8,
}
AT_MOST = 2.0  # seconds
SETTLED = 1_000  # milliseconds after which nothing larger is painted any more
# Seconds from the beginning of the navigation; the last entry is the largest.
LARGEST_PAINT = """() => new Promise(resolve => new PerformanceObserver(list => {
    const entries = list.getEntries();
    resolve(entries[entries.length - 1].startTime / 1000);
}).observe({type: "largest-contentful-paint", buffered: true}))"""


def largest_paints(site: tuple[str, int], pages: dict[str, str], rounds: int) -> list[Figure]:
    """Of each of the pages, by what it is called: its address."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            return [
                Figure(
                    f"{name}: largest paint on a slow phone",
                    "s",
                    # The first is for warming up.
                    [largest_paint(browser, f"http://{site[0]}:{site[1]}{path}") for _round in range(rounds + 1)][1:],
                    at_most=AT_MOST,
                )
                for name, path in pages.items()
            ]
        finally:
            browser.close()


def largest_paint(browser: Browser, url: str) -> float:
    """Seconds; of somebody who was never here before."""
    with browser.new_context(viewport=PHONE, device_scale_factor=2, is_mobile=True) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", LINE)
        session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
        page.goto(url, wait_until="networkidle")
        page.wait_for_timeout(SETTLED)
        seconds: float = page.evaluate(LARGEST_PAINT)
        return seconds
