"""The freeze: from its moment on no public page shows anything that comes later, until it is revealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from livefest.copies import shown_copy
from livefest.models import Fest, User
from rankings.closing import close, is_due
from rankings.freezing import reveal
from rankings.models import Snapshot
from rankings.refresh import refresh
from rankings.tasks import close_fest, refresh_fest
from rankings.valkey import client as valkey
from rankings.valkey import keys_of
from tests.pages.addresses import ADDRESSES
from tests.pages.conftest import announce, forget, go_live, text
from tests.rankings.fests import Facts, Script
from tests.rankings.play import begin, entry_of, play
from tests.rankings.test_changes import CAMPAIGN, CREATORS, FACTS, LATE
from tests.reference.small import fact, moment

pytestmark = pytest.mark.django_db

FREEZE = "15T20:00:00"
AFTER = moment("15T20:00:07")
LATER = moment("15T21:00:00")
# Everybody overtakes everybody: another order, other sums, a race won, a community's share.
LATER_FACTS = [
    fact("di", "coins", 4_321, "15T20:00:01", supporter="late.fan"),
    fact("bo", "coins", 777, "15T20:00:02", supporter="fan"),
    fact("ada", "live", 7_200, "15T20:30:00"),
]
LATE_FACT = fact("bo", "coins", 333, "14T10:00:00", supporter="fan")
TOLD_LATER = ["4,321", "4321", "8,642", "777", "late.fan", "333", "666"]


@pytest.fixture
def script() -> Script:
    campaign = {**CAMPAIGN, "fest": {**CAMPAIGN["fest"], "freeze": datetime(2026, 2, 15, 20)}}
    return Script(campaign, CREATORS, LATE, [])


@pytest.fixture
def frozen(script: Script, settings: Settings) -> Fest:
    """With what happened before the freeze, and the freeze."""
    settings.LIVEFEST_NOW = AFTER.isoformat()
    fest = begin(script)
    announce(fest, "Doors open", minutes_ago=0)
    play(fest, script, Facts(FACTS))
    refresh(fest)
    close(fest, at=AFTER)
    return fest


def every_page(client: Client) -> dict[str, Any]:
    """All that the public can ask for, rendered anew."""
    pages = {}
    for name, path in ADDRESSES.items():
        forget()
        response = client.get(path)
        pages[name] = (response.status_code, response.get("Location"), text(response))
    return pages


def without_valkey(fest: Fest) -> None:
    ids = Snapshot.objects.filter(fest=fest).values_list("standing_id", flat=True)
    valkey().delete(*[key for id in ids for key in keys_of(id)])


def test_no_page_shows_what_comes_after_the_freeze(
    client: Client, frozen: Fest, script: Script, settings: Settings
) -> None:
    settings.LIVEFEST_NOW = LATER.isoformat()
    before = every_page(client)
    play(frozen, script, Facts([*LATER_FACTS, LATE_FACT]))
    refresh(frozen)
    after = every_page(client)
    assert after == before
    assert not [(name, told) for name, (_s, _l, body) in after.items() for told in TOLD_LATER if told in body]
    without_valkey(frozen)
    assert every_page(client) == before  # from PostgreSQL
    refresh(frozen, rebuild=True)
    assert every_page(client) == before  # published anew, from the copy


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
    client: Client, frozen: Fest, script: Script, settings: Settings
) -> None:
    staff = User.objects.create(username="staff", is_staff=True)
    play(frozen, script, Facts([*LATER_FACTS, LATE_FACT]))
    refresh(frozen)
    before = every_page(client)
    assert reveal(frozen, by=staff, at=LATER)
    after = every_page(client)
    assert {name for name in after if after[name] != before[name]} >= {"board", "creator", "group", "fest"}
    assert "8,642" not in after["board"][2]  # capped: 100 a day, so it is the order and sums that move
    assert shown_copy(frozen.pk) is None
    assert frozen.public_copies.get().ended_by == staff
    assert not reveal(frozen, by=staff, at=LATER)
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
