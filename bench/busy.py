"""The last night, compressed: an hour's facts of an evening at its peak come in within a minute, while boards are
refreshed and read. How long pages take then, how soon a fact is seen, and how much memory all of it needs.

Web, worker and beat run as in production; what is posted goes through the signed webhook.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event

from bench.figures import Figure
from bench.ingest import post, signed_call
from bench.scale import MEGABYTE
from bench.setting import NOW, handle, make_facts
from tests.processes import web_server

SECONDS, FACTS_A_SECOND = 60, 2_000
PERIOD = 10  # seconds between refreshes, the default
GRACE = 60.0  # seconds until what was posted last must be seen
PAUSE = 0.05  # seconds between two requests of a reader
BOARD = "/en/live-fest/boards/shopping/all/"  # by what is sold, which no cap cuts: the newest probe leads it
PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass
class Seen:
    """What a reader of the board found: how long each page took, and when each probe was on it first, in seconds."""

    taken: list[float] = field(default_factory=list)
    probes: dict[str, float] = field(default_factory=dict)


def run_busy(creators: int, folder: Path) -> list[Figure]:
    from creators.sources import add_secret, create_source
    from livefest.models import Fest
    from livefest.sql import execute

    secret = add_secret(source=create_source(fest=Fest.objects.get(), name="bench"), by=None)
    with web_server(processes=2) as address, celery(folder) as celery_pid:
        rest = watch(address, seconds=10).taken
        probes, busy = evening(address, secret, creators)
        backlog = wait_for_no_backlog(execute)
        web, worker = peak(children_of(os.getpid(), "granian")), peak(children_of(celery_pid, ""))
    delays = sorted(busy.probes[name] - posted for name, posted in probes.items())
    size = f"{creators:,} creators"
    return [
        Figure(
            f"board page, p99, {FACTS_A_SECOND:,} facts/s, {size}",
            "ms",
            [percentile(busy.taken) * 1000],
            "at rest",
            [percentile(rest) * 1000],
            at_most=3,
        ),
        Figure(f"fact posted → seen on the page, p99, {size}", "s", [percentile(delays)], at_most=PERIOD + 3),
        Figure(f"marks left when the last was seen, {size}", "creators", [float(backlog)], at_most=0),
        Figure(f"memory of a web process, {size}", "MB", [web / MEGABYTE], at_most=400),
        Figure(f"memory of a worker process, {size}", "MB", [worker / MEGABYTE], at_most=400),
    ]


def percentile(values: Sequence[float]) -> float:
    """The 99th."""
    return sorted(values)[int(len(values) * 0.99)]


@contextmanager
def celery(folder: Path) -> Iterator[int]:
    """A worker with beat in it; its process id."""
    command = [sys.executable, "-m", "celery", "--app", "livefest", "worker", "--beat", "--concurrency", "2"]
    command += ["--loglevel", "WARNING", "--schedule", str(folder / "schedule"), "--without-mingle"]
    process = subprocess.Popen(command, env=os.environ | {"REFRESH_SECONDS": str(PERIOD)})
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def evening(address: tuple[str, int], secret: str, creators: int) -> tuple[dict[str, float], Seen]:
    """Posts for a minute, a second's facts each second and one of a probe among them; when each probe was acknowledged,
    and what a reader saw meanwhile and until the last probe."""
    hour = random.Random("evening")
    calls = []
    for second in range(SECONDS):
        facts = make_facts(FACTS_A_SECOND - 1, prefix=f"evening{second}", creators=creators)
        for fact in facts:
            fact["at"] = moment(hour.uniform(0, 60) + 60 * (SECONDS - second))
        facts.append(probe(second))
        half = len(facts) // 2
        calls.append([signed_call(secret, facts[:half]), signed_call(secret, facts[half:])])
    posted: dict[str, float] = {}
    ended = Event()
    with ThreadPoolExecutor(1) as threads:
        reader = threads.submit(watch, address, probes=[handle(1 + second) for second in range(SECONDS)], ended=ended)
        started = time.monotonic()
        for second, pair in enumerate(calls):
            time.sleep(max(0.0, started + second - time.monotonic()))
            assert post(address, pair) == FACTS_A_SECOND
            posted[handle(1 + second)] = time.monotonic()
        behind = time.monotonic() - started - SECONDS
        print(f"The last facts were taken {max(0.0, behind):.1f} s after their minute.", file=sys.stderr)
        ended.set()
        return posted, reader.result()


def probe(second: int) -> dict[str, object]:
    """A sale that puts its creator first."""
    return {
        "id": f"probe-{second}",
        "creator": handle(1 + second),
        "metric": "sales_cents",
        "quantity": 10**9 * (1 + second),
        "at": moment(60.0),
        "session": f"probe-{second}",
    }


def moment(seconds_ago: float) -> str:
    return (NOW - timedelta(seconds=1 + seconds_ago)).isoformat().replace("+00:00", "Z")


def watch(
    address: tuple[str, int], *, seconds: float = 0, probes: Sequence[str] = (), ended: Event | None = None
) -> Seen:
    """Reads the board again and again, for so many seconds, or until it has seen all probes; raises TimeoutError where
    one isn't seen within a minute after the end of posting."""
    seen = Seen()
    begin = time.monotonic()
    last = None
    waiting = list(probes)
    with closing(http.client.HTTPConnection(*address, timeout=30)) as connection:
        while waiting or time.monotonic() - begin < seconds:
            asked = time.monotonic()
            connection.request("GET", BOARD)
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, answer.status
            now = time.monotonic()
            seen.taken.append(now - asked)
            found = [name for name in waiting if f"@{name}".encode() in body]
            seen.probes |= dict.fromkeys(found, now)
            waiting = [name for name in waiting if name not in seen.probes]
            if ended and ended.is_set():
                last = last or now
                if now - last > GRACE:
                    raise TimeoutError(f"Not seen: {waiting}")
            time.sleep(PAUSE)
    return seen


def wait_for_no_backlog(execute: object) -> int:
    """Marks that are left once the period has passed in which they are taken."""
    assert callable(execute)
    deadline = time.monotonic() + 2 * PERIOD
    while True:
        ((left,),) = execute("SELECT count(*) FROM creators_mark")
        if not left or time.monotonic() > deadline:
            return int(left)
        time.sleep(0.2)


def children_of(pid: int, name: str) -> list[int]:
    """The processes below one, at any depth, of whose command `name` is a part; itself too."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # ended meanwhile
    below = [pid]
    for one in below:
        below += [child for child, parent in parents.items() if parent == one]
    return [one for one in below if name in Path(f"/proc/{one}/cmdline").read_text().replace("\0", " ")]


def peak(pids: Sequence[int]) -> int:
    """The most bytes that one of these processes ever had."""
    found = [PEAK.search(Path(f"/proc/{pid}/status").read_text()) for pid in pids]
    return max(int(match[1]) for match in found if match) * 1024
