"""What is stored of somebody: taken along whole, looked at, and deleted without leaving more than the terms say."""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from datetime import timedelta
from html import unescape
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db.models import ForeignKey
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from creators.models import Creator, Enquiry, Entry, Participation, PlannedLive, Profile
from creators.profiles import change_picture, edit_profile
from livefest import audit
from livefest.celery import app
from livefest.models import AuditEntry, Fest, Picture, SignIn, Terms, TermsAcceptance, User
from livefest.pictures import made_from
from livefest.sql import execute
from livefest.views.mine.my_data_sections import NOT_EXPORTED, SECTIONS
from rankings.models import Board
from rankings.valkey import client as valkey
from tests.kept import kept
from tests.livefest.test_pictures import image, saved
from tests.mine.conftest import NOW, take_part
from tests.pages.conftest import forget
from tests.pages.test_results import small_certified
from tests.rewards import paid
from tests.rewards.guests import browser_of, comes, invitation_of, invited
from tests.rewards.prizes import after_grace

pytestmark = pytest.mark.django_db

ADDRESS = "ada.live@example.org"
DELETE = "/en/me/data/delete/"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    """What was asked for in another test isn't counted here: its account may have had the same id."""
    client = valkey()
    for name in client.scan_iter(match="*rl:*"):
        client.delete(name)


def accept(user: User, fest: Fest, *, keeps_handle: bool, version: int = 1) -> None:
    values = {"text": "Be kind.", "published_at": NOW, "keeps_handle": keeps_handle}
    terms = Terms.objects.create(fest=fest, version=version, **values)
    TermsAcceptance.objects.create(user=user, terms=terms, accepted_at=NOW)


def fill(user: User, fest: Fest, *, version: int = 1) -> Profile:
    """Something of everything that an account may have."""
    profile = Profile.objects.get(user=user)
    edit_profile(profile=profile, name="Ada", bio="=1+1", links=["https://example.org/ada"], language="en")
    change_picture(profile=profile, content=made_from(saved(image(), "PNG")))
    accept(user, fest, keeps_handle=True, version=version)
    entry = Entry.objects.get(creator=profile.creator, fest=fest)
    PlannedLive.objects.create(fest=fest, entry=entry, starts_at=NOW, title="Soon", made_at=NOW)
    Enquiry.objects.create(fest=fest, entry=entry, kind="missing", session="s1", text="Where is it?", asked_at=NOW)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    SocialAccount.objects.create(user=user, provider="tiktok", uid=user.email, extra_data={"username": "ada.live"})
    Authenticator.objects.create(user=user, type="totp", data={"secret": "a secret that stays here"})
    return profile


def test_export_holds_everything_and_nothing_of_others(as_ada: Client, ada: Participation, uk_valentine: Fest) -> None:
    fill(ada.user, uk_valentine)
    fill(take_part(uk_valentine, "bo").user, uk_valentine, version=2)
    response = as_ada.get("/en/me/data/export.json")
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert "no-store" in response.headers["Cache-Control"]
    whole = b"".join(response).decode()
    data = json.loads(whole)
    assert list(data) == ["made_at", *(section.name for section in SECTIONS)]
    assert data["account"][0]["email"] == ADDRESS
    assert data["profile"] == [
        {
            "handle": "ada.live",
            "name": "Ada",
            "bio": "=1+1",
            "links": ["https://example.org/ada"],
            "language": "en",
            "since": NOW.isoformat(),
            "picture": Picture.objects.get().digest,
        }
    ]
    assert data["terms_accepted"][0]["text"] == "Be kind."
    assert data["ages_confirmed"][0]["fest"] == "uk-valentine"
    assert data["enquiries"][0]["text"] == "Where is it?"
    assert data["planned_lives"][0]["title"] == "Soon"
    assert data["social_accounts"][0]["extra_data"] == {"username": "ada.live"}
    assert [row["state"] for row in data["participations"]] == ["approved"]
    assert data["second_factors"][0]["type"] == "totp"
    assert "a secret" not in whole
    assert "bo@example.org" not in whole


