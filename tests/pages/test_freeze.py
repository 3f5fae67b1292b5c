"""The freeze: from its moment on no public page shows anything that comes later, until it is revealed."""

from __future__ import annotations

import re
from collections import deque
from datetime import date, datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from creators.correction_steps import propose, undo
from creators.corrections import Size, adjustment, disqualification, void_of_session
from creators.models import Correction
from livefest import copies, pages
from livefest.copies import shown_copy
from livefest.models import Fest, Metric
from rankings import live
from rankings.board_page import place_choices
from rankings.ceremony import prepare
from rankings.closing import close, is_due
from rankings.freezing import NotFrozen, reveal
from rankings.models import Board, Opening, Snapshot
from rankings.refresh import refresh
from rankings.tasks import close_fest, refresh_fest
from rankings.valkey import client as valkey
from rankings.valkey import keys_of
from tests import effort
from tests.kept import kept
from tests.pages.addresses import ADDRESSES, MOVING
from tests.pages.conftest import announce, enter, forget, go_live, text
from tests.rankings.fests import Facts, Move, Script
from tests.rankings.play import all_standings, begin, entry_of, play, staff
from tests.rankings.test_changes import CAMPAIGN, CREATORS, FACTS, LATE
from tests.reference.small import fact, moment

pytestmark = pytest.mark.django_db

FREEZE = "15T20:00:00"
AFTER = moment("15T20:00:07")
LATER = moment("15T21:00:00")
NEXT_DAY = moment("16T01:00:00")
DAYS = [f"2026-02-{day}" for day in range(12, 18)]  # one more at either end than the fest has
HANDLES = ["ada", "bo", "cy", "di", "new", "fan", "mum", "late.fan", "choir"]
# Everybody overtakes everybody: another order, other sums, a race won, a community's share.
LATER_FACTS = [
    fact("di", "coins", 4_321, "15T20:00:01", supporter="late.fan"),
    fact("bo", "coins", 777, "15T20:00:02", supporter="fan"),
    fact("ada", "live", 7_200, "15T20:30:00"),
]
LATE_FACT = fact("bo", "coins", 333, "14T10:00:00", supporter="fan")
TOLD_LATER = ["4,321", "4321", "8,642", "777", "late.fan", "333", "666"]


FREEZING = {**CAMPAIGN, "fest": {**CAMPAIGN["fest"], "freeze": datetime(2026, 2, 15, 20)}}
SCRIPT = Script(FREEZING, CREATORS, LATE, [])


@pytest.fixture
def script() -> Script:
    return SCRIPT


def make_frozen() -> Fest:
    fest = begin(SCRIPT)
    announce(fest, "Doors open", minutes_ago=0)
    play(fest, SCRIPT, Facts(FACTS))
    refresh(fest)
    close(fest, at=AFTER)
    return fest


@pytest.fixture
def frozen(settings: Settings) -> Fest:
    """With what happened before the freeze, and the freeze."""
    settings.LIVEFEST_NOW = AFTER.isoformat()
    return kept(make_frozen)


def every_page(client: Client) -> dict[str, Any]:
    """All that the public can ask for, rendered anew."""
    pages = {}
    for name, path in ADDRESSES.items():
        forget()
        response = client.get(path)
        pages[name] = (response.status_code, response.get("Location"), text(response))
    return pages


Answers = dict[str, tuple[int, str, str]]  # by address: status, where it leads and its ETag, and the page

OTHER_LANGUAGES = tuple(f"/{code}/" for code, _name in django_settings.LANGUAGES if code != "en")


