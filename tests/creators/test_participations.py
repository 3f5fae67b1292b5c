"""Who is let in: proofs, codes, two who claim one creator at once, the checker, and staff deciding many rows."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from creators import applications
from creators.applications import Application, apply, withdraw
from creators.bio import BioUnreachable, bio_address, check_address
from creators.models import Entry, Participation, Profile
from creators.participations import (
    Decided,
    HandleRefused,
    NotProved,
    ParticipationError,
    Taken,
    approve,
    lift,
    refuse,
    suspend,
)
from creators.proofs import prove
from creators.tasks import check_bio
from livefest.celery import app
from livefest.models import AuditEntry, Fest, Notification, User
from tests.admin.pages import body, messages
from tests.at_once import at_once
from tests.creators.conftest import DURING

Proof = Participation.Proof
Way = Participation.Way


@pytest.fixture
def organiser(db: None) -> User:
    return User.objects.create_superuser("boss", email="boss@example.org", is_staff=True)


def account(name: str) -> User:
    return User.objects.create_user(name, email=f"{name}@example.org")


def applied(fest: Fest, handle: str, *, by: str = "", proof: str = "", way: str = Way.CLAIM) -> Participation:
    """Somebody's application; with proof, one that staff have seen the code of."""
    found = apply(user=account(by or handle), fest=fest, application=Application(way, handle))
    return prove(participation=found, proof=proof, code=found.code) if proof else found


@pytest.fixture(autouse=True)
def _now(settings: LazySettings) -> None:
    settings.LIVEFEST_NOW = DURING.isoformat()


def told(participation: Participation) -> list[str]:
    rows = Notification.objects.filter(user=participation.user_id, kind="participation").order_by("pk")
    return [row.data["decision"] for row in rows]


def test_decisions_are_told_once_each(fest: Fest, organiser: User, settings: LazySettings) -> None:
    one = applied(fest, "ada.live", proof=Proof.STAFF)
    for hour, decide in enumerate([approve, suspend, lift, suspend]):
        settings.LIVEFEST_NOW = (DURING + timedelta(hours=hour)).isoformat()
        more = {"reason": "Bought gifts"} if decide is suspend else {}
        for _again in range(2):
            one = decide(participation=one, by=organiser, **more)  # type: ignore[operator]
    assert told(one) == ["approved", "suspended", "approved", "suspended"]
    assert (one.state, one.reason, one.decided_by) == ("suspended", "Bought gifts", organiser)
    assert Entry.objects.filter(fest=fest, creator__handle="ada.live").count() == 1


def test_what_does_not_follow_is_refused_in_words(fest: Fest, organiser: User) -> None:
    one = applied(fest, "ada.live")
    with pytest.raises(NotProved, match=one.code):
        approve(participation=one, by=organiser)
    with pytest.raises(Decided, match="waits for a decision"):
        lift(participation=one, by=organiser)
    with pytest.raises(Decided, match="waits for a decision"):
        suspend(participation=one, reason="x", by=organiser)
    refuse(participation=one, reason="No code", by=organiser)
    with pytest.raises(Decided, match="can apply again"):
        approve(participation=one, by=organiser)
    assert told(one) == ["refused"]


def test_code_shows_nothing_once_old_nor_for_another_account(fest: Fest, settings: LazySettings) -> None:
    one, other = applied(fest, "ada.live"), applied(fest, "ada.live", by="thief")
    for proof in (Proof.BIO, Proof.STAFF):
        with pytest.raises(Decided):
            prove(participation=other, proof=proof, code=one.code)
    settings.LIVEFEST_NOW = (DURING + timedelta(days=7)).isoformat()
    with pytest.raises(Decided, match="too old"):
        prove(participation=one, proof=Proof.BIO, code=one.code)
    assert set(Participation.objects.values_list("proof", flat=True)) == {""}


def test_code_of_a_refused_application_shows_nothing_for_the_next(fest: Fest, organiser: User) -> None:
    one = applied(fest, "ada.live")
    refuse(participation=one, reason="Try again", by=organiser)
    again = apply(user=one.user, fest=fest, application=Application(Way.CLAIM, "ada.live"))
    with pytest.raises(Decided):
        prove(participation=again, proof=Proof.BIO, code=one.code)
    assert prove(participation=again, proof=Proof.BIO, code=again.code).proof == Proof.BIO