def test_export_as_csv_says_the_same(as_ada: Client, ada: Participation, uk_valentine: Fest) -> None:
    fill(ada.user, uk_valentine)
    data = json.loads(b"".join(as_ada.get("/en/me/data/export.json")))
    response = as_ada.get("/en/me/data/export.zip")
    with ZipFile(BytesIO(b"".join(response))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files.pop("picture.webp") == bytes(Picture.objects.get().content)
    assert list(files) == [f"{section.name}.csv" for section in SECTIONS]
    for section in SECTIONS:
        rows = list(csv.DictReader(StringIO(files[f"{section.name}.csv"].decode())))
        assert len(rows) == len(data[section.name]), section.name
    (profile,) = csv.DictReader(StringIO(files["profile.csv"].decode()))
    assert (profile["bio"], profile["links"]) == ("'=1+1", '["https://example.org/ada"]')


def test_export_of_who_only_signed_up_is_nearly_empty(client: Client) -> None:
    client.force_login(User.objects.create_user("new", "new@example.org"))
    data = json.loads(b"".join(client.get("/en/me/data/export.json")))
    assert {name for name, rows in data.items() if rows} == {"made_at", "account"}


def test_scored_facts_are_in_the_export(client: Client, settings: Settings) -> None:
    settings.LIVEFEST_NOW = "2026-02-20T00:00:00Z"
    fest = kept(small_certified)
    client.force_login(take_part(fest, "ada").user)
    data = json.loads(b"".join(client.get("/en/me/data/export.json")))
    assert [(row["metric"], row["quantity"], row["supporter"]) for row in data["facts"]] == [
        ("coins", 30, "fan"),
        ("live", 40_000, ""),
    ]
    assert {row["rule"] for row in data["points"]} >= {"gifts", "hours"}
    assert [row["points"] for row in data["payments"]] == [1000]
    assert {row["board"] for row in data["ranks"]} == set(
        Board.objects.filter(fest=fest, of="creators").values_list("slug", flat=True)
    )


def test_what_a_guest_wrote_is_in_the_export_of_theirs_alone(settings: Settings) -> None:
    after_grace(settings)
    kept(invited)
    comes("ann", "Cy", "Dee")
    exported = {
        handle: json.loads(b"".join(browser_of(handle).get("/en/me/data/export.json")))["invitations"]
        for handle in ("ann", "ben")
    }
    (ann,), (ben,) = exported["ann"], exported["ben"]
    assert ann["award"] == invitation_of("ann").award_id
    assert (ann["event"], ann["answer"], ann["people"]) == ("The Gala", "comes", 3)
    assert (ann["companions"], ann["diet"], ann["access"]) == (["Cy", "Dee"], "no nuts", "")
    assert (ben["answer"], ben["people"], ben["companions"], ben["diet"]) == ("open", 1, [], "")


def test_what_the_payer_said_is_in_the_export_of_theirs_alone(settings: Settings) -> None:
    after_grace(settings)
    batch = paid.batch_of(kept(paid.verified_fest))
    line = batch.lines.select_related("award").get(award__handle="ann", award__reward__slug="pot")
    paid.answered(batch, paid.said(f"{line.number},failed,{line.amount},tx-1,IBAN closed"))
    for handle in ("ann", "ben"):
        exported = json.loads(b"".join(browser_of(handle).get("/en/me/data/export.json")))["payouts"]
        theirs = batch.lines.filter(award__entry__creator__handle=handle).order_by("pk")
        columns = ("award", "amount", "state", "reference", "problem")
        assert [{name: row[name] for name in columns} for row in exported] == list(theirs.values(*columns))
        failed = [row for row in exported if row["state"] == "failed"]
        assert [(row["award"], row["problem"]) for row in failed] == (
            [(line.award_id, "IBAN closed")] if handle == "ann" else []
        )


def test_export_is_limited(as_ada: Client) -> None:
    for _time in range(5):
        assert as_ada.get("/en/me/data/export.json").status_code == 200
    refused = as_ada.get("/en/me/data/export.zip")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert "Try again in an hour." in refused.content.decode()
    assert as_ada.get("/en/me/data/").status_code == 200


def test_every_model_about_somebody_is_exported_or_explained() -> None:
    about = {"livefest.User", "creators.Creator", "creators.Entry", "creators.Profile"}
    about |= {"rewards.Award", "rewards.Invitation"}
    referring = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model._meta.label in about
    }
    exported = {section.model._meta.label for section in SECTIONS}
    assert referring - exported - NOT_EXPORTED.keys() == set()
    assert exported & NOT_EXPORTED.keys() == set()
    assert {apps.get_model(label)._meta.label for label in NOT_EXPORTED} == NOT_EXPORTED.keys()


def test_sign_ins_are_paged_and_ones_own(as_ada: Client, ada: Participation, uk_valentine: Fest) -> None:
    SignIn.objects.all().delete()
    for number in range(30):
        at = NOW - timedelta(hours=number)
        said = {"method": "password", "browser": f"Browser {number}.", "address": "192.0.2.7"}
        SignIn.objects.create(user=ada.user, at=at, **said)
    SignIn.objects.create(user=take_part(uk_valentine, "bo").user, at=NOW, method="code", browser="Bo's browser")
    first = as_ada.get("/en/me/sign-ins/").content.decode()
    assert ("Browser 0." in first, "Browser 24." in first, "Browser 25." in first) == (True, True, False)
    assert "192.0.2.7" in first
    assert "Bo&#x27;s" not in first
    assert "Browser 29." in as_ada.get("/en/me/sign-ins/?page=2").content.decode()
    assert as_ada.get("/en/me/sign-ins/?page=x").status_code == 200


