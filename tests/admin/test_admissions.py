"""A round's admissions, which staff amend with a reason, and never delete."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from creators.models import Creator, Entry, Mark
from livefest.models import Fest, Round, User
from rankings.models import Admission, Opening
from tests.admin.conftest import AT
from tests.admin.pages import body, change, delete, errors, form_values, submit

ADMISSIONS = "/admin/rankings/admission/"


@pytest.fixture
def opening(live_fest: Fest) -> Opening:
    """The finals, opened."""
    return Opening.objects.create(round=Round.objects.get(slug="finals"), opened_at=AT)


@pytest.fixture
def admission(opening: Opening) -> Admission:
    """ada.live, by rank."""
    return Admission.objects.create(opening=opening, entry=entry("ada.live"), origin="rank", decided_at=AT)


def entry(handle: str, fest: Fest | None = None) -> Entry:
    creator, _new = Creator.objects.get_or_create(handle=handle)
    return Entry.objects.create(fest=fest or Fest.objects.get(slug="live-fest"), creator=creator)


def decided(handle: str) -> tuple[object, ...]:
    found = Admission.objects.get(entry__creator__handle=handle)
    return found.admitted, found.origin, str(found.decided_by), found.reason


def test_admitted_creator_is_taken_out_with_a_reason(admin_client: Client, admission: Admission) -> None:
    Mark.objects.all().delete()
    page = form_values(admin_client, change(admission))
    assert (page["admitted"], page["reason"].strip()) == ("on", "")
    response = submit(admin_client, change(admission), admitted=None, reason=" Bought coins for themself. ")
    assert response.status_code == 302
    assert decided("ada.live") == (False, "staff", "admin", "Bought coins for themself.")
    assert Admission.objects.get().decided_at > AT
    assert Mark.objects.filter(entry=admission.entry).exists(), "the next refresh learns of it"
    assert LogEntry.objects.get().user == User.objects.get(username="admin")


def test_last_word_stands(admin_client: Client, admission: Admission) -> None:
    submit(admin_client, change(admission), admitted=None, reason="Cheated.")
    assert "Cheated." in body(admin_client.get(change(admission))), "the reason so far is shown"
    submit(admin_client, change(admission), admitted="on", reason="Did not.")
    assert decided("ada.live") == (True, "staff", "admin", "Did not.")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_amendment_without_a_reason_is_refused(admin_client: Client, admission: Admission, reason: str) -> None:
    response = submit(admin_client, change(admission), admitted=None, reason=reason)
    assert errors(response) == ["This field is required."]
    assert decided("ada.live") == (True, "rank", "None", "")


@pytest.mark.parametrize("handle", ["bo", "@bo"])
def test_another_creator_is_admitted(admin_client: Client, opening: Opening, handle: str) -> None:
    entry("bo")
    response = submit(admin_client, f"{ADMISSIONS}add/", opening=opening.pk, entry=handle, reason="Wild card.")
    assert response.status_code == 302
    assert decided("bo") == (True, "staff", "admin", "Wild card.")


def test_creator_who_is_not_in_the_fest_of_the_round_is_refused(
    admin_client: Client, opening: Opening, uk_valentine: Fest
) -> None:
    entry("bo", uk_valentine)
    response = submit(admin_client, f"{ADMISSIONS}add/", opening=opening.pk, entry="bo", reason="Wild card.")
    assert errors(response) == ["“bo” is not in LIVE Fest; write the handle of one of its creators."]
    response = submit(admin_client, f"{ADMISSIONS}add/", entry="bo", reason="")
    assert errors(response) == ["This field is required."] * 2
    assert Admission.objects.count() == 0


def test_creator_who_is_listed_already_is_amended_there(admin_client: Client, admission: Admission) -> None:
    values = {"opening": admission.opening_id, "entry": "ada.live", "reason": "Again."}
    response = submit(admin_client, f"{ADMISSIONS}add/", **values)
    assert errors(response) == ["Admission with this Round and Creator already exists."]
    assert decided("ada.live") == (True, "rank", "None", "")


def test_admissions_are_filtered_by_fest_and_round(
    admin_client: Client, live_fest: Fest, uk_valentine: Fest, record_more: Callable[..., None]
) -> None:
    record_more(live_fest, 2)
    record_more(uk_valentine, 1, "other")
    opening = Opening.objects.filter(round__fest=live_fest)[0]
    queries: list[tuple[dict[str, int | str], int]] = [
        ({}, 3),
        ({"opening__round__fest__id__exact": live_fest.pk}, 2),
        ({"opening": opening.pk}, 1),
        ({"opening": "no number"}, 3),
        ({"admitted__exact": "0"}, 0),
        ({"q": "creator.1"}, 1),
    ]
    for query, found in queries:
        assert admin_client.get(ADMISSIONS, query).context["cl"].result_count == found


def test_openings_count_who_is_admitted(admin_client: Client, admission: Admission) -> None:
    Admission.objects.create(opening=admission.opening, entry=entry("bo"), origin="rank", decided_at=AT)
    submit(admin_client, change(admission), admitted=None, reason="Cheated.")
    (row,) = admin_client.get("/admin/rankings/opening/").context["cl"].result_list
    assert row.count_admitted == 1
    assert f'<a href="{ADMISSIONS}?opening={row.pk}">1</a>' in body(admin_client.get("/admin/rankings/opening/"))


def test_nothing_is_deleted_and_openings_stay(admin_client: Client, admission: Admission) -> None:
    for row in (admission, admission.opening):
        assert admin_client.post(delete(row), {"post": "yes"}).status_code == 403
    assert admin_client.get("/admin/rankings/opening/add/").status_code == 403
    data = {"action": "delete_selected", "post": "yes", "_selected_action": [admission.pk]}
    admin_client.post(ADMISSIONS, data)
    assert Admission.objects.count() == 1


def test_viewer_sees_and_changes_nothing(staff: Callable[..., Client], admission: Admission) -> None:
    client = staff("rankings.view_admission")
    page = body(client.get(change(admission)))
    assert "ada.live" in page
    assert 'name="_save"' not in page
    assert client.post(change(admission), {"admitted": "", "reason": "x"}).status_code == 403
    assert client.get(f"{ADMISSIONS}add/").status_code == 403
    assert decided("ada.live") == (True, "rank", "None", "")
