"""The winner's side: what is theirs and what to do for it, claiming once, declining, and what they are told."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from creators.models import Participation
from livefest import clock
from livefest.models import Fest, Notification
from livefest.notifications import address_of, subject_of, text_of
from rewards import proposing, tasks
from rewards.awards import AwardError, TooLate, decline, expire, find_ineligible, fulfil, verify
from rewards.claims import claim, decrypted, details_of
from rewards.ledger import balances
from rewards.models import Award, Claim, Reward
from rewards.payouts import cancel_batch, make_batch
from tests.at_once import at_once
from tests.kept import kept
from tests.rankings.play import entry_of
from tests.rewards.guests import browser_of
from tests.rewards.paid import answered, batch_of, line_of, ready, said
from tests.rewards.prizes import (
    after_grace,
    award_of,
    certified,
    certify,
    claimed,
    disqualify,
    given,
    offered,
    proposed,
    staff,
    who,
)
from tests.texts import page_text

__all__ = ["ready"]
pytestmark = pytest.mark.django_db
ADDRESS = {
    "name": "Ann Ó Súilleabháin",
    "street": "Main Street 1",
    "postcode": "T12",
    "city": "Cork",
    "country": "IE",
}


@pytest.fixture
def awarded(fest: Fest) -> Fest:
    """With awards proposed."""
    proposed(fest)
    return fest


@pytest.fixture
def mug(awarded: Fest) -> Award:
    """ann's, offered: goods, without a deadline."""
    return offered(award_of(awarded, "mug", "ann", within="GB"))


@pytest.fixture
def gala(awarded: Fest) -> Award:
    """ann's invitation, offered: nothing is needed, three days to claim it."""
    return offered(award_of(awarded, "gala", "ann"))


def path(award: Award, *more: str) -> str:
    return "/".join(["/en/prizes/me/awards", str(award.pk), *more, ""])


def token_of(client: Client, award: Award) -> str:
    """Of the form on the award's page."""
    token = client.get(path(award)).context["claim_form"]["token"].value()
    return str(token)


def told(handle: str) -> list[Notification]:
    user = Participation.objects.get(handle=handle).user
    return list(Notification.objects.filter(user=user, kind__startswith="award_").order_by("pk"))


def kinds(handle: str) -> list[str]:
    return [one.kind for one in told(handle)]


def test_goods_are_claimed_with_an_address_that_nobody_else_reads(mug: Award) -> None:
    ann = browser_of("ann")
    page = ann.get(path(mug))
    assert [field.name for field in page.context["claim_form"].visible_fields()] == [*ADDRESS]
    assert page.context["claim_form"]["country"].value() == "GB", "her own, to begin with"
    sent = ann.post(path(mug, "claim"), {**ADDRESS, "token": token_of(ann, mug)}, follow=True)
    assert "Claimed. Staff check it next" in page_text(sent)
    kept = Claim.objects.get(award=mug)
    assert decrypted(kept.details) == ADDRESS
    assert "Cork" not in kept.details
    data = json.loads(b"".join(ann.get("/en/me/data/export.json")))
    assert [row["details"] for row in data["claims"]] == [ADDRESS]
    assert [row["state"] for row in data["award_steps"] if row["award"] == mug.pk][-1] == "Claimed"
    for page in (sent, ann.get("/en/prizes/me/awards/"), ann.get("/en/prizes/winners/")):
        assert "Main Street" not in page_text(page)
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 201, "at most 200 characters"),
        ("street", "Main\x07Street", "Street and number has characters that can&#x27;t be printed"),
        ("city", "Cork\u202e", "City has characters that can&#x27;t be printed"),
        ("country", "XX", "Select a valid choice"),
        ("token", "nonsense", "The form was not sent whole"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_claimed(
    mug: Award, field: str, value: str, why: str
) -> None:
    sent = browser_of("ann").post(path(mug, "claim"), {**ADDRESS, "token": str(uuid4()), field: value})
    assert sent.status_code == 422
    assert why in page_text(sent)
    assert "Main" in page_text(sent), "what was right needn't be written again"
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("name", " \t", "Full name is missing: fill it in."),
        ("name", "x" * 201, "Full name has 201 characters: shorten it to 200."),
        ("city", "Cork\nIreland", "City has characters that can't be printed: write it by hand, in one line."),
        ("country", "ie", "“ie” is no country of ISO 3166: choose one of the list."),
    ],
)
def test_verb_refuses_what_no_form_would_send(mug: Award, field: str, value: str, why: str) -> None:
    with pytest.raises(AwardError, match=why):
        claim(mug, token=uuid4(), details={**ADDRESS, field: value})


