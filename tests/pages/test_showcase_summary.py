"""A creator's fest on one card."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from creators.models import Creator, Entry
from livefest import clock
from livefest.models import Fest
from livefest.views.creator_page import entry_of
from livefest.views.showcase.summary import SummaryPage, summary_page
from rankings.refresh import refresh
from tests.pages.conftest import NOW, enter, forget, go_live, open_page
from tests.pages.test_freeze import LATER_FACTS, frozen
from tests.rankings.fests import Facts, Script
from tests.rankings.play import play
from tests.reference.small import moment

__all__ = ["frozen"]  # a fixture

ADA = "/en/small/creators/ada/summary/"


@pytest.fixture
def over(settings: Settings) -> None:
    settings.LIVEFEST_NOW = moment("17T00:00:00").isoformat()
    forget()


def summed(fest: Fest, handle: str = "ada") -> SummaryPage:
    return summary_page(fest, entry_of(fest, handle), clock.now())


def test_there_is_none_before_the_end(client: Client, played: Fest, settings: Settings) -> None:
    assert client.get(ADA).status_code == 404
    assert ADA not in open_page(client, "/en/small/creators/ada/")
    settings.LIVEFEST_NOW = moment("17T00:00:00").isoformat()
    forget()
    assert client.get(ADA).status_code == 200
    assert ADA in open_page(client, "/en/small/creators/ada/")


def test_card_has_ranks_points_days_and_challenges(client: Client, played: Fest, over: None) -> None:
    ada = Entry.objects.get(creator__handle="ada")
    begun = moment("13T23:00:00")
    go_live(ada, "a", started_at=begun, ended_at=begun + timedelta(hours=2))
    go_live(ada, "b", started_at=begun - timedelta(hours=3), ended_at=begun - timedelta(hours=2))
    page = summed(played)
    assert [(rank.board.slug, rank.rank, rank.size) for rank in page.ranks] == [
        ("all", 1, 4),
        ("heats", 1, 4),
        ("leagues", 1, 2),
        ("leagues", 1, 3),
    ]
    assert (page.points, page.best_day, page.best_points) == (1170, date(2026, 2, 13), 1060)
    assert (page.days_live, page.challenges, page.edition) == (2, 1, None)
    html = open_page(client, ADA)
    assert "Ada’s festival" in html
    assert "Provisional: the results are not certified yet." in html


def test_who_was_not_ranked_has_a_card_too(client: Client, played: Fest, over: None) -> None:
    enter(played, "new")
    assert "Not ranked." in open_page(client, "/en/small/creators/new/summary/")


@pytest.mark.parametrize("handle", ["nobody", "ada%00", "bo"])
def test_nobody_and_former_creators_have_none(client: Client, played: Fest, over: None, handle: str) -> None:
    Creator.objects.filter(handle="bo").update(withdrawn_at=NOW)
    assert client.get(f"/en/small/creators/{handle}/summary/").status_code == 404


def test_card_shows_the_copy_during_a_freeze(client: Client, frozen: Fest, script: Script, over: None) -> None:
    before = client.get(ADA).content
    play(frozen, script, Facts(LATER_FACTS))
    refresh(frozen)
    ada = Entry.objects.get(creator__handle="ada")
    go_live(ada, "r", started_at=moment("15T19:50:00"), ended_at=moment("15T20:30:00"))
    forget()
    assert client.get(ADA).content == before
