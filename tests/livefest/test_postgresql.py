"""A PostgreSQL whose host is silent: it accepts connections and never says a word."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

from livefest.postgresql.base import PAUSE, reaches
from livefest.settings import services

SECONDS = 2  # the shortest that libpq waits for a connection
THREADS = 4


@pytest.fixture
def silent() -> Iterator[int]:
    """Its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield listener.getsockname()[1]


@pytest.fixture
def databases(silent: int, django_db_blocker: DjangoDbBlocker) -> Iterator[ConnectionHandler]:
    url = f"postgresql://nobody@127.0.0.1:{silent}/none?connect_timeout={SECONDS}"
    reaches.pop("default", None)
    with django_db_blocker.unblock():
        yield ConnectionHandler({"default": services.database(url)})
    reaches.pop("default", None)


def test_one_thread_tries_and_the_others_are_told_at_once(databases: ConnectionHandler) -> None:
    """And then nobody tries for a moment."""

    def ask() -> float:
        barrier.wait(30)
        begin = time.monotonic()
        with pytest.raises(OperationalError):
            databases["default"].ensure_connection()
        return time.monotonic() - begin

    with ThreadPoolExecutor(THREADS) as threads:
        barrier = Barrier(1)
        assert threads.submit(ask).result() > SECONDS * 0.9, "nobody knew"
        assert threads.submit(ask).result() < SECONDS / 2
        time.sleep(PAUSE)
        barrier = Barrier(THREADS)
        waited = sorted(each.result() for each in [threads.submit(ask) for _thread in range(THREADS)])
    assert waited[-1] > SECONDS * 0.9
    assert waited[-2] < SECONDS / 2


def test_who_is_silent_is_noticed_from_both_sides() -> None:
    found = services.database("postgresql://u@one/fest?tcp_user_timeout=9000&options=-c%20jit%3Doff")["OPTIONS"]
    assert found == {
        "connect_timeout": 5,
        "tcp_user_timeout": "9000",
        "keepalives_idle": 5,
        "keepalives_interval": 1,
        "keepalives_count": 2,
        "options": "-c tcp_user_timeout=8000 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1"
        " -c tcp_keepalives_count=3 -c jit=off",
    }