def test_claim_that_is_sent_again_is_the_same_and_another_changes_nothing(mug: Award) -> None:
    ann = browser_of("ann")
    form = {**ADDRESS, "token": token_of(ann, mug)}
    for _time in range(3):
        assert ann.post(path(mug, "claim"), form).status_code == 302
    other = ann.post(path(mug, "claim"), {**ADDRESS, "city": "Derry", "token": str(uuid4())})
    assert (other.status_code, "This is claimed already" in page_text(other)) == (422, True)
    assert details_of(mug) == ADDRESS
    assert [step.to_state for step in mug.steps.order_by("number")] == ["proposed", "approved", "offered", "claimed"]


def test_form_of_another_award_is_no_claim_of_this(mug: Award, gala: Award) -> None:
    ann = browser_of("ann")
    token = token_of(ann, gala)
    assert ann.post(path(gala, "claim"), {"token": token}).status_code == 302
    other = ann.post(path(mug, "claim"), {**ADDRESS, "token": token})
    assert "made for another award" in page_text(other)
    assert not Claim.objects.filter(award=mug).exists()


def test_a_second_before_and_at_the_deadline(awarded: Fest, settings: Settings) -> None:
    names = ("ann", "ben")
    awards = [offered(award_of(awarded, "gala", name)) for name in names]
    tokens = [token_of(browser_of(name), award) for name, award in zip(names, awards, strict=True)]
    deadline = clock.now() + timedelta(days=3)
    settings.LIVEFEST_NOW = (deadline - timedelta(seconds=1)).isoformat()
    assert browser_of("ann").post(path(awards[0], "claim"), {"token": tokens[0]}).status_code == 302
    settings.LIVEFEST_NOW = deadline.isoformat()
    late = browser_of("ben").post(path(awards[1], "claim"), {"token": tokens[1]})
    assert (late.status_code, "The time to claim this is over" in page_text(late)) == (422, True)
    assert "Claim it</h2>" not in page_text(late)
    assert browser_of("ann").post(path(awards[0], "claim"), {"token": tokens[0]}).status_code == 302, "the same claim"
    tasks.expire_due_awards()
    assert given(awarded, "gala") == [("ann", 1, "claimed"), ("cat", 1, "proposed")]
    with pytest.raises(TooLate):
        claim(awards[1], token=uuid4(), details={})


def test_award_is_its_creators_alone(mug: Award, gala: Award) -> None:
    ben = browser_of("ben")
    for address in (path(mug), path(mug, "decline")):
        assert ben.get(address).status_code == 404
    for more in ("claim", "decline", "payee"):
        assert ben.post(path(mug, more), {**ADDRESS, "token": str(uuid4())}).status_code == 404
        nobody = Client().post(path(mug, more))
        assert (nobody.status_code, "/accounts/login/" in nobody.url) == (302, True)  # type: ignore[attr-defined]
    Participation.objects.filter(handle="ann").update(state="suspended", decided_by=staff("nia"), reason="Insults")
    ann = browser_of("ann")
    assert "You are suspended." in page_text(ann.get(path(mug)))
    for award in (mug, gala):
        assert ann.post(path(award, "claim"), {**ADDRESS, "token": str(uuid4())}).status_code == 403
        assert ann.post(path(award, "decline")).status_code == 403
    assert not Claim.objects.exists()
    assert ben.get("/en/prizes/me/awards/999999/").status_code == 404


