"""Staff's side of awards: the board, a look before many are approved, each step with its permission, what if."""

from __future__ import annotations

import re
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creators.models import Enquiry, Participation
from creators.participations import suspend
from livefest import clock
from livefest.models import AuditEntry, Fest
from rewards.awards import approve, revoke
from rewards.bulk import Changed, approve_all, awards_in, preview
from rewards.checks import sign
from rewards.claims import claim
from rewards.invitations import Needs, accept
from rewards.ledger import balances
from rewards.models import Award, AwardEvent, Invitation, LedgerEntry, RequiredCheck, Reward, SignedCheck
from tests.admin.pages import body, change, delete, errors, messages
from tests.kept import kept
from tests.rankings.play import entry_of
from tests.rewards.guests import gala
from tests.rewards.prizes import (
    OVER,
    award_of,
    claimed,
    given,
    offered,
    person,
    proposed,
    staff,
    uncertified,
    who,
)

__all__ = ["gala"]
pytestmark = pytest.mark.django_db
VERBS = ["view_award", "view_payoutbatch", "view_ledgerentry"]


@pytest.fixture
def awards(fest: Fest) -> Fest:
    """Everything that is due is proposed, by nia."""
    proposed(fest)
    return fest


def as_staff(name: str, *permissions: str) -> Client:
    client = Client()
    client.force_login(person(name, *VERBS, *permissions) if permissions else staff(name))
    return client


def page(name: str, *args: object) -> str:
    return reverse(f"admin:rewards_{name}", args=args)


def suspended(fest: Fest, handle: str) -> None:
    suspend(participation=Participation.objects.get(fest=fest, handle=handle), by=staff("nia"), reason="Bought views")


def moved(shown: str, reward: str, handle: str) -> tuple[str, ...]:
    """What the table of moves says somebody has of a reward, and would have."""
    cell = r"\s*<td>([^<]*)</td>"
    found = re.search(rf'<td>{reward}</td>\s*<td>[^<]*</td>\s*<th scope="row">{handle}</th>{cell}{cell}', shown)
    assert found
    return found.groups()


def act(client: Client, action: str, awards: list[Award], **more: str) -> list[str]:
    data = {"action": action, "_selected_action": [award.pk for award in awards], **more}
    return messages(client.post(page("award_changelist"), data, follow=True))


def digest_on(client: Client, address: str) -> str:
    found = re.search(r'name="digest" value="(\w{64})"', body(client.get(address)))
    assert found
    return found[1]


def test_dry_run_shows_what_certifying_would_award_and_does_nothing(db: None, settings: object) -> None:
    settings.LIVEFEST_NOW = OVER  # type: ignore[attr-defined]
    fest = kept(uncertified)
    shown = body(as_staff("nia").get(page("award_propose", fest.pk)))
    assert "no certified results" in shown
    assert "If results were certified now" in shown
    assert moved(shown, "gems", "ann") == ("-", "500 Diamonds")
    assert not Award.objects.exists()


def test_propose_page_looks_first_then_proposes(fest: Fest) -> None:
    client = as_staff("nia")
    shown = body(client.get(page("award_propose", fest.pk)))
    assert "Nothing is done yet." in shown
    assert not Award.objects.exists()
    assert "If results were certified now" not in shown
    assert "No award would move." in body(client.get(page("award_propose", fest.pk), {"edition": ""}))
    told = messages(client.post(page("award_propose", fest.pk), follow=True))
    assert told[0].startswith("Proposed ")
    assert who(fest, "gems") == ["ann", "ben", "cat", "dan", "eve"]
    again = messages(client.post(page("award_propose", fest.pk), follow=True))
    assert again[0].startswith("Proposed 0, revoked 0")


