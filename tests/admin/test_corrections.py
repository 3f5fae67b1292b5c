"""Corrections in the admin: from the form over what would move to the correction, and its further steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creators.models import Correction, Creator, Entry, Mark
from livefest.models import Fest, User
from rankings.refresh import refresh
from tests.admin.pages import body, change, delete, errors, form_values, submit
from tests.admin.test_pages import assert_within_policy
from tests.kept import kept
from tests.rankings.little import give, little_fest
from tests.rankings.play import all_standings
from tests.texts import words_of

CORRECTIONS = "/admin/creators/correction/"
MAY = ("creators.view_correction", "creators.propose_correction", "creators.approve_correction")


@pytest.fixture
def fest(db: None) -> Fest:
    return kept(three_of_them)


def three_of_them() -> Fest:
    made = little_fest(["ada", "bo", "cy"])
    give(made, ada=40, bo=30, cy=20)
    refresh(made)
    return made


@pytest.fixture
def second(db: None) -> Client:
    """Another member of staff who may approve."""
    user = User.objects.create_user("second", is_staff=True)
    names = [name.partition(".")[2] for name in MAY]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def form(fest: Fest, kind: str) -> str:
    return f"{CORRECTIONS}propose/{fest.pk}/{kind}/"


def step(correction: Correction, name: str) -> str:
    return f"{CORRECTIONS}{correction.pk}/step/{name}/"


def text(response: HttpResponseBase) -> str:
    return words_of(body(response))


def send(client: Client, fest: Fest, kind: str, **values: object) -> HttpResponseBase:
    """Fills the form in, looks at what would move, and makes it."""
    url = form(fest, kind)
    filled = {**form_values(client, url), "reason": "Not right.", **values}
    shown = client.post(url, filled)
    assert "What this moves" in body(shown), errors(shown)
    assert_within_policy(body(shown))
    return client.post(url, {**filled, "make": "1"})


def test_adjustment_is_looked_at_and_then_made(staff: Callable[..., Client], fest: Fest) -> None:
    client, url = staff(*MAY), form(fest, "adjustment")
    filled = form_values(client, url)
    filled |= {"entry": "@cy", "metric": metric(fest), "day": "2026-02-15", "quantity": "15", "reason": "Lost facts."}
    shown = client.post(url, filled)
    assert "cy: +15 Coins on 2026-02-15" in text(shown)
    assert "1 creator's scores change, by 15 points at most on one board." in text(shown)
    assert "all/fest cy 20 → 35 3 → 2" in text(shown)
    assert "all/fest bo 2 → 3" in text(shown)
    assert 'type="hidden" name="reason" value="Lost facts."' in body(shown)
    assert_within_policy(body(shown))
    assert not Correction.objects.exists()
    assert 'name="quantity" value="15"' in body(client.post(url, {**filled, "change": "1"}))

    made = client.post(url, {**filled, "make": "1"})
    correction = Correction.objects.get()
    assert made.headers["Location"] == change(correction)
    assert (correction.state, str(correction.proposed_by), correction.reason) == ("in_force", "staff", "Lost facts.")
    client.post(url, {**filled, "make": "1"})
    assert Correction.objects.count() == 1, "a second click is the same correction"
    refresh(fest)
    assert ("all", "", "fest", "2", "cy", "35", "2026-02-15T10:00:00Z") in all_standings(fest)


def metric(fest: Fest) -> int:
    return fest.metrics.get(slug="coins").pk


def test_every_kind_can_be_made(staff: Callable[..., Client], fest: Fest) -> None:
    client = staff(*MAY)
    source = fest.sources.get().pk
    fact = Entry.objects.get(creator__handle="bo").facts.get().external_id
    send(client, fest, "void_fact", source=source, fact=fact)
    send(client, fest, "void_session", entry="ada", session="room")
    send(client, fest, "void_session", entry="ada", session="room", source=source)
    send(client, fest, "void_range", source=source, starts="2026-02-14T00:00:00+01:00", ends="2026-02-14 12:00")
    send(client, fest, "disqualification", entry="ada", since="2026-02-14T00:00:00Z")
    assert [str(one) for one in Correction.objects.in_force().order_by("pk")] == [
        f"bo: fact {fact} is void",
        "ada: session room is void",
        "ada: session room is void as file tells it",
        "file: what happened from 2026-02-13T23:00:00Z until 2026-02-14T12:00:00Z is void",
        "ada is disqualified from 2026-02-14T00:00:00Z on",
    ]
    assert Correction.objects.latest("pk").since == datetime(2026, 2, 14, tzinfo=UTC)


def test_what_cannot_be_is_told_on_the_form(staff: Callable[..., Client], fest: Fest) -> None:
    client = staff(*MAY)
    good = {"entry": "ada", "metric": metric(fest), "day": "2026-02-15", "quantity": "1", "reason": "x"}
    for changes, said in [
        ({"entry": "eve"}, "“eve” is not in Little; write the handle of one of its creators."),
        ({"quantity": "0"}, "Adjust by 1 to 1000000000000, or by as much less."),
        ({"day": "2026-02-20"}, "2026-02-20 is no day of the fest; choose one from 2026-02-13 to 2026-02-16."),
        ({"reason": " "}, "This field is required."),
    ]:
        assert errors(submit(client, form(fest, "adjustment"), **{**good, **changes})) == [said]
    response = submit(client, form(fest, "void_fact"), source=fest.sources.get().pk, fact="none", reason="x")
    assert errors(response) == ["This source has sent no such fact."]
    assert client.get(form(fest, "something")).status_code == 404
    assert not Correction.objects.exists()


def test_undone_in_the_admin(staff: Callable[..., Client], fest: Fest) -> None:
    client = staff(*MAY)
    send(client, fest, "disqualification", entry="bo")
    correction = Correction.objects.get()
    refresh(fest)
    assert step(correction, "undo") in body(client.get(change(correction)))
    page = client.get(step(correction, "undo"))
    assert "all/fest bo - → 30 - → 2" in text(page)
    assert_within_policy(body(page))
    assert errors(client.post(step(correction, "undo"), {"reason": ""})) == ["This field is required."]
    assert submit(client, step(correction, "undo"), reason="Proved.").status_code == 302
    correction.refresh_from_db()
    assert (correction.state, correction.undo_reason) == ("undone", "Proved.")
    assert "is decided: Undone" in text(client.post(step(correction, "approve")))
    refresh(fest)
    assert ("all", "", "fest", "2", "bo", "30", "2026-02-15T10:00:00Z") in all_standings(fest)


def test_large_one_needs_another_to_approve(
    staff: Callable[..., Client], second: Client, fest: Fest, settings: Any
) -> None:
    settings.LARGE_CORRECTION_POINTS = 30
    client, url = staff(*MAY), form(fest, "disqualification")
    shown = client.post(url, {**form_values(client, url), "entry": "bo", "reason": "Bots."})
    assert "This is large: it comes into force when a second person approves it." in text(shown)
    send(client, fest, "disqualification", entry="bo")
    correction = Correction.objects.get()
    assert correction.state == "proposed"
    assert "all/fest bo 30 → - 2 → -" in text(second.get(step(correction, "approve")))
    assert "needs a second person" in text(client.post(step(correction, "approve")))
    assert second.post(step(correction, "approve")).status_code == 302
    correction.refresh_from_db()
    assert (correction.state, str(correction.approved_by)) == ("in_force", "second")
    client.post(step(correction, "undo"), {"reason": "No bots."})
    second.post(step(correction, "refuse-undo"), {"reason": "Bots."})
    client.post(step(correction, "undo"), {"reason": "No bots."})
    second.post(step(correction, "approve-undo"))
    correction.refresh_from_db()
    assert (correction.state, str(correction.undone_by)) == ("undone", "second")


def test_steps_are_offered_to_whose_they_are(
    staff: Callable[..., Client], second: Client, fest: Fest, settings: Any
) -> None:
    settings.LARGE_CORRECTION_CREATORS = 1
    first, looking = staff(*MAY), Client()
    looking.force_login(User.objects.create_user("looking", is_staff=True))
    User.objects.get(username="looking").user_permissions.set(Permission.objects.filter(codename="view_correction"))
    send(first, fest, "disqualification", entry="bo")
    correction = Correction.objects.get()

    def offered() -> list[list[str]]:
        pages = [body(client.get(change(correction))) for client in (first, second, looking)]
        return [re.findall(r'<button type="submit" class="button">([^<]+)</button>', page) for page in pages]

    assert offered() == [["Refuse"], ["Approve", "Refuse"], []]
    second.post(step(correction, "approve"))
    assert offered() == [["Undo"], ["Undo"], []]
    second.post(step(correction, "undo"), {"reason": "No bots."})
    assert offered() == [["Approve undoing", "Refuse undoing"], ["Refuse undoing"], []]


def test_refused_in_the_admin(staff: Callable[..., Client], second: Client, fest: Fest, settings: Any) -> None:
    settings.LARGE_CORRECTION_CREATORS = 1
    send(staff(*MAY), fest, "disqualification", entry="bo")
    correction = Correction.objects.get()
    assert submit(second, step(correction, "refuse"), reason="Not proved.").status_code == 302
    correction.refresh_from_db()
    assert (correction.state, correction.refusal) == ("refused", "Not proved.")


def test_who_may_only_look_finds_no_way_to_change(staff: Callable[..., Client], fest: Fest, second: Client) -> None:
    send(second, fest, "disqualification", entry="bo")
    correction = Correction.objects.get()
    client = staff("creators.view_correction")
    assert client.get(change(correction)).status_code == 200
    assert "propose/" not in body(client.get(CORRECTIONS))
    for url in (f"{CORRECTIONS}propose/", form(fest, "adjustment"), step(correction, "undo")):
        assert (client.get(url).status_code, client.post(url).status_code) == (403, 403)
    for url in (delete(correction), f"{CORRECTIONS}add/"):
        assert second.post(url, {"post": "yes"}).status_code == 403
    second.post(CORRECTIONS, {"action": "delete_selected", "_selected_action": [correction.pk], "post": "yes"})
    second.post(change(correction), {"reason": "another"})
    correction.refresh_from_db()
    assert (correction.state, correction.reason) == ("in_force", "Not right.")


def test_nothing_happens_without_a_token(fest: Fest, second: Client) -> None:
    send(second, fest, "disqualification", entry="bo")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="second"))
    correction = Correction.objects.get()
    assert strict.post(step(correction, "undo"), {"reason": "x"}).status_code == 403
    assert strict.post(form(fest, "adjustment"), {"make": "1"}).status_code == 403


def test_list_is_filtered_and_costs_the_same_queries_with_more_rows(second: Client, fest: Fest) -> None:
    send(second, fest, "disqualification", entry="bo")
    with CaptureQueriesContext(connection) as one:
        page = second.get(CORRECTIONS)
    assert_within_policy(body(page))
    assert f"{CORRECTIONS}propose/" in body(page)
    assert all(kind in body(second.get(f"{CORRECTIONS}propose/")) for kind in Correction.Kind.values)
    send(second, fest, "disqualification", entry="ada")
    send(second, fest, "void_session", entry="ada", session="room")
    with CaptureQueriesContext(connection) as more:
        second.get(CORRECTIONS)
    assert len(more) == len(one)
    undone = Correction.objects.latest("pk")
    submit(second, step(undone, "undo"), reason="x")
    for query, found in [
        ({"state": "in_force"}, 2),
        ({"state": "undone"}, 1),
        ({"state": "proposed"}, 0),
        ({"kind__exact": "disqualification"}, 2),
        ({"q": "ad"}, 2),
    ]:
        assert second.get(CORRECTIONS, query).context["cl"].result_count == found, query


def test_a_creator_who_is_new_can_be_corrected(second: Client, fest: Fest) -> None:
    Entry.objects.create(fest=fest, creator=Creator.objects.create(handle="eve"))
    send(second, fest, "adjustment", entry="eve", metric=metric(fest), day="2026-02-15", quantity="7")
    assert Mark.objects.get().entry.creator.handle == "eve"