def test_what_stands_in_the_way_is_said_with_where_to_mend_it(gala: Award, fest: Fest) -> None:
    EmailAddress.objects.filter(email="ann@example.org").update(verified=False)
    Fest.objects.filter(pk=fest.pk).update(minimum_age=18)
    ann = browser_of("ann")
    page = page_text(ann.get(path(gala)))
    assert "Your e-mail address is not verified." in page
    assert 'href="/accounts/email/"' in page
    assert f'href="/en/prizes/me/take-part/consent/?next={path(gala)}"' in page
    assert "You can claim it once nothing stands in the way." in page
    Fest.objects.filter(pk=fest.pk).update(minimum_age=0)
    refused = ann.post(path(gala, "claim"), {"token": str(uuid4())})
    assert (refused.status_code, "is not verified" in page_text(refused)) == (422, True)
    EmailAddress.objects.filter(email="ann@example.org").update(verified=True)
    assert ann.post(path(gala, "claim"), {"token": str(uuid4())}).status_code == 302


def test_declining_asks_first_and_passes_on(gala: Award, fest: Fest) -> None:
    ann = browser_of("ann")
    assert "Decline “Gala”?" in page_text(ann.get(path(gala, "decline")))
    assert given(fest, "gala")[0] == ("ann", 1, "offered")
    for _time in range(2):
        sent = ann.post(path(gala, "decline"), {"reason": "Exams"}, follow=True)
        assert "Declined." in page_text(sent)
    assert who(fest, "gala") == ["cat", "ben"], "cat takes her place"
    assert ann.get(path(gala, "decline")).status_code == 302
    offered(award_of(fest, "gala", "cat"))
    assert kinds("cat") == ["award_passed"]
    assert "you are next" in text_of(told("cat")[0])
    assert "It passed to you" in page_text(browser_of("cat").get(path(award_of(fest, "gala", "cat"))))


def test_history_says_what_when_and_why_and_nobody_of_staff(gala: Award) -> None:
    find_ineligible(gala, by=staff("pia"), reason="Under age by her passport")
    page = page_text(browser_of("ann").get(path(gala)))
    assert "Under age by her passport" in page
    for word in ("Proposed", "Approved", "Offered", "Not eligible", "Edition 1", "Rank 1"):
        assert word in page.replace("<dt>Rank</dt> <dd> 1", "Rank 1"), word
    for name in ("nia", "omar", "pia"):
        assert name not in page
    assert kinds("ann") == ["award_offered", "award_ended"]


def test_all_awards_by_what_is_to_do(awarded: Fest) -> None:
    offered(award_of(awarded, "gala", "ann"))
    award = claimed(award_of(awarded, "badge", "ann"))
    fulfil(verify(award, by=staff("omar")), by=staff("pia"))
    decline(offered(award_of(awarded, "gems", "ann")))
    sections = browser_of("ann").get("/en/prizes/me/awards/").context["sections"]
    assert [(group, sorted(one.award.reward.slug for one in found)) for group, _title, found in sections] == [
        ("todo", ["gala"]),
        ("way", ["mug", "pot", "sprint"]),
        ("had", ["badge"]),
        ("gone", ["gems"]),
    ]
    assert "0.70 EUR" in page_text(browser_of("ben").get("/en/prizes/me/awards/")), "the community's, whose owner he is"


def test_what_waits_for_them_stands_first_on_my_fest(awarded: Fest) -> None:
    offered(award_of(awarded, "mug", "ann", within="GB"))
    gala = offered(award_of(awarded, "gala", "ann"))
    page = browser_of("ann").get("/en/prizes/me/")
    first, second = page.context["page"].steps
    assert (first.title, first.url) == ("Gala: 1 invitation", path(gala))
    assert first.why.startswith("It is yours: claim it. Until ")
    assert (second.title, second.why) == ("Mug: 1 piece of merch", "It is yours: claim it.")


def test_without_awards(fest: Fest) -> None:
    assert "Nothing yet." in page_text(browser_of("ann").get("/en/prizes/me/awards/"))


