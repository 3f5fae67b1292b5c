"""Every list, form and extra page opens, at a cost that doesn't grow with its rows, within the content policy."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group as AuthGroup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from challenges.models import Challenge, Completion, Joining
from creators.models import (
    Correction,
    Creator,
    Enquiry,
    Entry,
    Fact,
    Group,
    JoinRequest,
    Live,
    Mark,
    Participation,
    Payment,
    PlannedLive,
    Product,
    ProductShown,
    Profile,
    Show,
    Source,
    Spotlight,
)
from livefest.models import (
    AgeConfirmation,
    Announcement,
    AuditEntry,
    Fest,
    Metric,
    Notification,
    Partner,
    PublicCopy,
    Round,
    Terms,
    TermsAcceptance,
    User,
)
from rankings.models import Admission, Board, Ceremony, Edition, Opening, ResultsProposal, Rule, Score, Standing
from rewards.models import Award, AwardEvent, LedgerEntry, PayoutBatch, PayoutLine, RequiredCheck, Reward
from tests.admin.pages import body

CAMPAIGN = [Metric, Round, Group, Rule, Board, Challenge, Reward]
MADE = [Fest, *CAMPAIGN, Announcement, Terms, User, Creator, Entry, Source, Joining, Admission]
MADE += [Partner, Show, Product, ProductShown, Spotlight]
RESULTS = [Correction, PublicCopy, ResultsProposal, Edition, Ceremony]  # opened by the tests of what makes them
AWARDS = [Award, AwardEvent, LedgerEntry, PayoutBatch, PayoutLine, RequiredCheck]  # likewise
ACCOUNTS = [Participation, Profile, Enquiry, PlannedLive, Notification, TermsAcceptance, AgeConfirmation]
READ_ONLY = [*ACCOUNTS, Fact, Mark, Live, JoinRequest, Payment, Completion, Opening, Standing, Score]


def address(model: type, action: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)  # type: ignore[attr-defined]


def assert_within_policy(page: str) -> None:
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=[\"']|javascript:", page) == []


def test_registered_models_are_those_of_the_issue() -> None:
    assert set(admin.site._registry) == {*MADE, *READ_ONLY, AuthGroup, AuditEntry, *RESULTS, *AWARDS}


@pytest.mark.parametrize("model", [*MADE, *READ_ONLY, *AWARDS])
def test_list_opens_when_empty(admin_client: Client, model: type) -> None:
    response = admin_client.get(address(model, "changelist"))
    assert response.status_code == 200
    assert_within_policy(body(response))


@pytest.mark.parametrize("model", [*MADE, *READ_ONLY])
def test_list_and_change_page_open_with_rows(
    admin_client: Client, live_fest: Fest, record_more: Callable[..., None], model: type
) -> None:
    record_more(live_fest, 3)
    response = admin_client.get(address(model, "changelist"))
    assert response.status_code == 200
    assert_within_policy(body(response))
    row = model._default_manager.order_by("-pk")[0]  # type: ignore[attr-defined]
    response = admin_client.get(address(model, "change", row.pk))
    assert response.status_code == 200
    assert_within_policy(body(response))


@pytest.mark.parametrize("model", CAMPAIGN)
def test_change_page_opens_for_every_row_of_a_campaign(admin_client: Client, live_fest: Fest, model: type) -> None:
    rows = model._default_manager.all()  # type: ignore[attr-defined]
    assert rows.count() > 0
    for row in rows:
        assert admin_client.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", [*MADE, AwardEvent, RequiredCheck])
def test_add_page_opens(admin_client: Client, uk_valentine: Fest, model: type) -> None:
    response = admin_client.get(address(model, "add"))
    assert response.status_code == 200
    assert_within_policy(body(response))


@pytest.mark.parametrize("model", [*MADE, *READ_ONLY])
def test_list_costs_the_same_queries_with_more_rows(
    admin_client: Client, uk_valentine: Fest, live_fest: Fest, record_more: Callable[..., None], model: type
) -> None:
    record_more(uk_valentine, 1)
    url = address(model, "changelist")
    with CaptureQueriesContext(connection) as one:
        admin_client.get(url)
    record_more(live_fest, 3, "more")
    with CaptureQueriesContext(connection) as more:
        admin_client.get(url)
    assert len(more) == len(one), "\n".join(query["sql"] for query in more)


def test_add_page_asks_for_the_fest_when_there_are_several(
    admin_client: Client, uk_valentine: Fest, live_fest: Fest
) -> None:
    page = body(admin_client.get(address(Metric, "add")))
    assert f'<a href="?fest={uk_valentine.pk}">UK Valentine LIVE</a>' in page
    assert_within_policy(page)
    page = body(admin_client.get(address(Metric, "add"), {"fest": uk_valentine.pk}))
    assert '<input type="text" name="slug"' in page


def test_add_page_takes_the_fest_by_which_the_list_was_filtered(
    admin_client: Client, uk_valentine: Fest, live_fest: Fest
) -> None:
    query = {"_changelist_filters": f"fest__id__exact={live_fest.pk}"}
    page = body(admin_client.get(address(Metric, "add"), query))
    assert f'<option value="{live_fest.pk}" selected>LIVE Fest</option>' in page
    assert "UK Valentine LIVE" not in page


def test_add_page_without_any_fest_says_how_to_make_one(admin_client: Client) -> None:
    page = body(admin_client.get(address(Metric, "add")))
    assert "There is no fest yet." in page
