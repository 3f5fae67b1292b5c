"""Every act of staff is in the audit, with who, before, after and why; what failed is not; nothing there changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group as Role
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creators.models import Creator, Entry, Group, JoinRequest, Membership, Source
from livefest import audit
from livefest.models import AuditEntry, Fest, Metric, Round, User
from rankings.models import Opening
from tests.admin.pages import add, body, change, delete, errors, inline, submit
from tests.admin.test_pages import assert_within_policy

LIST = "/admin/livefest/auditentry/"


def entries(**of: Any) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(**of).order_by("id"))


def only(**of: Any) -> AuditEntry:
    (entry,) = entries(**of)
    return entry


@pytest.fixture
def entry(uk_valentine: Fest) -> Entry:
    ada = Creator.objects.create(handle="ada.live", name="Ada")
    return Entry.objects.create(fest=uk_valentine, creator=ada)


def test_form_that_changes_a_fest_says_who_what_and_why(
    admin_client: Client, admin_user: User, uk_valentine: Fest
) -> None:
    assert submit(admin_client, change(uk_valentine), name="Renamed", reason="New sponsor").status_code == 302
    found = only()
    assert (found.actor, found.verb, found.via, found.reason) == (admin_user, "change", "admin", "New sponsor")
    assert found.changes == {"name": ["UK Valentine LIVE", "Renamed"]}
    assert (found.content_type.model_class(), found.object_pk) == (Fest, str(uk_valentine.pk))
    assert found.cid
    assert datetime.now(UTC) - found.timestamp < timedelta(minutes=5)


@pytest.mark.parametrize("reason", ["", "  "])
def test_form_without_a_reason_is_refused(admin_client: Client, uk_valentine: Fest, reason: str) -> None:
    response = submit(admin_client, change(uk_valentine), name="Renamed", reason=reason)
    assert errors(response) == ["This field is required."]
    uk_valentine.refresh_from_db()
    assert uk_valentine.name == "UK Valentine LIVE"
    assert entries() == []


def test_act_that_is_taken_back_leaves_nothing(admin_client: Client, uk_valentine: Fest) -> None:
    url = add(Round, uk_valentine)
    typed = {"starts_0": "2031-01-01", "starts_1": "00:00", "ends_0": "2031-01-02", "ends_1": "00:00"}
    response = submit(admin_client, url, slug="final", name="Final", **typed)
    assert errors(response) != []
    assert not Round.objects.filter(slug="final").exists()
    assert entries() == []


def test_added_and_deleted_rows_are_recorded_with_their_values(admin_client: Client, uk_valentine: Fest) -> None:
    submit(admin_client, add(Metric, uk_valentine), slug="duets", name="Duets")
    metric = Metric.objects.get(slug="duets")
    admin_client.post(delete(metric), {"post": "yes"})
    added, deleted = entries()
    assert (added.verb, added.changes["name"]) == ("add", [None, "Duets"])
    assert added.changes["fest"] == [None, "UK Valentine LIVE"]
    assert (deleted.verb, deleted.changes["name"], deleted.object_repr) == ("delete", ["Duets", None], "Duets")


def test_selected_rows_that_are_deleted_are_recorded(admin_client: Client, uk_valentine: Fest) -> None:
    for slug in ("duets", "solos"):
        submit(admin_client, add(Metric, uk_valentine), slug=slug, name=slug)
    keys = list(Metric.objects.filter(slug__in=["duets", "solos"]).values_list("pk", flat=True))
    data = {"action": "delete_selected", "post": "yes", "_selected_action": keys}
    admin_client.post(reverse("admin:livefest_metric_changelist"), data)
    assert sorted(found.object_repr for found in entries(verb="delete")) == ["duets", "solos"]


def test_membership_given_with_its_entry_is_recorded(admin_client: Client, entry: Entry) -> None:
    league = Group.objects.filter(fest=entry.fest)[0]
    submit(admin_client, change(entry), reason="Placed by hand", **inline("memberships", group=league.pk))
    found = only(content_type__model="membership")
    assert (found.reason, found.changes["group"]) == ("Placed by hand", [None, league.name])


def test_campaign_load_is_one_act_with_what_it_changed(
    admin_client: Client, admin_user: User, uk_valentine: Fest, campaigns: Path
) -> None:
    text = (campaigns / "uk-valentine.toml").read_text().replace('name = "UK Valentine LIVE"', 'name = "Renamed"')
    url = reverse("admin:livefest_fest_campaign", args=[uk_valentine.pk])
    assert "Say why." in errors(admin_client.post(url, {"text": text, "load": "Load"}))
    assert entries() == []
    admin_client.post(url, {"text": text, "check": "Check"})
    assert entries() == []
    admin_client.post(url, {"text": text, "load": "Load", "reason": "New sponsor"})
    renamed, loaded = entries()
    assert renamed.changes == {"name": ["UK Valentine LIVE", "Renamed"]}
    assert (loaded.verb, loaded.actor, loaded.reason) == ("load campaign", admin_user, "New sponsor")
    assert [len(lines) for lines in loaded.changes["changes"][1:]] == [1]
    assert renamed.cid == loaded.cid


def test_creators_file_is_recorded_by_its_digest(admin_client: Client, uk_valentine: Fest) -> None:
    file = SimpleUploadedFile("creators.csv", b"handle,name\nada.live,Ada\n", "text/csv")
    url = reverse("admin:creators_entry_load", args=[uk_valentine.pk])
    admin_client.post(url, {"file": file, "reason": "Sign-ups closed"})
    found = only()
    assert (found.verb, found.reason) == ("load creators", "Sign-ups closed")
    assert {name: values[1] for name, values in found.changes.items() if name != "file"} == {
        "added": 1,
        "updated": 0,
        "total": 1,
    }
    assert len(found.changes["file"][1]) == 64


def test_secrets_of_a_source_are_recorded_without_them(admin_client: Client, uk_valentine: Fest) -> None:
    source = Source.objects.create(fest=uk_valentine, name="platform")
    address = reverse("admin:creators_source_secret", args=[source.pk])
    page = body(admin_client.post(address, {"reason": "First one"}))
    secret = page.partition('class="secret">')[2].partition("<")[0]
    assert secret.startswith("whsec_")
    row = source.secrets.get()
    admin_client.post(reverse("admin:creators_source_revoke", args=[source.pk, row.pk]), {"reason": "Leaked"})
    added, revoked = entries()
    assert (added.verb, added.reason, added.changes["hint"]) == ("add", "First one", [None, secret[-4:]])
    assert (revoked.reason, list(revoked.changes)) == ("Leaked", ["revoked_at"])
    everything = str(list(AuditEntry.objects.values()))
    assert secret not in everything
    assert row.encrypted not in everything


@pytest.mark.parametrize("action", ["pause", "resume", "secret"])
def test_button_of_a_source_without_a_reason_does_nothing(
    admin_client: Client, uk_valentine: Fest, action: str
) -> None:
    source = Source.objects.create(fest=uk_valentine, name="platform")
    before = Source.objects.values().get()
    response = admin_client.post(reverse(f"admin:creators_source_{action}", args=[source.pk]), follow=True)
    assert "Nothing was done: say why" in body(response)
    assert Source.objects.values().get() == before
    assert not source.secrets.exists()
    assert entries() == []


def test_paused_source_is_recorded(admin_client: Client, uk_valentine: Fest) -> None:
    source = Source.objects.create(fest=uk_valentine, name="platform")
    admin_client.post(reverse("admin:creators_source_pause", args=[source.pk]), {"reason": "It errs"})
    found = only()
    assert (found.reason, list(found.changes), found.object_repr) == ("It errs", ["paused_at"], "platform")


def test_approval_of_a_request_is_recorded_with_the_membership(
    admin_client: Client, admin_user: User, entry: Entry
) -> None:
    Fest.objects.update(ends=datetime(2100, 1, 1, tzinfo=UTC))
    owls = Group.objects.create(fest=entry.fest, slug="owls", name="Owls", kind="community", way_in="approval")
    asked = JoinRequest.objects.create(fest=entry.fest, entry=entry, group=owls, asked_at=datetime.now(UTC))
    data = {"action": "approve", "_selected_action": [asked.pk]}
    admin_client.post(reverse("admin:creators_joinrequest_changelist"), data)
    assert Membership.objects.filter(entry=entry, group=owls).exists()
    decided, joined = entries()
    assert decided.changes["outcome"] == ["open", "approved"]
    assert (joined.verb, joined.changes["group"], joined.actor) == ("add", [None, "Owls"], admin_user)


def test_amended_admission_is_recorded_with_its_reason(admin_client: Client, entry: Entry) -> None:
    round_ = Round.objects.create(
        fest=entry.fest, slug="final", name="Final", starts=entry.fest.starts, ends=entry.fest.ends
    )
    opening = Opening.objects.create(round=round_, opened_at=entry.fest.starts)
    url = reverse("admin:rankings_admission_add")
    data = {"opening": opening.pk, "entry": "ada.live", "admitted": "on", "reason": "Wild card"}
    assert admin_client.post(url, data).status_code == 302
    found = only()
    assert (found.verb, found.reason, found.changes["admitted"]) == ("add", "Wild card", [None, True])


def test_rights_that_come_and_go_are_recorded(admin_client: Client, db: None) -> None:
    user = User.objects.create_user("other", email="other@example.com")
    role = Role.objects.get(name="moderator")
    submit(admin_client, change(user), is_staff="on", groups=str(role.pk), reason="Joins the team")
    staff, given = entries()
    assert (staff.changes, staff.reason) == ({"is_staff": [False, True]}, "Joins the team")
    assert given.changes == {"groups": {"type": "m2m", "operation": "add", "objects": ["moderator"]}}
    page = body(admin_client.get(change(given)))
    assert "+ moderator" in page
    submit(admin_client, change(user), groups=None, reason="Leaves")
    assert entries()[-1].changes == {"groups": {"type": "m2m", "operation": "delete", "objects": ["moderator"]}}


def test_changed_password_is_recorded_without_it(admin_client: Client, db: None) -> None:
    user = User.objects.create_user("other", password="their own one")
    hashes = [user.password]
    data = {"password1": "taken over 1", "password2": "taken over 1", "usable_password": "true"}
    admin_client.post(reverse("admin:auth_user_password_change", args=[user.pk]), data)
    user.refresh_from_db()
    hashes.append(user.password)
    found = only()
    assert found.changes == {"password": ["(hidden)", "(hidden)"]}
    assert not any(each in str(list(AuditEntry.objects.values())) for each in hashes)


def test_command_says_who_and_why(admin_user: User, campaigns: Path, uk_valentine: Fest) -> None:
    call_command("source", "uk-valentine", "create", "platform", by="ADMIN@example.com", reason="Contract signed")
    source, secret = entries()
    assert {(found.actor, found.via, found.reason) for found in (source, secret)} == {
        (admin_user, "command source", "Contract signed")
    }
    assert secret.changes["created_by"] == [None, "admin"]
    call_command("load_campaign", str(campaigns / "live-fest.toml"))
    loaded = only(verb="load campaign")
    assert (loaded.actor, loaded.via, loaded.object_repr) == (None, "command load_campaign", "LIVE Fest")


def test_command_by_a_stranger_does_nothing(uk_valentine: Fest) -> None:
    User.objects.create_user("fan", email="fan@example.com")
    with pytest.raises(CommandError, match="is not a member of staff"):
        call_command("source", "uk-valentine", "create", "platform", by="fan@example.com")
    assert (Source.objects.count(), entries()) == (0, [])


def test_checked_campaign_and_failed_command_leave_nothing(campaigns: Path, db: None, tmp_path: Path) -> None:
    call_command("load_campaign", str(campaigns / "live-fest.toml"), check=True)
    broken = tmp_path / "broken.toml"
    broken.write_text((campaigns / "live-fest.toml").read_text().replace("[fest]", "[fest]\nnonsense = 1", 1))
    with pytest.raises(CommandError):
        call_command("load_campaign", str(broken))
    assert (Fest.objects.count(), entries()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_record_and_act_stand_or_fall_together(uk_valentine: Fest, admin_user: User) -> None:
    with pytest.raises(ZeroDivisionError), audit.acting(by=admin_user, reason="x"):
        Fest.objects.get().save()
        audit.record(uk_valentine, verb="freeze", after={"frozen": True})
        raise ZeroDivisionError
    assert entries() == []
    with audit.acting(by=admin_user, reason="outer"):
        audit.record(uk_valentine, verb="freeze", before={"frozen": None}, after={"frozen": uk_valentine.starts})
        with audit.acting(by=admin_user, reason="inner"):
            audit.record(uk_valentine, verb="reveal")
    freeze, reveal = entries()
    assert freeze.changes == {"frozen": [None, "2026-02-13 00:00:00+00:00"]}
    assert (freeze.reason, reveal.reason, reveal.changes) == ("outer", "inner", {})


def test_what_nobody_of_staff_does_leaves_nothing(entry: Entry) -> None:
    entry.category = "music"
    entry.save()
    audit.record(entry, verb="change")
    with audit.acting():
        entry.delete()
    assert entries() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE livefest_auditentry SET reason = 'Another'",
        "UPDATE livefest_auditentry SET actor_id = NULL",
        "DELETE FROM livefest_auditentry",
        "TRUNCATE livefest_auditentry",
    ],
)
def test_database_refuses_to_change_the_audit(uk_valentine: Fest, admin_user: User, sql: str) -> None:
    with audit.acting(by=admin_user, reason="Asked"):
        audit.record(uk_valentine, verb="freeze")
    before = list(AuditEntry.objects.values())
    with pytest.raises(DatabaseError, match="only ever added to"), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(AuditEntry.objects.values()) == before


def test_who_acted_can_not_be_deleted(uk_valentine: Fest, admin_user: User) -> None:
    with audit.acting(by=admin_user):
        audit.record(uk_valentine, verb="freeze")
    with pytest.raises(ProtectedError):
        admin_user.delete()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM account_emailaddress")
        cursor.execute("DELETE FROM livefest_user")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def several(uk_valentine: Fest, admin_user: User, entry: Entry) -> None:
    with audit.acting(by=admin_user, reason="Their session was double", via="admin"):
        audit.record(entry, verb="void")
    with audit.acting(via="command source"):
        audit.record(uk_valentine, verb="freeze", reason="Night of lights")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["freeze", "void"]),
        ("q=double", ["void"]),
        ("q=lights+night", ["freeze"]),
        ("q=ada.live", ["void"]),
        ("q=nothing", []),
        ("verb=void", ["void"]),
        ("verb=unknown", ["freeze", "void"]),
        ("day=2020-01-01", []),
        ("day=nonsense", ["freeze", "void"]),
    ],
)
def test_audit_is_found_by_words_action_and_day(
    admin_client: Client, several: None, query: str, found: list[str]
) -> None:
    response = admin_client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert [row.verb for row in response.context["cl"].result_list] == found
    assert_within_policy(body(response))


def test_audit_is_filtered_by_actor_kind_and_today(admin_client: Client, admin_user: User, several: None) -> None:
    for query in (f"actor={admin_user.pk}", f"content_type={only(verb='void').content_type_id}"):
        response = admin_client.get(f"{LIST}?{query}&day={datetime.now(UTC).date().isoformat()}")
        assert [row.verb for row in response.context["cl"].result_list] == ["void"]


def test_history_of_a_row_is_what_the_audit_has_of_it(admin_client: Client, several: None, entry: Entry) -> None:
    assert f'href="{change(entry).replace("change", "history")}"' in body(admin_client.get(change(entry)))
    response = admin_client.get(change(entry).replace("change", "history"), follow=True)
    assert [row.verb for row in response.context["cl"].result_list] == ["void"]


def test_entry_shows_before_and_after_and_nothing_to_change(admin_client: Client, uk_valentine: Fest) -> None:
    submit(admin_client, change(uk_valentine), name="<b>Bold</b>", reason="New sponsor")
    page = body(admin_client.get(change(only())))
    assert "<td>UK Valentine LIVE</td><td>&lt;b&gt;Bold&lt;/b&gt;</td>" in page
    assert f'href="{change(uk_valentine)}"' in page
    assert 'name="_save"' not in page
    assert_within_policy(page)
    assert admin_client.post(change(only()), {"reason": "Mine"}).status_code == 403
    assert admin_client.post(delete(only()), {"post": "yes"}).status_code == 403
    assert admin_client.get("/admin/livefest/auditentry/add/").status_code == 403


def test_list_costs_the_same_queries_with_more_entries(
    admin_client: Client, admin_user: User, uk_valentine: Fest
) -> None:
    def queries(count: int) -> int:
        with audit.acting(by=admin_user):
            for _number in range(count):
                audit.record(uk_valentine, verb="freeze")
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(LIST)
        return len(captured)

    assert queries(1) == queries(3)
