"""How the engine fares with the size of the fest: rebuild, refresh, reads of standings, the admin's lists, memory.

What is measured runs as it does in production: commands and workers as processes of their own, reads and admin pages in
this process with the site's settings. Baselines are bare SQL and bare commands of Valkey on data of the same size.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bench.figures import MEGABYTE, Figure, p99
from bench.ingest import file_ingest
from bench.setting import handle, make_fact

CHANGED_CREATORS, CHANGED_FACTS = 5_000, 10_000
READS = 2_000  # of each kind in a round
ADMIN_LISTS = {
    "admin list of creators": "/admin/creators/creator/",
    "admin list of facts": "/admin/creators/fact/",
    "admin list of facts, one creator's": f"/admin/creators/fact/?q={handle(4711)}",
    "admin list of scores": "/admin/rankings/score/",
}

# What nobody can do without who ranks by one sum, over all and in each region.
BARE_RANKING = """
SELECT creator.handle, region.code, total.points,
       rank() OVER (ORDER BY total.points DESC), rank() OVER (PARTITION BY region.code ORDER BY total.points DESC)
FROM (SELECT entry_id, sum(quantity) AS points FROM creators_fact GROUP BY entry_id) AS total
     JOIN creators_entry entry ON entry.id = total.entry_id
     JOIN creators_creator creator ON creator.id = entry.creator_id
     JOIN livefest_region region ON region.id = entry.region_id
"""


class Process(NamedTuple):
    """How long a process took, in seconds, and the most memory that it had, in bytes."""

    seconds: float
    peak: int


@dataclass
class Scale:
    """What was measured with one size of the fest; seconds and bytes."""

    creators: int
    facts: int
    rebuild: Process
    bare_rebuild: float
    refreshes: list[float] = field(default_factory=list)


def run_rebuild(creators: int, facts: int) -> Scale:
    """Scores and publishes everything there is, beside the baseline; then closes the days that have ended, as a fest
    that has run for so long has."""
    scale = Scale(creators, facts, manage("refresh", "live-fest", "--rebuild"), bare_rebuild())
    tell(f"{creators:,} creators: rebuilt in {scale.rebuild.seconds:.1f} s, bare in {scale.bare_rebuild:.1f} s")
    manage("close", "live-fest")
    return scale


def tell(text: str) -> None:
    """How far a bench is that takes an hour."""
    print(text, file=sys.stderr, flush=True)


def manage(*arguments: str) -> Process:
    """Runs a command of the site as a process."""
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, "manage.py", *arguments], stdout=subprocess.PIPE)
    assert child.stdout is not None
    said = child.stdout.read()
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, said
    return Process(time.perf_counter() - started, used.ru_maxrss * 1024)


def bare_rebuild() -> float:
    """Seconds of the baseline: one sum for each creator, ranked by PostgreSQL, pipelined into sorted sets."""
    from django.db import connection, transaction

    from rankings.valkey import client

    started = time.perf_counter()
    with transaction.atomic():
        connection.ensure_connection()
        with connection.connection.cursor(name="bare") as cursor:
            cursor.execute(BARE_RANKING)
            while rows := cursor.fetchmany(5_000):
                pipeline = client().pipeline(transaction=False)
                pipeline.zadd("bare:all", {name: int(points) for name, _region, points, _rank, _within in rows})
                by_region: dict[str, dict[str, int]] = {}
                for name, region, points, _rank, _within in rows:
                    by_region.setdefault(region, {})[name] = int(points)
                for region, members in by_region.items():
                    pipeline.zadd(f"bare:{region}", members)
                pipeline.execute()
    seconds = time.perf_counter() - started
    client().delete(*client().keys("bare:*"))
    return seconds


def run_refreshes(scale: Scale, folder: Path, rounds: int) -> None:
    """Seconds of a refresh after 10,000 facts of 5,000 creators, from taking their marks to the last standing
    published, once a round."""
    from livefest.models import Fest
    from rankings.refresh import refresh

    fest = Fest.objects.get()
    refresh(fest)
    for number in range(rounds):
        file_ingest(folder, changes(f"change{scale.creators}-{number}", scale.creators))
        started = time.perf_counter()
        done = refresh(fest)
        scale.refreshes.append(time.perf_counter() - started)
        tell(f"refresh {number + 1}: {scale.refreshes[-1]:.2f} s")
        assert done is not None
        assert done.touched == CHANGED_CREATORS
        assert done.published


def changes(prefix: str, creators: int) -> list[dict[str, object]]:
    """Facts of an evening's hour: two of each of the creators who are LIVE, from any of their supporters."""
    rng = random.Random(prefix)
    live = rng.sample(range(1, creators + 1), CHANGED_CREATORS)
    metrics = ["diamonds", "likes", "diamonds", "shares", "new_followers", "live_seconds"]
    return [
        make_fact(
            rng,
            f"{prefix}-{number:09}",
            live[number % CHANGED_CREATORS],
            metrics=metrics,
            session=f"evening-{live[number % CHANGED_CREATORS]}",
            within=3600,
            creators=creators,
        )
        for number in range(CHANGED_FACTS)
    ]


