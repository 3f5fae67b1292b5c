"""What the site counts and measures, for Prometheus. docs/operations.md has the list, with what to watch.

Where PROMETHEUS_MULTIPROC_DIR names a folder, each process keeps its figures in files there and whoever is asked adds
them up; else a process tells its own. The folder belongs to one service (web, or a worker) and is emptied when that
starts.

A figure costs some microseconds. What is counted where even that is too much (kept pages) is a plain integer,
`PAGES["kept"] += 1`, which a thread carries over once a second.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Thread

FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if FOLDER:
    Path(FOLDER).mkdir(parents=True, exist_ok=True)

from prometheus_client import (  # noqa: E402  reads the folder's name
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

disable_created_metrics()  # type: ignore[no-untyped-call]
CARRY_SECONDS = 1.0
SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3600)

FACTS = Counter("livefest_facts", "Facts that came in, by what became of them.", ["fest", "source", "way", "outcome"])
FACT_LAG = Histogram(
    "livefest_fact_lag_seconds",
    "From the moment of a batch's newest fact to its coming in.",
    ["fest", "source"],
    buckets=SECONDS,
)
WEBHOOK_REFUSED = Counter("livefest_webhook_refused", "Calls of the webhook that were refused whole.", ["status"])
SCORED_LAG = Histogram(
    "livefest_scored_lag_seconds",
    "From a fact's coming in to its being scored and published; a sample of each refresh.",
    ["fest"],
    buckets=SECONDS,
)
REFRESH = Histogram(
    "livefest_refresh_seconds", "Refreshes, publishing included.", ["fest", "kind", "outcome"], buckets=SECONDS
)
REFRESH_STEP = Histogram("livefest_refresh_step_seconds", "Steps of refreshes.", ["kind", "step"], buckets=SECONDS)
STANDINGS_PUBLISHED = Counter("livefest_standings_published", "Standings written to Valkey.", ["fest"])
TASKS = Counter("livefest_tasks", "Tasks that ended.", ["task", "outcome"])
EMAILS = Counter("livefest_emails", "E-mails of notifications, by what came of the try.", ["outcome"])
REQUESTS = Counter("livefest_http_requests", "Requests but for kept pages and static files.", ["view", "status"])
REQUEST_SECONDS = Histogram(
    "livefest_http_request_seconds",
    "How long those requests took.",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
PAGES_SERVED = Counter("livefest_pages", "Public pages, by how they were had.", ["how"])

# kept: out of this process, as it went out before. shared: rendered by another process. rendered: here.
# waited: the version before, while another thread rendered. old: PostgreSQL is away.
PAGES = {"kept": 0, "shared": 0, "rendered": 0, "waited": 0, "old": 0}

_carried = dict.fromkeys(PAGES, 0)
_carrying = Lock()


def carry_over() -> None:
    """Adds what PAGES counted since the last time to Prometheus' figures."""
    with _carrying:
        for how, count in PAGES.items():
            if count > _carried[how]:
                PAGES_SERVED.labels(how).inc(count - _carried[how])
                _carried[how] = count


def carry_over_for_ever() -> None:
    """In a thread, where other processes tell this one's figures."""

    def work() -> None:
        while True:
            time.sleep(CARRY_SECONDS)
            carry_over()

    if FOLDER:
        Thread(target=work, name="metrics", daemon=True).start()


def registry() -> CollectorRegistry:
    """The figures of all processes of this service, or of this one where no folder is shared."""
    carry_over()
    if not FOLDER:
        return REGISTRY
    everybody = CollectorRegistry()
    MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]
    return everybody


def count_facts(
    *, fest: str, source: str, way: str, accepted: int, duplicates: int, conflicts: int, rejected: int
) -> None:
    """Of one batch; `way` is "webhook" or "file"."""
    outcomes = {"accepted": accepted, "duplicate": duplicates, "conflict": conflicts, "rejected": rejected}
    for outcome, number in outcomes.items():
        if number:
            FACTS.labels(fest, source, way, outcome).inc(number)


class Laps:
    """How long the steps of a refresh took, one after the other."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.perf_counter()

    def done(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds[step] = self.seconds.get(step, 0.0) + now - self._since
        self._since = now

    def tell(self, kind: str) -> None:
        for step, seconds in self.seconds.items():
            REFRESH_STEP.labels(kind, step).observe(seconds)


class Outcome:
    """What `refreshing` tells at its end."""

    def __init__(self) -> None:
        self.kind = "stepwise"
        self.name = "failed"


@contextmanager
def refreshing(fest: str) -> Iterator[Outcome]:
    """Measures a refresh; whoever does it says what came of it. One that says nothing, or raises, has failed."""
    outcome = Outcome()
    since = time.perf_counter()
    try:
        yield outcome
    finally:
        REFRESH.labels(fest, outcome.kind, outcome.name).observe(time.perf_counter() - since)
