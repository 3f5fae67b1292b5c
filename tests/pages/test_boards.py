"""What the pages of boards cost: the same queries with more rows, and nothing while they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creators.models import Creator, Group
from livefest import pages
from livefest.campaign import load_campaign
from livefest.campaign.store import to_text
from livefest.models import Fest
from rankings.refresh import refresh
from rankings.valkey import client as valkey
from tests.pages.addresses import MOVING, PAGES
from tests.pages.conftest import announce, forget, text
from tests.rankings.fests import Facts, Script
from tests.rankings.play import begin, play
from tests.rankings.test_changes import CAMPAIGN, CREATORS, FACTS, LATE

ALL = "/en/small/boards/all/all/"


def campaign_of_boards(number: int) -> str:
    return to_text({**CAMPAIGN, "boards": CAMPAIGN["boards"][:number]})


def test_board_list_costs_the_same_queries_with_more_boards(queries_of: Callable[[str], int], db: None) -> None:
    load_campaign(campaign_of_boards(1))
    one = queries_of("/en/small/boards/")
    load_campaign(campaign_of_boards(3))
    assert queries_of("/en/small/boards/") == one


@pytest.mark.parametrize("path", [ALL, "/en/small/boards/days/all/2026-02-13/", "/en/small/boards/leagues/glow/"])
def test_board_costs_the_same_queries_with_more_rows(
    queries_of: Callable[[str], int], fest: Fest, script: Script, path: str
) -> None:
    play(fest, script, Facts(FACTS[:1]))
    refresh(fest)
    one = queries_of(path)
    play(fest, script, Facts(FACTS[1:3]))
    refresh(fest)
    assert queries_of(path) == one


@pytest.mark.parametrize("board", ["communities/all", "fans/GB"])
def test_board_of_others_costs_the_same_queries_with_more_rows(
    client: Client, queries_of: Callable[[str], int], board: str
) -> None:
    """Of communities, and of supporters."""

    def rows() -> int:
        forget()
        body: bytes = client.get(path).content.partition(b"<tbody")[2]
        return body.count(b"<tr")

    more = [{**CREATORS[0], "handle": handle, "groups": group} for handle, group in (("eve", "duo"), ("fi", "trio"))]
    groups = [{"slug": slug, "name": slug, "kind": "community"} for slug in ("duo", "trio")]
    script = Script({**CAMPAIGN, "groups": CAMPAIGN["groups"] + groups}, CREATORS + more, LATE, [])
    fest, path = begin(script), f"/en/small/boards/{board}/"
    facts = [
        {**FACTS[0], "id": f"more-{handle}", "creator": handle, "supporter": f"of-{handle}"}
        for handle in ("ada", "eve", "fi")
    ]
    play(fest, script, Facts(facts[:1]))
    refresh(fest)
    assert rows() == 1
    one = queries_of(path)
    play(fest, script, Facts(facts[1:]))
    refresh(fest)
    assert rows() == 3
    assert queries_of(path) == one


def test_search_costs_the_same_queries_with_more_rows(client: Client, fest: Fest, script: Script) -> None:
    def queries(query: str, status: int) -> int:
        path = f"{ALL}find/?q={query}"
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == status
        return len(captured)

    play(fest, script, Facts(FACTS[:1]))
    refresh(fest)
    found, nobody = queries("ada", 302), queries("nobody", 200)
    play(fest, script, Facts(FACTS[1:]))
    refresh(fest)
    assert (queries("ada", 302), queries("nobody", 200)) == (found, nobody)


@pytest.fixture
def _not_asked_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """However slow the machine is, it is still the second in which versions are not asked for again."""
    monkeypatch.setattr(pages.versions, "seconds", 3600.0)
    yield
    pages.versions.clear()


def commands() -> int:
    """How many commands this process's Valkey has carried out, this question too."""
    return int(valkey().info("stats")["total_commands_processed"])


@pytest.mark.usefixtures("_not_asked_again")
def test_kept_page_asks_neither_postgresql_nor_valkey(client: Client, played: Fest) -> None:
    announce(played, "News")
    asked: list[tuple[str, str, dict[str, str]]] = [(name, path, {}) for name, path in PAGES.items()]
    asked += [(f"{name} in part", PAGES[name], {"hx-request": "true"}) for name in MOVING]
    for name, path, headers in asked:
        first = client.get(path, headers=headers)
        again = {**headers, "if-none-match": first["ETag"]}
        before = commands()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path, headers=headers).content == first.content, name
            assert client.get(path, headers=again).status_code == 304, name
        assert (len(captured), commands() - before - 1) == (0, 0), name


@pytest.mark.parametrize(("board", "of_creators"), [("all/all", True), ("communities/all", False), ("fans/GB", False)])
def test_only_boards_of_creators_tell_handles_and_regions(
    client: Client, played: Fest, board: str, of_creators: bool
) -> None:
    Creator.objects.update(name="Somebody")
    Group.objects.filter(slug="choir").update(name="The Choir")
    page = text(client.get(f"/en/small/boards/{board}/"))
    assert page.count("data-row=") > 0
    assert (">Region<" in page, 'class="quiet small">@' in page) == (of_creators, of_creators)
