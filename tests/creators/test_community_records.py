"""What the database itself holds of communities: all of one fest, requests as a whole, an owner is a member."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import Error

from creators.models import Creator, Entry, Group, JoinRequest, Membership
from livefest.campaign import load_campaign
from livefest.models import Fest
from tests.creators.commons import CAMPAIGN, commons, entry, group, owned, staff
from tests.creators.conftest import DURING
from tests.kept import kept


@pytest.fixture
def fest(db: None, settings: Any) -> Fest:
    settings.LIVEFEST_NOW = DURING.isoformat()
    return kept(commons, ("ada", "bo", "cy"))


@pytest.fixture
def stranger(fest: Fest) -> Entry:
    """ada in another fest of the same campaign."""
    load_campaign(CAMPAIGN.replace('slug = "commons"', 'slug = "other"'))
    return Entry.objects.create(fest=Fest.objects.get(slug="other"), creator=Creator.objects.get(handle="ada"))


def refusal(*rows: Any) -> str | None:
    """The constraint that refuses the last of the rows (those before are saved, and taken back)."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        for row in rows:
            row.save()
        connection.check_constraints()
    assert isinstance(error.value.__cause__, Error)
    return error.value.__cause__.diag.constraint_name


def asked(**changes: Any) -> JoinRequest:
    values = {"entry": entry("ada"), "group": group("owls"), "asked_at": DURING, **changes}
    return JoinRequest(**{"fest": values["entry"].fest, **values})


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "later"},
        {"outcome": "open", "decided_at": DURING},
        {"outcome": "open", "decided_by": "staff"},
        {"outcome": "open", "decided_by_owner": "bo"},
        {"outcome": "withdrawn"},
        {"outcome": "withdrawn", "decided_at": DURING, "decided_by": "staff"},
        {"outcome": "withdrawn", "decided_at": DURING, "decided_by_owner": "bo"},
        {"outcome": "approved", "decided_at": DURING},
        {"outcome": "approved", "decided_by": "staff"},
        {"outcome": "refused", "decided_at": DURING, "decided_by": "staff", "decided_by_owner": "bo"},
    ],
    ids=str,
)
def test_request_that_is_half_decided_is_refused(fest: Fest, changes: dict[str, Any]) -> None:
    if "decided_by" in changes:
        changes = {**changes, "decided_by": staff()}
    if "decided_by_owner" in changes:
        changes = {**changes, "decided_by_owner": entry("bo")}
    assert refusal(asked(**changes)) == "joinrequest_decided_whole"


def test_second_open_request_is_refused(fest: Fest) -> None:
    asked(outcome="withdrawn", decided_at=DURING).save()
    assert refusal(asked(), asked(group=group("bats"))) == "joinrequest_one_open"
    asked(outcome="withdrawn", decided_at=DURING).save()


def test_request_to_a_league_is_refused(fest: Fest) -> None:
    assert refusal(asked(group=group("glow"), kind="league")) == "joinrequest_for_community"
    assert refusal(asked(group=group("glow"))) == "joinrequest_group_of_same_fest_and_kind"


def test_request_of_two_fests_is_refused(fest: Fest, stranger: Entry) -> None:
    elsewhere = Group.objects.get(slug="owls", fest=stranger.fest)
    assert refusal(asked(entry=stranger, fest=fest)) == "joinrequest_entry_of_same_fest"
    assert refusal(asked(group=elsewhere)) == "joinrequest_group_of_same_fest_and_kind"
    foreign = asked(outcome="approved", decided_at=DURING, decided_by_owner=stranger)
    assert refusal(foreign) == "joinrequest_owner_of_same_fest"


def test_owner_who_is_no_member_is_refused(fest: Fest, stranger: Entry) -> None:
    bats = group("bats")
    bats.owner = entry("ada")
    assert refusal(bats) == "group_owner_is_member"
    bats.owner = stranger
    assert refusal(bats) == "group_owner_of_same_fest"
    new = Group(fest=fest, slug="new", name="New", kind="community", owner=entry("ada"))
    assert refusal(new) == "group_owner_is_member"


def test_owner_of_a_league_is_refused(fest: Fest) -> None:
    glow = group("glow")
    glow.owner = entry("ada")
    assert refusal(glow) == "group_way_in_of_community"


def test_owner_who_leaves_owns_no_longer(fest: Fest) -> None:
    owned("owls", "ada")
    owned("bats", "bo")
    Membership.objects.filter(entry=entry("ada")).delete()
    assert (group("owls").owner, group("bats").owner) == (None, entry("bo"))
    Membership.objects.filter(entry=entry("bo")).update(group=group("owls"))
    assert group("bats").owner is None


def test_owner_whose_membership_changes_otherwise_stays_owner(fest: Fest) -> None:
    owned("owls", "ada")
    Membership.objects.update(origin="file")
    assert group("owls").owner == entry("ada")


def test_entry_of_an_owner_can_be_deleted(fest: Fest) -> None:
    owned("owls", "ada")
    asked(entry=entry("bo")).save()
    for handle in ("ada", "bo"):
        entry(handle).delete()
    connection.check_constraints()
    assert (group("owls").owner, JoinRequest.objects.count()) == (None, 0)
