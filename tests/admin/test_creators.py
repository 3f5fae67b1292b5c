"""Creators, their entries and places in groups, and the page that loads a creators file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creators.admin.creators import EntryAdmin
from creators.admin.creators_file import CreatorsFileForm
from creators.models import Creator, Entry, Group, Membership
from livefest import clock
from livefest.models import Fest, Region
from tests.admin.conftest import AT
from tests.admin.pages import body, errors, form_values, submit
from tests.admin.test_pages import assert_within_policy

CREATORS = "/admin/creators/creator/"
ENTRIES = "/admin/creators/entry/"


@pytest.fixture
def entry(live_fest: Fest) -> Entry:
    return Entry.objects.create(fest=live_fest, creator=Creator.objects.create(handle="ada.live"))


def change(entry: Entry) -> str:
    return reverse("admin:creators_entry_change", args=[entry.pk])


def places(*groups: Group) -> dict[str, Any]:
    """New rows of the inline of memberships."""
    rows = {f"memberships-{number}-group": group.pk for number, group in enumerate(groups)}
    return {"memberships-TOTAL_FORMS": len(groups)} | rows


def join(entry: Entry, group: Group) -> Membership:
    return Membership.objects.create(
        fest=entry.fest, entry=entry, group=group, kind=group.kind, origin=Membership.Origin.FILE, since=AT
    )


def test_creator_is_added_and_keeps_its_handle(admin_client: Client) -> None:
    assert submit(admin_client, f"{CREATORS}add/", handle="ada.live", name="Ada").status_code == 302
    creator = Creator.objects.get()
    url = reverse("admin:creators_creator_change", args=[creator.pk])
    assert "handle" not in form_values(admin_client, url)
    assert submit(admin_client, url, handle="eve", name="Ada L.").status_code == 302
    creator.refresh_from_db()
    assert (creator.handle, creator.name) == ("ada.live", "Ada L.")


@pytest.mark.parametrize(
    ("handle", "error"),
    [
        ("@ada", "Write the handle without @."),
        ("a b", "A handle has no spaces or invisible characters."),
        ("ada.live", "Constraint “creator_handle_unique” is violated."),
    ],
)
def test_creator_of_a_bad_handle_is_refused(admin_client: Client, entry: Entry, handle: str, error: str) -> None:
    response = submit(admin_client, f"{CREATORS}add/", handle=handle, name="Typed name")
    assert errors(response)[0] in (error, "Creator with this Handle already exists.")
    assert 'value="Typed name"' in body(response)


@pytest.mark.parametrize(("term", "found"), [("creator.1", 2), ("creator.10", 1), ("reator", 0), ("Creator", 0)])
def test_creators_are_found_by_how_the_handle_begins(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None], term: str, found: int
) -> None:
    record(uk_valentine, 11)
    for url in (CREATORS, ENTRIES):
        assert admin_client.get(url, {"q": term}).context["cl"].result_count == found


def test_search_by_handle_is_served_by_its_index(db: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Creator.objects.filter(handle__startswith="ada").explain()
    assert "Index Cond: (((handle)::text >= 'ada'::text) AND ((handle)::text < 'adb'::text))" in plan


def test_creator_can_be_chosen_by_the_autocomplete(admin_client: Client, entry: Entry) -> None:
    query = {"term": "ada", "app_label": "creators", "model_name": "entry", "field_name": "creator"}
    response = admin_client.get("/admin/autocomplete/", query)
    assert response.json() == {
        "results": [{"id": str(entry.creator_id), "text": "ada.live"}],
        "pagination": {"more": False},
    }


def test_entry_is_added_with_a_region_and_places(admin_client: Client, live_fest: Fest) -> None:
    creator = Creator.objects.create(handle="ada.live")
    glow, owls = Group.objects.get(slug="glow"), Group.objects.get(slug="night-owls")
    region = Region.objects.get(code="GB")
    before = clock.now()
    response = submit(
        admin_client, f"{ENTRIES}add/", creator=creator.pk, region=region.pk, category="music", **places(glow, owls)
    )
    assert response.status_code == 302
    entry = Entry.objects.get()
    assert (entry.fest, entry.creator, entry.region, entry.category) == (live_fest, creator, region, "music")
    rows = list(entry.memberships.values_list("group__slug", "kind", "origin", "fest"))
    assert rows == [("night-owls", "community", "staff", live_fest.pk), ("glow", "league", "staff", live_fest.pk)]
    assert all(before <= membership.since <= clock.now() for membership in entry.memberships.all())


def test_entry_offers_what_is_its_fests(admin_client: Client, entry: Entry, uk_valentine: Fest) -> None:
    page = body(admin_client.get(change(entry)))
    assert "Night Owls" in page
    assert "Glee League" not in page
    other = Group.objects.get(fest=uk_valentine, slug="glee")
    region = uk_valentine.regions.get()
    response = submit(admin_client, change(entry), region=region.pk, **places(other))
    assert errors(response) == ["Select a valid choice. That choice is not one of the available choices."] * 2


def test_entry_in_two_groups_of_a_kind_is_refused(admin_client: Client, entry: Entry) -> None:
    glow, rising = Group.objects.get(slug="glow"), Group.objects.get(slug="rising")
    response = submit(admin_client, change(entry), category="typed", **places(glow, rising))
    assert errors(response) == ["A creator is in at most one league and one community of a fest."]
    assert 'value="typed"' in body(response)
    assert Membership.objects.count() == 0
    entry.refresh_from_db()
    assert entry.category == ""


def test_entry_takes_a_second_league_in_place_of_the_first(admin_client: Client, entry: Entry) -> None:
    membership = join(entry, Group.objects.get(slug="glow"))
    rising = Group.objects.get(slug="rising")
    assert submit(admin_client, change(entry), **{"memberships-0-group": rising.pk}).status_code == 302
    membership.refresh_from_db()
    assert (membership.group, membership.origin) == (rising, "staff")
    assert membership.since > AT


def test_entry_saved_untouched_keeps_who_placed_it(admin_client: Client, entry: Entry) -> None:
    membership = join(entry, Group.objects.get(slug="glow"))
    assert submit(admin_client, change(entry), category="music").status_code == 302
    membership.refresh_from_db()
    assert (membership.origin, membership.since) == ("file", AT)


def test_entry_can_not_turn_a_league_into_a_community(admin_client: Client, entry: Entry) -> None:
    join(entry, Group.objects.get(slug="glow"))
    owls = Group.objects.get(slug="night-owls")
    response = submit(admin_client, change(entry), **{"memberships-0-group": owls.pk})
    assert errors(response) == ["Choose a group of the same kind, or delete this place and add another."]


def test_entry_leaves_a_group(admin_client: Client, entry: Entry) -> None:
    join(entry, Group.objects.get(slug="glow"))
    assert submit(admin_client, change(entry), **{"memberships-0-DELETE": "on"}).status_code == 302
    assert Membership.objects.count() == 0


def test_entry_over_a_roster_is_refused(admin_client: Client, entry: Entry) -> None:
    owls = Group.objects.get(slug="night-owls")
    Group.objects.filter(pk=owls.pk).update(roster=1)
    join(Entry.objects.create(fest=entry.fest, creator=Creator.objects.create(handle="eve")), owls)
    response = submit(admin_client, change(entry), category="typed", **places(owls))
    assert errors(response) == ["“Night Owls” is full: its roster is 1. Choose another, or raise it."]
    assert 'value="typed"' in body(response)


def test_entry_over_a_roster_that_another_just_filled_is_refused_by_the_database(
    admin_client: Client, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form's own look is made to come before the other's commit."""
    owls = Group.objects.get(slug="night-owls")
    Group.objects.filter(pk=owls.pk).update(roster=1)
    other = Entry.objects.create(fest=entry.fest, creator=Creator.objects.create(handle="eve"))
    values = form_values(admin_client, change(entry)) | places(owls) | {"category": "typed", "reason": "As asked"}

    def others_come_first(self: Any, *args: Any, **kwargs: Any) -> None:
        if not other.memberships.exists():
            join(other, owls)

    monkeypatch.setattr(EntryAdmin, "save_model", others_come_first)
    response = admin_client.post(change(entry), values)
    assert errors(response) == ["This community is full; choose another, or raise its roster."]
    assert 'value="typed"' in body(response)
    assert entry.memberships.count() == 0