def test_board_counts_states_and_filters_by_what_waits(awards: Fest) -> None:
    client = as_staff("nia")
    approve(award_of(awards, "gems", "ann"), by=staff("omar"))
    claimed(award_of(awards, "mug", "ann", within="GB"))
    shown = body(client.get(page("award_changelist"), {"fest__id__exact": awards.pk}))
    assert 'aria-label="Approved: 1"' in shown
    assert 'aria-label="Claimed: 1"' in shown
    for waits, count in [("offer", 1), ("checks", 1), ("winner", 0), ("pay", 0), ("payer", 0), ("hand", 0)]:
        shown = body(client.get(page("award_changelist"), {"waits": waits}))
        assert len(re.findall(r'<input type="checkbox" name="_selected_action"', shown)) == count, waits
    with CaptureQueriesContext(connection) as one:
        client.get(page("award_changelist"), {"state__exact": "approved"})
    with CaptureQueriesContext(connection) as many:
        client.get(page("award_changelist"), {"state__exact": "proposed"})
    assert len(many) == len(one)


def test_preview_tells_totals_who_is_held_and_who_has_several(awards: Fest) -> None:
    entry = entry_of(awards, "ben")
    Enquiry.objects.create(
        fest=awards, entry=entry, kind=Enquiry.Kind.MISSING, day="2026-02-14", text="Why?", asked_at=clock.now()
    )
    suspended(awards, "cat")
    look = preview(awards_in(awards), by=staff("omar"))
    held = {award.handle for award, _why in look.held}
    assert held == {"ben", "cat", "choir"}  # ben claims for the choir
    assert look.own == 0
    ready = Award.objects.exclude(pk__in=[award.pk for award, _why in look.held])
    assert look.ready == ready.count()
    amounts = {(one.kind, one.unit): one.amount for one in look.totals}
    assert amounts["diamonds", "diamonds"] == sum(one.amount for one in ready.filter(unit="diamonds"))
    assert amounts["cash", "EUR"] == sum(one.amount for one in ready.filter(unit="EUR"))
    assert ("ann", "diamonds", 2, 0) in look.several
    assert ("ben", "cash", 2, 0) in look.several  # of their own, and of the choir
    mine = preview(awards_in(awards), by=staff("nia"))
    assert (mine.ready, mine.own, mine.digest) == (0, Award.objects.count(), look.digest)


def test_bulk_approval_is_of_what_was_looked_at(awards: Fest) -> None:
    client, address = as_staff("omar"), page("award_approve", awards.pk)
    first = body(client.get(address))
    assert "You look at this for the first time." in first
    digest = digest_on(client, address)
    assert "Nothing changed." in body(client.get(address))
    revoke(award_of(awards, "gems", "ann"), by=staff("pia"), reason="A mistake")
    shown = body(client.post(address, {"digest": digest}))
    assert "something changed since you looked" in shown
    assert "Gems: ann</a>: Revoked by pia" in shown
    assert not Award.objects.filter(state="approved").exists()
    told = messages(client.post(address, {"digest": digest_on(client, address)}, follow=True))
    count = Award.objects.exclude(state="revoked").count()
    assert told == [f"Approved. {count} rows."]
    assert {state for _handle, _amount, state in given(awards, "pot")} == {"approved"}
    owed = {one.unit: one.owed for one in balances(awards)}
    money = Award.objects.filter(state="approved", reward__kind__in=["diamonds", "cash"])
    assert owed == {unit: sum(one.amount for one in money.filter(unit=unit)) for unit in ("diamonds", "EUR")}
    assert LedgerEntry.objects.count() == money.count()
    assert AuditEntry.objects.filter(verb="approve awards", actor=staff("omar")).count() == 1


def test_bulk_approval_leaves_who_is_held_and_what_one_proposed(awards: Fest) -> None:
    suspended(awards, "ann")
    gems = Reward.objects.get(fest=awards, slug="gems")
    look = preview(awards_in(awards, reward=gems), by=staff("omar"))
    done = approve_all(awards, by=staff("omar"), digest=look.digest, reward=gems)
    assert done.done == 4
    assert [(award.handle, why) for award, why in done.refused] == [("ann", "They are suspended.")]
    with pytest.raises(Changed):
        approve_all(awards, by=staff("omar"), digest=look.digest, reward=gems)
    rest = preview(awards_in(awards), by=staff("nia"))
    assert approve_all(awards, by=staff("nia"), digest=rest.digest).done == 0


