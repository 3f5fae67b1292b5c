"""Taking part: applied as a creator that there is or as a new one, proved, decided, and always said how it stands."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import LazySettings
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from creators.accounts import participation_of
from creators.models import Creator, Entry, Participation
from creators.participations import approve, refuse, suspend
from livefest.consent import what_is_missing
from livefest.models import AgeConfirmation, Fest, Notification, Terms, TermsAcceptance, User
from livefest.views.mine import taking_part
from livefest.views.mine.urls import of_fest
from tests.admin.pages import add, change, form_values, submit
from tests.mine.conftest import NOW, agree_to_age, take_part

State = Participation.State


@pytest.fixture
def fest(uk_valentine: Fest, settings: LazySettings) -> Fest:
    """uk-valentine on its second day; @ada.live has an entry, and nobody an account."""
    settings.LIVEFEST_NOW = NOW.isoformat()
    creator = Creator.objects.create(handle="ada.live", name="Ada")
    Entry.objects.create(fest=uk_valentine, creator=creator)
    return uk_valentine


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("somebody", email="somebody@example.org")


@pytest.fixture
def browser(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def organiser(db: None) -> User:
    return User.objects.create_superuser("boss", email="boss@example.org", is_staff=True)


def url(fest: Fest, name: str = "take_part") -> str:
    return reverse(name, kwargs={"fest": fest.slug})


def cancel(fest: Fest) -> str:
    """What somebody who takes part sends to: to call off a LIVE that there isn't."""
    return reverse("my_live_cancel", kwargs={"fest": fest.slug, "live": 1})


def body(response: HttpResponseBase) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def send(client: Client, fest: Fest, handle: str, way: str = "claim", **more: object) -> str:
    """Sends the form as a browser would; the page that they end on."""
    data = {"way": way, "handle": handle, "name": "", "region": "", "category": "", "is_old_enough": "on", **more}
    return body(client.post(url(fest), data, follow=True))


def send_new(client: Client, fest: Fest, handle: str) -> str:
    region = fest.regions.get(code="GB").pk
    return send(client, fest, handle, "new", name="New Star", region=region, category="music")


def prove(client: Client, fest: Fest, **data: str) -> str:
    return body(client.post(url(fest, "take_part_proof"), data, follow=True))


def connect_tiktok(user: User, username: str) -> None:
    SocialAccount.objects.create(user=user, provider="tiktok", uid=f"u-{username}", extra_data={"username": username})


def mine() -> Participation:
    return Participation.objects.get()


def test_start_leads_to_the_fest_that_is_on(browser: Client, fest: Fest, user: User) -> None:
    assert browser.get("/en/me/").headers["Location"] == url(fest)
    take_part(fest, "ada.live", user=user)
    assert browser.get("/en/me/").headers["Location"] == url(fest, "my_fest")


def test_page_leads_strangers_to_the_sign_in(client: Client, fest: Fest) -> None:
    assert client.get(url(fest)).headers["Location"] == f"{reverse('account_login')}?next={url(fest)}"


def test_claim_waits_with_a_code_and_records_the_consent(browser: Client, fest: Fest, user: User) -> None:
    terms = Terms.objects.create(fest=fest, version=1, text="Be kind.\n\n<b>Always.</b>", published_at=NOW)
    assert "&lt;b&gt;Always.&lt;/b&gt;" in body(browser.get(url(fest)))
    page = send(browser, fest, "@ada.live", accepts="on", terms=terms.pk)
    assert re.fullmatch(r"LF-[2-9A-Z]{4}-[2-9A-Z]{4}", mine().code)
    assert mine().code in page
    assert (mine().state, mine().proof, mine().handle) == ("applied", "", "ada.live")
    assert list(user.acceptances.values_list("terms", "accepted_at")) == [(terms.pk, NOW)]
    assert list(user.ages_confirmed.values_list("minimum_age", "confirmed_at")) == [(fest.minimum_age, NOW)]


