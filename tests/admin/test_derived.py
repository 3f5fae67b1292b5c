"""Payments, completions, standings and scores: to look at only, found by an exact handle, at the cost of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from challenges.models import Challenge, Completion
from creators.models import Payment
from livefest.models import Fest
from rankings.models import Score, Standing
from tests.admin.pages import body, change, delete

BY_HANDLE = [Payment, Completion, Score]


def address(model: Any, action: str = "") -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{action}"


@pytest.mark.parametrize("model", [*BY_HANDLE, Standing])
def test_derived_rows_are_read_only(
    admin_client: Client, uk_valentine: Fest, record_more: Callable[..., None], model: Any
) -> None:
    record_more(uk_valentine, 1)
    row = model.objects.get()
    assert admin_client.get(address(model, "add/")).status_code == 403
    assert admin_client.post(change(row), {"points": 7}).status_code == 403
    assert admin_client.post(delete(row), {"post": "yes"}).status_code == 403
    assert 'name="_save"' not in body(admin_client.get(change(row)))
    assert 'name="action"' not in body(admin_client.get(address(model)))


@pytest.mark.parametrize("model", BY_HANDLE)
def test_derived_rows_are_found_by_the_exact_handle(
    admin_client: Client, uk_valentine: Fest, live_fest: Fest, record_more: Callable[..., None], model: Any
) -> None:
    record_more(uk_valentine, 2)
    record_more(live_fest, 1, "other")
    for term, found in [("creator.1", 1), (" @other.0 ", 1), ("creator", 0), ("reator.1", 0), ("", 3)]:
        assert admin_client.get(address(model), {"q": term}).context["cl"].result_count == found


@pytest.mark.parametrize("model", [*BY_HANDLE, Standing])
def test_derived_rows_are_counted_up_to_a_bound(
    admin_client: Client, uk_valentine: Fest, record_more: Callable[..., None], model: Any
) -> None:
    record_more(uk_valentine, 1)
    with CaptureQueriesContext(connection) as queries:
        admin_client.get(address(model))
    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert len(counts) == 1
    assert "LIMIT 10001" in counts[0]


def test_completion_says_who_was_first_only_in_a_race(
    admin_client: Client, uk_valentine: Fest, record_more: Callable[..., None]
) -> None:
    record_more(uk_valentine, 1)
    for first, won, said in [(None, False, "-"), (3, False, "No"), (3, True, "Yes")]:
        Challenge.objects.filter(slug="joined").update(first=first)
        Completion.objects.update(won=won)
        page = body(admin_client.get(address(Completion)))
        assert f'<td class="field-among_the_first">{said}</td>' in page


@pytest.mark.parametrize("model", BY_HANDLE)
def test_derived_rows_take_no_filter_from_the_address(admin_client: Client, uk_valentine: Fest, model: Any) -> None:
    assert admin_client.get(f"{address(model)}?id__gte=1").status_code == 400


@pytest.mark.parametrize("model", BY_HANDLE)
def test_search_by_handle_is_served_by_an_index(
    admin_client: Client, uk_valentine: Fest, record_more: Callable[..., None], model: Any
) -> None:
    record_more(uk_valentine, 1)
    table = model._meta.db_table
    with CaptureQueriesContext(connection) as queries:
        admin_client.get(address(model), {"q": "creator.0"})
    found = next(
        query["sql"] for query in queries if f'FROM "{table}"' in query["sql"] and "COUNT(" not in query["sql"]
    )
    with connection.cursor() as cursor:
        # Of a table as small as this one is, any index serves; so is it planned for one whose pages are full.
        cursor.execute("UPDATE pg_class SET relpages = 1, reltuples = 1000 WHERE oid = %s::regclass", [table])
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {found}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    served = {Payment: "payment_unique", Completion: "completion_unique", Score: "score_by_handle"}
    assert served[model] in plan, plan
