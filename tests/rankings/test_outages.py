"""Valkey away, back, emptied, or older than it was: readers see the same, and the next refresh makes it good."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from creators.creators_file import load_creators
from creators.files import read_batches
from creators.intake import record_facts
from creators.sources import create_source
from livefest.engines import Valkey
from livefest.models import Fest
from livefest.sql import execute
from rankings.models import Standing
from rankings.refresh import Refreshed, refresh
from rankings.standings import neighbours, page, place_of, size, version
from rankings.valkey import TIMEOUT, client
from tests.rankings.held import in_postgres, in_valkey, written_anew
from tests.rankings.little import give, little_fest, standing_of, take_back
from tests.rankings.machinery import seconds_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def fest(valkey: Valkey) -> Fest:
    return little_fest(["ada", "bo", "cy", "di"])


def kill(valkey: Valkey) -> None:
    pid = valkey.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def empty(valkey: Valkey) -> None:
    for old in valkey.data.iterdir():
        shutil.rmtree(old)


def assert_published() -> None:
    record = in_postgres(execute)
    assert record
    assert in_valkey(client(), list(record)) == record


def everything_read(standing: Standing) -> tuple[object, ...]:
    """All that readers can be given of a standing."""
    number = size(standing)
    pages = [page(standing, position=position, count=7) for position in range(0, number + 1, 7)]
    places = [place_of(standing, place.handle) for places in pages for place in places]
    around = [neighbours(standing, pages[0][0].handle), neighbours(standing, pages[-2][-1].handle)]
    return number, version(standing), pages, places, around, place_of(standing, "nobody")


def test_readers_are_given_the_same_while_valkey_is_away(valkey: Valkey, uk_valentine: Fest, campaigns: Path) -> None:
    """Of every standing of the sample, first by Valkey, then by PostgreSQL."""
    load_creators(fest=uk_valentine, data=(campaigns / "uk-valentine.sample.creators.csv").read_bytes())
    source = create_source(fest=uk_valentine, name="file")
    for batch in read_batches(campaigns / "uk-valentine.sample.facts.jsonl"):
        record_facts(source=source, reports=[fact for _line, fact in batch.facts], arrived_at=uk_valentine.ends)
    refresh(uk_valentine)
    standings = list(Standing.objects.filter(size__gte=8))
    assert len(standings) > 5
    before = [everything_read(standing) for standing in standings]
    valkey.stop()
    assert [everything_read(standing) for standing in standings] == before


def test_refresh_goes_on_while_valkey_is_away(valkey: Valkey, fest: Fest) -> None:
    give(fest, ada=5, bo=3)
    refresh(fest)
    kill(valkey)
    give(fest, cy=9)
    assert refresh(fest) == Refreshed(touched=1, moved=3, published=None)
    assert [place.handle for place in page(standing_of(fest))] == ["cy", "ada", "bo"]


def test_valkey_that_comes_back_empty_is_filled_by_the_next_refresh(valkey: Valkey, fest: Fest) -> None:
    give(fest, ada=5, bo=3)
    refresh(fest)
    valkey.stop()
    empty(valkey)
    valkey.ensure()
    assert version(standing_of(fest)) == standing_of(fest).version
    refreshed = refresh(fest)
    assert refreshed is not None
    assert refreshed.published == Standing.objects.count()
    assert_published()


def test_valkey_that_comes_back_as_it_was_is_brought_up_to_date(valkey: Valkey, fest: Fest) -> None:
    ids = give(fest, ada=5, bo=3)
    refresh(fest)
    standing = standing_of(fest)
    before = everything_read_of_few(standing)
    kill(valkey)
    take_back(fest, "bo", ids["bo"], 3)
    give(fest, cy=9)
    refresh(fest)
    valkey.ensure()
    assert everything_read_of_few(standing) == before, "one published version, whole"
    refresh(fest)
    assert [place.handle for place in page(standing)] == ["cy", "ada"]
    assert written_anew(client()) == 0, "only what changed was sent"
    assert_published()


def everything_read_of_few(standing: Standing) -> tuple[object, ...]:
    handles = ("ada", "bo", "cy")
    return size(standing), version(standing), page(standing), [place_of(standing, handle) for handle in handles]


class Copy:
    """A replica that lags behind, as a failover finds it."""

    def __init__(self, valkey: Valkey, folder: Path) -> None:
        self.valkey, self.folder = valkey, folder
        valkey.stop()
        subprocess.run(["cp", "-a", valkey.data, folder], check=True)
        valkey.ensure()

    def takes_over(self) -> None:
        self.valkey.stop()
        empty(self.valkey)
        subprocess.run(["cp", "-a", f"{self.folder}/.", self.valkey.data], check=True)
        self.valkey.ensure()


def test_older_copy_of_valkey_is_brought_up_to_date(valkey: Valkey, fest: Fest, tmp_path: Path) -> None:
    ids = give(fest, ada=5, bo=3, di=1)
    refresh(fest)
    copy = Copy(valkey, tmp_path / "copy")
    take_back(fest, "bo", ids["bo"], 3)
    refresh(fest)
    give(fest, cy=9, di=1)
    refresh(fest)
    copy.takes_over()
    assert [place.handle for place in page(standing_of(fest))] == ["ada", "bo", "di"]
    refresh(fest)
    assert [(place.handle, place.score) for place in page(standing_of(fest))] == [("cy", 9), ("ada", 5), ("di", 2)]
    assert written_anew(client()) == 0, "only what changed was sent"
    assert_published()


def test_copy_of_valkey_from_before_a_rebuild_is_brought_up_to_date(valkey: Valkey, fest: Fest, tmp_path: Path) -> None:
    """A rebuild forgets who is no longer ranked; the copy has them."""
    ids = give(fest, ada=5, bo=3)
    refresh(fest)
    copy = Copy(valkey, tmp_path / "copy")
    take_back(fest, "bo", ids["bo"], 3)
    refresh(fest)
    refresh(fest, rebuild=True)
    copy.takes_over()
    refresh(fest)
    assert [place.handle for place in page(standing_of(fest))] == ["ada"]
    assert_published()


def test_valkey_that_hangs_keeps_readers_for_one_time_out(valkey: Valkey, fest: Fest) -> None:
    give(fest, ada=5)
    refresh(fest)
    standing = standing_of(fest)
    pid = valkey.pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        assert seconds_of(lambda: page(standing)) < TIMEOUT + 2, "it is not asked again and again"
    finally:
        os.kill(pid, signal.SIGCONT)
