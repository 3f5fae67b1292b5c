"""Every public address of the URLconf, in the small fest of tests/pages/conftest.py after it was played."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLResolver, get_resolver

from livefest.views.mine.urls import of_account, of_fest

# By name. Pages are kept by `livefest.pages`; the others lead somewhere, or look for somebody.
PAGES = {
    "fest": "/en/small/",
    "boards": "/en/small/boards/",
    "board": "/en/small/boards/all/all/",
    "board_day": "/en/small/boards/days/all/2026-02-15/",
    "board_stood": "/en/small/boards/all/all/at/2026-02-15T12:00:00Z/",
    "board_day_stood": "/en/small/boards/days/all/2026-02-15/at/2026-02-15T12:00:00Z/",
    "groups": "/en/small/groups/",
    "group": "/en/small/groups/choir/",
    "rounds": "/en/small/rounds/",
    "challenges": "/en/small/challenges/",
    "challenge": "/en/small/challenges/race/",
    "challenge_day": "/en/small/challenges/race/2026-02-13/",
    "ceremony": "/en/small/ceremony/",
    "creator": "/en/small/creators/ada/",
    "live_now": "/en/small/live/",
    "following": "/en/small/following/",
    "results": "/en/small/results/",
    "rewards": "/en/small/rewards/",
    "winners": "/en/small/winners/",
    "rules": "/en/small/rules/",
    "updates": "/en/small/updates/",
    "feed": "/en/small/updates/feed.atom",
    "programme": "/en/small/programme/",
    "programme_day": "/en/small/programme/2026-02-15/",
    "programme_calendar": "/en/small/programme.ics",
    "partners": "/en/small/partners/",
    "shopping": "/en/small/shopping/",
}
FINDS = {
    "board_find": "/en/small/boards/all/all/find/?q=nobody",
    "board_day_find": "/en/small/boards/days/all/2026-02-15/find/?q=nobody",
    "search": "/en/small/search/?q=nobody",
    "compare": "/en/small/compare/?c=ada&c=bo",
    "following_cards": "/en/small/following/cards/?h=ada&h=bo",
    "verify": f"/en/small/results/verify/?sha256={'0' * 64}",
}
LEADS = {
    "start": "/",
    "home": "/en/",
    "board_choose": "/en/small/boards/choose/?board=leagues&within=super",
    "board_redirect": "/en/small/boards/days/",
    "board_stood_choose": "/en/small/boards/all/all/at/?moment=2026-02-15T12:00:00Z",
    "board_day_stood_choose": "/en/small/boards/days/all/2026-02-15/at/?moment=2026-02-15T12:00:00Z",
}
ADDRESSES = PAGES | FINDS | LEADS
# There once results are certified, and files that are streamed: walked by test_results.
RESULTS = {
    "results_edition": "/en/small/results/1/",
    "results_file": "/en/small/results/1/results.jsonl",
    "results_campaign": "/en/small/results/1/campaign.toml",
    "verify_file": "/en/small/results/verify/file/",
}
# Those of which a part moves: htmx asks for it at the page's own address.
MOVING = ["fest", "board", "board_day", "group", "challenges", "challenge", "challenge_day", "creator", "ceremony"]
MOVING += ["live_now", "programme", "programme_day"]
OF_OTHERS = ("admin/", "accounts/", "ingest/", "door/", "api/v1/")  # the API: tests/api
# There once somebody is awarded something: tests/rewards/test_certificates.py.
OF_AWARDS = {"certificate", "certificate_png", "certificate_pdf"}
OF_ENDED_FESTS = {"summary"}  # tests/pages/test_showcase_summary.py
OF_THE_APP = {"worker", "manifest", "offline"}  # tests/pages/test_installable.py
OF_UPDATES = {"update"}  # tests/pages/test_updates.py
OF_ROWS = {"show", "show_calendar", "partner"}  # tests/pages/test_programme.py and test_partners.py
# What robots read, and by which pages are shown where they are shared: tests/pages/test_share.py.
FOR_ROBOTS = {
    "robots": "/robots.txt",
    "sitemap": "/sitemap.xml",
    "sitemap_pages": "/sitemaps/small/pages.xml",
    "sitemap_part": "/sitemaps/small/creators-0.xml",
}
PICTURES = {
    "site_picture": "/en/share.png",
    "fest_picture": "/en/small/share/fest.png",
    "board_picture": "/en/small/share/boards/all/all.png",
    "board_day_picture": "/en/small/share/boards/days/all/2026-02-15.png",
    "creator_picture": "/en/small/share/creators/ada.png",
    "summary_picture": "/en/small/share/summaries/ada.png",
    "challenge_picture": "/en/small/share/challenges/race.png",
    "update_picture": "/en/small/share/updates/1.png",
}
# With a policy of their own, by which they may be framed or frame: tests/pages/test_embeds.py.
OF_OTHER_SITES = {"embed_builder", "embed_board", "embed_creator", "overlay_board", "overlay_creator"}
OF_SHARING = FOR_ROBOTS.keys() | PICTURES.keys()
OF_THE_SIGNED_IN = [*of_account, *of_fest]  # tests/mine
OF_MACHINES = ("health/live", "health/ready", "metrics", "pictures/<str:digest>.webp")  # tests/operations


def public_names(resolver: URLResolver | None = None, path: str = "") -> Iterator[str]:
    """The names of the URLconf, but for the parts that are no public pages."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if route not in OF_OTHERS:
                yield from public_names(pattern, route)
        elif route in OF_MACHINES or pattern in OF_THE_SIGNED_IN:
            continue
        elif (
            pattern.name not in OF_SHARING
            and pattern.name not in OF_OTHER_SITES | OF_AWARDS | OF_ENDED_FESTS | OF_UPDATES | OF_ROWS | OF_THE_APP
        ):
            yield pattern.name or route