def test_list_asks_no_more_for_more_awards(awarded: Fest) -> None:
    asked = []
    for handle in ("lou", "ann"):  # one award, and five
        client = browser_of(handle)
        client.get("/en/prizes/me/awards/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/en/prizes/me/awards/").status_code == 200
        asked.append(len(queries))
    assert Award.objects.filter(entry=entry_of(awarded, "lou")).count() == 1
    assert asked[0] == asked[1]


def test_deadline_is_told_in_the_readers_zone_and_remembered_once(gala: Award, settings: Settings) -> None:
    (offer,) = told("ann")
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert "Claim it before Sun 22 Feb, 09:00 (Asia/Tokyo)." in text_of(offer)
    assert "before Sun 22 Feb, 00:00 (UTC)" in text_of(offer)
    assert address_of(offer) == path(gala)
    before = clock.now()
    for hours, expected in ((35, 1), (36, 2), (48, 2), (71, 2)):
        settings.LIVEFEST_NOW = (before + timedelta(hours=hours)).isoformat()
        tasks.remind_of_deadlines()
        assert len(told("ann")) == expected, hours
    assert kinds("ann")[1:] == ["award_deadline"]
    settings.LIVEFEST_NOW = (before + timedelta(hours=72)).isoformat()
    tasks.expire_due_awards()
    tasks.remind_of_deadlines()
    assert kinds("ann")[2:] == ["award_expired"]


def test_offer_without_deadline_says_none_and_short_ones_are_reminded_of_at_half(
    awarded: Fest, settings: Settings
) -> None:
    offered(award_of(awarded, "badge", "lou"))
    assert text_of(told("lou")[0]) == "Rank 12 brought you “Badge”. Claim it."
    Reward.objects.filter(fest=awarded, slug="gala").update(claim_days=1)
    offered(award_of(awarded, "gala", "ben"))
    before = clock.now()
    for hours, expected in ((11, 1), (12, 2)):
        settings.LIVEFEST_NOW = (before + timedelta(hours=hours)).isoformat()
        tasks.remind_of_deadlines()
        assert len(told("ben")) == expected, hours


def test_every_notice_can_be_said_and_leads_to_the_award(ready: Fest) -> None:
    batch = batch_of(ready)
    line = line_of(batch, "ann")
    answered(batch, said(f"{line.number},failed,{line.amount},tx-1,IBAN closed"))
    answered(batch, said(f"{line.number},failed,{line.amount},tx-1,IBAN closed"))
    diamonds = batch_of(ready, "diamonds")
    answered(diamonds, said(f"1,failed,{line_of(diamonds, 'ann').amount},tx-3,No such account"))
    gems = browser_of("ann").get(path(award_of(ready, "gems", "ann")))
    assert "The payment failed. Staff look after it" in page_text(gems)
    line = line_of(batch, "ben")
    answered(batch, said(f"{line.number},paid,{line.amount},tx-2,"))
    assert kinds("ann").count("award_payment_failed") == 2, "the pot, and the gems"
    assert "award_fulfilled" in kinds("ben")
    disqualify(ready, "cat")
    certify(ready, "Cat is out")
    proposed(ready)
    cats = line_of(diamonds, "cat")
    answered(diamonds, said(f"{cats.number},failed,{cats.amount},tx-4,No such account"))
    assert kinds("cat")[2:] == ["award_ended"], "it fails, and so is hers no more: told once"
    for handle in ("ann", "ben", "cat"):
        for one in told(handle):
            assert subject_of(one).startswith("Prizes: ")
            assert "%" not in text_of(one)
            assert "IBAN" not in text_of(one), "where the money was to go is in no notice"
            assert browser_of(handle).get(address_of(one)).status_code == 200
    assert text_of(told("ben")[-1]) == "“Pot”: The money is paid to you."


