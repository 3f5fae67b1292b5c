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
from pathlib import Path
from threading import Event

from bench.figures import MEGABYTE, Figure, p99
from bench.ingest import post, signed_call
from bench.setting import handle, make_facts, seconds_ago
from tests.processes import children, command_of, web_server

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

    secret = add_secret(source=create_source(fest=Fest.objects.get(), name="bench"), by=None)
    with web_server(processes=2) as address, celery(folder) as celery_pid:
        rest = watch(address, seconds=10).taken
        probes, busy = evening(address, secret, creators)
        backlog = wait_for_no_backlog()
        web, worker = peak(below(os.getpid(), b"granian")), peak(below(celery_pid))
    delays = [busy.probes[name] - posted for name, posted in probes.items()]
    size = f"{creators:,} creators"
    return [
        Figure(
            f"board page, p99, {FACTS_A_SECOND:,} facts/s, {size}",
            "ms",
            [p99(busy.taken) * 1000],
            "at rest",
            [p99(rest) * 1000],
            at_most=3,
        ),
        Figure(f"fact posted → seen on the page, p99, {size}", "s", [p99(delays)], at_most=PERIOD + 3),
        Figure(f"marks left when the last was seen, {size}", "creators", [float(backlog)], at_most=0),
        Figure(f"memory of a web process, {size}", "MB", [web / MEGABYTE], at_most=400),
        Figure(f"memory of a worker process, {size}", "MB", [worker / MEGABYTE], at_most=400),
    ]


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
            fact["at"] = seconds_ago(1 + hour.uniform(0, 60) + 60 * (SECONDS - second))
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
        "at": seconds_ago(61),
        "session": f"probe-{second}",
    }


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


def wait_for_no_backlog() -> int:
    """Marks that are left once the period has passed in which they are taken."""
    from creators.models import Mark

    deadline = time.monotonic() + 2 * PERIOD
    while (left := Mark.objects.count()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


def below(pid: int, name: bytes = b"") -> list[int]:
    """The processes that one has started, at any depth, of whose command `name` is a part; itself too."""
    found = [pid]
    for one in found:
        found += children(one)
    return [one for one in found if name in command_of(one)]


def peak(pids: Sequence[int]) -> int:
    """The most bytes that one of these processes ever had."""
    found = [PEAK.search(Path(f"/proc/{pid}/status").read_text()) for pid in pids]
    return max(int(match[1]) for match in found if match) * 1024
