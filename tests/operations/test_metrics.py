"""What one process counts without a folder that is shared. Many processes: test_running.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from livefest import metrics
from livefest.models import Fest
from tests.creators.conftest import DURING
from tests.operations.site import TOKEN, figures


@pytest.fixture(autouse=True)
def _may_be_seen(settings: Settings) -> None:
    settings.MONITORING_TOKEN = TOKEN


def shown(client: Client) -> dict[str, dict[tuple[str, ...], float]]:
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return figures(answer.content.decode())


def counted(client: Client, name: str) -> dict[tuple[str, ...], float]:
    return shown(client).get(name, {})


@pytest.mark.django_db
def test_plain_integers_are_carried_over(client: Client) -> None:
    before = counted(client, "livefest_pages_total").get(("kept",), 0)
    metrics.PAGES["kept"] += 3
    assert counted(client, "livefest_pages_total")[("kept",)] >= before + 3
    metrics.carry_over()
    metrics.PAGES["kept"] += 1
    assert counted(client, "livefest_pages_total")[("kept",)] >= before + 4


@pytest.mark.django_db(transaction=True)
def test_facts_of_a_file_are_counted_by_outcome(
    client: Client, uk_valentine: Fest, campaigns: Path, settings: Settings
) -> None:
    settings.LIVEFEST_NOW = DURING.isoformat()
    call_command("load_creators", "uk-valentine", str(campaigns / "uk-valentine.example.creators.csv"), verbosity=0)
    facts = str(campaigns / "uk-valentine.example.facts.jsonl")
    before = counted(client, "livefest_facts_total")
    call_command("ingest", "uk-valentine", facts, "--source", "counted")
    call_command("ingest", "uk-valentine", facts, "--source", "counted")
    found = {key: number - before.get(key, 0) for key, number in counted(client, "livefest_facts_total").items()}
    mine = {key[1]: number for key, number in found.items() if key[2:] == ("counted", "file")}
    assert mine["accepted"] == mine["duplicate"] > 0
    lags = counted(client, "livefest_fact_lag_seconds_count")
    assert lags["uk-valentine", "counted"] == 1, "duplicates tell nothing of how late a source is"


@pytest.mark.django_db
def test_requests_are_counted_by_view_and_status(client: Client) -> None:
    before = counted(client, "livefest_http_requests_total")
    client.get("/nowhere/at/all")
    client.post("/ingest/nobody/", b"{}", content_type="application/json")
    after = counted(client, "livefest_http_requests_total")
    for key in [("404", "nowhere"), ("401", "ingest")]:
        assert after[key] - before.get(key, 0) == 1