def test_application_without_consent_is_not_taken(browser: Client, fest: Fest) -> None:
    terms = Terms.objects.create(fest=fest, version=1, text="Be kind.", published_at=NOW)
    send(browser, fest, "ada.live", terms=terms.pk)
    send(browser, fest, "ada.live", accepts="on", terms=terms.pk, is_old_enough="")
    assert not Participation.objects.exists()
    assert not AgeConfirmation.objects.exists()


def test_terms_that_changed_while_they_were_read_are_shown_again(browser: Client, fest: Fest) -> None:
    old = Terms.objects.create(fest=fest, version=1, text="Be kind.", published_at=NOW)
    Terms.objects.create(fest=fest, version=2, text="Be kinder.", published_at=NOW)
    page = send(browser, fest, "ada.live", accepts="on", terms=old.pk)
    assert "The terms have changed just now." in page
    assert "Be kinder." in page
    assert not TermsAcceptance.objects.exists()


@pytest.mark.parametrize(
    ("way", "handle", "said"),
    [
        ("claim", "nobody", "Nobody of the handle @nobody takes part."),
        ("claim", "Ada.LIVE", "Did you mean @ada.live?"),
        ("claim", "аdа.live", "Did you mean @ada.live?"),  # two letters of Cyrillic
        ("new", "ada.live", "If that is you, choose “I’m here already”."),
        ("new", "ADA.live", "@ADA.live looks like @ada.live"),
        ("new", "ａｄａ.live", "looks like @ada.live"),
        ("new", "ѕtаr", "mixes letters of several scripts"),
        ("new", "two words", "A handle has no spaces or invisible characters."),
        ("new", "a\u200bda", "A handle has no spaces or invisible characters."),
    ],
)
def test_handle_is_refused_with_the_remedy(browser: Client, fest: Fest, way: str, handle: str, said: str) -> None:
    region = fest.regions.get(code="GB").pk
    assert said in send(browser, fest, handle, way, name="Star", region=region)
    assert not Participation.objects.exists()


def test_letters_of_another_script_look_like_latin_ones(browser: Client, fest: Fest) -> None:
    Creator.objects.create(handle="асе")
    assert "looks like" in send_new(browser, fest, "ace")


def test_new_creator_needs_a_name_and_a_region_of_the_fest(browser: Client, fest: Fest) -> None:
    page = send(browser, fest, "new.star", "new", region=10**9)
    assert "Write the name that boards shall show." in page
    assert "Select a valid choice." in page
    assert not Participation.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "Star\u202elive", "invisible character in this (U+202E)"),
        ("name", "\u3164", "invisible"),
        ("name", "Sta\u200br", "invisible"),
        ("name", "\u0405tar", "mixes letters of several scripts"),  # the first is Cyrillic
        ("name", "S" + "\u0301" * 8, "Too many marks"),
        ("name", "x" * 61, "at most 60"),
        ("category", "mu\u2066sic", "invisible"),
    ],
)
def test_new_creator_is_called_what_a_profile_may_say(
    browser: Client, fest: Fest, field: str, value: str, said: str
) -> None:
    given = {"name": "Star", "category": "music", field: value}
    assert said in send(browser, fest, "new.star", "new", region=fest.regions.get(code="GB").pk, **given)
    assert not Participation.objects.exists()


def test_name_of_a_new_creator_is_stored_in_one_line(browser: Client, fest: Fest) -> None:
    send(browser, fest, "new.star", "new", region=fest.regions.get(code="GB").pk, name=" New \u3000 Star ")
    assert mine().name == "New Star"


def test_name_that_a_claim_leaves_unused_is_no_hindrance(browser: Client, fest: Fest) -> None:
    send(browser, fest, "ada.live", name="x" * 61, category="mu\u2066sic")
    assert (mine().handle, mine().name, mine().category) == ("ada.live", "", "")


