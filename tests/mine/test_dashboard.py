"""My fest: ranks with the gaps and today's pace, caps, bonus windows, challenges, what to do next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from challenges.models import Challenge
from creators.models import Live, Participation, Source
from livefest.models import PublicCopy
from rankings.closing import close
from rankings.models import Rule
from rankings.refresh import refresh
from tests.mine.conftest import NOW, take_part
from tests.mine.doing import did, entry_in, put_in, queries, words

pytestmark = pytest.mark.django_db
URL = "/en/uk-valentine/me/"
YESTERDAY = NOW - timedelta(days=1)
MORNING = datetime(2026, 2, 14, 9, tzinfo=UTC)


@pytest.fixture
def in_super(ada: Participation) -> Participation:
    """ada, bo and cy are in the Super League: bo is 1,000 points ahead of ada, who got all of hers today, cy behind."""
    for handle in ("bo", "cy"):
        take_part(ada.fest, handle)
    for handle in ("ada.live", "bo", "cy"):
        put_in(entry_in(ada.fest, handle), "super")
    did(
        ada.fest,
        ("bo", "coins", 1500, YESTERDAY),
        ("ada.live", "coins", 1000, MORNING),
        ("cy", "coins", 10, YESTERDAY),
    )
    return ada


def test_my_fest_says_ranks_with_the_gaps_up_and_down(as_ada: Client, in_super: Participation) -> None:
    page = words(as_ada, URL)
    assert '<span class="rank-number">2</span> of 3' in page
    assert "To #1, Bo </dt> <dd> 1,000 </dd>" in page
    assert "Lead over #3, Cy </dt> <dd> 1,980 </dd>" in page
    assert 'href="/en/uk-valentine/boards/leagues/super/#p2"' in page


def test_my_fest_says_when_i_pass_at_todays_pace(as_ada: Client, in_super: Participation) -> None:
    # 2,000 points in 12 hours: the 1,001 that are missing take 6 hours and 22 seconds.
    page = words(as_ada, URL)
    assert "At today&#x27;s pace you pass Bo (#1) by 18:01." in page
    assert "Your pace today: 166 an hour; the one ahead: 0." in page


def test_my_fest_says_when_i_am_passed(client: Client, in_super: Participation) -> None:
    bo = Participation.objects.get(handle="bo")
    client.force_login(bo.user)
    page = words(client, URL)
    assert "At today&#x27;s pace Ada.Live (#2) passes you by 18:01." in page
    assert "Nobody is ahead" in page


def test_nobody_passes_whom_the_fest_leaves_no_time(as_ada: Client, in_super: Participation) -> None:
    did(in_super.fest, ("bo", "coins", 10_000, YESTERDAY + timedelta(seconds=1)))
    page = words(as_ada, URL)
    assert "To #1, Bo </dt> <dd> 21,000 </dd>" in page
    assert "you pass" not in page  # the 126 hours are more than there are


def test_first_hour_of_a_day_counts_as_a_whole_one(as_ada: Client, in_super: Participation, settings: Any) -> None:
    settings.LIVEFEST_NOW = "2026-02-15T00:10:00Z"
    did(in_super.fest, ("ada.live", "coins", 100, datetime(2026, 2, 15, 0, 5, tzinfo=UTC)))
    page = words(as_ada, URL)
    assert "Your pace today: 200 an hour" in page
    assert "you pass Bo (#1) by 04:11." in page  # 801 points at 200 an hour: 4 hours and 18 seconds


def test_my_fest_says_todays_points_by_rule_and_what_caps_leave(as_ada: Client, ada: Participation) -> None:
    did(ada.fest, ("ada.live", "likes", 400, MORNING), ("ada.live", "shares_in_app", 30, MORNING))
    page = words(as_ada, URL)
    assert "Today: 2,400 points" in page
    assert '<th scope="row">Likes</th> <td class="number">400</td> <td class="number"> 600 of 1,000 today' in page
    assert 'Shares in the app</th> <td class="number">2,000</td> <td class="number"> <strong>full</strong>' in page
    assert 'Campaign gifts</th> <td class="number">0</td> <td class="number"> <span class="quiet">no cap' in page


def test_my_fest_counts_down_to_the_bonus_window_and_its_end(as_ada: Client, ada: Participation, settings: Any) -> None:
    page = words(as_ada, URL)
    assert "<strong>×2 on Campaign gifts</strong> begins" in page
    assert 'datetime="2026-02-14T20:00:00+00:00" data-count>in 8' in page
    settings.LIVEFEST_NOW = "2026-02-14T21:00:00Z"
    page = words(as_ada, URL)
    assert "<strong>×2 on Campaign gifts</strong> ends" in page
    assert "Go LIVE now</a> <p>×2 on Campaign gifts until Sun 15 Feb, 00:00.</p>" in page


def test_my_fest_shows_who_is_on_air_and_no_call_to_go_live(as_ada: Client, ada: Participation, settings: Any) -> None:
    settings.LIVEFEST_NOW = "2026-02-14T21:00:00Z"
    source = Source.objects.create(fest=ada.fest, name="platform")
    Live.objects.create(
        source=source,
        room="r1",
        entry=entry_in(ada.fest, "ada.live"),
        started_at=datetime(2026, 2, 14, 20, 30, tzinfo=UTC),
        title="<b>Songs</b>",
        reported_at=datetime(2026, 2, 14, 20, 59, tzinfo=UTC),
    )
    page = words(as_ada, URL)
    assert "You are LIVE" in page
    assert "&lt;b&gt;Songs&lt;/b&gt;" in page
    assert "Go LIVE now" not in page


def test_my_fest_suggests_the_nearest_challenge_and_whom_to_catch(as_ada: Client, in_super: Participation) -> None:
    did(in_super.fest, ("ada.live", "diamonds", 45_000, MORNING))
    page = words(as_ada, URL)
    assert "Finish “First 20 to 60,000 Diamonds”</a> <p>Still missing: 15,000 of Diamonds.</p>" in page
    assert "Catch Bo, #1</a> <p>1,000 to go on “Leagues”.</p>" in page
    assert '<meter class="meter" min="0" max="100" value="75" aria-label="Diamonds">75 %</meter>' in page


def test_my_fest_says_the_next_step_of_a_rule_and_a_cap_of_the_fest(as_ada: Client, ada: Participation) -> None:
    metric = ada.fest.metrics.get(slug="diamonds")
    rule = Rule.objects.create(fest=ada.fest, slug="steps", metric=metric, span="fest", cap=700, position=90)
    for at, points in ((500, 300), (1000, 500)):
        rule.tiers.create(at=at, points=points)
    did(ada.fest, ("ada.live", "diamonds", 400, YESTERDAY), ("ada.live", "diamonds", 200, MORNING))
    page = words(as_ada, URL)
    assert "400 more of Diamonds</a> <p>Brings the next 500 points of “Diamonds”.</p>" in page
    assert 'Diamonds</th> <td class="number">300</td> <td class="number"> <span class="gap"> 400 of 700 in all' in page


def test_my_fest_while_the_boards_are_frozen_shows_what_is_so_now_or_was(
    as_ada: Client, in_super: Participation, settings: Any
) -> None:
    fest = in_super.fest
    fest.freeze = NOW
    fest.save()
    refresh(fest)
    freeze_now(fest)
    did(fest, ("ada.live", "coins", 2000, MORNING + timedelta(seconds=1)))
    settings.SHOW_OWN_DURING_FREEZE = True
    page = words(as_ada, URL)
    assert "This is where you stand now." in page
    assert "Lead over #2, Bo </dt> <dd> 3,000 </dd>" in page
    assert "Today: 6,000 points" in page
    settings.SHOW_OWN_DURING_FREEZE = False
    page = words(as_ada, URL)
    assert "this is how you stood then" in page
    assert "To #1, Bo </dt> <dd> 1,000 </dd>" in page
    for text in ("Your pace", "Today:", "Still missing"):
        assert text not in page


def freeze_now(fest: Any) -> None:
    close(fest, at=NOW)
    assert PublicCopy.objects.filter(fest=fest, kind=PublicCopy.Kind.FREEZE).exists()


def test_my_fest_moves_by_its_part_alone(as_ada: Client, in_super: Participation) -> None:
    part = words(as_ada, URL, 200, **{"HX-Request": "true"})
    assert part.startswith('<div id="moves" class="moves" data-moves hx-get="/en/uk-valentine/me/"')
    assert "<html" not in part
    assert "csrfmiddlewaretoken" not in part  # it would make every part another one
    assert as_ada.get(URL)["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_my_fest_after_the_end_promises_nothing(as_ada: Client, in_super: Participation, settings: Any) -> None:
    settings.LIVEFEST_NOW = "2026-02-17T00:00:00Z"
    page = words(as_ada, URL)
    assert "To #1, Bo" in page
    for text in ("What to do next", "pace", "Today:", "begins"):
        assert text not in page


def test_my_fest_costs_the_same_queries_with_more_challenges_and_rivals(
    as_ada: Client, in_super: Participation
) -> None:
    fest = in_super.fest
    Challenge.objects.filter(fest=fest).exclude(slug="super-rush").delete()
    words(as_ada, URL)
    with queries() as one:
        words(as_ada, URL)
    metric = Challenge.objects.get(fest=fest).metric
    for number in range(3):
        dare = Challenge.objects.create(fest=fest, slug=f"c{number}", name=f"C{number}", per="fest", metric=metric)
        dare.goals.create(metric=fest.metrics.get(slug="coins"), at_least=5000)
        take_part(fest, f"rival{number}")
        put_in(entry_in(fest, f"rival{number}"), "super")
        did(fest, (f"rival{number}", "coins", 700 + number, MORNING))
    with queries() as more:
        words(as_ada, URL)
    assert more == one


def test_stranger_signs_in_first_and_who_takes_no_part_is_led_on(client: Client, ada: Participation) -> None:
    assert client.get(URL)["Location"].endswith(f"?next={URL}")
    client.force_login(type(ada.user).objects.create_user("viewer", "v@example.org"))
    assert client.get(URL)["Location"] == "/en/uk-valentine/me/take-part/"
