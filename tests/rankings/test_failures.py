"""The ranking under siege: whatever is killed, restarted, flushed or raced, the standings end as a rebuild has them."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random, randrange

import pytest

from livefest.engines import Engines
from tests import effort
from tests.engines.conftest import remove_socket_directory
from tests.rankings.machinery import machinery
from tests.rankings.siege import Siege

SLUG = "uk-valentine"
NOW = "2026-02-17T12:00:00Z"  # in grace: everything of the fest may arrive
CLOSED_AT = "2026-02-19T00:00:00Z"
KILLS, KILLS_OF_ONE_WORKER = 20 if effort.FULL else 6, 3


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[Engines]:
    engines = Engines(tmp_path / "local")
    try:
        yield engines
    finally:
        engines.release()
        engines.stop()
        remove_socket_directory(engines.postgres)
        remove_socket_directory(engines.valkey)


@pytest.fixture
def siege(engines: Engines, tmp_path: Path, campaigns: Path) -> Iterator[Siege]:
    """uk-valentine with the creators of its sample, and nobody there yet. SIEGE_SEED repeats a siege."""
    seed = int(os.environ.get("SIEGE_SEED", randrange(10**6)))
    print(f"\nSIEGE_SEED={seed}")
    urls = engines.ensure()
    with machinery(tmp_path / "machinery", database=urls.database, redis=urls.redis, now=NOW) as machine:
        machine.manage("migrate", "--verbosity", "0")
        machine.manage("load_campaign", str(campaigns / f"{SLUG}.toml"))
        machine.manage("load_creators", SLUG, str(campaigns / f"{SLUG}.sample.creators.csv"))
        siege = Siege(engines, machine, Random(seed))
        try:
            yield siege
        finally:
            siege.close()


def test_standings_after_a_siege_equal_a_rebuild(siege: Siege, campaigns: Path) -> None:
    facts = campaigns / f"{SLUG}.sample.facts.jsonl"
    machine = siege.machine
    feeder = machine.python(
        "-m", "tests.rankings.feeder", SLUG, str(facts), NOW, str(siege.random.random()), name="feeder"
    )
    beat = machine.beat()
    siege.worker("first")
    attacks = dict(zip(siege.random.sample(range(1, KILLS), 4), siege.attacks(), strict=True))
    for number in range(KILLS):
        if number == KILLS_OF_ONE_WORKER:
            siege.worker("second")
        if number in attacks:
            print(f"before kill {number}: {attacks[number].__name__}")
            attacks[number]()
        siege.strike()
    print(f"struck: {dict(siege.struck)}")
    assert siege.struck.total() == KILLS
    assert siege.struck["deriving"] >= KILLS // 5
    assert siege.struck["deriving"] + siege.struck["publishing"] >= KILLS // 3

    assert feeder.lives, "it fed to the end of the siege"
    assert int(feeder.finish()) > 0
    siege.calm_down()
    assert beat.lives
    assert all(worker.lives for worker in siege.workers.values())
    for running in (beat, *siege.workers.values()):
        running.kill()
    siege.assert_published()

    machine.manage("close", SLUG, "--at", CLOSED_AT)
    with (campaigns / f"{SLUG}.sample.expected.csv").open(encoding="utf-8", newline="") as file:
        expected = list(csv.reader(file))[1:]
    assert siege.described(SLUG)["standings"] == expected
    siege.assert_as_a_rebuild_gives(SLUG)
