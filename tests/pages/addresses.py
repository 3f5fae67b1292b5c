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
    "results": "/en/small/results/",
    "rewards": "/en/small/rewards/",
    "winners": "/en/small/winners/",
    "rules": "/en/small/rules/",
    "updates": "/en/small/updates/",
    "feed": "/en/small/updates/feed.atom",
}
FINDS = {
    "board_find": "/en/small/boards/all/all/find/?q=nobody",
    "board_day_find": "/en/small/boards/days/all/2026-02-15/find/?q=nobody",
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
OF_OTHERS = ("admin/", "accounts/", "ingest/", "door/")
# There once somebody is awarded something: tests/rewards/test_certificates.py.
OF_AWARDS = {"certificate", "certificate_png", "certificate_pdf"}
OF_THE_SIGNED_IN = [*of_account, *of_fest]  # tests/mine
OF_MACHINES = ("health/live", "health/ready", "metrics", "pictures/<str:digest>.webp")  # tests/operations


def public_names(resolver: URLResolver | None = None, path: str = "") -> Iterator[str]:
    """The names of the URLconf, but for the parts that are no public pages."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if route not in OF_OTHERS:
                yield from public_names(pattern, route)
        elif route not in OF_MACHINES and pattern not in OF_THE_SIGNED_IN and pattern.name not in OF_AWARDS:
            yield pattern.name or route
