"""Fests, people and records for the tests of the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client

from challenges.models import Challenge, Completion, Joining
from creators.models import (
    Creator,
    Enquiry,
    Entry,
    Fact,
    Group,
    JoinRequest,
    Live,
    Mark,
    Membership,
    Participation,
    Payment,
    PlannedLive,
    Product,
    ProductShown,
    Profile,
    Show,
    ShowHost,
    Source,
    Spotlight,
)
from livefest.models import (
    AgeConfirmation,
    Announcement,
    Fest,
    Metric,
    Notification,
    Partner,
    Round,
    Terms,
    TermsAcceptance,
    User,
)
from rankings.models import Admission, Board, Opening, Score, Standing
from tests.conftest import fest_of_sample
from tests.kept import kept

AT = datetime(2026, 2, 14, 20, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def live_fest(db: None) -> Fest:
    """The fest of the sample campaign `live-fest`: every section of the file is in it."""
    return kept(fest_of_sample, "live-fest")


@pytest.fixture
def staff(client: Client, db: None) -> Callable[..., Client]:
    """Signs a member of staff in who has the permissions named, such as "livefest.view_fest"."""

    def sign_in(*permissions: str) -> Client:
        user = User.objects.create_user("staff", password="a long one", is_staff=True)
        for permission in permissions:
            app, codename = permission.split(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def record(db: None) -> Callable[[Fest, int], None]:
    """Gives a fest so many creators, each with an entry in the first region and league, a fact, a mark and a live."""

    def make(fest: Fest, count: int, prefix: str = "creator") -> None:
        source, _created = Source.objects.get_or_create(fest=fest, name="platform")
        metric = Metric.objects.filter(fest=fest, paid=False)[0]
        league = Group.objects.filter(fest=fest, kind=Group.Kind.LEAGUE)[0]
        for number in range(count):
            handle = f"{prefix}.{number}"
            creator = Creator.objects.create(handle=handle, name=handle.title())
            entry = Entry.objects.create(fest=fest, creator=creator, region=fest.regions.all()[0])
            Membership.objects.create(
                fest=fest, entry=entry, group=league, kind=league.kind, origin=Membership.Origin.FILE, since=AT
            )
            Fact.objects.create(
                fest=fest,
                source=source,
                entry=entry,
                metric=metric,
                quantity=1,
                at=AT,
                received_at=AT,
                counts=True,
                external_id=f"evt-{handle}",
            )
            Mark.objects.filter(entry=entry).update(day=AT.date())  # the one that the membership left
            Live.objects.create(
                source=source, room=f"room-{handle}", entry=entry, started_at=AT - timedelta(hours=1), reported_at=AT
            )

    return make


@pytest.fixture
def record_more(record: Callable[..., None]) -> Callable[..., None]:
    """As `record`, and gives each creator what scoring, joining and deciding leave: one row of every kind."""

    def make(fest: Fest, count: int, prefix: str = "creator") -> None:
        record(fest, count, prefix)
        metric = Metric.objects.get(fest=fest, slug="bonus")
        board = Board.objects.filter(fest=fest)[0]
        joined, _new = Challenge.objects.get_or_create(
            fest=fest, slug="joined", defaults={"name": "Joined", "per": "fest", "metric": metric, "join": True}
        )
        for number, entry in enumerate(Entry.objects.filter(fest=fest)):
            handle = entry.creator.handle
            owls = Group.objects.create(fest=fest, slug=f"owls-{number}", name="Owls", kind=Group.Kind.COMMUNITY)
            JoinRequest.objects.create(fest=fest, entry=entry, group=owls, asked_at=AT)
            Payment.objects.create(entry=entry, entitlement="challenge/joined", metric=metric, points=5, at=AT)
            Joining.objects.create(challenge=joined, entry=entry, joined_at=AT)
            Completion.objects.create(challenge=joined, entry=entry, met_at=AT, handle=handle)
            standing = Standing.objects.create(board=board, within=str(number), period="fest", version=1, width=8)
            Score.objects.create(
                standing=standing,
                board=board,
                handle=handle,
                entry=entry,
                score=5,
                reached_at=AT,
                key=handle.encode(),
                version=1,
            )
            round_ = Round.objects.create(fest=fest, slug=f"r-{number}", name="Round", starts=AT, ends=fest.ends)
            opening = Opening.objects.create(round=round_, opened_at=AT)
            Admission.objects.create(opening=opening, entry=entry, origin="rank", decided_at=AT)
            Announcement.objects.create(fest=fest, title=f"Update {number}", text="Hello", published_at=AT)
            record_account(entry, number)
            record_programme(entry, number)

    return make


def record_programme(entry: Entry, number: int) -> None:
    """Has a creator host a show, show a partner's product, and stand in the spotlight."""
    fest = entry.fest
    show = Show.objects.create(fest=fest, title=f"Show {number}", starts=AT, ends=LATER)
    ShowHost.objects.create(fest=fest, show=show, entry=entry)
    partner = Partner.objects.create(fest=fest, slug=f"partner-{number}", name="Tea house")
    product = Product.objects.create(
        fest=fest, slug=f"tea-{number}", name="Tea", url="https://tea.example/", partner=partner
    )
    ProductShown.objects.create(fest=fest, product=product, entry=entry)
    Spotlight.objects.create(fest=fest, entry=entry, text="Watch this", starts=AT)


def record_account(entry: Entry, number: int) -> None:
    """Gives a creator an account, and what that leaves."""
    fest, handle = entry.fest, entry.creator.handle
    user = User.objects.create_user(f"{fest.slug} {handle}", email=f"{handle}@{fest.slug}.example")
    Profile.objects.create(creator=entry.creator, user=user, since=AT)
    Participation.objects.create(
        user=user,
        fest=fest,
        way=Participation.Way.CLAIM,
        handle=handle,
        code="LF-AAAA-BBBB",
        code_expires_at=AT,
        applied_at=AT,
    )
    PlannedLive.objects.create(fest=fest, entry=entry, starts_at=AT, title="Songs", made_at=AT)
    Enquiry.objects.create(fest=fest, entry=entry, kind=Enquiry.Kind.MISSING, day=AT.date(), text="Why?", asked_at=AT)
    terms = Terms.objects.create(fest=fest, version=number + 1, text="Be kind.", published_at=LATER)
    TermsAcceptance.objects.create(user=user, terms=terms, accepted_at=AT)
    AgeConfirmation.objects.create(user=user, fest=fest, minimum_age=18, confirmed_at=AT)
    Notification.objects.create(user=user, fest=fest, kind="participation", key=handle, made_at=AT)


@pytest.fixture
def analyze() -> Callable[[str], None]:
    """Lets PostgreSQL count a table's rows for its statistics, as autovacuum does."""

    def run(table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {table}")

    return run