class Crawl:
    """Reads everything that the public can reach or guess: all links from the way in on, every standing of every day,
    whole and in its moving part, by GET and by HEAD, found and not found. In one language: in others it is the same
    pages (test_languages)."""

    def __init__(self, client: Client, fest: Fest) -> None:
        self.client, self.fest = client, fest
        self.answers: Answers = {}
        waiting = deque(self.guesses())
        while waiting:
            path = waiting.popleft()
            if path not in self.answers and not path.startswith(OTHER_LANGUAGES):
                waiting.extend(links_in(self.read(path), path))

    def guesses(self) -> list[str]:
        """What no link need lead to."""
        root = f"/en/{self.fest.slug}/"
        paths = ["/", "/en/", "/xx/", "/en/nowhere/", f"{root}nowhere/", *ADDRESSES.values()]
        for board in Board.objects.filter(fest=self.fest).select_related("fest", "within_group"):
            for within in [choice.value for choice in place_choices(board, "")] or ["all"]:
                days = DAYS if board.period == Board.Period.DAY else [""]
                paths += [f"{root}boards/{board.slug}/{within}/{day and day + '/'}" for day in days]
                paths += [f"{root}boards/{board.slug}/{within}/?page=2"]
            paths += [f"{root}boards/{board.slug}/all/find/?q={handle}" for handle in HANDLES]
        paths += [f"{root}creators/{handle}/" for handle in HANDLES]
        return paths + [f"{root}challenges/race/{day}/" for day in DAYS]

    def read(self, path: str) -> str:
        """The body of an address; its answer to every way of asking is noted."""
        whole = self.note(path, self.ask(path))
        self.note(f"{path} (part)", self.ask(path, HTTP_HX_REQUEST="true"))
        head = self.client.head(path, REMOTE_ADDR=self.somebody())
        self.answers[f"{path} (head)"] = (head.status_code, head.get("Location", ""), head.get("ETag", ""))
        return whole

    def again(self) -> Answers:
        """The answers to what there was, asked once more by GET alone; to a third of it without full effort."""
        there = [path for path, answer in self.answers.items() if answer[0] == 200 and " (" not in path]
        there = there if effort.FULL else there[::3]
        later = Crawl.__new__(Crawl)
        later.client, later.fest, later.answers = self.client, self.fest, {}
        for path in there:
            later.note(path, later.ask(path))
        return later.answers

    def ask(self, path: str, **more: Any) -> Any:
        return self.client.get(path, REMOTE_ADDR=self.somebody(), **more)

    def note(self, name: str, response: Any) -> str:
        told = response.get("Location", "") + response.get("ETag", "")
        self.answers[name] = (response.status_code, told, text(response))
        return text(response)

    def somebody(self) -> str:
        """Another client each time: nobody asks too often."""
        number = len(self.answers)
        return f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"


def links_in(body: str, path: str) -> list[str]:
    """The pages of the site that a page leads to."""
    found = (unescape(link).partition("#")[0] for link in re.findall(r'(?:href|action|hx-get)="([^"]+)"', body))
    links = [urljoin(path, link) for link in found if not link.startswith(("http", "mailto:"))]
    return [link for link in links if not link.startswith(("/static/", "/admin/", "/accounts/"))]


def everything_changes(fest: Fest, script: Script) -> None:
    """After the freeze, all that can change does."""
    play(fest, script, Facts([*LATER_FACTS, LATE_FACT]))
    play(fest, script, Facts([fact("di", "live", 720_000, "15T23:00:00"), fact("di", "likes", 9, "16T00:10:00")]))
    play(fest, script, Facts([fact("cy", "coins", 49, "16T00:05:00", supporter="late.fan")]))
    new = enter(fest, "new")
    play(fest, script, Facts([fact("new", "live", 36_000, "15T22:30:00"), fact("new", "coins", 25, "16T00:20:00")]))
    play(fest, script, Move("di", "league", "glow", moment("15T20:30:00")))
    play(fest, script, Move("bo", "community", None, moment("15T20:30:00")))
    play(fest, script, Move("new", "community", "choir", moment("15T20:30:00")))
    play(fest, script, Move("new", "league", "super", moment("15T20:30:00")))
    propose(disqualification(entry=entry_of(fest, "ada")), by=staff(), reason="Not a person", size=Size(0, 0))
    undo(Correction.objects.get(reason="Sent twice"), by=staff(), reason="Sent once")
    propose(
        void_of_session(entry=entry_of(fest, "cy"), session="any"), by=staff(), reason="Not theirs", size=Size(0, 0)
    )
    coins = Metric.objects.get(fest=fest, slug="coins")
    adjusted = adjustment(entry=new, metric=coins, day=date(2026, 2, 14), quantity=33)
    propose(adjusted, by=staff(), reason="Lost on the way", size=Size(0, 0))
    close(fest, at=NEXT_DAY)
    assert Opening.objects.filter(round__slug="finals").exists()
    assert Snapshot.objects.filter(kind="day", day=date(2026, 2, 15)).exists()