def sign_in(user: User) -> Client:
    browser = Client()
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    browser.post("/accounts/login/", {"login": user.email, "password": "a-pass-of-theirs"})
    assert browser.get("/en/me/data/").status_code == 200
    return browser


def delete(browser: Client, email: str) -> Any:
    """As a person does: the form, their password once more, and on."""
    response = browser.post(DELETE, {"email": email})
    if response.status_code == 302:
        assert response.headers["Location"].startswith("/accounts/reauthenticate/")
        response = browser.post(response.headers["Location"], {"password": "a-pass-of-theirs"})
    return response


def tables_with(text: str) -> list[str]:
    tables = execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [
        name
        for (name,) in tables
        if execute(f'SELECT 1 FROM "{name}" AS one WHERE one::text ILIKE %s LIMIT 1', [f"%{text}%"])
    ]


def test_deleted_account_leaves_no_row_that_names_it(
    ada: Participation,
    uk_valentine: Fest,
    admin_user: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    mailoutbox: list[Any],
) -> None:
    monkeypatch.setitem(app.conf, "task_always_eager", True)
    fill(ada.user, uk_valentine)
    with audit.acting(by=admin_user, reason="Asked by phone", via="admin"):
        ada.user.first_name = "Ada"
        ada.user.save()
    Authenticator.objects.all().delete()  # else that is asked for
    browser, phone = sign_in(ada.user), sign_in(ada.user)
    asked = browser.get(DELETE).content.decode()
    assert (ADDRESS in asked, "Your handle @ada.live beside them" in asked) == (True, True)
    assert len(tables_with(ADDRESS)) >= 2
    assert "not the address of this account" in delete(browser, "bo@example.org").content.decode()
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post(DELETE, {"email": ADDRESS.upper()})
    assert (done.status_code, "Your account is deleted" in done.content.decode()) == (200, True)
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [([ADDRESS], "Your account is deleted")]
    assert "with your handle" in mailoutbox[0].body
    assert set(tables_with(ADDRESS)) <= {"livefest_auditentry"}
    assert AuditEntry.objects.filter(reason="Asked by phone").exists()
    for client in (browser, phone):
        assert client.get("/en/me/data/").headers["Location"].startswith("/accounts/login/")
    assert browser.post(DELETE, {"email": ADDRESS}).status_code == 302, "sent twice"
    assert not Session.objects.filter(session_key__in=[phone.cookies["sessionid"].value]).exists()
    assert not UserSession.objects.exists()
    creator = Creator.objects.get(handle="ada.live")
    assert (creator.name, creator.withdrawn_at) == ("", None)
    assert [model.objects.count() for model in (Profile, Picture, PlannedLive)] == [0, 0, 0]
    assert Enquiry.objects.get().text == "Where is it?"
    forget()
    assert Client().get("/en/uk-valentine/creators/ada.live/").status_code == 200


def test_newest_terms_accepted_say_whether_the_handle_stays(as_ada: Client, ada: Participation) -> None:
    accept(ada.user, ada.fest, keeps_handle=False)
    assert "Former creator" in as_ada.get(DELETE).content.decode()
    accept(ada.user, ada.fest, keeps_handle=True, version=2)
    assert "Former creator" not in as_ada.get(DELETE).content.decode()


def test_account_that_decided_something_is_kept(ada: Participation, uk_valentine: Fest) -> None:
    browser = sign_in(ada.user)
    Participation.objects.filter(pk=take_part(uk_valentine, "bo").pk).update(decided_by=ada.user)
    refused = delete(browser, ADDRESS)
    assert (refused.status_code, "Ask the organiser" in refused.content.decode()) == (422, True)
    User.objects.filter(pk=ada.user.pk).update(is_staff=True)
    assert "one of staff" in delete(browser, ADDRESS).content.decode()
    assert Profile.objects.filter(user=ada.user).exists()


def test_suspended_account_is_deleted_by_the_organiser_alone(ada: Participation) -> None:
    """Else the same proof would let them in again a minute later."""
    browser = sign_in(ada.user)
    Participation.objects.update(state=Participation.State.SUSPENDED, reason="Under review")
    assert "You are suspended" in delete(browser, ADDRESS).content.decode()
    assert User.objects.filter(pk=ada.user.pk).exists()


