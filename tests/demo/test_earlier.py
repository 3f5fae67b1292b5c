"""The fest before, which the demo shows certified, with a corrected edition and awards in every state."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from creators.models import Correction, Creator, Profile
from demo.earlier import SLUG, make_earlier_fest
from demo.people import make_people
from demo.signins import make_user, user_named
from demo.stage import star_of
from livefest.copies import shown_copy
from livefest.models import Fest, User
from rankings.models import Edition, Snapshot
from rewards.models import Award, AwardEvent, EditionReview, Invitation, PayoutBatch
from rewards.reconciliation import reconciliation
from rewards.tickets import code_of

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
STAR = star_of(make_people(12, seed=1), seed=1)


def made() -> bool:
    for name in ("one", "two"):
        User.objects.get_or_create(username=name, email=f"{name}@example.org", is_staff=True, is_superuser=True)
    by, also = (User.objects.get(username=name) for name in ("one", "two"))
    return make_earlier_fest(creators=12, seed=1, now=NOW, by=by, also=also, star=STAR)


def link_star() -> None:
    """The demo's creator takes part in the fest under way before the earlier one is made."""
    make_user(f"{STAR.handle}@example.org", "x")
    creator = Creator.objects.create(handle=STAR.handle, name=STAR.name)
    Profile.objects.create(creator=creator, user=user_named(f"{STAR.handle}@example.org"), since=NOW)


@pytest.mark.django_db
def test_earlier_fest_is_certified_twice_awarded_and_made_once(client: Client) -> None:
    link_star()
    assert made()
    awards = Award.objects.count()
    assert not made()
    assert Award.objects.count() == awards
    fest = Fest.objects.get(slug=SLUG)
    assert_certified(fest, client)
    assert_awarded(fest)
    assert_star_can_click_through(fest, client)
    assert_staff_can(fest, client)


def assert_certified(fest: Fest, client: Client) -> None:
    editions = Edition.objects.filter(fest=fest).order_by("number")
    assert list(editions.values_list("number", "corrections_count")) == [(1, 1), (2, 2)]
    copy = shown_copy(fest.pk)
    assert copy is not None
    assert copy.kind == "results"
    days = Snapshot.objects.filter(fest=fest, kind="day").values_list("day", flat=True).distinct()
    assert len(set(days)) == 16
    for page in ("", "boards/global/all/", "rules/", "rewards/", "winners/"):
        assert client.get(f"/en/{SLUG}/{page}").status_code == 200, page
    for kind, told in (("adjustment", "Taken away: "), ("disqualification", "Disqualified")):
        handle = Correction.objects.values_list("entry__creator__handle", flat=True).get(fest=fest, kind=kind)
        assert told in client.get(f"/en/{SLUG}/creators/{handle}/").content.decode()


def assert_awarded(fest: Fest) -> None:
    assert set(Award.objects.values_list("state", flat=True)) == set(Award.State.values)
    assert Award.objects.filter(passed_from__passed_from__isnull=False).exists(), "passed on twice"
    pot = Award.objects.filter(reward__slug="quiz-pot").order_by("rank", "handle")
    assert list(pot.values_list("rank", "amount")) == [(1, 50_000), (2, 33_334), (2, 33_333), (2, 33_333)]
    answers = Counter(Invitation.objects.values_list("answer", flat=True))
    assert answers["comes"] >= 2, answers
    assert answers["waits"] == 1, answers
    assert [batch.exports.count() for batch in PayoutBatch.objects.all()] == [1, 1, 1]
    found = reconciliation(fest)
    assert found.in_balance, found.problems
    assert [line.award.handle for line in found.failed] == [STAR.handle]
    assert found.missing.count() == 1
    assert found.unbatched.exists()
    assert EditionReview.objects.filter(outcome="to_settle").exists()


def assert_star_can_click_through(fest: Fest, client: Client) -> None:
    client.force_login(user_named(f"{STAR.handle}@example.org"))
    own = Award.objects.filter(handle=STAR.handle)
    for award in own:
        assert client.get(reverse("my_award", args=[SLUG, award.pk])).status_code == 200
    assert "jacket" in own.filter(state="offered").values_list("reward__slug", flat=True)
    assert "quiz-pot" in own.filter(state="verified").values_list("reward__slug", flat=True)
    vip = own.get(reward__slug="vip")
    assert vip.invitation.tickets.count() == 2
    assert client.get(reverse("my_invitation", args=[SLUG, vip.pk])).status_code == 200
    assert "<img" in client.get(reverse("my_ticket", args=[SLUG, vip.pk, 1])).content.decode()
    assert client.get(reverse("certificate", args=[SLUG, vip.pk])).status_code == 200
    for page in ("my_awards", "my_fest", "my_notifications"):
        assert client.get(reverse(page, args=[] if page == "my_notifications" else [SLUG])).status_code == 200


def assert_staff_can(fest: Fest, client: Client) -> None:
    client.force_login(User.objects.get(username="one"))
    event = AwardEvent.objects.get(fest=fest)
    assert client.get(reverse("door", args=[event.pk])).status_code == 200
    assert client.get(reverse("admin:rewards_payoutbatch_changelist")).status_code == 200
    ticket = Award.objects.get(handle=STAR.handle, reward__slug="vip").invitation.tickets.get(number=1)
    sent = client.post(reverse("door", args=[event.pk]), {"code": code_of(ticket)})
    assert "Come in" in sent.content.decode()
