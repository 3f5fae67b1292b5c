"""Which programs the demo runs beside the engines, and how."""

from __future__ import annotations

import sys
from pathlib import Path

from demo.processes import Child
from demo.readiness import forget_connections
from demo.stage import SOURCE, simulator_input
from livefest.models import Fest


def services(home: Path, *, port: int) -> list[Child]:
    """Web, worker and beat, as a small site would run them."""
    web = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "2"]
    celery = ["celery", "--quiet", "--app", "livefest"]
    schedule = ["--schedule", str(home / "celerybeat-schedule")]
    commands = {
        "web": [*web, "--no-access-log", "--log-level", "warning", "livefest.wsgi:application"],
        "worker": [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2", "--without-mingle"],
        "beat": [*celery, "beat", "--loglevel", "WARNING", *schedule],
    }
    return [child(name, command, home) for name, command in commands.items()]


def simulator(home: Path, fest: Fest, *, port: int, seed: int, rate: float) -> Child:
    """The platform whose traffic the site shows."""

    def feed() -> bytes:
        forget_connections()  # the database may have been away since the last start
        return simulator_input(fest)

    options = {"--port": port, "--source": SOURCE, "--seed": seed, "--rate": rate, "--run": fest.slug}
    command = ["demo.simulator", *(str(word) for option in options.items() for word in option)]
    simulator = child("simulator", command, home)
    simulator.feed = feed
    return simulator


def child(name: str, command: list[str], home: Path) -> Child:
    return Child(name, [sys.executable, "-m", *command], home / f"{name}.log")
