"""Whether what the site lives on is there and keeps up: figures beside their limits, each asked for with a time limit.

Nobody who asks waits longer than that, whatever hangs: a question that isn't answered stays with its thread, and who
asks meanwhile is told so and starts no second one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Lock, Thread

from django.db import connections


@dataclass(frozen=True, slots=True)
class Check:
    """Something that may not be more than its limit. `figure` asks for it, and may take its time or raise."""

    name: str
    figure: Callable[[], float]
    limit: float
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; without figure it failed, `problem` says how."""

    name: str
    ok: bool
    figure: float | None
    limit: float
    unit: str
    problem: str = ""


class Probe:
    """Checks that are made one after the other, on one database connection of their own."""

    def __init__(self, *checks: Check) -> None:
        self.checks = checks
        self._lock = Lock()
        self._answers: dict[str, Finding] = {}
        self._done: Event | None = None

    def begin(self) -> tuple[Event, Mapping[str, Finding]]:
        """What is set when all have answered, and their findings so far, by name; starts anew unless it is at it."""
        with self._lock:
            if self._done is None or self._done.is_set():
                self._done, self._answers = Event(), {}
                work = Thread(target=self._work, args=(self._done, self._answers), name="health", daemon=True)
                work.start()
            return self._done, self._answers

    def _work(self, done: Event, answers: dict[str, Finding]) -> None:
        try:
            for check in self.checks:
                answers[check.name] = made(check)
        finally:
            done.set()
            connections.close_all()


def made(check: Check) -> Finding:
    try:
        figure = check.figure()
    except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
        problem = f"{type(error).__name__}: {error}".strip()
        return Finding(check.name, False, None, check.limit, check.unit, problem)
    return Finding(check.name, figure <= check.limit, round(figure, 4), check.limit, check.unit)


def look(probes: Sequence[Probe], seconds: float) -> list[Finding]:
    """The findings of all checks in their order, after `seconds` at the latest."""
    deadline = time.monotonic() + seconds
    findings = []
    for probe, (done, answers) in [(probe, probe.begin()) for probe in probes]:
        done.wait(max(deadline - time.monotonic(), 0.0))
        silent = f"no answer within {seconds:g} s"
        findings += [
            answers.get(check.name) or Finding(check.name, False, None, check.limit, check.unit, silent)
            for check in probe.checks
        ]
    return findings


def all_well(findings: Iterable[Finding]) -> bool:
    return all(finding.ok for finding in findings)
