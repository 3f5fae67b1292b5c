"""What would move if somebody were disqualified: before results are certified, and against the awards by them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from creators.corrections import Decided
from creators.models import Correction
from livefest.models import Fest
from rewards.awards import decline, fulfil, verify
from rewards.models import Award, EditionReview
from rewards.what_if import AwardMove, WhatIf, what_if_disqualified
from tests.kept import kept
from tests.rankings.play import entry_of
from tests.rewards.prizes import (
    OVER,
    award_of,
    certify,
    claimed,
    disqualify,
    offered,
    proposed,
    staff,
    uncertified,
)

pytestmark = pytest.mark.django_db


def what_if(fest: Fest, handle: str) -> WhatIf:
    return what_if_disqualified(entry_of(fest, handle), by=staff("nia"))


def short(moves: list[AwardMove]) -> Iterator[str]:
    for move in moves:
        where = "/".join(part for part in (move.reward, move.within) if part)
        yield " ".join(filter(None, (f"{where}: {move.handle} {move.before} → {move.after}", move.state)))


def test_before_certifying(db: None, settings: object) -> None:
    settings.LIVEFEST_NOW = OVER  # type: ignore[attr-defined]
    fest = kept(uncertified)
    found = what_if(fest, "ann")
    assert not found.certified
    assert list(short(found.awards)) == [
        "gems: ann 500 → 0",
        "pot: ann 10001 → 0",
        "pot: cat 6668 → 10001",
        "pot: dan 6667 → 10001",
        "pot: eve 6667 → 10001",
        "badge: ann 1 → 0",
        "gala: ann 1 → 0",
        "gala: cat 0 → 1",
        "gala: dan 0 → 1",
        "gala: eve 0 → 1",
        "mug/GB: ann 1 → 0",
        "mug/GB: ben 0 → 1",
        "hat: mum 1 → 0",
        "hat: dad 0 → 1",
        "sprint: ann 9 → 0",
        "sprint: ben 0 → 9",
    ]
    assert {(move.standing, move.handle, move.old_rank, move.new_rank) for move in found.ranks} >= {
        ("all/fest", "ann", 1, None),
        ("all/fest", "ben", 2, 1),
        ("all/fest", "lou", 12, 11),
        ("regions/GB/fest", "fay", 6, 5),
    }
    assert found.ranks_count == len(found.ranks) == 20
    assert not Correction.objects.exists()


def test_it_is_what_a_new_edition_then_does(fest: Fest) -> None:
    proposed(fest)
    decline(offered(award_of(fest, "gala", "ben")))
    fulfil(verify(claimed(award_of(fest, "badge", "ann")), by=staff("omar")), by=staff("pia"))
    before = {(award.reward.slug, award.handle): award.amount for award in Award.objects.all() if award.is_live}
    found = what_if(fest, "ann")
    assert found.certified
    assert not Correction.objects.exists()
    assert [move.reward for move in found.awards if move.to_settle] == ["badge"]
    disqualify(fest, "ann")
    certify(fest, "Ann is out")
    done = proposed(fest)
    settled = {award.pk for award in done.to_settle}
    after = {
        (award.reward.slug, award.handle): award.amount
        for award in Award.objects.all()
        if award.is_live and award.pk not in settled
    }
    differs = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    assert {(move.reward, move.handle): (move.before, move.after) for move in found.awards} == {
        key: (before.get(key, 0), after.get(key, 0)) for key in differs
    }
    assert {review.award.handle for review in EditionReview.objects.filter(outcome="to_settle")} == {"ann"}
    with pytest.raises(Decided, match="undo that one first"):
        what_if(fest, "ann")