def test_organiser_deletes_a_suspended_account_by_the_command(
    ada: Participation,
    admin_user: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
    mailoutbox: list[Any],
) -> None:
    monkeypatch.setitem(app.conf, "task_always_eager", True)
    fill(ada.user, ada.fest)
    Participation.objects.update(state=Participation.State.SUSPENDED, reason="Under review")
    out = StringIO()
    with django_capture_on_commit_callbacks(execute=True):
        asked = {"by": admin_user.username, "reason": "Asked by phone"}
        call_command("delete_account", ADDRESS.upper(), **asked, stdout=out)
    assert out.getvalue() == "the account is deleted\n"
    assert [mail.to for mail in mailoutbox] == [[ADDRESS]]
    assert tables_with(ADDRESS) == []
    assert not Participation.objects.exists()
    (entry,) = AuditEntry.objects.all()
    assert (entry.verb, entry.via) == ("delete account", "command delete_account")
    assert (entry.actor, entry.reason, entry.object_pk) == (admin_user, "Asked by phone", str(ada.user_id))


def test_command_deletes_nobody_for_who_may_not_nor_staff(ada: Participation, admin_user: User) -> None:
    helper = User.objects.create_user("helper", "helper@example.org", is_staff=True)
    for email, by, said in (
        (ADDRESS, "helper", "Only staff who may delete users"),
        (ADDRESS, ada.user.username, "not a member of staff"),
        ("helper@example.org", admin_user.username, "one of staff"),
        ("nobody@example.org", admin_user.username, "not the e-mail address of one account"),
    ):
        with pytest.raises(CommandError, match=said):
            call_command("delete_account", email, by=by, reason="x")
    helper.user_permissions.add(Permission.objects.get(codename="delete_user"))
    call_command("delete_account", ADDRESS, by="helper", reason="x", stdout=StringIO())
    assert not User.objects.filter(pk=ada.user_id).exists()


def crawl(start: str) -> dict[str, str]:
    """Every page of a fest that can be come to by its links."""
    browser, found, ways = Client(), dict[str, str](), deque([start])
    while ways:
        path = ways.popleft()
        if path in found:
            continue
        response = browser.get(path)
        found[path] = ""
        if response.status_code == 302:
            ways.append(response.headers["Location"])
        elif "text/html" in response.headers["Content-Type"]:
            assert response.status_code == 200, path
            found[path] = response.content.decode()
            links = re.findall(r'(?:href|hx-get)="([^"]+)"', found[path])
            urls = [path.partition("?")[0] + link if link.startswith("?") else link for link in map(unescape, links)]
            ways += [url.partition("#")[0] for url in urls if url.startswith(start) and "/me/" not in url]
    return found


def test_nothing_public_names_a_former_creator(settings: Settings) -> None:
    settings.LIVEFEST_NOW = "2026-02-20T00:00:00Z"
    forget()
    fest = kept(small_certified)
    ada = take_part(fest, "ada", region="GB")
    named = re.compile(r"\bada\b", re.IGNORECASE)
    before = crawl("/en/small/")
    assert sum(bool(named.search(page)) for page in before.values()) > 12
    accept(ada.user, fest, keeps_handle=False)
    assert delete(sign_in(ada.user), "ada@example.org").status_code == 200
    forget()
    after = crawl("/en/small/")
    assert [path for path, page in after.items() if named.search(path) or named.search(page)] == []
    assert sum("Former creator" in page for page in after.values()) > 8
    browser = Client()
    assert browser.get("/en/small/creators/ada/").status_code == 404
    assert "Nobody whose handle" in browser.get("/en/small/boards/all/all/find/?q=ada").content.decode()
    assert b'"ada"' in b"".join(browser.get("/en/small/results/1/results.jsonl"))


def test_list_is_paged_past_a_former_creator(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LIVEFEST_NOW = "2026-02-20T00:00:00Z"
    forget()
    fest = kept(small_certified)
    creators = Creator.objects.filter(entries__fest=fest)
    creators.filter(handle__in=["ada", "bo"]).update(withdrawn_at=NOW)
    monkeypatch.setattr("rankings.group_page.ROWS", 1)
    monkeypatch.setattr("challenges.challenge_page.ROWS", 1)
    for start, number in (("/en/small/groups/choir/", 2), ("/en/small/challenges/race/2026-02-13/", 3)):
        pages = {path: page for path, page in crawl(start).items() if path.startswith(start)}
        assert (len(pages), sum("Former creator" in page for page in pages.values())) == (number, 2)
        assert any("%40" in path for path in pages)
        assert not any(re.search(r"\b(ada|bo)\b", path) for path in pages)