@pytest.fixture
def staged(script: Script) -> Script:
    """With a round that opens during the freeze, and one that has opened before."""
    rounds = [
        {"slug": "finals", "name": "Finals", "starts": datetime(2026, 2, 15, 22), "ends": datetime(2026, 2, 17)},
        {"slug": "semis", "name": "Semis", "starts": datetime(2026, 2, 15, 6), "ends": datetime(2026, 2, 17)},
    ]
    for round_ in rounds:
        round_["admits"] = {"board": "all", "top": 2}
    boards = [
        {"slug": slug, "name": slug.title(), "of": "creators", "period": slug, "minimum": 0}
        for slug in ("finals", "semis")
    ]
    campaign = {
        **script.campaign,
        "rounds": [*script.campaign["rounds"], *rounds],
        "boards": [*script.campaign["boards"], *boards],
    }
    return Script(campaign, script.creators, LATE, [])


def test_no_address_shows_what_comes_after_the_freeze(client: Client, staged: Script, settings: Settings) -> None:
    settings.LIVEFEST_NOW = AFTER.isoformat()
    fest = begin(staged)
    announce(fest, "Doors open", minutes_ago=0)
    play(fest, staged, Facts(FACTS))
    coins = Metric.objects.get(fest=fest, slug="coins")
    early = adjustment(entry=entry_of(fest, "di"), metric=coins, day=date(2026, 2, 14), quantity=-2)
    propose(early, by=staff(), reason="Sent twice", size=Size(0, 0), at=moment("15T18:00:00"))
    close(fest, at=moment("15T19:00:00"))
    close(fest, at=AFTER)
    copy = shown_copy(fest.pk)
    assert copy is not None
    late = adjustment(entry=entry_of(fest, "bo"), metric=coins, day=date(2026, 2, 14), quantity=-1)
    propose(late, by=staff(), reason="In the very moment", size=Size(0, 0), at=copy.shown_from)
    prepare(Board.objects.get(fest=fest, slug="all"), by=staff(), at=AFTER)
    settings.LIVEFEST_NOW = NEXT_DAY.isoformat()
    forget()
    crawl = Crawl(client, fest)
    before = crawl.answers
    assert [path for path in before if "/at/2026" in path], "how it stood, too"
    assert "Sent twice" in before["/en/small/creators/di/"][2]
    assert not [path for path in before if "In the very moment" in before[path][2]]
    everything_changes(fest, staged)
    assert {row[4] for row in all_standings(fest) if row[:4] == ("all", "", "fest", "1")} == {"di"}
    assert not [row for row in all_standings(fest) if row[4] == "ada"]
    # The creator who was entered meanwhile has a page, with nothing of the boards; nobody leads there.
    new = "/en/small/creators/new/"
    entered = [new, f"{new} (head)", f"{new} (part)"]

    def changed(after: Answers) -> list[str]:
        return sorted(path for path in after if before.get(path) != after[path])

    clear_versions()
    assert changed(crawl.again()) == [], "in a process that has rendered them before"
    pages.pages.clear()
    clear_versions()
    assert changed(crawl.again()) == [], "in another process, with what the first one shares"
    forget()
    anew = Crawl(client, fest).answers
    assert changed(anew) == entered
    assert anew.keys() == before.keys()
    without_valkey(fest)
    forget()
    assert changed(crawl.again()) == [], "from PostgreSQL"
    refresh(fest)
    forget()
    assert changed(crawl.again()) == [], "after Valkey was emptied, and a refresh"
    refresh(fest, rebuild=True)
    forget()
    assert changed(crawl.again()) == [], "after a rebuild"
    page = text(client.get(new))
    assert "@new" in page
    assert not [
        told
        for told in [*TOLD_LATER, "Choir", "Super", "36,000", "@ada", "Lost on the way"]
        if told in within_main(page)
    ]
    assert shown_copy(fest.pk) == copy


def within_main(page: str) -> str:
    return page.partition('<main id="main"')[2].partition("</main>")[0]


def clear_versions() -> None:
    """As a second later: versions are asked for again, pages are kept."""
    pages.versions.clear()
    copies._shown.clear()
    live._listed.clear()


def without_valkey(fest: Fest) -> None:
    ids = Snapshot.objects.filter(fest=fest).values_list("standing_id", flat=True)
    valkey().delete(*[key for id in ids for key in keys_of(id)])


