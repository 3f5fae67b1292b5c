"""`python -m tests.rankings.feeder SLUG FILE MOMENT SEED`: a source that sends a facts file in small pieces.

A piece is sent until it was taken: PostgreSQL may go away meanwhile. Pauses between pieces end with the standard
input; then the rest is sent without any. Prints how many were accepted, the repetitions of what was taken unanswered
left out.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import TypeVar

import django

T = TypeVar("T")

AWAY_SECONDS = 0.1
MOST_IN_A_PIECE = 12
LONGEST_PAUSE = 0.25
REST = 1000  # facts in a piece once there are no pauses


def main(slug: str, file: str, moment: str, seed: str) -> None:
    django.setup()
    from django.db import InterfaceError, OperationalError, connection

    from creators.files import read_batches
    from creators.intake import record_facts
    from creators.sources import create_source
    from livefest.models import Fest

    random = Random(seed)
    hurried = threading.Event()
    threading.Thread(target=wait_for_the_end, args=[hurried], daemon=True).start()
    source = create_source(fest=Fest.objects.get(slug=slug), name="feeder")
    facts = [fact for batch in read_batches(Path(file)) for _line, fact in batch.facts]
    accepted = 0
    for piece in pieces(facts, random, hurried):
        while True:
            try:
                outcome = record_facts(source=source, reports=piece, arrived_at=datetime.fromisoformat(moment))
                break
            except (OperationalError, InterfaceError):
                connection.close()
                time.sleep(AWAY_SECONDS)
        accepted += outcome.accepted
        hurried.wait(random.uniform(0, LONGEST_PAUSE))
    print(accepted)


def wait_for_the_end(hurried: threading.Event) -> None:
    sys.stdin.read()
    hurried.set()


def pieces(facts: Sequence[T], random: Random, hurried: threading.Event) -> Iterator[Sequence[T]]:
    start = 0
    while start < len(facts):
        size = REST if hurried.is_set() else random.randint(1, MOST_IN_A_PIECE)
        yield facts[start : start + size]
        start += size


if __name__ == "__main__":
    main(*sys.argv[1:])