def test_form_sent_twice_is_one_application(browser: Client, fest: Fest) -> None:
    pages = [send_new(browser, fest, "new.star") for _again in range(2)]
    assert [mine().code in page for page in pages] == [True, True]
    assert (mine().region, mine().category) == (fest.regions.get(code="GB"), "music")


def test_social_account_of_the_handle_is_enough_for_a_claim(browser: Client, fest: Fest, user: User) -> None:
    connect_tiktok(user, "ada.live")
    assert "You take part as @ada.live. Welcome!" in send(browser, fest, "ada.live")
    assert (mine().state, mine().proof, mine().decided_by) == ("approved", "social", None)
    assert user.profile.creator.handle == "ada.live"
    assert Notification.objects.get().data["decision"] == "approved"
    assert "To my fest" in send(browser, fest, "ada.live")  # sent twice
    assert Participation.objects.count() == 1


def test_social_account_of_another_handle_shows_nothing(browser: Client, fest: Fest, user: User) -> None:
    connect_tiktok(user, "ada.livid")
    send(browser, fest, "ada.live")
    prove(browser, fest)
    assert (mine().state, mine().proof) == ("applied", "")


def test_social_account_connected_later_is_found_by_the_check(browser: Client, fest: Fest, user: User) -> None:
    send(browser, fest, "ada.live")
    connect_tiktok(user, "ada.live")
    assert "You take part" in prove(browser, fest)


def test_proved_claim_waits_for_staff_where_it_is_set_so(
    browser: Client, fest: Fest, user: User, settings: LazySettings
) -> None:
    settings.APPROVE_PROVED_CLAIMS = False
    connect_tiktok(user, "ada.live")
    assert "It is yours: staff decide next" in send(browser, fest, "ada.live")
    assert mine().state == "applied"


def test_new_creator_waits_for_staff_though_proved_and_is_made(
    browser: Client, fest: Fest, user: User, organiser: User
) -> None:
    connect_tiktok(user, "new.star")
    send_new(browser, fest, "new.star")
    assert (mine().state, mine().proof) == ("applied", "social")
    approve(participation=mine(), by=organiser)
    entry = Entry.objects.get(fest=fest, creator__handle="new.star")
    assert (entry.creator.name, entry.region, entry.category) == ("New Star", fest.regions.get(code="GB"), "music")
    assert "You take part" in body(browser.get(url(fest)))


def test_earlier_approval_is_enough_for_another_fest(browser: Client, fest: Fest, user: User) -> None:
    earlier = Fest.objects.create(slug="earlier", name="Earlier", time_zone="UTC", starts=NOW, ends=fest.ends)
    take_part(earlier, "ada.live", user=user)
    assert 'value="ada.live"' in body(browser.get(url(fest)))
    assert "has one creator" in send(browser, fest, "ada.loves", "claim")
    send(browser, fest, "ada.live")
    assert Participation.objects.get(fest=fest).proof == "earlier"
    assert Participation.objects.get(fest=fest).state == "approved"


def test_that_a_creator_is_taken_is_told_after_the_proof_alone(browser: Client, fest: Fest, user: User) -> None:
    take_part(fest, "ada.live")
    assert "Somebody else" not in send(browser, fest, "ada.live")
    connect_tiktok(user, "ada.live")
    assert "Somebody else was approved for this creator" in prove(browser, fest)
    assert Participation.objects.get(user=user).state == "applied"