def test_action_leads_to_the_look_at_just_these(awards: Fest) -> None:
    client = as_staff("omar")
    two = [award_of(awards, "gems", "ann"), award_of(awards, "gems", "ben")]
    data = {"action": "approve", "_selected_action": [award.pk for award in two]}
    address = client.post(page("award_changelist"), data).headers["Location"]
    assert "2 awards would be approved" in body(client.get(address))
    client.post(address, {"digest": digest_on(client, address)})
    assert [state for _h, _a, state in given(awards, "gems")] == ["approved"] * 2 + ["proposed"] * 3


def test_actions_do_what_can_be_done_and_tell_the_rest(awards: Fest) -> None:
    client = as_staff("omar")
    ready, early = approve(award_of(awards, "gems", "ann"), by=staff("omar")), award_of(awards, "gems", "ben")
    told = act(client, "offer", [ready, early])
    assert told[0].startswith("Not done: Gems: ben. The award of “ben” is proposed")
    assert told[1] == "Offered. 1 row."
    asked = client.post(page("award_changelist"), {"action": "revoke", "_selected_action": [ready.pk]})
    assert 'name="reason"' in body(asked)
    assert award_of(awards, "gems", "ann").state == "offered"
    assert act(client, "revoke", [ready], decided="1", reason="Wrong") == ["Revoked. 1 row."]
    assert act(client, "ineligible", [early], decided="1", reason="A minor") == ["Not eligible. 1 row."]
    assert award_of(awards, "gems", "ben").steps.latest("number").reason == "A minor"


def test_award_goes_its_way_by_the_buttons_of_its_page(awards: Fest) -> None:
    check = RequiredCheck.objects.create(fest=awards, kind="merch", name="Address looked up")
    award = award_of(awards, "mug", "ann", within="GB")
    omar, vera = as_staff("omar"), as_staff("vera", "verify_award", "fulfil_award")

    def press(client: Client, step: str) -> list[str]:
        assert f"/step/{step}/" in body(client.get(change(award)))
        return messages(client.post(page("award_step", award.pk, step), follow=True))

    assert press(omar, "approve") == ["Approved."]
    assert press(omar, "offer") == ["Offered."]
    address = {"name": "Ann Quux", "street": "1 High Street", "postcode": "AB1", "city": "Ayr", "country": "GB"}
    claim(award, token=uuid4(), details=address)
    assert press(vera, "verify") == ["Not all that is to be checked is signed: sign it first."]
    shown = body(vera.get(change(award)))
    assert "I checked and sign: Address looked up" in shown
    assert "High Street" not in shown
    vera.post(page("award_sign", award.pk, check.pk), {"note": "Seen"})
    vera.post(page("award_sign", award.pk, check.pk), {"note": "Again"})
    assert [(one.note, one.signed_by.username) for one in SignedCheck.objects.all()] == [("Seen", "vera")]
    assert press(vera, "verify") == ["Verified."]
    page_of_omar = body(omar.get(change(award)))  # who approved can't hand it out
    assert "/step/fulfil/" not in page_of_omar
    told = messages(omar.post(page("award_step", award.pk, "fulfil"), follow=True))
    assert told == ["It takes two people, and “omar” did the step before."]
    assert press(vera, "fulfil") == ["Fulfilled."]
    shown = body(vera.get(change(award)))
    assert re.findall(r'<th scope="row">(\w+)</th>\s*<td>2026', shown) == [
        "Proposed",
        "Approved",
        "Offered",
        "Claimed",
        "Verified",
        "Fulfilled",
    ]


