"""What the database itself refuses, whoever asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from creators.intake import record_facts
from creators.models import Creator, Entry, Fact, Group, Live, Membership, Source, SourceSecret
from creators.reports import parse_fact
from livefest.campaign import load_campaign
from livefest.models import Fest, Metric
from tests.creators.conftest import DURING, fact


@pytest.fixture
def taken(source: Source) -> Fact:
    record_facts(source=source, reports=[parse_fact(fact())], arrived_at=DURING)
    return Fact.objects.get()


@pytest.fixture
def other_fest(fest: Fest, campaigns: Any) -> Fest:
    text = (campaigns / "uk-valentine.toml").read_text()
    load_campaign(text.replace('slug = "uk-valentine"', 'slug = "other"'))
    return Fest.objects.get(slug="other")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE creators_fact SET quantity = 1",
        "UPDATE creators_fact SET quantity = 1 WHERE false",
        "DELETE FROM creators_fact",
        "TRUNCATE creators_fact CASCADE",
        "TRUNCATE creators_source CASCADE",
    ],
)
def test_facts_are_only_ever_added(taken: Fact, statement: str) -> None:
    with pytest.raises(DatabaseError, match="creators_fact refused: its rows are only ever added"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement)
    assert Fact.objects.get().quantity == 100


def refused(name: str, *rows: Any) -> None:
    """Saving the last of the rows violates the named constraint (the ones before are saved)."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        for row in rows:
            row.save()
        connection.check_constraints()


def copy_of(row: Fact, **changes: Any) -> Fact:
    values = {field.name: getattr(row, field.name) for field in Fact._meta.fields if field.name != "id"}
    copy = Fact(**{**values, "external_id": "copy"})
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"external_id": "f-1"}, "fact_once_per_source"),
        ({"external_id": ""}, "fact_id_given"),
        ({"quantity": 0}, "fact_quantity_range"),
        ({"quantity": 10**12 + 1}, "fact_quantity_range"),
        ({"quantity": -100}, "fact_quantity_range"),
        ({"entry_id": 0}, "fact_entry_of_same_fest"),
    ],
    ids=str,
)
def test_impossible_fact_is_refused(taken: Fact, changes: dict[str, Any], name: str) -> None:
    refused(name, copy_of(taken, **changes))


def test_fact_of_two_fests_is_refused(taken: Fact, other_fest: Fest) -> None:
    stranger = Entry.objects.create(fest=other_fest, creator=taken.entry.creator)
    refused("fact_entry_of_same_fest", copy_of(taken, entry=stranger))
    refused("fact_metric_of_same_fest", copy_of(taken, metric=Metric.objects.get(fest=other_fest, slug="coins")))
    refused("fact_source_of_same_fest", copy_of(taken, source=Source.objects.create(fest=other_fest, name="x")))


@pytest.mark.parametrize(
    "changes", [{"quantity": -99}, {"at": DURING}, {"source": "other"}, {"metric": "likes"}, {"entry": "bo.live"}]
)
def test_reversal_of_less_than_a_whole_fact_is_refused(taken: Fact, changes: dict[str, Any]) -> None:
    if "source" in changes:
        changes = {"source": Source.objects.create(fest=taken.fest, name="other")}
    if "metric" in changes:
        changes = {"metric": Metric.objects.get(fest=taken.fest, slug="likes")}
    if "entry" in changes:
        changes = {"entry": Entry.objects.get(creator__handle="bo.live")}
    refused("does not undo one whole fact", copy_of(taken, **{"reverses": taken, "quantity": -100, **changes}))


def test_second_reversal_and_reversal_of_a_reversal_are_refused(taken: Fact) -> None:
    undo = copy_of(taken, reverses=taken, quantity=-100)
    undo.save()
    refused("fact_reversed_once", copy_of(taken, reverses=taken, quantity=-100, external_id="again"))
    refused("does not undo one whole fact", copy_of(undo, reverses=undo, quantity=100, external_id="back"))


def test_what_facts_hang_on_cannot_be_deleted(taken: Fact) -> None:
    for row in (taken.source, taken.entry, taken.metric):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk)._raw_delete(using="default")