def test_application_changed_while_staff_decide_is_not_let_in(fest: Fest, organiser: User) -> None:
    seen = applied(fest, "ada.live", proof=Proof.STAFF)
    apply(user=seen.user, fest=fest, application=Application(Way.CLAIM, "bo.live"))
    with pytest.raises(NotProved):
        approve(participation=seen, by=organiser)
    assert not Profile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_claim_one_creator_at_once_one_is_let_in(fest: Fest) -> None:
    for handle in ("ada.live", "bo.live", "new.star"):
        way = Way.NEW if handle == "new.star" else Way.CLAIM
        both = [applied(fest, handle, by=f"{name}-{handle}", proof=Proof.STAFF, way=way) for name in ("one", "two")]
        done = at_once(*(partial(approve, participation=one, by=None) for one in both))
        (refused,) = (one for one in done if isinstance(one, Taken))
        (let_in,) = (one for one in done if one is not refused)
        assert "Somebody else was approved" in str(refused)
        assert let_in.state == "approved"
        profile = Profile.objects.get(creator__handle=handle)
        assert Participation.objects.get(creator__handle=handle).user == profile.user


@pytest.fixture
def slow_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading an application and changing it there is time for others."""
    read = applications.locked_of

    def slowly(user: User, fest: Fest) -> Participation | None:
        found = read(user, fest)
        time.sleep(0.2)
        return found

    monkeypatch.setattr(applications, "locked_of", slowly)


def beside_approve(fest: Fest, job: Callable[[User], object], *, late: float) -> list[object]:
    """What the approval of @ada.live returns or raises, and another job of the account, so many seconds later."""
    seen = applied(fest, "ada.live", proof=Proof.STAFF)

    def approving() -> Participation:
        time.sleep(max(-late, 0))
        return approve(participation=seen, by=None)

    def other() -> object:
        time.sleep(max(late, 0))
        return job(seen.user)

    return at_once(approving, other)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("late", [-0.1, 0, 0.1])
@pytest.mark.parametrize("handle", ["ada.live", "bo.live"])
def test_applying_again_beside_an_approval_undoes_none(fest: Fest, slow_reader: None, handle: str, late: float) -> None:
    def again(user: User) -> Participation:
        return apply(user=user, fest=fest, application=Application(Way.CLAIM, handle))

    approval, application = beside_approve(fest, again, late=late)
    stored = Participation.objects.get()
    assert isinstance(application, Participation)
    if isinstance(approval, Participation):
        assert (stored.state, stored.handle, stored.creator) == ("approved", "ada.live", approval.creator)
    else:
        assert isinstance(approval, (NotProved, Decided))
        assert (stored.state, stored.handle) == ("applied", "bo.live")
        assert not Profile.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("late", [-0.1, 0, 0.1])
def test_withdrawing_beside_an_approval_deletes_none_that_was_approved(
    fest: Fest, slow_reader: None, late: float
) -> None:
    approval, withdrawal = beside_approve(fest, lambda user: withdraw(user=user, fest=fest), late=late)
    assert withdrawal is None
    if isinstance(approval, Participation):
        assert Participation.objects.get().state == "approved"
    else:
        assert isinstance(approval, Decided)
        assert not Participation.objects.exists()
        assert not Profile.objects.exists()


def test_account_has_one_creator(fest: Fest, organiser: User) -> None:
    one = approve(participation=applied(fest, "ada.live", proof=Proof.STAFF), by=organiser)
    with pytest.raises(ParticipationError, match=r"@ada\.live's"):
        later = Fest.objects.create(slug="later", name="Later", time_zone="UTC", starts=fest.starts, ends=fest.ends)
        apply(user=one.user, fest=later, application=Application(Way.CLAIM, "bo.live"))


def test_database_holds_one_participation_for_a_creator(fest: Fest, organiser: User) -> None:
    one = approve(participation=applied(fest, "ada.live", proof=Proof.STAFF), by=organiser)
    other = applied(fest, "bo.live", proof=Proof.STAFF)
    for state in ("approved", "suspended"):
        with pytest.raises(IntegrityError, match="participation_creator_once"), transaction.atomic():
            Participation.objects.filter(pk=other.pk).update(
                creator=one.creator, state=state, reason="x", decided_at=DURING
            )


class Bios:
    """A platform's pages on a port of this machine: what each says, how often it was asked, and whether it is down."""

    def __init__(self) -> None:
        self.says: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.leads_to = ""
        bios = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                bios.asked.append(self.path)
                found = bios.says.get(self.path)
                self.send_response(302 if bios.leads_to else 200 if found else 503)
                if bios.leads_to:
                    self.send_header("Location", bios.leads_to)
                self.end_headers()
                self.wfile.write(found or b"")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def bios(settings: LazySettings) -> Iterator[Bios]:
    found = Bios()
    settings.BIO_CHECK_URL = f"{found.origin}/@{{handle}}"
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks are run as soon as they are sent."""
    monkeypatch.setitem(app.conf, "task_always_eager", True)


def test_checker_lets_a_claim_in_whose_code_stands_in_the_bio(
    fest: Fest, bios: Bios, client: Client, worker: None
) -> None:
    one = applied(fest, "ada.live")
    client.force_login(one.user)
    address = reverse("take_part_proof", kwargs={"fest": fest.slug})
    bios.says["/@ada.live"] = b"Singer. LF-AAAA-BBBB"
    client.post(address)
    one.refresh_from_db()
    assert (one.state, bios.asked) == ("applied", ["/@ada.live"])
    bios.says["/@ada.live"] = f"Singer. {one.code}".encode()
    assert "You take part" in body(client.post(address, follow=True))
    one.refresh_from_db()
    assert (one.proof, one.decided_by) == ("bio", None)
    client.post(address)
    check_bio.apply((one.pk,))  # what came twice
    assert len(bios.asked) == 2


def test_checker_that_is_down_is_asked_again_and_staff_can_go_on(fest: Fest, bios: Bios, organiser: User) -> None:
    one = applied(fest, "ada.live")
    result = check_bio.apply((one.pk,))
    assert isinstance(result.result, BioUnreachable)
    assert len(bios.asked) == 1 + 5
    prove(participation=one, proof=Proof.STAFF, code=one.code)
    assert approve(participation=one, by=organiser).state == "approved"


def test_checker_follows_to_no_other_host_and_reads_so_much(fest: Fest, bios: Bios) -> None:
    one = applied(fest, "ada.live")
    elsewhere = Bios()
    elsewhere.says["/"] = one.code.encode()
    bios.leads_to = f"{elsewhere.origin}/"
    assert isinstance(check_bio.apply((one.pk,)).result, BioUnreachable)
    assert elsewhere.asked == []
    elsewhere.server.shutdown()
    elsewhere.server.server_close()
    bios.leads_to = ""
    bios.says["/@ada.live"] = b"x" * 1_000_000 + one.code.encode()
    check_bio.apply((one.pk,))
    one.refresh_from_db()
    assert one.proof == ""


@pytest.mark.parametrize(
    "template",
    ["http://bios.example/{handle}", "https://{handle}.example/", "https://bios.example/", "file:///{handle}"],
)
def test_address_of_a_checker_that_is_not_safe_is_refused(settings: LazySettings, template: str) -> None:
    settings.BIO_CHECK_URL = template
    with pytest.raises(ValueError, match="must be an https address"):
        bio_address("ada")
    assert [error.id for error in check_address(app_configs=None)] == ["creators.E001"]


def test_handle_stays_within_its_part_of_the_address(settings: LazySettings) -> None:
    settings.BIO_CHECK_URL = "https://bios.example/@{handle}?lang=en"
    assert bio_address("../a?b#é") == "https://bios.example/@..%2Fa%3Fb%23%C3%A9?lang=en"


LIST = "/admin/creators/participation/"


def act(client: Client, action: str, *rows: Participation, **more: str) -> HttpResponseBase:
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(LIST, data, follow=True)


def test_staff_approve_many_and_are_told_which_not(fest: Fest, organiser: User, client: Client) -> None:
    client.force_login(organiser)
    first, second = applied(fest, "ada.live"), applied(fest, "bo.live")
    bare, rival = applied(fest, "rival01.live"), applied(fest, "ada.live", by="rival")
    seen = {f"code-{row.pk}": row.code for row in (first, second, rival)}
    page = body(act(client, "saw_code", first, second, rival))
    assert [code in page for code in seen.values()] == [True] * 3
    said = messages(act(client, "saw_code", first, second, rival, decided="1", **seen))
    assert said == ["Saw the code in the bio. 3 rows."]
    said = messages(act(client, "approve", first, second, bare, rival))
    assert said[-1] == "Approved. 2 rows."
    assert bare.code in said[0]
    assert "Somebody else was approved for @ada.live" in said[1]
    states = Participation.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["approved", "approved", "applied", "applied"]
    audited = AuditEntry.objects.filter(object_pk=str(first.pk), content_type__model="participation")
    assert [(entry.actor, "state" in entry.changes) for entry in audited.order_by("pk")] == [
        (organiser, False),
        (organiser, True),
    ]


def test_code_that_staff_saw_is_not_that_of_a_handle_written_since(fest: Fest, organiser: User, client: Client) -> None:
    client.force_login(organiser)
    one = applied(fest, "bo.live")
    apply(user=one.user, fest=fest, application=Application(Way.CLAIM, "ada.live"))
    said = messages(act(client, "saw_code", one, decided="1", **{f"code-{one.pk}": one.code}))
    assert "is too old or not theirs" in said[0]
    one.refresh_from_db()
    assert (one.handle, one.proof) == ("ada.live", "")


def test_nobody_new_comes_once_the_fest_is_over_but_claims_do(fest: Fest, settings: LazySettings) -> None:
    settings.LIVEFEST_NOW = fest.ends.isoformat()
    with pytest.raises(HandleRefused, match="is over"):
        applied(fest, "new.star", way=Way.NEW)
    assert applied(fest, "ada.live").state == "applied"


def test_staff_refuse_and_suspend_for_a_reason_that_is_asked_for(fest: Fest, organiser: User, client: Client) -> None:
    client.force_login(organiser)
    one = applied(fest, "ada.live")
    page = body(act(client, "refuse", one))
    assert "@ada.live, ada.live@example.org" in page
    assert "This field is required." in body(act(client, "refuse", one, decided="1", reason=" "))
    one.refresh_from_db()
    assert one.state == "applied"
    assert messages(act(client, "refuse", one, decided="1", reason="No code")) == ["Refused. 1 row."]
    one.refresh_from_db()
    assert (one.state, one.reason, one.decided_by) == ("refused", "No code", organiser)
    assert AuditEntry.objects.filter(object_pk=str(one.pk)).latest("pk").reason == "No code"


@pytest.fixture
def crowd(fest: Fest) -> list[Participation]:
    """600 who applied, more than a form has room for with two fields each."""
    users = User.objects.bulk_create(User(username=f"u{n}", email=f"u{n}@example.org") for n in range(600))
    Participation.objects.bulk_create(
        Participation(
            user=user,
            fest=fest,
            handle=f"new.star{number}",
            way=Way.NEW,
            code=f"LF-{number:04}-BBBB",
            code_expires_at=DURING + timedelta(days=7),
            applied_at=DURING + timedelta(seconds=number),
        )
        for number, user in enumerate(users)
    )
    return list(Participation.objects.order_by("applied_at"))


def sent_form(client: Client, page: HttpResponseBase, **more: str) -> HttpResponseBase:
    """Sends the form between an action's choice and its doing, as it stands on the page."""
    found = re.search(r'<form method="post" id="decide_form".*?</form>', body(page), re.DOTALL)
    assert found
    data: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0]):
        data.setdefault(name, []).append(value)
    return client.post(LIST, {**data, **more}, follow=True)