def run_reads(creators: int, rounds: int) -> list[Figure]:
    """The 99th percentile of reads of the biggest standing, in milliseconds, beside bare commands on a plain set."""
    from rankings.models import Standing
    from rankings.standings import listing, neighbours, place_of
    from rankings.valkey import client

    standing = Standing.objects.order_by("-size").select_related("board").first()
    assert standing is not None
    rng = random.Random(creators)
    plain = "bare:plain"
    names = [handle(number) for number in range(1, standing.size + 1)]
    for start in range(0, len(names), 5_000):
        client().zadd(plain, {name: rng.randrange(10**9) for name in names[start : start + 5_000]})

    def somebody() -> str:
        return handle(rng.randrange(creators) + 1)

    def depth() -> int:
        return rng.randrange(standing.size - 50)

    def bare_page() -> None:
        first = depth()
        client().zrange(plain, first, first + 49)

    reads: list[tuple[str, Callable[[], object], str, Callable[[], object]]] = [
        (
            "rank of a random creator, p99",
            lambda: place_of(standing, somebody()),
            "ZREVRANK",
            lambda: client().zrevrank(plain, somebody()),
        ),
        (
            "page at a random depth, p99",
            lambda: listing(standing, position=depth(), count=50),
            "ZRANGE of 50",
            bare_page,
        ),
        ("neighbours of a random creator, p99", lambda: neighbours(standing, somebody()), "ZRANGE of 50", bare_page),
    ]
    figures = []
    for name, read, against, bare in reads:
        found = [(slowest(read), slowest(bare)) for _round in range(rounds + 1)][1:]  # the first is for warming up
        measured, baseline = [list(column) for column in zip(*found, strict=True)]
        figures.append(Figure(f"{name}, {standing.size:,} ranked", "ms", measured, against, baseline, at_most=3))
    client().delete(plain)
    return figures


def slowest(job: Callable[[], object]) -> float:
    """Milliseconds that all but one of a hundred take at most."""
    taken = []
    for _read in range(READS):
        started = time.perf_counter()
        job()
        taken.append(time.perf_counter() - started)
    return p99(taken) * 1000


def run_admin(rounds: int) -> list[Figure]:
    """Seconds of lists of the admin, as a superuser is given them."""
    from django.conf import settings
    from django.test import Client

    from creators.models import Creator, Fact
    from livefest.admin.paging import estimated_rows
    from livefest.models import User

    size = f"{estimated_rows(Creator):,} creators, {estimated_rows(Fact):,} facts"
    user = User.objects.create_superuser("bench", "bench@livefest.example", "")
    settings.MFA_EXEMPT = [user.email]
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(user)

    def seconds(path: str) -> float:
        started = time.perf_counter()
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return time.perf_counter() - started

    return [
        Figure(f"{name}, {size}", "s", [seconds(path) for _round in range(rounds + 1)][1:], at_most=1)
        for name, path in ADMIN_LISTS.items()
    ]


def figures_of(scales: Sequence[Scale]) -> Iterator[Figure]:
    for scale in scales:
        size = f"{scale.creators:,} creators, {scale.facts:,} facts"
        yield Figure(
            f"rebuild, {size}",
            "s",
            [scale.rebuild.seconds],
            "GROUP BY, RANK, ZADD",
            [scale.bare_rebuild],
            at_most=3,
        )
        yield Figure(f"memory of a rebuild, {size}", "MB", [scale.rebuild.peak / MEGABYTE], at_most=400)
        yield Figure(f"refresh of 5,000 creators, {size}", "s", scale.refreshes, at_most=2)
    for small, big in pairwise(scales):
        yield Figure(
            "the same beside the smaller fest",
            "s",
            big.refreshes,
            f"{small.creators:,} creators",
            small.refreshes,
            at_most=1.3,
        )
