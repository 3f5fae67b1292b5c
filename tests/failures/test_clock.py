"""The clock of one part, or of all, is a minute off for a while: it is stepped forward, and stepped back."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.failures.clocks import Clocked, clocks
from tests.failures.stand import SLUG, Prepared, Stand, running_stand
from tests.failures.traffic import post, told
from tests.rankings.machinery import wait_for

MINUTE = 60
PARTS = ("postgres", "web", "worker", "beat")
SCORED_SECONDS = 15.0
TOLERANCE = 300  # seconds that a signature may be off, as docs/facts.md says


def test_clocks_are_stepped_by_a_minute(tmp_path: Path, prepared: Prepared) -> None:
    with clocks() as set_clocks:
        particular = {name: set_clocks.environment(name) for name in PARTS[1:]}
        postgres = Clocked(tmp_path / "engines", set_clocks)
        with running_stand(tmp_path, prepared, postgres=postgres, particular=particular) as stand:
            viewer = stand.view()
            versions = [stand.newest_version()]
            longest: dict[str, float] = {}
            for parts in (PARTS, *[(part,) for part in PARTS]):
                for seconds in (MINUTE, 0, -MINUTE, 0):
                    for part in parts:
                        set_clocks.set(part, seconds)
                    begin = time.monotonic()
                    assert_clocks_are_off(stand, {part: seconds if part in parts else 0 for part in PARTS})
                    stand.wait_until_scored()
                    took = time.monotonic() - begin
                    versions.append(stand.newest_version())
                    step = f"{'all' if parts == PARTS else parts[0]} {seconds:+d}"
                    print(f"{step} s: scored after {took:.1f} s")
                    longest[step] = took
            assert versions == sorted(set(versions))
            assert max(longest.values()) < SCORED_SECONDS
            looks = viewer.finish()
            print(told(looks))
            assert {one.status for one in looks} == {200}
            print(f"sender: {len(stand.senders[0].taken)} facts, {dict(stand.senders[0].answers)}")
            assert set(stand.senders[0].answers) == {"200"}
            for part in PARTS:
                set_clocks.set(part, 0)
            stand.assert_nothing_is_lost()


def assert_clocks_are_off(stand: Stand, seconds: dict[str, int]) -> None:
    """That each part's clock says what it was set to: PostgreSQL's as it tells, the worker's as it notes when it
    refreshes, web's by what it thinks of a signature that is at the edge of what it takes."""
    ((database,),) = stand.ask("SELECT clock_timestamp()")
    assert round((database - datetime.now(UTC)).total_seconds()) == seconds["postgres"]
    wait_for(lambda: abs(worker_is_off(stand) - seconds["worker"]) < 10)
    for off in (TOLERANCE - 20, TOLERANCE + 20, -TOLERANCE + 20, -TOLERANCE - 20):
        expected = 200 if abs(off - seconds["web"]) < TOLERANCE else 401
        assert status_of_nothing(stand, datetime.now(UTC) + timedelta(seconds=off)) == expected, (off, seconds)


def status_of_nothing(stand: Stand, signed_at: datetime) -> int:
    """Of a call without facts."""
    with closing(stand.through_proxy(30)) as connection:
        return post(connection, stand.prepared.secret, '{"facts": []}', signed_at)[0]


def worker_is_off(stand: Stand) -> float:
    ((refreshed_at,),) = stand.ask(
        "SELECT refreshed_at FROM rankings_refreshstate state JOIN livefest_fest fest ON fest.id = state.fest_id"
        " WHERE fest.slug = %s",
        [SLUG],
    )
    return float((refreshed_at - datetime.now(UTC)).total_seconds())