def test_where_cash_goes_is_asked_again_after_a_payment_failed(ready: Fest) -> None:
    award, ann = award_of(ready, "pot", "ann"), browser_of("ann")
    assert ann.get(path(award)).context["payee_form"] is None
    assert ann.post(path(award, "payee"), {"payee": "IE-2"}).status_code == 422
    cancel_batch(batch=make_batch(fest=ready, unit="EUR", by=staff("pia")).batch, by=staff("pia"), reason="Wrong day")
    assert ann.get(path(award)).context["payee_form"] is None, "no payer has seen it"
    batch = batch_of(ready)
    line = line_of(batch, "ann")
    answered(batch, said(f"{line.number},failed,{line.amount},tx-1,Account closed"))
    assert "The payment failed: Account closed" in page_text(ann.get(path(award)))
    assert ann.get("/en/prizes/me/awards/").context["sections"][0][0] == "todo"
    wrong = ann.post(path(award, "payee"), {"payee": "IE\u202e2"})
    assert (wrong.status_code, "Write the payee reference" in page_text(wrong)) == (422, True)
    assert ann.post(path(award, "payee"), {"payee": "IE-2"}).status_code == 302
    assert details_of(award) == {"name": "Ann Ó Súilleabháin", "payee": "IE-2"}


def test_one_award_that_fails_keeps_nobody_else_waiting(
    awarded: Fest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ann", "ben"):
        offered(award_of(awarded, "gala", name))
    settings.LIVEFEST_NOW = (clock.now() + timedelta(days=3)).isoformat()

    def failing(award: Award) -> Award:
        if award.handle == "ann":
            raise ZeroDivisionError
        return expire(award)

    monkeypatch.setattr(proposing, "expire", failing)
    tasks.expire_due_awards()
    assert {(name, state) for name, _amount, state in given(awarded, "gala", live=False)} == {
        ("ann", "offered"),
        ("ben", "expired"),
        ("cat", "proposed"),
    }
    monkeypatch.setattr(proposing, "expire", expire)
    tasks.expire_due_awards()
    assert sorted(who(awarded, "gala")) == ["cat", "dan"]


def test_details_are_deleted_some_days_after_they_were_needed(mug: Award, gala: Award, settings: Settings) -> None:
    claim(mug, token=uuid4(), details=ADDRESS)
    fulfil(verify(mug, by=staff("omar")), by=staff("pia"))
    before = clock.now()
    for days, gone in ((settings.KEEP_CLAIM_DAYS - 1, False), (settings.KEEP_CLAIM_DAYS, True)):
        settings.LIVEFEST_NOW = (before + timedelta(days=days)).isoformat()
        tasks.delete_details()
        tasks.delete_details()
        assert (details_of(mug) == {}) is gone
    assert Claim.objects.get(award=mug).details_deleted_at == clock.now()


class TestAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture
    def gems(self, transactional_db: None, settings: Settings) -> Award:
        after_grace(settings)
        fest = kept(certified)
        proposed(fest)
        return offered(award_of(fest, "gems", "ann"))

    def test_two_claims(self, gems: Award) -> None:
        same, other = uuid4(), uuid4()
        done = at_once(
            *(lambda token=token: claim(gems, token=token, details={}) for token in (same, same, other, other))
        )
        made = [one for one in done if isinstance(one, Claim)]
        refused = [str(one) for one in done if not isinstance(one, Claim)]
        assert (len(made), len({one.pk for one in made}), len(refused)) == (2, 1, 2)
        assert all("claimed already" in one for one in refused)
        assert gems.steps.filter(to_state="claimed").count() == 1

    def test_claim_beside_declining(self, gems: Award) -> None:
        """Whichever comes first, the award is in one state and the ledger says the same."""
        done = at_once(lambda: claim(gems, token=uuid4(), details={}), lambda: decline(gems))
        refused = [one for one in done if isinstance(one, BaseException)]
        assert all(isinstance(one, AwardError) for one in refused), refused
        gems.refresh_from_db()
        assert gems.state == "declined", "also once it is claimed"
        assert [(one.unit, one.owed) for one in balances(gems.fest)] == [("diamonds", 0)]