def test_claim_is_read_for_a_reason_by_who_fulfils(awards: Fest) -> None:
    award = award_of(awards, "mug", "ann", within="GB")
    claimed(award)
    address = page("award_claim", award.pk)
    vera, fay = as_staff("vera", "verify_award", "approve_award"), as_staff("fritz", "fulfil_award")
    assert vera.post(address, {"reason": "Curious"}).status_code == 403
    assert "/claim/" not in body(vera.get(change(award)))
    assert fay.get(address).status_code == 405
    assert fay.post(address, {"reason": " "}).status_code == 302
    response = fay.post(address, {"reason": "To send the mug"})
    assert "Postcode" in body(response)
    assert "no-store" in response.headers["Cache-Control"]
    entry = AuditEntry.objects.get(verb="read claim")
    assert (entry.actor, entry.reason) == (staff("fritz"), "To send the mug")


@pytest.mark.parametrize("permission", ["propose_award", "approve_award", "verify_award", "fulfil_award", ""])
def test_who_lacks_a_permission_gets_no_button_and_403(awards: Fest, permission: str) -> None:
    client = as_staff("one", permission or "view_claim")
    steps = {"approve": "approve_award", "revoke": "approve_award", "ineligible": "verify_award"}
    award = award_of(awards, "gems", "ann")
    shown, board = body(client.get(change(award))), body(client.get(page("award_changelist")))
    check = RequiredCheck.objects.create(fest=awards, kind="diamonds", name="Tax")
    for step, needed in steps.items():
        assert (f"/step/{step}/" in shown) == (permission == needed), step
        assert (f'<option value="{step}">' in board) == (permission == needed), step
    for step, needed in {**steps, "offer": "approve_award", "verify": "verify_award", "fulfil": "fulfil_award"}.items():
        if permission != needed:
            assert client.post(page("award_step", award.pk, step), {"reason": "x"}).status_code == 403
            act(client, step, [award], decided="1", reason="x")
    addresses: list[tuple[str, str]] = [
        (page("award_propose", awards.pk), "propose_award"),
        (page("award_approve", awards.pk), "approve_award"),
        (page("award_what_if", award.entry_id), "propose_award"),
    ]
    for address, needed in addresses:
        assert (client.get(address).status_code == 200) == (permission == needed), address
        if permission != needed:
            assert client.post(address).status_code == 403
    if permission != "verify_award":
        assert client.post(page("award_sign", award.pk, check.pk)).status_code == 403
    assert award_of(awards, "gems", "ann").state == "proposed"


def test_what_if_lists_ranks_and_awards_and_changes_nothing(awards: Fest) -> None:
    client, entry = as_staff("nia"), entry_of(awards, "ann")
    assert page("award_what_if", entry.pk) in body(client.get(change(entry)))
    assert page("award_what_if", entry.pk) in body(client.get(change(award_of(awards, "gems", "ann"))))
    assert "Awards, by a new edition" not in body(client.get(page("award_what_if", entry.pk)))
    shown = body(client.post(page("award_what_if", entry.pk)))
    assert "Awards, by a new edition" in shown
    assert moved(shown, "gems", "ann") == ("500 Diamonds", "-")
    assert "1 → -" in shown
    assert award_of(awards, "gems", "ann").state == "proposed"


def test_required_check_stays_as_it_was_signed(awards: Fest) -> None:
    client = as_staff("nia")
    values = {"fest": awards.pk, "kind": "merch", "region": "", "name": "Identity", "help": "Look at a passport."}
    assert client.post(page("requiredcheck_add"), values).status_code == 302
    check = RequiredCheck.objects.get()
    assert errors(client.post(page("requiredcheck_add"), values)) == [
        "Required check with this Fest, Kind, Region and What is checked already exists."
    ]
    award = award_of(awards, "mug", "ann", within="GB")
    claimed(award)
    sign(award, check=check, by=staff("nia"))
    assert client.post(change(check), {**values, "name": "Tax"}).status_code == 403
    assert client.post(delete(check), {"post": "yes"}).status_code == 403
    data = {"action": "retire", "_selected_action": [check.pk]}
    assert 'name="reason"' in body(client.post(page("requiredcheck_changelist"), data))
    client.post(page("requiredcheck_changelist"), {**data, "decided": "1", "reason": "A new law"})
    check.refresh_from_db()
    assert (check.name, check.retired_at) == ("Identity", clock.now())
    again = {**data, "action": "ask_again", "decided": "1", "reason": "Not yet"}
    client.post(page("requiredcheck_changelist"), again)
    check.refresh_from_db()
    assert check.retired_at is None
    reasons = AuditEntry.objects.filter(content_type__model="requiredcheck", reason="A new law")
    assert [set(entry.changes) for entry in reasons] == [{"retired_at"}]


