"""`python -m demo.simulator`: a platform in a process of its own. It knows the site by its webhook's address alone.

On its standard input comes one JSON object, so that the secret stands in no argument, environment or file:
{"secret": …, "cast": [[handle, region, category], …], "lives": [… still on air, as last reported …]}.
SIGTERM ends the day: everybody goes off air, that is reported, and it exits.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

from demo.dirt import Dirt
from demo.habits import FANS
from demo.sender import NotTaken, Sender
from demo.world import Performer, Traffic, World

SECOND = timedelta(seconds=1)
MOST_SECONDS = 30  # of a pause (the site was away) that are made up for
MOST_FACTS = 1000  # as the webhook takes them
MOST_LIVES = 100
TELL_SECONDS = 10
FAREWELL_SECONDS = 5.0


class Simulator:
    """Plays the world by the real clock and sends what comes of it."""

    def __init__(self, options: argparse.Namespace, given: dict[str, Any]) -> None:
        self.run = f"{options.run}-{int(time.time()):x}"
        self.stop_by: float | None = None
        self.counts: Counter[str] = Counter()
        self.lives = given["lives"]
        cast = [Performer(*one) for one in given["cast"]]
        self.world = World(cast, seed=options.seed, rate=options.rate, run=self.run, fans=FANS)
        self.dirt = Dirt(seed=options.seed, run=self.run)
        self.sender = Sender(
            host="127.0.0.1",
            port=options.port,
            source=options.source,
            secret=given["secret"],
            run=self.run,
            stopping=self.must_stop,
            tell=tell,
        )

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_by = time.monotonic() + FAREWELL_SECONDS

    def must_stop(self) -> bool:
        """Whether the farewell, too, has had its time."""
        return self.stop_by is not None and time.monotonic() > self.stop_by

    def play(self) -> None:
        now = datetime.now(UTC)
        told = time.monotonic()
        self.send(self.world.resume(self.lives, now))
        while self.stop_by is None:
            reached = datetime.now(UTC)
            now = max(now, reached - MOST_SECONDS * SECOND)
            while now + SECOND <= reached and self.stop_by is None:
                now += SECOND
                self.send(self.world.step(now))
            if time.monotonic() - told > TELL_SECONDS:
                told = time.monotonic()
                self.tell_counts()
            time.sleep(0.1)
        self.send(self.world.end_all(datetime.now(UTC)))
        self.tell_counts()

    def send(self, traffic: Traffic) -> None:
        """In as many calls as the webhook's limits ask for; facts first, for a live's report may end it."""
        facts = self.dirt.over(traffic.facts)
        while facts or traffic.lives:
            payload = {"facts": facts[:MOST_FACTS], "lives": traffic.lives[:MOST_LIVES]}
            facts, traffic.lives = facts[MOST_FACTS:], traffic.lives[MOST_LIVES:]
            answer = self.sender.send(payload)
            if answer is None:
                return
            for kind in ("accepted", "duplicates"):
                self.counts[kind] += answer[kind]
            for kind in ("conflicts", "rejected"):
                self.counts[kind] += len(answer[kind])

    def tell_counts(self) -> None:
        counts = ", ".join(
            f"{self.counts[kind]} {kind}" for kind in ("accepted", "duplicates", "conflicts", "rejected")
        )
        tell(f"{len(self.world.on_air)} on air, {len(self.world.matches)} matches; {counts}")


def tell(line: str) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.simulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--source", default="simulator")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=60, help="facts a second")
    parser.add_argument("--run", default="sim", help="how the ids of its facts begin")
    options = parser.parse_args()
    simulator = Simulator(options, json.load(sys.stdin))
    signal.signal(signal.SIGTERM, simulator.ask_to_stop)
    try:
        simulator.play()
    except NotTaken as error:
        tell(f"the webhook refuses: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
