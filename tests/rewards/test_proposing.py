"""From certified results to awards: who is due is proposed once, what is done without passes on, and a new edition
changes what is not fulfilled."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from creators.correction_steps import undo
from creators.models import Participation
from livefest import clock
from livefest.campaign import CampaignError, load_campaign
from livefest.campaign.store import export_campaign, to_text
from livefest.models import Fest
from rewards import proposing
from rewards.awards import decline, find_ineligible, fulfil, revoke, verify
from rewards.ledger import balances
from rewards.models import Award, AwardStep, EditionReview, Reward
from rewards.proposing import NothingCertified, dry_run, expire_due, propose_awards
from tests.rewards.prizes import (
    CAMPAIGN,
    NAMES,
    award_of,
    certify,
    claimed,
    disqualify,
    given,
    offered,
    proposed,
    staff,
    who,
)

pytestmark = pytest.mark.django_db


def test_what_is_due_is_proposed_once(fest: Fest) -> None:
    looked = dry_run(fest, by=staff("nia"))
    assert not Award.objects.exists()
    done = proposed(fest)
    assert len(done.proposed) == len(looked.proposed) == Award.objects.count() == AwardStep.objects.count() == 29
    assert given(fest, "gems") == [(name, 500, "proposed") for name in ("ann", "ben", "cat", "dan", "eve")]
    amounts = [10_001, 10_001, 6_668, 6_667, 6_667]
    assert given(fest, "pot") == [(n, a, "proposed") for n, a in zip(NAMES, amounts, strict=False)]
    assert who(fest, "badge") == NAMES
    assert who(fest, "gala") == ["ann", "ben"]
    assert [(one.within, one.handle) for one in Award.objects.filter(reward__slug="mug").order_by("within")] == [
        ("GB", "ann"),
        ("IE", "gus"),
    ]
    assert [award.state for award in again(fest)] == []
    award = award_of(fest, "pot", "cat")
    assert (award.unit, award.rank, award.score, award.slot, claimant(award)) == ("EUR", 3, 1000, 3, "cat")
    assert award.rules_sha256 == done.edition.campaign_sha256
    assert [(step.from_state, step.to_state, step.by) for step in award.steps.all()] == [("", "proposed", staff("nia"))]


def claimant(award: Award) -> str:
    return award.entry.creator.handle if award.entry else ""


def last_step(award: Award) -> AwardStep:
    return award.steps.latest("number")


def again(fest: Fest) -> list[Award]:
    return propose_awards(fest, by=staff("pia")).proposed


def test_communities_are_claimed_by_their_owner_supporters_by_nobody_and_challenges_by_who_won(fest: Fest) -> None:
    proposed(fest)
    assert claimant(award_of(fest, "tour", "choir")) == "ben"
    assert award_of(fest, "hat", "mum").entry is None
    assert given(fest, "sprint") == [("ann", 9, "proposed")]


def test_nothing_certified_is_said(uk_valentine: Fest) -> None:
    from tests.rankings.play import staff as anybody

    with pytest.raises(NothingCertified, match="has no certified results"):
        propose_awards(uk_valentine, by=anybody())


def test_who_is_suspended_gets_an_award_that_says_why_and_the_next_is_due(fest: Fest) -> None:
    for name in ("ben", "fay"):
        Participation.objects.filter(fest=fest, handle=name).update(
            state="suspended", decided_by=staff("nia"), reason="Insults"
        )
    proposed(fest)
    assert given(fest, "gala", live=False) == [("ann", 1, "proposed"), ("ben", 1, "ineligible"), ("cat", 1, "proposed")]
    assert award_of(fest, "gala", "cat").passed_from == award_of(fest, "gala", "ben")
    assert award_of(fest, "gala", "cat").slot == 2
    assert last_step(award_of(fest, "gala", "ben")).reason == "They are suspended."
    assert given(fest, "pot")[-1] == ("gus", 10_001, "proposed"), "past fay, with what was ben's"
    assert again(fest) == []


def test_passes_on_as_often_as_needed_until_nobody_is_left(fest: Fest, settings: Settings) -> None:
    proposed(fest)
    before = ""
    for number, name in enumerate(NAMES[1:]):
        award = award_of(fest, "gala", name)
        if before:
            assert award.passed_from == award_of(fest, "gala", before)
            assert (last_step(award).by, award.slot) == (None, 2)
        award = offered(award)
        assert award.deadline == clock.now() + timedelta(days=3)
        if number % 2:
            decline(award, reason="No time")
        else:
            settings.LIVEFEST_NOW = (clock.now() + timedelta(days=3)).isoformat()
            assert expire_due(fest) == 1
        before = name
    assert given(fest, "gala") == [("ann", 1, "proposed")]
    assert again(fest) == []


def test_tie_that_received_more_than_there_are_places_passes_on_once_they_are_free(fest: Fest) -> None:
    proposed(fest)
    for name in ("cat", "dan"):
        decline(offered(award_of(fest, "gems", name)))
    assert who(fest, "gems") == ["ann", "ben", "eve"]
    decline(offered(award_of(fest, "gems", "eve")))
    assert who(fest, "gems") == ["ann", "ben", "fay"]


def test_shares_that_pass_on_keep_the_pool_in_any_order(fest: Fest) -> None:
    proposed(fest)
    for name in ("dan", "ann", "cat"):
        decline(offered(award_of(fest, "pot", name)))
    assert given(fest, "pot") == [
        ("gus", 10_001, "proposed"),  # whose place ann's was
        ("ben", 10_001, "proposed"),
        ("hal", 6_668, "proposed"),
        ("fay", 6_667, "proposed"),
        ("eve", 6_667, "proposed"),
    ]
    certify_something_else(fest)
    done = proposed(fest)
    assert (done.proposed, done.revoked, done.to_settle) == ([], [], [])


def certify_something_else(fest: Fest) -> None:
    """A new edition in which nobody moves."""
    load_campaign(to_text(changed(mug={"name": "A mug"})))
    certify(fest, "A better name")


def test_revoked_as_a_mistake_waits_to_be_proposed_again(fest: Fest) -> None:
    proposed(fest)
    revoke(award_of(fest, "gala", "ann"), by=staff("omar"), reason="Wrong name")
    decline(offered(award_of(fest, "gala", "ben")))
    assert who(fest, "gala") == ["cat"], "the next, and not ann by the way"
    assert [award.handle for award in again(fest)] == ["ann"]


def test_ineligible_that_was_lifted_is_due_again(fest: Fest) -> None:
    proposed(fest)
    find_ineligible(award_of(fest, "gala", "ann"), by=staff("omar"), reason="Under age")
    assert given(fest, "gala") == [("cat", 1, "proposed"), ("ben", 1, "proposed")]
    revoke(award_of(fest, "gala", "ann"), by=staff("omar"), reason="She showed her passport")
    done = proposed(fest)
    assert [award.handle for award in done.revoked] == ["cat"]
    assert sorted(who(fest, "gala")) == ["ann", "ben"]
    decline(offered(award_of(fest, "gala", "ben")))
    assert sorted(who(fest, "gala")) == ["ann", "cat"]


def test_new_edition_keeps_what_stands_revokes_what_does_not_and_lists_what_was_fulfilled(fest: Fest) -> None:
    """ann is out. Of "gala" she had claimed hers; her badge is in her hands."""
    proposed(fest)
    claimed(award_of(fest, "gala", "ann"))
    badge = verify(claimed(award_of(fest, "badge", "ann")), by=staff("omar"))
    fulfil(badge, by=staff("pia"))
    offered(award_of(fest, "gala", "ben"))
    offered(award_of(fest, "gems", "ann"))
    offered(award_of(fest, "pot", "cat"))
    disqualify(fest, "ann")
    assert again(fest) == [], "nothing before it is certified"
    edition = certify(fest, "Ann is out")
    looked = dry_run(fest, by=staff("nia"))
    done = proposed(fest)
    assert len(looked.revoked) == len(done.revoked)
    assert given(fest, "gala", live=False) == [
        ("ann", 1, "revoked"),
        ("cat", 1, "proposed"),
        ("ben", 1, "offered"),
        ("dan", 1, "proposed"),
        ("eve", 1, "proposed"),
    ]
    # cat, dan and eve rank 2 now and have places 2 to 4.
    assert sorted(given(fest, "pot")) == [(name, 10_001, "proposed") for name in ("ben", "cat", "dan", "eve")]
    assert [award.pk for award in done.to_settle] == [badge.pk]
    review = EditionReview.objects.get(award=badge)
    assert (review.edition, review.outcome, review.difference) == (edition, "to_settle", 1)
    assert {one.outcome for one in EditionReview.objects.filter(award__handle="ben", award__reward__slug="gala")} == {
        "stands"
    }
    assert [(one.unit, one.owed) for one in balances(fest)] == [("EUR", 0), ("diamonds", 0)]
    more = proposed(fest)
    assert (more.proposed, more.revoked, [one.pk for one in more.to_settle]) == ([], [], [badge.pk])


def test_edition_that_takes_the_correction_back(fest: Fest) -> None:
    proposed(fest)
    first = set(given(fest, "gems") + given(fest, "pot"))
    correction = disqualify(fest, "ann")
    certify(fest, "Ann is out")
    proposed(fest)
    assert "ann" not in who(fest, "gems")
    undo(correction, by=staff("nia"), reason="She was right")
    certify(fest, "Ann is in again")
    assert len(proposed(fest).to_settle) == 0
    assert set(given(fest, "gems") + given(fest, "pot")) == first


def test_declined_before_a_new_edition_passes_on_by_that(fest: Fest) -> None:
    proposed(fest)
    award = offered(award_of(fest, "gala", "ben"))
    disqualify(fest, "cat")
    certify(fest, "Cat is out")
    decline(award)
    assert who(fest, "gala") == ["ann"], "the new edition is about to say who is next"
    proposed(fest)
    assert who(fest, "gala") == ["ann", "dan"]
    assert award_of(fest, "gala", "dan").passed_from == award


def changed(**rewards: Any) -> dict[str, Any]:
    """The campaign with other values of some rewards; None leaves one out."""
    campaign = copy.deepcopy(CAMPAIGN)
    campaign["rewards"] = [
        table | (rewards.get(table["slug"]) or {})
        for table in campaign["rewards"]
        if rewards.get(table["slug"], {}) is not None
    ]
    return campaign


def test_awards_go_by_the_rules_that_were_certified(fest: Fest) -> None:
    load_campaign(to_text(changed(gala={"ranks": "1-5"}, gems={"amount": 1}, mug=None)))
    done = proposed(fest)
    assert who(fest, "gala") == ["ann", "ben"]
    assert given(fest, "gems")[0] == ("ann", 500, "proposed")
    assert done.gone == ["mug"]
    certify(fest, "More guests")
    done = proposed(fest)
    assert done.gone == []
    assert who(fest, "gala") == NAMES[:5]
    assert given(fest, "gems")[0] == ("ann", 1, "proposed")


def test_reward_whose_board_was_removed(fest: Fest) -> None:
    """Before anything is awarded it can go, and is listed; afterwards the campaign refuses, and says why."""
    campaign = changed(mug=None)
    campaign["boards"] = [board for board in campaign["boards"] if board["slug"] != "regions"]
    with pytest.raises(CampaignError, match='"regions" is not declared in boards'):
        load_campaign(to_text({**changed(), "boards": campaign["boards"]}))
    load_campaign(to_text(changed(tour=None)))
    assert proposed(fest).gone == ["tour"]
    with pytest.raises(CampaignError, match=r"rewards mug: can't be left out: records .* hang on it"):
        load_campaign(to_text(campaign))
    with pytest.raises(CampaignError, match="mug: has been awarded as merch regions; keep that"):
        load_campaign(to_text(changed(mug={"kind": "badge"})))


def test_rewards_of_challenges_and_ties_are_no_part_of_the_campaign_file(fest: Fest) -> None:
    assert "sprint" not in export_campaign(fest)
    assert load_campaign(to_text(CAMPAIGN)) == []
    assert Reward.objects.filter(slug="sprint").exists()
    assert Reward.objects.get(slug="pot").ties == "split"
    taken = copy.deepcopy(CAMPAIGN)
    taken["rewards"].append({**CAMPAIGN["rewards"][0], "slug": "sprint"})
    with pytest.raises(CampaignError, match=r'sprint: is a reward of a challenge \("Sprint"\), which no file'):
        load_campaign(to_text(taken))
    assert '"split"' not in export_campaign(fest)


def test_expiring_passes_over_what_was_claimed_meanwhile(fest: Fest, settings: Settings) -> None:
    proposed(fest)
    claimed(award_of(fest, "gala", "ann"))
    offered(award_of(fest, "gala", "ben"))
    settings.LIVEFEST_NOW = (clock.now() + timedelta(days=3)).isoformat()
    assert expire_due() == 1
    assert given(fest, "gala") == [("ann", 1, "claimed"), ("cat", 1, "proposed")]


def test_many_new_awards_are_known_to_the_planner_at_once(fest: Fest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "A_BATCH", 10)
    awards = len(proposed(fest).proposed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'rewards_award'")
        assert cursor.fetchone() == (awards,)
