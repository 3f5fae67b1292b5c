"""The disk of Valkey or PostgreSQL is full for a while; then there is room again, and nobody does anything else."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import redis

from livefest.engines import Postgres, Valkey
from tests.failures.disks import small_disk
from tests.failures.stand import Prepared, Stand, running_stand
from tests.failures.traffic import Look, told
from tests.rankings.machinery import seconds_of, wait_for

FULL_SECONDS = 16.0
HEALED_SECONDS = 30.0


def test_disk_of_valkey_is_full(tmp_path: Path, prepared: Prepared) -> None:
    """Boards stand still; facts are taken, and pages are there."""
    with small_disk(tmp_path / "engines" / "valkey", 64) as disk:
        with running_stand(tmp_path, prepared, valkey=Valkey(tmp_path / "engines")) as stand:
            viewers = [stand.view(), stand.view(stand.to_web(0)), stand.view(stand.to_web(1))]
            disk.fill()
            wait_for(lambda: not writes(stand))
            time.sleep(FULL_SECONDS)
            assert not writes(stand)
            taken = len(stand.senders[0].taken)
            wait_for(lambda: len(stand.senders[0].taken) > taken)
            disk.make_room()
            print(f"scored again {healed(stand, stand.wait_until_scored):.1f} s after there was room")
            assert_pages_came([one for viewer in viewers for one in viewer.finish()])
            tell(stand)
            assert set(stand.senders[0].answers) == {"200"}
            stand.assert_nothing_is_lost()


def writes(stand: Stand) -> bool:
    """Whether Valkey takes anything."""
    try:
        return bool(stand.valkey().set("failures", "1", ex=1))
    except redis.RedisError:
        return False


def test_disk_of_postgresql_is_full(tmp_path: Path, prepared: Prepared) -> None:
    """Sources are told to come again, and pages are there."""
    with small_disk(tmp_path / "engines" / "postgres", 320) as disk:
        with running_stand(tmp_path, prepared, postgres=Postgres(tmp_path / "engines")) as stand:
            viewers = [stand.view(), stand.view(stand.to_web(0)), stand.view(stand.to_web(1))]
            stand.send()
            disk.fill()
            told_off = [sender.answers["503"] for sender in stand.senders]
            wait_for(lambda: all(o.answers["503"] > n for o, n in zip(stand.senders, told_off, strict=True)), 120)
            time.sleep(FULL_SECONDS / 2)
            use_up_log(stand)
            time.sleep(FULL_SECONDS / 2)
            disk.make_room()
            taken = [len(sender.taken) for sender in stand.senders]

            def all_send() -> None:
                wait_for(lambda: all(len(o.taken) > n for o, n in zip(stand.senders, taken, strict=True)))

            print(f"facts are taken {healed(stand, all_send):.1f} s after there was room")
            print(f"scored again after {healed(stand, stand.wait_until_scored):.1f} s more")
            assert_pages_came([one for viewer in viewers for one in viewer.finish()])
            tell(stand)
            assert all(set(sender.answers) == {"200", "503"} for sender in stand.senders)
            stand.assert_nothing_is_lost()


def use_up_log(stand: Stand) -> None:
    """Until there is no room for the next file of PostgreSQL's log either: then it ends itself."""
    with suppress(psycopg.OperationalError):
        with psycopg.connect(stand.machine.environment["DATABASE_URL"], autocommit=True) as connection:
            while True:
                connection.execute("SELECT pg_logical_emit_message(false, 'failures', 'next'), pg_switch_wal()")


def healed(stand: Stand, well: Callable[[], object]) -> float:
    seconds = seconds_of(well)
    assert seconds < HEALED_SECONDS
    return seconds


def assert_pages_came(looks: list[Look]) -> None:
    print(told(looks))
    assert {one.status for one in looks} == {200}
    assert max(one.seconds for one in looks) < 5


def tell(stand: Stand) -> None:
    for sender in stand.senders:
        print(f"sender: {len(sender.taken)} facts, {dict(sender.answers)}, longest {sender.longest:.1f} s")
    print(f"started again: { ({service.running.name: service.restarts for service in stand.services}) }")
    print(f"engines: {[(engine.restarts, engine.failed) for engine in stand.engines]}")
