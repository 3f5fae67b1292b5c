"""Tests with real processes that die, and with disks, networks and clocks that fail: `make test-failures`.

They need root (namespaces and small disks of their own) and Debian's nginx, iproute2 and gcc; without them they fail,
for they have a target of their own.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random, randrange

import pytest

from tests.failures.stand import Prepared, prepare

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.failures)


@pytest.fixture
def seed() -> int:
    """SIEGE_SEED repeats what was random."""
    seed = int(os.environ.get("SIEGE_SEED", randrange(10**6)))
    print(f"\nSIEGE_SEED={seed}")
    return seed


@pytest.fixture
def random(seed: int) -> Random:
    return Random(seed)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"), Path(__file__).parents[1] / "campaigns")
