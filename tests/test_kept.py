"""What tests begin with (tests/kept.py) and how they are cleaned up after (tests/database.py)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from creators.models import Fact
from livefest.models import Fest, User
from livefest.sql import execute
from rankings.refresh import refresh
from rankings.valkey import client
from tests import database
from tests.campaign.conftest import rolled_back
from tests.kept import kept
from tests.rankings.held import in_postgres, in_valkey
from tests.rankings.little import give, little_fest
from tests.rankings.play import all_standings, everything_derived

made: list[str] = []


def ranked(handle: str) -> Fest:
    made.append(handle)
    fest = little_fest([handle, "bo"])
    give(fest, **{handle: 3, "bo": 2})
    refresh(fest)
    return fest


def state(fest: Fest) -> tuple[Any, ...]:
    record = in_postgres(execute)
    assert record
    assert in_valkey(client(), list(record)) == record
    return fest, all_standings(fest), everything_derived(fest), record


@pytest.mark.django_db
@pytest.mark.parametrize("somebody", [False, True])
def test_what_is_kept_is_made_once_and_always_the_same(somebody: bool) -> None:
    handle = f"ada-{somebody}"
    if somebody:
        User.objects.create_user("ann")
    with rolled_back():
        fest = kept(ranked, handle)
        first = state(fest)
        give(fest, bo=7)
        refresh(fest)
        fest.name = "Another"
        assert state(fest)[1:] != first[1:]
    with rolled_back():
        assert state(kept(ranked, handle)) == first
        assert [user.username for user in User.objects.all()] == ["ann"] * somebody
    assert made.count(handle) == 1


def left_by_migrations() -> list[list[Any]]:
    return [list(model.objects.order_by("pk").values_list()) for model in (ContentType, Permission, Group)] + [
        sorted(Group.permissions.through.objects.values_list())
    ]


def test_clearing_leaves_what_migrations_left(transactional_db: None) -> None:
    before = left_by_migrations()
    ranked("ada")
    assert Fact.objects.exists()
    Group.objects.all()[0].permissions.clear()
    database.clear()
    assert database.filled_by_test() == []
    assert left_by_migrations() == before
