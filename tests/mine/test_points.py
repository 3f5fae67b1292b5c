"""Why these points, as a creator reads it: a day by rule and by LIVE, what counts for nothing, and the file."""

from __future__ import annotations

import csv
import html
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from creators.correction_steps import propose
from creators.corrections import Size, adjustment, void_of_fact
from creators.intake import record_facts
from creators.models import Correction, Entry, Fact, Live, Mark, Participation, Source
from creators.reports import parse_fact
from creators.sources import create_source
from livefest.copies import make_copy
from livefest.models import Fest, PublicCopy
from rankings.models import Gain
from rankings.refresh import refresh
from tests.mine.conftest import NOW, take_part
from tests.rankings.play import staff

POINTS = "/en/uk-valentine/me/points/"
FILE = "/en/uk-valentine/me/points.csv"
DAY = date(2026, 2, 14)


def send(fest: Fest, *reports: dict[str, Any], creator: str = "ada.live", at: str = "2026-02-14T10:00:00Z") -> Source:
    source = create_source(fest=fest, name="file")
    whole = [{"creator": creator, "at": at, **report} for report in reports]
    outcome = record_facts(source=source, reports=[parse_fact(one) for one in whole], arrived_at=NOW)
    assert outcome.accepted == len(reports), outcome
    return source


def fact(id: str, metric: str, quantity: int, **more: Any) -> dict[str, Any]:
    return {"id": id, "metric": metric, "quantity": quantity, **more}


def correct(correction: Correction, reason: str) -> Correction:
    return propose(correction, by=staff(), reason=reason, size=Size(0, 0), at=NOW)


def a_day(entry: Entry) -> None:
    """Two LIVEs with something over a cap, something twice, and a duration over midnight; gifts of her own; a void."""
    fest = entry.fest
    source = send(
        fest,
        fact("l-1", "likes", 900, session="room-1", at="2026-02-14T08:00:00Z"),
        fact("l-2", "likes", 304, session="room-1", at="2026-02-14T09:00:00Z"),
        fact("g-1", "coins", 50, session="room-1", supporter="fan.one", at="2026-02-14T09:30:00Z"),
        fact("own", "coins", 70, session="room-1", supporter="ada.live", at="2026-02-14T09:31:00Z"),
        fact("t-1", "live_seconds", 9000, session="night", at="2026-02-14T02:00:00Z"),
        fact("g-2", "coins", 10, supporter="=fan", at="2026-02-13T21:00:00Z"),
        fact("w-1", "match_wins_2v2", 2, session="room-1", at="2026-02-14T09:40:00Z"),
        fact("w-2", "match_wins_2v2", 1, at="2026-02-14T09:41:00Z"),
    )
    send(fest, {**fact("w-2-back", "match_wins_2v2", -1, at="2026-02-14T09:41:00Z"), "reverses": "w-2"})
    Live.objects.create(
        source=source,
        room="room-1",
        entry=entry,
        title="Valentine <b>duets</b>",
        started_at=datetime(2026, 2, 14, 8, tzinfo=UTC),
        reported_at=NOW,
    )
    correct(void_of_fact(Fact.objects.get(external_id="w-1")), "The match was not played")
    correct(adjustment(entry=entry, metric=fest.metrics.get(slug="diamonds"), day=DAY, quantity=7), "Lost in transit")


@pytest.fixture
def entry(ada: Participation) -> Entry:
    found = Entry.objects.select_related("fest", "creator").get(creator=ada.creator)
    a_day(found)
    refresh(found.fest)
    return found


def text(response: Any) -> str:
    assert response.status_code == 200
    page = re.sub(r"<(script|style|head).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def lines(client: Client) -> list[dict[str, str]]:
    response = client.get(FILE)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(b"".join(response.streaming_content).decode().splitlines()))  # type: ignore[attr-defined]


def test_points_of_a_day_say_what_each_rule_gave_and_what_stopped_the_rest(entry: Entry, as_ada: Client) -> None:
    page = text(as_ada.get(POINTS))
    assert "1,000 points for 1,204 Likes" in page
    assert "1,000 of at most 1,000 a day 204 more were over a cap" in page
    assert "Valentine <b>duets</b>" in page
    assert "from fan.one" in page
    assert "1,000 points for 2 hours of Time LIVE" in page  # of 2.5 hours, half an hour lies in the day before
    assert "of 2 hours 30 minutes; the rest is not in this day" in page
    assert "7 Diamonds no rule gives points for it" in page
    assert page.index("70 Campaign gifts") > page.index("What counts for nothing")
    assert "who supports themselves counts for nothing" in page
    assert "declared void by staff: The match was not played" in page
    assert "its source took it back" in page


