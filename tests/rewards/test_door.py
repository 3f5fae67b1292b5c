"""The door: a ticket lets in once, and everything else is said for what it is."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from livefest import clock
from livefest.models import AuditEntry, Fest
from rewards.awards import AwardError, NotAllowed, revoke
from rewards.door import admit, counters
from rewards.models import AwardEvent, Ticket
from rewards.tickets import code_of
from tests.at_once import at_once
from tests.kept import kept
from tests.rewards.guests import browser_of, code, comes, gala, good_tickets, invited
from tests.rewards.prizes import OVER, award_of, person, staff

__all__ = ["gala"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def event(gala: Fest) -> AwardEvent:
    comes("ann", "Zoë")
    comes("ben")
    return AwardEvent.objects.get()


def at_the_door() -> Client:
    client = Client()
    client.force_login(person("dora", "admit"))
    return client


def sent(client: Client, event: AwardEvent, code: str, **more: Any) -> Any:
    body = {"code": code, "at": "2026-02-19T00:00:00.123Z", "device": "one", **more}
    return client.post(f"/door/{event.pk}/admit/", json.dumps(body), "application/json")


def test_a_ticket_lets_in_once(event: AwardEvent) -> None:
    door = at_the_door()
    said = sent(door, event, code("ann", 2)).json()
    assert said == {
        "result": "admitted",
        "text": "Come in.",
        "name": "Zoë, with Ann",
        "time": "00:00",
        "inside": 1,
        "expected": 3,
    }
    assert sent(door, event, code("ann", 2)).json() == said  # the answer was lost, and it is sent again
    for more in ({"device": "two"}, {"at": "2026-02-19T00:00:00.124Z"}):
        again = sent(door, event, code("ann", 2), **more).json()
        assert (again["result"], again["text"]) == ("again", "Already admitted at 00:00.")
    assert AuditEntry.objects.filter(actor__username="dora", object_pk=str(good_tickets("ann")[1].pk)).count() == 1


def test_the_door_holds_up_nobody_who_answers(event: AwardEvent) -> None:
    whole, dora = code("ann"), person("dora", "admit")
    with CaptureQueriesContext(connection) as queries:
        admit(event, code=whole, by=dora)
    locks = [one["sql"].partition(" FOR UPDATE")[2] for one in queries if " FOR UPDATE" in one["sql"]]
    assert locks == [' OF "rewards_ticket"']


def test_what_lets_nobody_in(event: AwardEvent, gala: Fest) -> None:
    door = at_the_door()
    whole, void, gone = code("ann"), code("ben"), code("ann", 2)
    other = AwardEvent.objects.create(
        fest=gala, name="Other", place="x", time_zone="UTC", starts=event.starts, ends=event.ends,
        answer_before=event.answer_before, capacity=9,
    )  # fmt: skip
    assert sent(door, other, whole).json()["result"] == "other_event"
    assert sent(door, event, whole[:-1] + ("A" if whole[-1] != "A" else "B")).json()["result"] == "altered"
    assert sent(door, event, "hello").json()["result"] == "altered"
    revoke(award_of(gala, "gala", "ben"), by=staff("omar"), reason="Bought views")
    assert sent(door, event, void).json()["result"] == "void"
    ticket = good_tickets("ann")[1]
    Ticket.objects.filter(pk=ticket.pk).delete()
    assert sent(door, event, gone).json()["result"] == "unknown"
    assert counters(event).inside == 0
    for at in ("yesterday", "2026-02-19T01:00:00Z", "2026-02-17T00:00:00Z"):
        assert sent(door, event, whole, at=at).status_code in (400, 422)
    assert door.post(f"/door/{event.pk}/admit/", "[]", "application/json").status_code == 400
    assert sent(door, event, whole).json()["result"] == "admitted"


def test_the_database_admits_once_and_nobody_void(event: AwardEvent) -> None:
    dora = person("dora", "admit")
    admit(event, code=code("ann"), by=dora)
    now = clock.now()
    changes: list[tuple[Ticket, dict[str, Any]]] = [
        (good_tickets("ann")[0], {"admitted_at": now + timedelta(hours=1)}),
        (good_tickets("ben")[0], {"admitted_at": now, "admitted_by": dora, "void_at": now}),
    ]
    for ticket, change in changes:
        with pytest.raises(IntegrityError, match="admits once"), transaction.atomic():
            Ticket.objects.filter(pk=ticket.pk).update(**change)


def test_a_phone_without_connection_tells_later_and_its_moment_counts(event: AwardEvent, settings: Settings) -> None:
    door = at_the_door()
    settings.LIVEFEST_NOW = "2026-02-19T02:00:00Z"
    assert sent(door, event, code("ann"), at="2026-02-19T01:10:00.500Z").json()["time"] == "01:10"
    assert sent(door, event, code("ann"), at="2026-02-19T01:10:00.500Z").json()["result"] == "admitted"
    conflict = sent(door, event, code("ann"), at="2026-02-19T01:05:00Z", device="two").json()
    assert (conflict["result"], conflict["text"]) == ("again", "Already admitted at 01:10.")


def test_the_list_of_a_phone(event: AwardEvent) -> None:
    door = at_the_door()
    first = door.get(f"/door/{event.pk}/list.json")
    told = first.json()
    assert (told["inside"], told["expected"], sorted(told["tickets"].values())) == (0, 3, ["", "", ""])
    assert good_tickets("ann")[0].serial.hex not in first.content.decode()
    known = {"If-None-Match": first["ETag"]}
    assert door.get(f"/door/{event.pk}/list.json", headers=known).status_code == 304
    sent(door, event, code("ann"))
    second = door.get(f"/door/{event.pk}/list.json", headers=known)
    assert sorted(second.json()["tickets"].values()) == ["", "", "00:00"]
    assert second["Cache-Control"] == "private, no-cache"


def test_the_door_is_for_who_may_admit_and_works_without_script(event: AwardEvent) -> None:
    paths = ["/door/", f"/door/{event.pk}/", f"/door/{event.pk}/list.json"]
    visitors = [(Client(), 302), (browser_of("ann"), 403), (at_the_door(), 200)]
    for path in paths:
        assert [client.get(path).status_code for client, _status in visitors] == [status for _c, status in visitors]
    assert sent(browser_of("ann"), event, code("ann")).status_code == 403
    with pytest.raises(NotAllowed):
        admit(event, code=code("ann"), by=person("eli", "approve_award"))
    door = visitors[2][0]
    said = [door.post(f"/door/{event.pk}/", {"code": code("ann")}).content.decode() for _time in range(2)]
    assert 'data-result="admitted"' in said[0]
    assert "Ann" in said[0]
    assert 'data-result="admitted"' in said[1]  # the very same moment: the form sent twice
    assert door.get("/door/999999/").status_code == 404
    with pytest.raises(AwardError, match="clock"):
        admit(event, code=code("ben"), by=staff("nia"), at=clock.now() + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_two_phones_at_once_let_one_in(settings: Settings) -> None:
    settings.LIVEFEST_NOW = OVER
    kept(invited)
    comes("ann")
    event, dora, whole = AwardEvent.objects.get(), person("dora", "admit"), code_of(good_tickets("ann")[0])
    done = at_once(
        *(partial(admit, event, code=whole, by=dora, device=device) for device in ("one", "two")),
    )
    assert sorted(one.result for one in done) == ["admitted", "again"]
