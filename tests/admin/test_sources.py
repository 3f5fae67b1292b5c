"""Sources: their secrets are made and shown once, revoked after a question, and never readable again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creators.models import Source, SourceSecret
from creators.sources import add_secret, read_secret
from livefest.models import Fest
from tests.admin.pages import body, errors, messages, submit
from tests.admin.test_pages import assert_within_policy

WHY = {"reason": "As agreed"}


@pytest.fixture
def source(uk_valentine: Fest) -> Source:
    return Source.objects.create(fest=uk_valentine, name="platform")


def address(source: Source, action: str, *more: int) -> str:
    return reverse(f"admin:creators_source_{action}", args=[source.pk, *more])


def test_source_is_added_and_its_page_offers_the_first_secret(admin_client: Client, uk_valentine: Fest) -> None:
    response = submit(admin_client, "/admin/creators/source/add/", name="platform")
    source = Source.objects.get()
    assert (source.fest, source.name) == (uk_valentine, "platform")
    assert response.headers["Location"] == address(source, "change")
    page = body(admin_client.get(address(source, "change")))
    assert "<code>http://testserver/ingest/platform/</code>" in page
    assert "Make the first secret" in page
    assert_within_policy(page)


def test_source_of_a_name_that_is_there_is_refused(admin_client: Client, source: Source) -> None:
    response = submit(admin_client, "/admin/creators/source/add/", name="platform")
    assert errors(response) == ["Source with this Name and Fest already exists."]


def test_secret_is_shown_once_and_nowhere_else(admin_client: Client, source: Source) -> None:
    response = admin_client.post(address(source, "secret"), WHY)
    assert_within_policy(body(response))
    found = re.findall(r"whsec_[A-Za-z0-9+/=]+", body(response))
    row = SourceSecret.objects.get()
    assert found == [read_secret(row)]
    assert row.created_by == response.wsgi_request.user
    assert "no-store" in response.headers["Cache-Control"].split(", ")
    assert sorted(response.cookies) == ["csrftoken", "signed_in"]
    page = body(admin_client.get(address(source, "change")))
    assert found[0] not in page
    assert row.encrypted not in page
    assert f"…{found[0][-4:]}" in page
    assert found[0] not in LogEntry.objects.get().change_message
    assert found[0] not in str(dict(admin_client.session))


def test_secret_rotated_stays_valid_beside_the_new_one(admin_client: Client, source: Source) -> None:
    for _time in range(3):
        admin_client.post(address(source, "secret"), WHY)
    first, second, third = SourceSecret.objects.order_by("pk")
    assert first.revoked_at is not None
    assert (second.revoked_at, third.revoked_at) == (None, None)
    page = body(admin_client.get("/admin/creators/source/"))
    assert f"{third}, {second}" in page or f"{second}, {third}" in page
    assert str(first) not in page


def test_secret_is_not_made_by_a_link(admin_client: Client, source: Source) -> None:
    for action in ("secret", "pause", "resume"):
        assert admin_client.get(address(source, action)).status_code == 405
    assert SourceSecret.objects.count() == 0


def test_secret_is_revoked_after_a_question(admin_client: Client, source: Source) -> None:
    add_secret(source=source, by=None)
    secret = SourceSecret.objects.get()
    url = address(source, "revoke", secret.pk)
    page = body(admin_client.get(url))
    assert "It is the only valid one" in page
    assert_within_policy(page)
    assert SourceSecret.objects.get().revoked_at is None
    response = admin_client.post(url, WHY, follow=True)
    assert messages(response) == [f"Revoked the secret that ends with {secret.hint}."]
    assert SourceSecret.objects.get().revoked_at is not None
    assert messages(admin_client.post(url, WHY, follow=True)) == ["This secret is revoked already."]


def test_secret_of_another_source_is_not_revoked(admin_client: Client, source: Source) -> None:
    other = Source.objects.create(fest=source.fest, name="other")
    add_secret(source=other, by=None)
    admin_client.post(address(source, "revoke", SourceSecret.objects.get().pk), WHY)
    assert SourceSecret.objects.get().revoked_at is None


def test_source_is_paused_and_resumed(admin_client: Client, source: Source) -> None:
    response = admin_client.post(address(source, "pause"), WHY, follow=True)
    assert messages(response) == ["Paused the source."]
    assert "nothing is taken from it" in body(response)
    source.refresh_from_db()
    assert source.paused_at is not None
    admin_client.post(address(source, "resume"), WHY)
    source.refresh_from_db()
    assert source.paused_at is None
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Paused the source.",
        "Resumed the source.",
    ]


def test_source_keeps_its_name_and_fest(admin_client: Client, source: Source, live_fest: Fest) -> None:
    submit(admin_client, address(source, "change"), name="renamed", fest=live_fest.pk)
    before = (source.name, source.fest)
    source.refresh_from_db()
    assert (source.name, source.fest) == before


def test_source_page_costs_the_same_queries_with_more_secrets(admin_client: Client, source: Source) -> None:
    admin_client.post(address(source, "secret"), WHY)
    with CaptureQueriesContext(connection) as one:
        admin_client.get(address(source, "change"))
    admin_client.post(address(source, "secret"), WHY)
    admin_client.post(address(source, "secret"), WHY)
    with CaptureQueriesContext(connection) as three:
        admin_client.get(address(source, "change"))
    assert len(three) == len(one)


def test_sources_pages_need_a_csrf_token(staff: Callable[..., Client], source: Source) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = staff("creators.change_source").cookies
    for action in ("secret", "pause", "resume"):
        assert client.post(address(source, action)).status_code == 403
    assert SourceSecret.objects.count() == 0
