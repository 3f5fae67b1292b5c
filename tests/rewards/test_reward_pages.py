"""The public pages of rewards and winners, and badges on the page of a creator."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from livefest import pages
from livefest.models import Fest
from rewards import rewards_page
from rewards.awards import approve, decline, find_ineligible, fulfil, revoke, verify
from rewards.models import Award, Reward
from tests.pages.conftest import forget
from tests.rewards.prizes import NAMES, award_of, certify, claimed, disqualify, offered, proposed, staff, uncertified
from tests.texts import page_text

pytestmark = pytest.mark.django_db
REWARDS, WINNERS = "/en/prizes/rewards/", "/en/prizes/winners/"


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    forget()


def text(path: str) -> str:
    forget()
    response = Client().get(path)
    assert response.status_code == 200
    return page_text(response)


def winners_of(reward: str) -> list[tuple[str, list[tuple[int, str, str]]]]:
    """What the page says of a reward: by list, rank, name and what they receive."""
    forget()
    found = Client().get(WINNERS).context["rewards"]
    return [
        (one.label, [(winner.rank, winner.person.name, winner.what) for winner in one.winners])
        for each in found
        if each.reward.slug == reward
        for one in each.lists
    ]


def test_before_anything_is_certified_the_page_says_what_there_is_and_winners_not_yet(db: None, settings: Any) -> None:
    settings.LIVEFEST_NOW = "2026-02-19T00:00:00Z"
    fest = uncertified("gems", "pot", "mug")
    page = text(REWARDS)
    for words in (
        "Ranks 1 to 3 of the board “All”: 500 Diamonds each.",
        "100.01 EUR",
        "Those who share a rank share equally what their ranks receive",
        "It must be claimed within 7 days; after that it passes to the next in rank.",
        "All who win",
        "verified e-mail address",
        "neither suspended nor disqualified",
    ):
        assert words in page, words
    assert "Left to be claimed" not in page
    assert "older" not in page
    assert 'href="/en/prizes/winners/"' not in page
    assert "There are no winners yet." in text(WINNERS)
    Fest.objects.filter(pk=fest.pk).update(minimum_age=18)
    assert "They have confirmed that they are 18 or older." in text(REWARDS)


def test_winners_are_those_whose_awards_are_approved_and_no_others(fest: Fest) -> None:
    proposed(fest)
    assert "Awards are being looked at" in text(WINNERS)
    states = {
        "ann": claimed(award_of(fest, "gems", "ann")),
        "ben": offered(award_of(fest, "gems", "ben")),
        "cat": approve(award_of(fest, "gems", "cat"), by=staff("omar")),
        "eve": offered(award_of(fest, "gems", "eve")),
    }
    assert winners_of("gems") == [("", [(1, "Ann", ""), (2, "Ben", ""), (3, "Cat", ""), (3, "Eve", "")])]
    link = f'href="/en/prizes/certificates/{states["eve"].pk}/" data-rank="3">'
    assert (
        f'{link} <span class="visually-hidden">Rank</span> 3 <span class="visually-hidden"> · certificate of Eve'
        in (text(WINNERS))
    )
    card = next(one for one in Client().get(REWARDS).context["cards"] if one.reward.slug == "gems")
    assert (card.given, card.to_claim) == (4, 3)
    decline(states["eve"])
    find_ineligible(states["cat"], by=staff("pia"), reason="Under age, says the passport")
    revoke(states["ben"], by=staff("omar"), reason="By mistake")
    assert winners_of("gems") == [("", [(1, "Ann", "")])]
    page = text(WINNERS)
    assert 'href="/en/prizes/creators/ann/"' in page
    for name in ("Ben", "Cat", "Dan", "Eve", "passport", "mistake", "example.org"):
        assert name not in page, name


def test_page_is_made_anew_once_an_award_moves(fest: Fest) -> None:
    proposed(fest)
    before = Client().get(WINNERS)
    assert "Ann" not in before.content.decode()
    offered(award_of(fest, "gems", "ann"))
    assert Client().get(WINNERS)["ETag"] == before["ETag"], "asked at most once a second"
    pages.versions.clear()
    rewards_page._versions.clear()
    after = Client().get(WINNERS)
    assert "Ann" in after.content.decode()
    assert after["ETag"] != before["ETag"]
    assert after["Cache-Control"].startswith("public, ")
    assert "Cookie" not in after["Vary"]


def test_lists_of_places_shares_communities_supporters_and_challenges(fest: Fest) -> None:
    proposed(fest)
    for award in Award.objects.filter(reward__slug__in=["pot", "mug", "tour", "hat", "sprint"]):
        approve(award, by=staff("omar"))
    assert winners_of("pot")[0][1][2:] == [(3, "Cat", "66.68 EUR"), (3, "Dan", "66.67 EUR"), (3, "Eve", "66.67 EUR")]
    assert winners_of("mug") == [("🇬🇧 United Kingdom", [(1, "Ann", "")]), ("🇮🇪 Ireland", [(1, "Gus", "")])]
    assert winners_of("tour") == [("", [(1, "Choir", "")])]
    assert winners_of("hat") == [("", [(1, "mum", "")])]
    assert winners_of("sprint") == [("", [(1, "Ann", "")])]
    page = text(WINNERS)
    assert 'href="/en/prizes/groups/choir/"' in page
    assert 'href="/en/prizes/boards/regions/IE/"' in page
    assert "creators/mum" not in page


def test_long_lists_are_cut_and_counted(fest: Fest, monkeypatch: pytest.MonkeyPatch) -> None:
    proposed(fest)
    monkeypatch.setattr(rewards_page, "WINNERS", 5)
    monkeypatch.setattr(rewards_page, "MOST_LISTS", 1)
    for award in Award.objects.filter(reward__slug__in=["badge", "mug"]):
        approve(award, by=staff("omar"))
    assert [name for _rank, name, _what in winners_of("badge")[0][1]] == [name.title() for name in NAMES[:5]]
    assert "and 7 more" in text(WINNERS)
    assert "and 1 more list" in text(WINNERS)


def test_new_edition_and_what_was_fulfilled_before_it(fest: Fest) -> None:
    proposed(fest)
    award = claimed(award_of(fest, "badge", "ann"))
    fulfil(verify(award, by=staff("omar")), by=staff("pia"))
    offered(award_of(fest, "gems", "ann"))
    disqualify(fest, "ann")
    certify(fest, "Ann is out")
    proposed(fest)
    assert winners_of("gems") == []
    assert winners_of("badge") == [], "she has it, and it is to be settled: a win it never was"
    assert "By edition 2 of the results" in text(WINNERS)


def test_badges_stand_on_the_creators_page_once_they_are_checked(fest: Fest) -> None:
    proposed(fest)
    ann = "/en/prizes/creators/ann/"
    award = claimed(award_of(fest, "badge", "ann"))
    assert "badges-title" not in text(ann)
    verify(award, by=staff("omar"))
    page = text(ann)
    assert "<strong>Badge</strong>" in page
    assert "Rank 1, All" in page
    assert "badges-title" not in text("/en/prizes/creators/ben/")


def test_badge_of_a_community_is_not_its_owners(fest: Fest) -> None:
    Reward.objects.filter(slug="tour").update(kind="badge", currency="", amount=1)
    from livefest.campaign.store import export_campaign

    assert 'kind = "badge"' in export_campaign(fest)
    certify(fest, "A badge instead")
    proposed(fest)
    verify(claimed(award_of(fest, "tour", "choir")), by=staff("omar"))
    assert "badges-title" not in text("/en/prizes/creators/ben/")


def test_winners_ask_no_more_for_more_winners(fest: Fest) -> None:
    proposed(fest)
    asked = []
    for names in (["gus"], ["ann", "gus"]):
        for award in Award.objects.filter(reward__slug="mug", handle__in=names, state="proposed"):
            approve(award, by=staff("omar"))
        forget()
        with CaptureQueriesContext(connection) as queries:
            Client().get(WINNERS)
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("path", [REWARDS, WINNERS])
def test_pages_are_read_only_and_of_a_fest_that_there_is(fest: Fest, path: str) -> None:
    assert Client().post(path).status_code == 405
    assert Client().get(path.replace("prizes", "nowhere")).status_code == 404