def member(entry: Entry, group: Group, **changes: Any) -> Membership:
    values = {"fest": entry.fest, "kind": group.kind, "origin": "staff", "since": timezone.now(), **changes}
    return Membership(entry=entry, group=group, **values)


def test_second_league_is_refused(fest: Fest) -> None:
    ada = Entry.objects.get(creator__handle="ada.live")  # in Gleam by the file
    refused("membership_one_of_a_kind", member(ada, Group.objects.get(fest=fest, slug="glow")))


def test_membership_of_another_fest_or_kind_is_refused(fest: Fest, other_fest: Fest) -> None:
    entry = Entry.objects.create(fest=fest, creator=Creator.objects.create(handle="new"))
    elsewhere = Group.objects.get(fest=other_fest, slug="glow")
    here = Group.objects.get(fest=fest, slug="glow")
    refused("membership_group_of_same_fest_and_kind", member(entry, elsewhere))
    refused("membership_entry_of_same_fest", member(entry, elsewhere, fest=other_fest))
    refused("membership_group_of_same_fest_and_kind", member(entry, here, kind="community"))


def test_member_over_the_roster_is_refused(fest: Fest) -> None:
    owls = Group.objects.create(fest=fest, slug="owls", name="Owls", kind="community", roster=1)
    entries = [Entry.objects.create(fest=fest, creator=Creator.objects.create(handle=f"new{n}")) for n in range(2)]
    refused("has 1 places", *[member(entry, owls) for entry in entries])
    member(entries[0], owls).save()
    assert owls.memberships.count() == 1


def test_entry_in_the_region_of_another_fest_is_refused(fest: Fest, other_fest: Fest) -> None:
    creator = Creator.objects.create(handle="new")
    refused("entry_region_of_same_fest", Entry(fest=fest, creator=creator, region=other_fest.regions.get()))


def test_creator_twice_and_with_a_wrong_handle_is_refused(fest: Fest) -> None:
    refused("creator_handle_unique", Creator(handle="ada.live"))
    refused("creator_handle_form", Creator(handle="@ada"))
    refused("creator_handle_form", Creator(handle=""))
    refused("entry_unique", Entry(fest=fest, creator=Creator.objects.get(handle="ada.live")))


def test_third_valid_secret_is_refused(source: Source) -> None:
    def secret(place: int) -> SourceSecret:
        return SourceSecret(source=source, place=place, encrypted="x", hint="abcd", created_at=timezone.now())

    refused("secret_two_valid_at_most", secret(1), secret(2), secret(1))
    refused("secret_place_known", secret(3))


def test_impossible_live_is_refused(source: Source) -> None:
    def live(**changes: Any) -> Live:
        entry = Entry.objects.get(creator__handle="ada.live")
        values = {"room": "r", "started_at": DURING, "reported_at": DURING, **changes}
        return Live(source=source, entry=entry, **values)

    refused("live_unique", live(), live())
    refused("live_room_given", live(room=""))
    refused("live_ends_after_start", live(ended_at=DURING.replace(hour=11)))
    refused("live_url_is_web", live(url="javascript:alert(1)"))


def test_source_name_is_unique_in_a_fest_and_has_a_form(source: Source) -> None:
    refused("source_unique", Source(fest=source.fest, name="platform"))
    refused("source_name_form", Source(fest=source.fest, name="a b"))


def test_metric_that_has_facts_keeps_its_meaning(taken: Fact) -> None:
    coins = taken.metric
    coins.unit = "s"
    refused("metric coins has facts", coins)
    coins.unit, coins.paid = "", True
    refused("metric coins has facts", coins)
    coins.unit, coins.paid = "coin", False
    coins.save()
    likes = Metric.objects.get(fest=taken.fest, slug="likes")
    likes.unit = "s"
    likes.save()


def test_handle_stays(fest: Fest) -> None:
    ada = Creator.objects.get(handle="ada.live")
    ada.handle = "eve"
    refused("handle ada.live stays", ada)


def test_roster_smaller_than_its_members_is_refused(fest: Fest) -> None:
    owls = Group.objects.create(fest=fest, slug="owls", name="Owls", kind="community", roster=2)
    for number in range(2):
        member(Entry.objects.create(fest=fest, creator=Creator.objects.create(handle=f"new{number}")), owls).save()
    owls.roster = 1
    refused("has more members than the 1 of its roster", owls)
