"""Facts, marks and lives: to look at only, in lists whose pages cost the same however many rows there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creators.admin import reported
from creators.models import Creator, Fact, Live, Mark
from livefest.admin import paging
from livefest.models import Fest
from tests.admin.conftest import AT
from tests.admin.pages import body

FACTS = "/admin/creators/fact/"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists count 150 rows at most, so that 200 are many."""
    monkeypatch.setattr(paging, "MOST_COUNTED", 150)
    monkeypatch.setattr(reported, "MOST_COUNTED", 150)


def count_shown(client: Client, url: str, **query: Any) -> str:
    return str(client.get(url, query).context["cl"].paginator.count_text)


@pytest.mark.parametrize("model", [Fact, Mark, Live])
def test_reported_rows_are_read_only(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None], model: Any
) -> None:
    record(uk_valentine, 1)
    row = model.objects.get()
    name = f"admin:creators_{model._meta.model_name}"
    assert admin_client.get(reverse(f"{name}_add")).status_code == 403
    assert admin_client.post(reverse(f"{name}_change", args=[row.pk]), {"quantity": 5}).status_code == 403
    assert admin_client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    page = body(admin_client.get(reverse(f"{name}_change", args=[row.pk])))
    assert 'name="_save"' not in page
    changelist = reverse(f"{name}_changelist")
    assert 'name="action"' not in body(admin_client.get(changelist))
    data = {"action": "delete_selected", "post": "yes", "_selected_action": [row.pk]}
    admin_client.post(changelist, data)
    assert model.objects.count() == 1


def test_facts_are_listed_newest_first_whatever_the_address_asks(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None]
) -> None:
    record(uk_valentine, 3)
    expected = list(Fact.objects.order_by("-pk"))
    for query in ({}, {"o": "1"}, {"o": "6.-7"}):
        assert list(admin_client.get(FACTS, query).context["cl"].result_list) == expected


def test_facts_are_counted_exactly_while_they_are_few(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None]
) -> None:
    record(uk_valentine, 3)
    assert count_shown(admin_client, FACTS) == "3"


@pytest.mark.parametrize("path", ["fact", "creator", "entry", "mark", "live"])
def test_many_rows_are_estimated_when_unfiltered(
    admin_client: Client,
    uk_valentine: Fest,
    record: Callable[[Fest, int], None],
    analyze: Callable[[str], None],
    few: None,
    path: str,
) -> None:
    record(uk_valentine, 200)
    analyze(f"creators_{path}")
    url = f"/admin/creators/{path}/"
    with CaptureQueriesContext(connection) as queries:
        response = admin_client.get(url)
    assert "150 listed of about 200" in body(response)
    assert "150 results" not in body(response)
    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert len(counts) == 1
    assert "LIMIT 151" in counts[0]
    assert admin_client.get(url, {"p": 2}).status_code == 200
    assert admin_client.get(url, {"p": 3}).status_code == 302  # beyond what is counted: back to the list


def test_many_facts_without_statistics_are_only_said_to_be_more(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None], few: None
) -> None:
    with connection.cursor() as cursor:  # what a table has that was never analyzed
        cursor.execute("UPDATE pg_class SET reltuples = -1 WHERE oid = 'creators_fact'::regclass")
    record(uk_valentine, 200)
    assert count_shown(admin_client, FACTS) == "150+"


def test_many_rows_found_are_only_said_to_be_more(
    admin_client: Client,
    uk_valentine: Fest,
    record: Callable[[Fest, int], None],
    analyze: Callable[[str], None],
    few: None,
) -> None:
    record(uk_valentine, 200)
    analyze("creators_creator")
    assert count_shown(admin_client, "/admin/creators/creator/", q="creator") == "150+"
    assert count_shown(admin_client, "/admin/creators/creator/", q="creator.199") == "1"


def test_facts_are_found_by_id_or_by_handle(
    admin_client: Client, uk_valentine: Fest, live_fest: Fest, record: Callable[..., None]
) -> None:
    record(uk_valentine, 3)
    record(live_fest, 1, "other")
    one = Fact.objects.get(external_id="evt-creator.1")
    for term in ("evt-creator.1", " creator.1 ", "@creator.1"):
        assert list(admin_client.get(FACTS, {"q": term}).context["cl"].result_list) == [one]
    for term in ("evt", "creator", "nobody"):
        assert list(admin_client.get(FACTS, {"q": term}).context["cl"].result_list) == []


def test_facts_of_a_creator_are_found_up_to_a_bound(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None], few: None
) -> None:
    record(uk_valentine, 1)
    fact = Fact.objects.get()
    for number in range(200):
        fact.pk, fact.external_id = None, f"evt-{number}"
        fact._state.adding = True
        fact.save()
    assert count_shown(admin_client, FACTS, q="creator.0") == "150+"


@pytest.mark.parametrize("query", ["fest__id__exact=1", "session=a", "quantity__gte=5", "entry__creator__name=a"])
def test_facts_take_no_filter_from_the_address(admin_client: Client, query: str) -> None:
    assert admin_client.get(f"{FACTS}?{query}").status_code == 400


def test_facts_page_shows_who_reversed_it(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None]
) -> None:
    record(uk_valentine, 1)
    fact = Fact.objects.get()
    Fact.objects.create(
        fest=fact.fest,
        source=fact.source,
        entry=fact.entry,
        metric=fact.metric,
        quantity=-1,
        at=AT,
        received_at=AT,
        counts=True,
        external_id="undo-1",
        reverses=fact,
    )
    assert "undo-1" in body(admin_client.get(reverse("admin:creators_fact_change", args=[fact.pk])))


def test_lives_are_filtered_by_who_is_on_air(
    admin_client: Client, uk_valentine: Fest, record: Callable[[Fest, int], None], settings: Any
) -> None:
    record(uk_valentine, 2)
    settings.LIVEFEST_NOW = AT.isoformat()
    Live.objects.filter(room="room-creator.0").update(ended_at=AT)
    response = admin_client.get("/admin/creators/live/", {"on_air": "now"})
    assert [live.room for live in response.context["cl"].result_list] == ["room-creator.1"]


def test_creator_page_costs_the_same_queries_in_more_fests(
    admin_client: Client, uk_valentine: Fest, live_fest: Fest
) -> None:
    creator = Creator.objects.create(handle="ada.live")
    url = reverse("admin:creators_creator_change", args=[creator.pk])
    creator.entries.create(fest=uk_valentine, region=uk_valentine.regions.get())
    admin_client.get(url)  # a process's first page asks for what it then keeps
    with CaptureQueriesContext(connection) as one:
        admin_client.get(url)
    creator.entries.create(fest=live_fest, region=live_fest.regions.all()[0])
    with CaptureQueriesContext(connection) as two:
        admin_client.get(url)
    assert len(two) == len(one)
