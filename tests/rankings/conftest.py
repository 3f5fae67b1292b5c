"""A Valkey of a test's own, to be killed, and processes beside the test on the test's database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from pytest_django import Settings

from livefest.engines import Valkey
from rankings.valkey import client
from tests.engines.conftest import remove_socket_directory
from tests.rankings.machinery import Machinery, machinery

DURING = "2026-02-15T12:00:00Z"  # in the middle of uk-valentine


@pytest.fixture
def valkey(tmp_path: Path, settings: Settings) -> Iterator[Valkey]:
    """Where this test's standings are published."""
    engine = Valkey(tmp_path)
    settings.STANDINGS_URL = engine.ensure()
    client.cache_clear()
    try:
        yield engine
    finally:
        client().close()
        client.cache_clear()
        engine.stop()
        remove_socket_directory(engine)


@pytest.fixture
def machine(transactional_db: None, valkey: Valkey, tmp_path: Path) -> Iterator[Machinery]:
    """Starts processes that work on the test's database and its own Valkey."""
    url = valkey.url()
    assert url is not None
    with machinery(tmp_path / "machinery", database=test_database(), redis=url, now=DURING) as machine:
        yield machine


def test_database() -> str:
    """The URL of this process's test database."""
    parts = connection.settings_dict
    host, port = quote(parts["HOST"], safe=""), f":{parts['PORT']}" if parts["PORT"] else ""
    password = f":{quote(parts['PASSWORD'], safe='')}" if parts["PASSWORD"] else ""
    return f"postgresql://{parts['USER']}{password}@{host}{port}/{parts['NAME']}"