def test_points_of_the_day_before_have_the_bonus_window(entry: Entry, as_ada: Client) -> None:
    page = text(as_ada.get(POINTS, {"day": "2026-02-13"}))
    assert "40 points for 10 Campaign gifts counted as 20 by bonus windows" in page
    assert "Campaign gifts ×2: 40" in page
    assert "30 minutes of 1 hour towards the next points" in page
    assert as_ada.get(POINTS, {"day": "2026-02-16"}).status_code == 404
    assert as_ada.get(POINTS, {"day": "x\0"}).status_code == 404


def test_points_make_up_the_score(entry: Entry, as_ada: Client) -> None:
    page = text(as_ada.get(POINTS))
    total = sum(Gain.objects.filter(entry=entry).values_list("points", flat=True))
    assert total == 1000 + 100 + 40 + 1000
    assert "Likes 1,000 Time LIVE 1,000 Campaign gifts 100 Score 2,100" in page  # on the board of that day


def test_points_that_came_since_the_refresh_are_said_to_wait(entry: Entry, as_ada: Client, settings: Settings) -> None:
    before = text(as_ada.get(POINTS))
    send(entry.fest, fact("g-9", "coins", 5, session="room-1"))
    page = text(as_ada.get(POINTS))
    assert "since the boards were last refreshed" in page
    assert "since the boards were last refreshed" not in before
    assert "2,140 points in the festival so far" in page
    refresh(entry.fest)
    assert "2,150 points in the festival so far" in text(as_ada.get(POINTS))
    assert not Mark.objects.exists()


def test_points_of_a_busy_session_are_shown_page_by_page(entry: Entry, as_ada: Client) -> None:
    send(entry.fest, *(fact(f"s-{number}", "shares_in_app", 1, session="busy") for number in range(205)))
    refresh(entry.fest)
    page = text(as_ada.get(POINTS))
    assert "All 205 reports, row by row" in page
    assert page.count("1 Shares in the app") == 0
    shown = [text(as_ada.get(POINTS, {"day": DAY.isoformat(), "session": "busy", "page": number})) for number in (1, 2)]
    assert [one.count("1 Shares in the app") for one in shown] == [200, 5]
    assert "100 more are over the cap of the day" in shown[0]
    assert as_ada.get(POINTS, {"day": DAY.isoformat(), "session": "another"}).status_code == 404


def test_points_file_adds_up_and_holds_no_formulas(entry: Entry, as_ada: Client) -> None:
    send(entry.fest, fact("=1+1", "coins", 5, session="@SUM(A1)", supporter="+1"))
    refresh(entry.fest)
    rows = lines(as_ada)
    assert sum(int(row["points"] or 0) for row in rows) == 2150
    by_id = {row["source id"]: row for row in rows}
    assert by_id["'=1+1"]["session"] == "'@SUM(A1)"
    assert (by_id["l-2"]["points"], by_id["l-2"]["stopped_by"]) == ("100", "daily cap")
    assert (by_id["g-2"]["multiplier"], by_id["g-2"]["points"], by_id["g-2"]["day"]) == ("2", "40", "2026-02-13")
    assert by_id["w-1"]["stopped_by"] == "void"
    assert by_id["w-1"]["note"] == "declared void by staff: The match was not played"
    assert by_id["own"]["stopped_by"] == "own supporter"


def test_points_of_a_frozen_board_are_hidden_where_the_organiser_has_it_so(
    entry: Entry, as_ada: Client, settings: Settings
) -> None:
    make_copy(entry.fest, kind=PublicCopy.Kind.FREEZE, shown_from=NOW)
    send(entry.fest, fact("late", "coins", 5, session="after", at="2026-02-14T12:01:00Z"))
    refresh(entry.fest)
    assert "2,150 points in the festival so far" in text(as_ada.get(POINTS))
    settings.SHOW_OWN_DURING_FREEZE = False
    page = text(as_ada.get(POINTS))
    assert "2,140 points in the festival so far" in page
    assert "What came since is shown once they are revealed" in page
    assert "late" not in {row["source id"] for row in lines(as_ada)}


def test_points_are_nobody_elses(entry: Entry, as_ada: Client, uk_valentine: Fest) -> None:
    take_part(uk_valentine, "bo.live")
    send(uk_valentine, fact("bo-1", "coins", 5, session="room-1"), creator="bo.live")
    refresh(uk_valentine)
    assert "bo-1" not in {row["source id"] for row in lines(as_ada)}
    assert "2,140 points in the festival so far" in text(as_ada.get(POINTS))


def test_points_of_who_has_none_say_so(as_ada: Client) -> None:
    assert "Nothing of yours has come in yet" in text(as_ada.get(POINTS))
    assert lines(as_ada) == []
    assert "None." in text(as_ada.get(POINTS, {"day": "outside"}))