@pytest.mark.parametrize("across", ["0", "1"])
def test_staff_refuse_600_at_once(crowd: list[Participation], organiser: User, client: Client, across: str) -> None:
    client.force_login(organiser)
    chosen = crowd if across == "0" else crowd[:100]
    page = act(client, "refuse", *chosen, select_across=across)
    assert "The first 100 of 600 are shown." in body(page)
    assert messages(sent_form(client, page, reason="No code")) == ["Refused. 600 rows."]
    assert set(Participation.objects.values_list("state", "reason")) == {("refused", "No code")}
    said = messages(act(client, "lift", *crowd))
    assert len(said) == 21
    assert said[20] == "Not done either: 580 more."


def test_staff_saw_the_codes_of_the_page(crowd: list[Participation], organiser: User, client: Client) -> None:
    client.force_login(organiser)
    page = act(client, "saw_code", *crowd[:100], select_across="1")
    assert [row.code in body(page) for row in crowd] == [True] * 100 + [False] * 500
    assert messages(sent_form(client, page)) == ["Saw the code in the bio. 100 rows."]
    proved = Participation.objects.filter(proof=Proof.STAFF).order_by("applied_at")
    assert list(proved) == crowd[:100]


def test_staff_without_the_right_are_offered_and_do_nothing(fest: Fest, client: Client) -> None:

    one = applied(fest, "ada.live", proof=Proof.STAFF)
    viewer = User.objects.create_user("viewer", email="v@example.org", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_participation"))
    client.force_login(viewer)
    assert 'value="approve"' not in body(client.get(LIST))
    act(client, "approve", one)
    one.refresh_from_db()
    assert one.state == "applied"