def test_entries_are_filtered_by_fest_then_region_and_group(
    admin_client: Client, live_fest: Fest, uk_valentine: Fest, record: Callable[..., None]
) -> None:
    record(live_fest, 2)
    record(uk_valentine, 1, "other")
    assert "By region" not in body(admin_client.get(ENTRIES))
    region = live_fest.regions.all()[0]
    league = live_fest.groups.filter(kind="league")[0]
    fest: dict[str, int | str] = {"fest__id__exact": live_fest.pk}
    for query, found in [
        (fest, 2),
        (fest | {"region": region.pk}, 2),
        (fest | {"region": live_fest.regions.all()[1].pk}, 0),
        (fest | {"group": league.pk}, 2),
        (fest | {"group": "no number"}, 2),
    ]:
        assert admin_client.get(ENTRIES, query).context["cl"].result_count == found


def test_entries_page_costs_the_same_queries_with_both_places(admin_client: Client, entry: Entry) -> None:
    join(entry, Group.objects.get(slug="glow"))
    with CaptureQueriesContext(connection) as one:
        admin_client.get(change(entry))
    join(entry, Group.objects.get(slug="night-owls"))
    with CaptureQueriesContext(connection) as two:
        admin_client.get(change(entry))
    assert len(two) == len(one)


# The creators file


