"""The public pages of leagues, communities and rounds: what they say, page by page, and what they cost."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from creators.models import Group
from livefest import pages
from livefest.campaign import load_campaign
from livefest.campaign.store import to_text
from livefest.models import Fest
from tests.kept import kept
from tests.pages.conftest import forget
from tests.rankings.fests import Amend, Close, Facts, Refresh, Script
from tests.rankings.play import begin, play
from tests.rankings.test_changes import CAMPAIGN
from tests.reference.small import fact

pytestmark = pytest.mark.django_db
GROUPS = "/en/small/groups/"
CHOIR = f"{GROUPS}choir/"
GLOW = f"{GROUPS}glow/"
ROUNDS = "/en/small/rounds/"
NOW = "2026-02-15T12:00:00Z"
LATE = datetime(2026, 2, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh(settings: Settings) -> Iterator[None]:
    settings.LIVEFEST_NOW = NOW
    forget()
    yield
    forget()


def campaign() -> dict[str, Any]:
    """With a league that is cut, a roster, and a final into which the best of each league advance."""
    made = copy.deepcopy(CAMPAIGN)
    made["challenges"] = []
    leagues = {group["slug"]: group for group in made["groups"]}
    leagues["choir"]["roster"] = 70
    leagues["glow"]["placement"] = {
        "metric": "coins",
        "from": datetime(2026, 2, 6),
        "until": datetime(2026, 2, 13),
        "at_least": 7000,
        "below": 30000,
    }
    made["rounds"].append(
        {
            "slug": "final",
            "name": "Final",
            "starts": datetime(2026, 2, 15),
            "ends": datetime(2026, 2, 17),
            "admits": {"board": "heat", "top": 2},
        }
    )
    made["boards"] += [
        {"slug": "heat", "name": "Heat", "of": "creators", "within": "region", "period": "heats"},
        {"slug": "final", "name": "Grand final", "of": "creators", "period": "final"},
        {"slug": "choirs", "name": "Choirs by day", "of": "groups", "period": "day"},
    ]
    return made


def script_of(number: int, groups: str) -> Script:
    creators = [
        {
            "handle": f"c{index:03}",
            "name": f"C{index:03} <b>",
            "region": ("GB", "IE")[index % 2],
            "category": "",
            "groups": groups,
        }
        for index in range(number)
    ]
    return Script(campaign(), creators, LATE, [])


def begun(number: int, groups: str) -> Fest:
    return begin(script_of(number, groups))


class Stage:
    """A fest with so many creators, all of one league and community, in its two regions by turns."""

    def __init__(self, number: int, groups: str = "glow;choir") -> None:
        self.handles = [f"c{index:03}" for index in range(number)]
        self.script = script_of(number, groups)
        self.fest = kept(begun, number, groups)

    def happens(self, *events: Any) -> None:
        for event in events:
            play(self.fest, self.script, event)

    def give(self, *coins: int) -> None:
        """Coins on the second day to the first so many, each worth two points up to 100."""
        facts = [
            fact(handle, "coins", number, "14T10:00:00") for handle, number in zip(self.handles, coins, strict=False)
        ]
        self.happens(Facts(facts), Refresh())


def text_of(client: Client, url: str) -> str:
    """What a reader sees of a page, in one line."""
    response = client.get(url)
    assert response.status_code == 200
    body = response.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body[body.index("<body") : body.index("</main>")]))


def listed(client: Client, url: str) -> list[tuple[str, str]]:
    """Rank and handle of each row of the table."""
    body = client.get(url).content.decode()
    return [(rank, handle) for handle, rank in re.findall(r'<tr data-row="([^"]+)">\s*<td class="rank">(\d+)', body)]


def queries_of(client: Client, url: str) -> int:
    forget()
    client.get(url)  # what Django does once in a process
    cache.clear()
    pages.pages.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def bare_fest() -> None:
    load_campaign(
        """
        [fest]
        slug = "small"
        name = "Small"
        time_zone = "UTC"
        starts = 2026-02-13T00:00:00
        ends = 2026-02-17T00:00:00
        regions = ["GB"]
        """
    )


def test_groups_empty_says_so(client: Client) -> None:
    bare_fest()
    assert "everyone is on the same stage" in text_of(client, GROUPS)


def test_groups_say_how_leagues_are_cut_and_communities_entered(client: Client) -> None:
    Stage(2)
    Group.objects.filter(slug="choir").update(way_in="code", join_code="SECRET-CODE")
    text = text_of(client, GROUPS)
    assert "Glow 7,000 to under 30,000 Coins From Fri 6 Feb, 00:00 Until Fri 13 Feb, 00:00 2 members" in text
    assert "Super Placed by the organisers 0 members" in text
    assert "Choir 2 members With a code 68 places left of 70" in text
    assert "SECRET-CODE" not in client.get(GROUPS).content.decode()


@pytest.mark.parametrize(
    ("at_least", "below", "words"),
    [(0, 30000, "Under 30,000 Coins"), (7000, None, "7,000 Coins and more"), (0, None, "Any number of Coins")],
)
def test_groups_with_an_open_end(client: Client, at_least: int, below: int | None, words: str) -> None:
    Stage(1)
    Group.objects.filter(slug="glow").update(placement_at_least=at_least, placement_below=below)
    assert words in text_of(client, GROUPS)


def test_community_full(client: Client) -> None:
    Stage(2)
    Group.objects.filter(slug="choir").update(roster=2)
    assert "Full" in text_of(client, CHOIR)


def test_community_before_the_first_points(client: Client) -> None:
    Stage(1)
    text = text_of(client, CHOIR)
    assert "No member has scored yet" in text
    assert "Not ranked yet Communities" in text


def test_community_ranks_members_with_their_share(client: Client) -> None:
    stage = Stage(4)
    stage.give(10, 20, 10)
    assert listed(client, CHOIR) == [("1", "c001"), ("2", "c000"), ("2", "c002")]
    text = text_of(client, CHOIR)
    assert "Together 80 on “Communities”" in text
    assert re.search(r"C001 &lt;b&gt; @c001 .*? 40 50\.0 % .*? 20 25\.0 %", text)
    assert "Rank 1 of 1 Communities" in text
    assert "Not ranked yet Choirs by day" in text  # nobody has scored on the third day


def test_community_in_pages_has_everyone_once(client: Client) -> None:
    stage = Stage(60)
    stage.give(*[50 - index // 20 for index in range(60)])  # twenty share each rank
    body = client.get(CHOIR).content.decode()
    (following,) = re.findall(r'rel="next"\s+href="([^"]+)"', body)
    found = [*listed(client, CHOIR), *listed(client, following)]
    assert found == [(str(index // 20 * 20 + 1), f"c{index:03}") for index in range(60)]
    assert f'hx-get="{following}"' in client.get(following).content.decode()


@pytest.mark.parametrize("after", ["x", "1", "1.", "-1.ada", "1.a%00", f"{'9' * 39}.ada", "1.@ada"])
def test_group_after_nonsense_is_not_found(client: Client, after: str) -> None:
    Stage(1)
    assert client.get(f"{CHOIR}?after={after}").status_code == 404


def test_unknown_group_is_not_found(client: Client) -> None:
    Stage(1)
    assert client.get(f"{GROUPS}nothing/").status_code == 404


def test_league_shows_its_boards_and_top_ten(client: Client) -> None:
    stage = Stage(12)
    stage.give(*range(1, 13))
    body = client.get(GLOW).content.decode()
    assert 'href="/en/small/boards/leagues/glow/"' in body
    assert listed(client, GLOW) == [(str(rank), f"c{12 - rank:03}") for rank in range(1, 11)]
    assert "Top 10 of “Leagues”" in text_of(client, GLOW)


def test_league_without_ranked_creators(client: Client) -> None:
    Stage(1)
    assert "Nobody is ranked here yet" in text_of(client, f"{GROUPS}super/")


def test_moving_part_alone_for_htmx(client: Client) -> None:
    Stage(1)
    body = client.get(CHOIR, headers={"HX-Request": "true"}).content.decode().strip()
    assert re.match(rf'<div id="moves"[^>]*hx-get="{CHOIR}"', body)
    assert "<html" not in body


def test_rounds_empty_says_so(client: Client) -> None:
    bare_fest()
    assert "This festival has no rounds" in text_of(client, ROUNDS)


def test_rounds_say_who_advances(client: Client) -> None:
    Stage(1)
    text = text_of(client, ROUNDS)
    assert "Heats Over Everyone takes part." in text
    assert "Final Open The best 2 of each country or region of “Heat” advance." in text
    assert "Who advanced is announced as soon as the ranks are settled." in text
    body = client.get(ROUNDS).content.decode()
    for board in ("heat", "final", "heats"):
        assert f'href="/en/small/boards/{board}/"' in body


def test_round_once_opened_lists_who_was_admitted(client: Client) -> None:
    stage = Stage(6)
    stage.give(10, 20, 30, 40, 50, 5)
    stage.happens(Close(datetime(2026, 2, 15, tzinfo=UTC)), Amend("final", "c004", admitted=False))
    text = text_of(client, ROUNDS)
    assert re.search(r"3 advanced \W+ C001 &lt;b&gt; \W+ C002 &lt;b&gt; \W+ C003 &lt;b&gt;", text)
    assert "C004" not in text


def test_round_shows_fifty_and_how_many_more(client: Client) -> None:
    stage = Stage(60)
    made = campaign()
    made["rounds"][-1]["admits"]["top"] = 100
    load_campaign(to_text(made))
    stage.give(*[10] * 60)
    stage.happens(Close(datetime(2026, 2, 15, tzinfo=UTC)))
    text = text_of(client, ROUNDS)
    assert "60 advanced" in text
    assert "and 10 more" in text
    assert "C049" in text
    assert "C050" not in text


def test_groups_cost_the_same_with_more(client: Client) -> None:
    made = campaign()
    made["groups"] = made["groups"][:1]
    made["boards"] = [board for board in made["boards"] if board["of"] == "creators"]
    load_campaign(to_text(made))
    one = queries_of(client, GROUPS)
    load_campaign(to_text(campaign()))
    assert queries_of(client, GROUPS) == one


@pytest.mark.parametrize("url", [CHOIR, GLOW])
def test_group_costs_the_same_with_more_members(client: Client, url: str) -> None:
    stage = Stage(3)
    stage.give(10)
    one = queries_of(client, url)
    stage.give(10, 20, 30)
    assert queries_of(client, url) == one


def test_rounds_cost_the_same_with_more_admitted(client: Client) -> None:
    stage = Stage(3)
    stage.give(10)
    stage.happens(Close(datetime(2026, 2, 15, tzinfo=UTC)))
    one = queries_of(client, ROUNDS)
    stage.happens(Amend("final", "c001", admitted=True), Amend("final", "c002", admitted=True))
    assert queries_of(client, ROUNDS) == one


@pytest.mark.parametrize("url", [GROUPS, CHOIR, GLOW, ROUNDS])
def test_page_costs_no_query_again(client: Client, url: str) -> None:
    Stage(2).give(10, 20)
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    assert len(captured) == 0