def test_search_lands_where_somebody_stood(client: Client, frozen: Fest, script: Script) -> None:
    play(frozen, script, Facts(LATER_FACTS))
    refresh(frozen)
    response = client.get("/en/small/boards/all/all/find/?q=di")
    assert response["Location"] == "/en/small/boards/all/all/#p4"


def test_staff_go_on_seeing_what_is_derived(frozen: Fest, script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    play(frozen, script, Facts(LATER_FACTS))
    refresh(frozen)
    call_command("export_board", "small", "all")
    assert capsys.readouterr().out.splitlines()[1].startswith("1,")
    call_command("explain", "small", "di")
    assert "all/fest: rank" in capsys.readouterr().out


def test_reveal_shows_what_stands_and_says_who_did_it(
    client: Client,
    frozen: Fest,
    script: Script,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    play(frozen, script, Facts([*LATER_FACTS, LATE_FACT]))
    refresh(frozen)
    before = every_page(client)
    with django_capture_on_commit_callbacks(execute=True):
        reveal(frozen, by=staff(), at=LATER)
    after = every_page(client)
    assert {name for name in after if after[name] != before[name]} >= {"board", "creator", "group", "fest"}
    assert "8,642" not in after["board"][2]  # capped: 100 a day, so it is the order and sums that move
    assert shown_copy(frozen.pk) is None
    assert frozen.public_copies.get().ended_by == staff()
    with pytest.raises(NotFrozen):
        reveal(frozen, by=staff(), at=LATER)
    close(frozen, at=LATER)
    assert shown_copy(frozen.pk) is None  # it freezes once


def test_facts_of_the_freeze_that_wait_as_it_comes_are_not_shown(
    client: Client, script: Script, settings: Settings
) -> None:
    """The scheduler comes some seconds late: what came in since the last refresh is scored for staff only."""
    fest = begin(script)
    play(fest, script, Facts(FACTS))
    refresh(fest)
    settings.LIVEFEST_NOW = AFTER.isoformat()
    before = every_page(client)
    play(fest, script, Facts(LATER_FACTS[:2]))
    refresh_fest(fest.pk)  # leaves it to the closing
    close(fest, at=AFTER)
    assert shown_copy(fest.pk) is not None
    after = every_page(client)
    for name in ("board", "board_day", "creator", "group", "challenge"):
        assert not [told for told in TOLD_LATER if told in after[name][2]]
    assert after["board"][2].count("data-row=") == before["board"][2].count("data-row=")


def test_scheduler_freezes(script: Script, settings: Settings) -> None:
    fest = begin(script)
    play(fest, script, Facts(FACTS))
    refresh(fest)
    settings.LIVEFEST_NOW = moment("15T19:59:59").isoformat()
    close(fest, at=moment("15T19:59:59"))
    assert shown_copy(fest.pk) is None
    settings.LIVEFEST_NOW = AFTER.isoformat()
    assert is_due(fest, AFTER)
    close_fest(fest.pk)
    copy = shown_copy(fest.pk)
    assert copy is not None
    assert (copy.kind, copy.shown_from) == ("freeze", moment(FREEZE))


def test_lives_of_the_freeze_are_told_without_their_length(client: Client, frozen: Fest, settings: Settings) -> None:
    settings.LIVEFEST_NOW = LATER.isoformat()
    ada = entry_of(frozen, "ada")
    go_live(ada, "room-on", started_at=moment("15T20:30:00"), title="Still on", reported_at=LATER)
    go_live(
        ada,
        "room-over",
        started_at=moment("15T20:10:00"),
        ended_at=moment("15T20:40:00"),
        title="Of the freeze",
        reported_at=LATER,
    )
    forget()
    body = text(client.get(ADDRESSES["creator"]))
    assert "Still on" in body
    assert "Of the freeze" not in body


def test_page_is_made_with_one_look_at_which_copy_is_shown(client: Client, frozen: Fest) -> None:
    """Up to two for its version, one for all of it: never half of the copy and half of what comes later."""
    for name in MOVING:
        forget()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(ADDRESSES[name]).status_code == 200
        looks = [one for one in captured if "shown_until" in one["sql"] and "ceremony" not in one["sql"]]
        assert len(looks) <= 3, name
