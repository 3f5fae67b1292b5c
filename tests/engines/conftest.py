"""Private engines in temporary directories, stopped when the test ends."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from livefest.engines import Engine, Engines, Postgres
from livefest.engines.processes import mark_of
from livefest.engines.sockets import recorded_directory

WAIT_SECONDS = 30.0


def wait_until(condition: Callable[[], bool], seconds: float = WAIT_SECONDS, *, pause: float = 0.005) -> None:
    """Poll, with a pause in seconds; fails when it doesn't become true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it didn't become true in time"
        time.sleep(pause)


@pytest.fixture
def make_engines() -> Iterator[Callable[..., Engines]]:
    """Engines for a directory; all that a test made are stopped and removed with their sockets."""
    made: list[Engines] = []

    def make(directory: Path, *, patience: float = 10.0) -> Engines:
        made.append(Engines(directory, patience=patience))
        return made[-1]

    yield make
    for engines in made:
        engines.release()
        engines.stop()
        for engine in (engines.postgres, engines.valkey):
            remove_socket_directory(engine)


def remove_socket_directory(engine: Engine) -> None:
    """The one that the engine's own record names, never others that look alike: they may be in use."""
    for record in engine.home.glob("socket"):
        directory = recorded_directory(record, mark_of(engine.data))
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a PostgreSQL that ran and was stopped; copying is quicker than making one."""
    postgres = Postgres(tmp_path_factory.mktemp("template"))
    try:
        postgres.ensure()
    finally:
        postgres.stop()
        remove_socket_directory(postgres)
    return postgres.data


@pytest.fixture
def engines(make_engines: Callable[..., Engines], template: Path, tmp_path: Path) -> Engines:
    """Engines that have run before but don't now."""
    engines = make_engines(tmp_path / "local")
    engines.postgres.home.mkdir(parents=True)
    subprocess.run(["cp", "-a", template, engines.postgres.data], check=True)
    return engines


@pytest.fixture
def new_engines(make_engines: Callable[..., Engines], tmp_path: Path) -> Engines:
    """Engines whose directory doesn't exist yet."""
    return make_engines(tmp_path / "new")
