"""Several at the same moment, each in a thread with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """What each of the jobs returns, or raises; all are let go at one moment."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(60)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        ran = [pool.submit(run, job) for job in jobs]
    return [one.exception() or one.result() for one in ran]