def test_event_lets_in_who_waits_when_it_gets_room(gala: Fest) -> None:
    client, event = as_staff("nia"), AwardEvent.objects.get()
    for handle, companions in [("ann", ["Zoë", "Max"]), ("ben", ["Kim"])]:
        accept(Invitation.objects.get(award__handle=handle), needs=Needs(companions, "no nuts", ""))
    shown = body(client.get(change(event)))
    assert "On the waiting list" in shown
    assert "no nuts" not in shown
    values = {
        name: value
        for name, value in re.findall(r'<input type="\w+" name="([^"]+)" value="([^"]*)"', shown)
        if name not in {"csrfmiddlewaretoken", "fest"}
    }
    values |= {"place": event.place, "capacity": "2", "reason": "A bigger room"}
    assert "3 people come already" in body(client.post(change(event), values))
    assert client.post(change(event), values | {"capacity": "9"}).status_code == 302
    assert {one.answer for one in Invitation.objects.all()} == {"comes"}
    bad = body(client.post(change(event), values | {"capacity": "9", "time_zone": "Mars/Base"}))
    assert "“Mars/Base” is no time zone" in bad
    guests = client.post(page("awardevent_guests", event.pk), {"reason": "For the kitchen"})
    assert "no nuts" in body(guests)
    assert AuditEntry.objects.get(verb="read guests' needs").reason == "For the kitchen"
    dora = as_staff("dora", "view_awardevent", "admit")
    assert dora.post(page("awardevent_guests", event.pk), {"reason": "x"}).status_code == 403
    assert "/guests/" not in body(dora.get(change(event)))


def test_audit_has_nothing_personal(gala: Fest) -> None:
    client, event = as_staff("nia"), AwardEvent.objects.get()
    accept(Invitation.objects.get(award__handle="ann"), needs=Needs(["Zoë"], "no nuts", ""))
    client.post(page("awardevent_guests", event.pk), {"reason": "For the kitchen"})
    names = {name for entry in AuditEntry.objects.all() for name in entry.changes or {}}
    assert not names & {"details", "needs", "content", "token"}


def test_commands(fest: Fest) -> None:
    def run(*arguments: str) -> str:
        out = StringIO()
        call_command(*arguments, stdout=out, stderr=out)
        return out.getvalue()

    assert "propose: gems/fest: ann 500 Diamonds" in run("propose_awards", "prizes", "--by", "nia", "--dry-run")
    assert not Award.objects.exists()
    assert "Edition 1. Are proposed" in run("propose_awards", "prizes", "--by", "nia")
    shown = run("awards", "prizes", "--by", "omar", "--reward", "gems")
    assert "to approve, diamonds: 5, 2,500 Diamonds" in shown
    digest = shown.split("--approve ")[1].strip()
    with pytest.raises(CommandError, match="something changed"):
        run("awards", "prizes", "--by", "omar", "--approve", digest)  # of all, not of gems
    assert run("awards", "prizes", "--by", "omar", "--reward", "gems", "--approve", digest) == "5 approved, 0 not\n"
    assert run("awards", "prizes", "--by", "omar", "--offer") == "5 offered, 0 not\n"
    assert [state for _h, _a, state in given(fest, "gems")] == ["offered"] * 5
    assert offered(award_of(fest, "mug", "ann", within="GB")).state == "offered"
    assert "waits, the winner: 6" in run("awards", "prizes")
