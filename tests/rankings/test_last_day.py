"""The last day of live-fest and what follows, as its organiser lives through it: the freeze, late facts, corrections
looked at before they are made, the reveal, certified results that verify, and an edition that corrects them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from creators.intake import record_facts
from creators.models import Source
from creators.reports import parse_fact
from livefest.models import Fest, User
from rankings.models import Edition
from tests.browser.festival import HANDLES, festival
from tests.kept import kept
from tests.pages.conftest import forget
from tests.reference.small import moment

pytestmark = pytest.mark.django_db(transaction=True)  # what is revealed is published on commit

ADA, BO, CY, DARYA = HANDLES[:4]
WHY = "--reason=as the jury found"


def at(text: str) -> str:
    return f"2026-12-{text}Z"


@pytest.fixture
def fest(settings: Settings, client: Client) -> Fest:
    """Up to the evening of the last day, a fact for everybody in each hour of it."""
    settings.LIVEFEST_NOW = at("16T17:59:00")
    settings.LARGE_CORRECTION_POINTS = 10**12
    return kept(evening)


def evening() -> Fest:
    fest = festival(more=0)
    for name in ("one@example.org", "two@example.org"):
        User.objects.create(username=name, email=name, is_staff=True, is_superuser=True)
    run("close", at=at("14T00:00:00"))
    send(fest, "16T17:30:00", {ADA: 5_000, BO: 4_000, CY: 3_000, DARYA: 2_000})
    run("refresh")
    return fest


def run(command: str, *arguments: str, **options: Any) -> str:
    out = io.StringIO()
    slug = [] if command == "verify_results" else ["live-fest"]
    words = [f"--at={options.pop('at')}"] if "at" in options else []
    call_command(command, *slug, *arguments, *words, stdout=out)
    forget()
    return out.getvalue()


def send(fest: Fest, when: str, diamonds: dict[str, int], *, arrived: str = "") -> None:
    reports = [
        parse_fact(
            {
                "id": f"{when}-{arrived}-{handle}",
                "creator": handle,
                "metric": "diamonds",
                "quantity": quantity,
                "at": at(when),
                "session": f"finale-{handle}",
            }
        )
        for handle, quantity in diamonds.items()
    ]
    source = Source.objects.get(fest=fest, name="platform")
    came = clock_moment(arrived or when) + timedelta(seconds=2)
    assert record_facts(source=source, reports=reports, arrived_at=came).accepted == len(reports)


def clock_moment(text: str) -> Any:
    return moment(text).replace(month=12)


def board(*options: str) -> list[str]:
    """The handles of the global board, best first."""
    rows = csv.DictReader(io.StringIO(run("export_board", "global", *options)))
    return [row["handle"] for row in rows]


def public_board(client: Client) -> str:
    forget()
    return client.get("/en/live-fest/boards/global/all/").content.decode()


def first_shown(client: Client, *handles: str) -> str:
    """Which of these stands first on the public page."""
    page = public_board(client)
    return min(handles, key=lambda handle: page.index(f"@{handle}"))


def test_last_day(fest: Fest, client: Client, settings: Settings, tmp_path: Path) -> None:
    by = "--by=one@example.org"

    # The boards freeze; the last hours and a fact that comes late turn everything round, for staff alone.
    settings.LIVEFEST_NOW = at("16T18:00:05")
    assert "boards frozen" in run("close", at=at("16T18:00:05"))
    frozen = public_board(client)
    assert first_shown(client, ADA, BO) == ADA
    send(fest, "16T21:00:00", {BO: 900_000, CY: 700_000})
    send(fest, "16T17:45:00", {DARYA: 600_000}, arrived="16T22:00:00")
    settings.LIVEFEST_NOW = at("17T00:00:05")
    run("close", at=at("17T00:00:05"))
    assert board()[:3] == [BO, CY, DARYA]
    assert board(f"--as-shown-at={at('16T23:00:00')}")[0] == ADA
    assert first_shown(client, ADA, BO, CY, DARYA) == ADA
    assert public_board(client).count("data-row=") == frozen.count("data-row=")

    # Corrections: looked at, made, undone.
    settings.LIVEFEST_NOW = at("18T10:00:00")
    looked = run("disqualify", BO, by, WHY)
    assert BO in looked
    assert board()[0] == BO  # looking changes nothing
    run("disqualify", BO, by, WHY, "--yes")
    run("refresh")
    assert BO not in board()
    run("reinstate", BO, by, WHY, "--yes")
    run("void", f"--creator={CY}", by, WHY, "--yes", f"--session=finale-{CY}")
    run("refresh")
    assert board()[:2] == [BO, DARYA]
    assert first_shown(client, ADA, BO, DARYA) == ADA

    # Revealed; certified only after grace and by two; it verifies.
    run("reveal", by)
    assert first_shown(client, ADA, BO, DARYA) == BO
    with pytest.raises(CommandError, match="Grace is over: no"):
        run("certify", by, "--approved-by=two@example.org", at=at("18T10:00:00"))
    settings.LIVEFEST_NOW = at("20T01:00:00")
    run("close", at=at("20T01:00:00"))
    with pytest.raises(CommandError, match="two people"):
        run("certify", by, "--approved-by=one@example.org", at=at("20T01:00:00"))
    run("certify", by, "--approved-by=two@example.org", at=at("20T01:00:00"))
    assert board("--results") == board()
    first = file_of(client, tmp_path, 1)
    assert "DOES NOT" not in run("verify_results", str(first))

    # Too late to move anything that is shown: a correction after the results, until they are certified anew.
    settings.LIVEFEST_NOW = at("22T09:00:00")
    run("disqualify", DARYA, by, WHY, "--yes")
    run("refresh")
    assert DARYA not in board()
    assert DARYA in board("--results")
    assert f"@{DARYA}" in public_board(client)
    run("certify", by, "--approved-by=two@example.org", "--reason=a creator was disqualified", at=at("22T10:00:00"))
    assert DARYA not in board("--results")
    assert f"@{DARYA}" not in public_board(client)
    assert board(f"--as-shown-at={at('21T00:00:00')}")[:2] == [BO, DARYA]
    second = file_of(client, tmp_path, 2)
    assert first.read_bytes() != second.read_bytes()
    assert Edition.objects.get(number=2).replaces == Edition.objects.get(number=1)
    for file in (first, second):
        assert "DOES NOT" not in run("verify_results", str(file))
    tampered = tmp_path / "tampered"
    tampered.write_bytes(first.read_bytes().replace(BO.encode(), CY.encode(), 1))
    with pytest.raises(CommandError):
        run("verify_results", str(tampered))


def file_of(client: Client, folder: Path, number: int) -> Path:
    """The edition's file, as anybody can download it."""
    response = client.get(f"/en/live-fest/results/{number}/results.jsonl")
    assert response.status_code == 200
    path = folder / f"edition-{number}"
    path.write_bytes(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    return path
