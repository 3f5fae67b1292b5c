"""Two people, and the small fest of tests/rankings/test_changes.py after grace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from livefest.models import Fest, User
from rankings.models import Edition
from rankings.results_file import file_lines
from tests.kept import kept
from tests.rankings.fests import Facts, Script
from tests.rankings.play import begin, play
from tests.rankings.results.certifying import ARRIVED, OVER, certify, run
from tests.rankings.test_changes import CAMPAIGN, CREATORS, FACTS

SCRIPT = Script(CAMPAIGN, CREATORS, ARRIVED, [])


@pytest.fixture
def people(transactional_db: None) -> tuple[User, User]:
    return two_people()


@pytest.fixture
def script() -> Script:
    return SCRIPT


@pytest.fixture
def fest(transactional_db: None) -> Fest:
    """ "small", after grace, with everything closed, and the two people."""
    return kept(small_over)


@pytest.fixture
def certified(transactional_db: None) -> Fest:
    return kept(small_certified)


def two_people() -> tuple[User, User]:
    nia, omar = (
        User.objects.filter(username=name).first()
        or User.objects.create_user(name, f"{name}@example.org", "a long one", is_staff=True, is_superuser=True)
        for name in ("nia", "omar")
    )
    return nia, omar


def small_over() -> Fest:
    two_people()
    fest = begin(SCRIPT)
    play(fest, SCRIPT, Facts(FACTS))
    run("close", "small", f"--at={OVER}")
    return fest


def small_certified() -> Fest:
    fest = small_over()
    certify()
    return fest


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Writes an edition's file, with `changes` of its bytes."""

    def write(edition: Edition, *changes: tuple[bytes, bytes]) -> str:
        data = b"".join(file_lines(edition))
        for old, new in changes:
            assert old in data
            data = data.replace(old, new, 1)
        path = tmp_path / f"{edition.number}.jsonl"
        path.write_bytes(data)
        return str(path)

    return write