def test_claim_decided_while_it_is_looked_at_is_told(
    browser: Client, fest: Fest, user: User, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(browser, fest, "ada.live")
    connect_tiktok(user, "ada.live")

    def refused_meanwhile(user: User, fest: Fest) -> Participation | None:
        found = participation_of(user, fest)
        refuse(participation=mine(), reason="No code", by=organiser)
        return found

    monkeypatch.setattr(taking_part, "participation_of", refused_meanwhile)
    assert "@ada.live was refused; they can apply again." in prove(browser, fest)
    assert mine().state == "refused"


def test_code_that_is_too_old_is_replaced_when_asked(browser: Client, fest: Fest, settings: LazySettings) -> None:
    send(browser, fest, "ada.live")
    old = mine().code
    prove(browser, fest, renew="1")
    assert mine().code == old  # it still holds
    settings.LIVEFEST_NOW = (NOW + timedelta(days=7)).isoformat()
    assert "The code is too old." in prove(browser, fest)
    assert old not in body(browser.get(url(fest)))
    page = prove(browser, fest, renew="1")
    assert mine().code != old
    assert mine().code in page


def test_changed_handle_loses_code_and_proof(browser: Client, fest: Fest, user: User) -> None:
    connect_tiktok(user, "new.star")
    send_new(browser, fest, "new.star")
    code = mine().code
    send_new(browser, fest, "other.star")
    assert (mine().handle, mine().proof, mine().code == code) == ("other.star", "", False)


def test_refused_one_reads_why_and_applies_again(browser: Client, fest: Fest, organiser: User) -> None:
    send(browser, fest, "ada.live")
    code = mine().code
    refuse(participation=mine(), reason="No <code> there", by=organiser)
    page = body(browser.get(url(fest)))
    assert "Your application was refused" in page
    assert "No &lt;code&gt; there" in page
    send(browser, fest, "ada.live")
    assert (mine().state, mine().reason, mine().code == code) == ("applied", "", False)


def test_application_is_withdrawn_and_only_that(browser: Client, fest: Fest, user: User) -> None:
    send(browser, fest, "ada.live")
    for _again in range(2):
        assert "The application is withdrawn." in body(browser.post(url(fest), {"withdraw": "1"}, follow=True))
    assert not Participation.objects.exists()
    take_part(fest, "ada.live", user=user)
    browser.post(url(fest), {"withdraw": "1"})
    assert mine().state == "approved"


def test_checks_are_counted(browser: Client, fest: Fest) -> None:
    send(browser, fest, "ada.live")
    for _time in range(20):
        browser.post(url(fest, "take_part_proof"))
    assert "We have looked very often." in prove(browser, fest)


def test_suspended_one_looks_and_changes_nothing(as_ada: Client, ada: Participation, organiser: User) -> None:
    """In the session that was open before; at every address of the fest that takes what is sent."""
    suspend(participation=ada, reason="Bought gifts", by=organiser)
    page = body(as_ada.get(url(ada.fest)))
    assert "You are suspended" in page
    assert "Bought gifts" in page
    values = {"fest": ada.fest.slug, "challenge": "c", "group": "g", "code": "c" * 8, "correction": 1, "enquiry": 1}
    values |= {"request_id": 1, "live": 1, "award": 1, "number": 1}
    answers = {}
    for pattern in of_fest:
        names = pattern.pattern.converters
        address = reverse(pattern.name, kwargs={"fest": ada.fest.slug} | {name: values[name] for name in names})
        answers[pattern.name] = as_ada.post(address, {"withdraw": "1"}).status_code
    only_read = {name for name, status in answers.items() if status == 405}
    assert {name: status for name, status in answers.items() if status not in {403, 405}} == {}
    assert only_read.isdisjoint({"take_part", "take_part_proof", "take_part_consent", "join_challenge", "ask_missing"})
    ada.refresh_from_db()
    assert ada.state == "suspended"


def test_changed_terms_are_asked_for_before_anything_else_is_sent(as_ada: Client, ada: Participation) -> None:
    terms = Terms.objects.create(fest=ada.fest, version=1, text="New words.", published_at=NOW)
    before = reverse("my_lives", kwargs={"fest": ada.fest.slug})
    consent = url(ada.fest, "take_part_consent")
    led = as_ada.post(cancel(ada.fest), headers={"referer": f"http://testserver{before}"}).headers["Location"]
    assert led.partition("?")[0] == consent
    page = body(as_ada.get(led))
    assert "New words." in page
    back = re.findall(r'name="next" value="([^"]*)"', page)
    answer = as_ada.post(consent, {"next": back[0], "terms": terms.pk, "accepts": "on"})
    assert answer.headers["Location"].endswith(before)
    assert ada.user.acceptances.get().terms == terms
    assert as_ada.post(cancel(ada.fest)).status_code == 404  # there is no such LIVE
    assert as_ada.get(consent).status_code == 302


def test_consent_leads_back_to_the_form_that_was_sent_with_what_it_is_about(as_ada: Client, ada: Participation) -> None:
    Terms.objects.create(fest=ada.fest, version=1, text="New words.", published_at=NOW)
    form = f"{reverse('ask_missing', kwargs={'fest': ada.fest.slug})}?day=2026-02-14"
    led = as_ada.post(form, headers={"referer": f"http://testserver{form}"}).headers["Location"]
    assert parse_qs(urlsplit(led).query)["next"][0].endswith(form)


@pytest.mark.parametrize("referer", ["", "http://[", "https://evil.example/"])
def test_consent_leads_to_the_fest_from_nowhere_known(as_ada: Client, ada: Participation, referer: str) -> None:
    Terms.objects.create(fest=ada.fest, version=1, text="New words.", published_at=NOW)
    led = as_ada.post(cancel(ada.fest), headers={"referer": referer}).headers["Location"]
    assert parse_qs(urlsplit(led).query) == {"next": [url(ada.fest, "my_fest")]}


def test_consent_leads_to_pages_of_ours_alone(as_ada: Client, ada: Participation) -> None:
    terms = Terms.objects.create(fest=ada.fest, version=1, text="New words.", published_at=NOW)
    data = {"next": "https://evil.example/", "terms": terms.pk, "accepts": "on"}
    assert as_ada.post(url(ada.fest, "take_part_consent"), data).headers["Location"] == url(ada.fest)


def test_age_is_asked_again_when_the_minimum_rises(as_ada: Client, ada: Participation) -> None:
    consent = url(ada.fest, "take_part_consent")
    assert as_ada.post(cancel(ada.fest)).status_code == 404  # there is no such LIVE
    Fest.objects.filter(pk=ada.fest_id).update(minimum_age=21)
    assert as_ada.post(cancel(ada.fest)).headers["Location"].startswith(consent)
    assert "I am 21 years old or older" in body(as_ada.get(consent))
    as_ada.post(consent, {"is_old_enough": "on"})
    assert list(ada.user.ages_confirmed.order_by("minimum_age").values_list("minimum_age", flat=True)) == [18, 21]
    Fest.objects.filter(pk=ada.fest_id).update(minimum_age=18)
    assert as_ada.post(cancel(ada.fest)).status_code == 404


def test_terms_are_written_by_staff_until_they_are_published(
    fest: Fest, user: User, admin_client: Client, settings: LazySettings
) -> None:
    """To be published far ahead, by every clock, and asked for from then on."""
    published = datetime(2099, 1, 1, 12, tzinfo=UTC)
    when = {"published_at_0": published.date().isoformat(), "published_at_1": published.time().isoformat()}
    assert submit(admin_client, add(Terms, fest), text="Be kind.", **when).status_code == 302
    terms = Terms.objects.get()
    assert terms.version == 1
    assert submit(admin_client, change(terms), text="Be kinder.").status_code == 302
    assert what_is_missing(user, fest).terms is None
    settings.LIVEFEST_NOW = published.isoformat()
    found = what_is_missing(user, fest).terms
    assert found == terms
    assert found.text == "Be kinder."
    assert admin_client.post(change(terms), {"text": "Be rude."}).status_code == 403
    assert form_values(admin_client, add(Terms, fest))["version"] == "2"


def test_participation_of_another_stays_theirs(browser: Client, fest: Fest, user: User) -> None:
    other = take_part(fest, "bea.live")
    agree_to_age(other)
    assert "bea.live" not in body(browser.get(url(fest)))
    browser.post(url(fest), {"withdraw": "1"})
    assert Participation.objects.get() == other
