"""Many at once: the database decides, and everyone is told in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from creators.actors import Actor
from creators.communities import CommunityError, hand_over, join_community, leave_community
from creators.join_requests import approve_request, request_to_join
from creators.models import Group, JoinRequest, Membership
from tests.at_once import at_once
from tests.creators.commons import commons, entry, give, group, member_of, opened, owned, staff, standing
from tests.creators.conftest import DURING

HANDLES = [f"c{number}" for number in range(10)]


@pytest.fixture(autouse=True)
def _fest(transactional_db: None, settings: Any) -> None:
    settings.LIVEFEST_NOW = DURING.isoformat()
    commons(HANDLES)


def ended(*jobs: Callable[[], object]) -> Counter[str]:
    """How the jobs ended that were started together: done, or by which error of communities."""
    done = at_once(*jobs)
    assert all(isinstance(one, CommunityError) for one in done if isinstance(one, BaseException)), done
    return Counter(type(one).__name__ if isinstance(one, CommunityError) else "done" for one in done)


def joining(handle: str, slug: str) -> Callable[[], Membership]:
    one, where = entry(handle), group(slug)
    return lambda: join_community(entry=one, group=where, by=one)


def test_two_places_fought_for_by_ten_are_given_twice() -> None:
    opened("owls")
    for _round in range(5):
        outcome = ended(*(joining(handle, "owls") for handle in HANDLES))
        assert outcome == {"done": 2, "CommunityFull": 8}
        assert group("owls").memberships.count() == 2
        Membership.objects.all().delete()


def test_two_places_fought_for_by_ten_score_for_those_who_got_them() -> None:
    opened("owls")
    give(**dict.fromkeys(HANDLES, 10))
    ended(*(joining(handle, "owls") for handle in HANDLES))
    assert standing() == {"owls": 20}


def test_one_who_joins_two_communities_at_once_is_in_one() -> None:
    opened("owls")
    opened("bats")
    for _round in range(5):
        outcome = ended(*(joining("c0", slug) for slug in ["owls", "bats"] * 3))
        assert outcome == {"done": 3, "InAnother": 3}
        assert Membership.objects.count() == 1
        Membership.objects.all().delete()


def test_one_who_asks_two_communities_at_once_has_asked_one() -> None:
    one = entry("c0")
    groups = [opened("owls", "approval"), opened("bats", "approval")]

    def asking(where: Group) -> Callable[[], JoinRequest]:
        return lambda: request_to_join(entry=one, group=where, by=one)

    outcome = ended(*(asking(where) for where in groups * 3))
    assert outcome == {"done": 3, "InAnother": 3}
    assert JoinRequest.objects.filter(outcome="open").count() == 1


def test_last_place_for_two_approvals_is_given_once() -> None:
    owned("owls", "c0")
    requests = [request_to_join(entry=entry(one), group=group("owls"), by=entry(one)) for one in ("c1", "c2")]
    by: list[Actor] = [entry("c0"), staff()]

    def approving(request: JoinRequest, number: int) -> Callable[[], JoinRequest]:
        return lambda: approve_request(request=request, by=by[number])

    outcome = ended(*(approving(request, number) for request in requests for number in range(2)))
    assert outcome == {"done": 2, "CommunityFull": 2}
    assert sorted(JoinRequest.objects.values_list("outcome", flat=True)) == ["approved", "open"]
    assert group("owls").memberships.count() == 2


def test_who_leaves_while_becoming_owner_is_not_left_an_owner() -> None:
    opened("owls")
    one, where, by = entry("c1"), group("owls"), staff()
    for _round in range(10):
        join_community(entry=one, group=where, by=one)
        ended(
            lambda: leave_community(entry=one, by=by),
            lambda: hand_over(group=where, to=one, by=by),
        )
        assert member_of("c1") is None
        assert group("owls").owner is None
