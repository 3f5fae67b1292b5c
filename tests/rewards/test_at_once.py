"""Several workers with the same awards: each on a connection of its own, all let go at one moment."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from livefest.models import Fest
from rewards.awards import approve, decline, find_ineligible, revoke
from rewards.models import Award, AwardStep
from rewards.proposing import propose_awards
from tests.at_once import at_once
from tests.kept import kept
from tests.rewards.prizes import after_grace, award_of, certified, certify, disqualify, offered, proposed, staff, who

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fest(transactional_db: None, settings: Settings) -> Fest:
    after_grace(settings)
    return kept(certified)


def test_two_workers_awarding_the_same_results(fest: Fest) -> None:
    people = [staff(name) for name in ("nia", "omar", "pia")]
    done = at_once(*(lambda by=by: propose_awards(fest, by=by) for by in people))
    assert sorted(len(each.proposed) for each in done) == [0, 0, 29]
    assert Award.objects.count() == AwardStep.objects.count() == 29


def test_all_that_ends_at_once_passes_on_once_each(fest: Fest) -> None:
    proposed(fest)
    ann, ben = (offered(award_of(fest, "gala", name)) for name in ("ann", "ben"))
    pia, omar = staff("pia"), staff("omar")
    done = at_once(
        lambda: decline(ann),
        lambda: decline(ann),
        lambda: find_ineligible(ben, by=pia, reason="Under age"),
        lambda: propose_awards(fest, by=pia),
        lambda: approve(award_of(fest, "gems", "cat"), by=omar),
        lambda: approve(award_of(fest, "gems", "cat"), by=omar),
    )
    assert [one for one in done if isinstance(one, Exception)] == []
    assert sorted(who(fest, "gala")) == ["cat", "dan"]
    assert propose_awards(fest, by=pia).proposed == []


def test_new_edition_while_awards_are_on_their_way(fest: Fest) -> None:
    """Proposing by it waits for who has an award in hand, and sees what became of it; nobody stands across."""
    proposed(fest)
    omar, pia = staff("omar"), staff("pia")
    awards = list(Award.objects.filter(reward__slug__in=["gems", "pot"]).order_by("-pk"))
    disqualify(fest, "ann")
    certify(fest, "Ann is out")
    done = at_once(
        lambda: propose_awards(fest, by=pia),
        lambda: [approve(award, by=omar) for award in awards[:4]],
        lambda: revoke(award_of(fest, "pot", "ann"), by=omar, reason="She is out"),
    )
    broken = [one for one in done if isinstance(one, Exception)]
    assert all("is revoked" in str(one) for one in broken), "only: too late to approve"
    assert "ann" not in who(fest, "gems") + who(fest, "pot")
    more = propose_awards(fest, by=pia)
    assert (more.proposed, more.revoked) == ([], [])
