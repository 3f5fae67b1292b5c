"""The Makefile's own worker and beat do everything by themselves: nobody gives a command."""

from __future__ import annotations

import csv
import json
import os
import signal
import tomllib
from datetime import datetime
from pathlib import Path

from django.db.models import F

from creators.creators_file import load_creators
from creators.files import read_batches
from creators.intake import record_facts
from creators.models import Fact, Group, Mark, Membership, Payment
from creators.sources import create_source
from livefest.campaign import load_campaign
from livefest.models import Fest
from livefest.sql import execute
from rankings.closing import is_due
from rankings.models import Board, Opening, RefreshState
from rankings.refresh import refresh
from rankings.standings import find_standing, page
from rankings.tasks import refresh_fest, running
from rankings.valkey import client
from tests.processes import children
from tests.rankings.held import in_postgres, in_valkey
from tests.rankings.machinery import Machinery, Running, wait_for
from tests.rankings.play import all_standings
from tests.reference import Intake, Ledger, Records, Row, all_rows, close, json_lines, ledger_at

# Of night-of-lights two days are over and paid; winter-ladder, which places and admits, has ended.
NOW = datetime.fromisoformat("2026-10-25T12:00:00Z")
LONG_AFTER = datetime.fromisoformat("2026-12-24T00:00:00Z")
ENDED = datetime.fromisoformat("2026-07-12T12:00:00Z")  # in grace


class Played:
    """A published campaign, in the app and in the slow reading, with the facts taken so far."""

    def __init__(self, campaigns: Path, slug: str) -> None:
        text = (campaigns / f"{slug}.toml").read_bytes()
        creators = (campaigns / f"{slug}.creators.csv").read_bytes()
        load_campaign(text)
        self.fest = Fest.objects.get(slug=slug)
        load_creators(fest=self.fest, data=creators)
        self.campaign = tomllib.loads(text.decode())
        self.creators = list(csv.DictReader(creators.decode().splitlines()))
        self.intake = Intake(self.campaign, frozenset(row["handle"] for row in self.creators))
        self.records = Records()

    def take(self, facts: Path, at: datetime) -> None:
        source = create_source(fest=self.fest, name="file")
        for batch in read_batches(facts):
            record_facts(source=source, reports=[fact for _line, fact in batch.facts], arrived_at=at)
        self.intake.take(json_lines(facts.read_bytes()), arrived_at=at)
        assert Fact.objects.filter(fest=self.fest).count() == self.intake.counts()["accepted"]

    def ledger(self, now: datetime = NOW) -> Ledger:
        """As things stand once everything up to now is closed."""
        self.records = close(self.campaign, self.creators, self.intake.accepted, self.records, closed_at=now)
        return ledger_at(self.campaign, self.creators, self.intake.accepted, self.records)

    def is_settled(self) -> bool:
        """Whether nothing is left to be scored, closed or published."""
        state = RefreshState.objects.filter(fest=self.fest, closed_at=F("settled_at")).first()
        if state is None or is_due(self.fest, NOW) or Mark.objects.filter(fest=self.fest).exists():
            return False
        record = in_postgres(execute)
        return in_valkey(client(), list(record)) == record and bool(record)


def test_closing_killed_before_it_paid_is_made_good_long_after_the_fest(machine: Machinery, campaigns: Path) -> None:
    """Nothing is due any more, and nothing marked."""
    nights = Played(campaigns, "night-of-lights")
    nights.take(campaigns / "night-of-lights.facts.jsonl", NOW)
    refresh(nights.fest)
    machine.environment["LIVEFEST_NOW"] = LONG_AFTER.isoformat()
    dying = machine.stage("die-unpaid", "night-of-lights")
    assert dying.line() == "closed", dying.tail()
    assert dying.wait() == -signal.SIGKILL
    assert not Payment.objects.filter(entitlement__startswith="rank/").exists()
    assert running(LONG_AFTER) == [nights.fest.pk]
    refresh_fest(nights.fest.pk)
    assert paid(nights.fest) == due(nights.ledger(LONG_AFTER))
    assert running(LONG_AFTER) == []


def test_worker_and_beat_of_the_makefile_refresh_and_close(machine: Machinery, campaigns: Path, tmp_path: Path) -> None:
    ladder, nights = Played(campaigns, "winter-ladder"), Played(campaigns, "night-of-lights")
    for played, names, at in ((ladder, ("last-week", "facts"), ENDED), (nights, ("facts",), NOW)):
        for name in names:
            played.take(campaigns / f"{played.fest.slug}.{name}.jsonl", at)

    machine.environment["LIVEFEST_NOW"] = NOW.isoformat()
    worker = machine.start("make", "--no-print-directory", "worker", name="worker", settings="")
    schedule = f"BEAT_SCHEDULE={tmp_path / 'schedule'}"
    beat = machine.start("make", "--no-print-directory", "beat", schedule, name="beat", settings="")

    wait_for(lambda: ladder.is_settled() and nights.is_settled())
    for played in (ladder, nights):
        assert all_standings(played.fest) == [row.as_text() for row in all_rows(played.ledger())]
    assert not Group.objects.filter(fest=ladder.fest, kind="league", placed_at=None).exists()
    assert Membership.objects.filter(fest=ladder.fest, origin="placement").exists()
    assert Opening.objects.filter(round__fest=ladder.fest, round__slug="final").exists()
    assert paid(nights.fest) == due(nights.ledger())
    assert Payment.objects.filter(entry__fest=nights.fest, entitlement__startswith="rank/").exists()

    # The processes that work are killed one by one; the worker replaces them.
    for pid in workmen(worker):
        os.kill(pid, signal.SIGKILL)
        report = {"id": f"late-{pid}", "creator": grand(nights)[-1].handle, "metric": "coins", "quantity": 1000}
        facts = tmp_path / "late.jsonl"
        facts.write_text(json.dumps({**report, "at": "2026-10-25T11:00:00Z"}))
        nights.take(facts, NOW)
        wait_for(lambda: is_shown(nights))
    assert worker.lives
    assert beat.lives
    assert all_standings(nights.fest) == [row.as_text() for row in all_rows(nights.ledger())]
    assert paid(nights.fest) == due(nights.ledger())


def paid(fest: Fest) -> list[tuple[str, str, int]]:
    payments = Payment.objects.filter(entry__fest=fest)
    return sorted(payments.values_list("entry__creator__handle", "metric__slug", "points"))


def due(ledger: Ledger) -> list[tuple[str, str, int]]:
    return sorted((one.creator, one.metric, one.points) for one in ledger.payments)


def grand(played: Played) -> list[Row]:
    """The board of the whole fest by the slow reading."""
    return [row for row in all_rows(played.ledger()) if row.board == "grand"]


def is_shown(played: Played) -> bool:
    """Whether Valkey shows the board of the whole fest as the slow reading has it."""
    standing = find_standing(Board.objects.get(fest=played.fest, slug="grand"))
    assert standing is not None
    shown = [(place.rank, place.handle, place.score) for place in page(standing)]
    return shown == [(row.rank, row.handle, row.score) for row in grand(played)] and played.is_settled()


def workmen(worker: Running) -> list[int]:
    """The pids of the worker's pool: the youngest generation below `make`."""
    generation = [worker.process.pid]
    while below := [child for pid in generation for child in children(pid)]:
        generation = below
    assert len(generation) == 2, "as many as --concurrency says"
    return generation