def load(client: Client, fest: Fest, text: str) -> Any:
    file = SimpleUploadedFile("creators.csv", text.encode(), "text/csv")
    return client.post(reverse("admin:creators_entry_load", args=[fest.pk]), {"file": file, "reason": "As agreed"})


def test_creators_file_is_loaded_and_counted(admin_client: Client, uk_valentine: Fest) -> None:
    page = admin_client.get(reverse("admin:creators_entry_load", args=[uk_valentine.pk]))
    assert_within_policy(body(page))
    text = "handle,name,region,category,groups\nada.live,Ada,GB,music,glow\neve,Eve,,,\n"
    response = load(admin_client, uk_valentine, text)
    assert "2 creators: 2 new, 0 changed, 0 as they were (groups apart)." in body(response)
    response = load(admin_client, uk_valentine, text.replace("music", "art"))
    assert "2 creators: 0 new, 1 changed, 1 as they were (groups apart)." in body(response)
    assert list(Entry.objects.values_list("creator__handle", "category")) == [("ada.live", "art"), ("eve", "")]


def test_creators_file_with_errors_says_each_with_its_line(admin_client: Client, uk_valentine: Fest) -> None:
    response = load(admin_client, uk_valentine, "handle,name,region,groups\nada,A,XX,\n@eve,E,,gloww\n")
    assert errors(response) == [
        'line 2: region "XX" is none of the fest\'s; choose from GB',
        'line 3: handle "@eve": Write the handle without @.',
        'line 3: group "gloww" is unknown; did you mean "glow"?',
    ]
    assert Entry.objects.count() == 0


def test_creators_file_with_many_errors_shows_the_first_hundred(admin_client: Client, uk_valentine: Fest) -> None:
    rows = "".join(f"@{number},N\n" for number in range(150))
    found = errors(load(admin_client, uk_valentine, f"handle,name\n{rows}"))
    assert len(found) == 101
    assert found[100] == "and 50 more"


def test_creators_file_too_big_is_refused(
    admin_client: Client, uk_valentine: Fest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CreatorsFileForm.base_fields["file"], "most", 10)
    assert errors(load(admin_client, uk_valentine, "handle,name\nada,Ada\n")) == [
        "The file has 20\xa0bytes; upload at most 10\xa0bytes."
    ]


def test_creators_file_missing_is_refused(admin_client: Client, uk_valentine: Fest) -> None:
    response = admin_client.post(reverse("admin:creators_entry_load", args=[uk_valentine.pk]))
    assert errors(response) == ["This field is required.", "This field is required."]  # and the reason
