"""`python -m demo.warden DIRECTORY`: ends what the demo started, also when the demo was killed and can't.

The demo holds a pipe to its standard input and writes a line for each process group that it starts (`+ID`) or has
seen the end of (`-ID`). When the pipe closes, the groups that are left are ended, and then the engines of the
directory, if nobody else uses them.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from livefest.engines import Engines

GRACE_SECONDS = 8.0


def watch(lines: TextIO) -> set[int]:
    """Which groups are left when the pipe closes."""
    groups: set[int] = set()
    for line in lines:
        change, group = line[0], int(line[1:])
        (groups.add if change == "+" else groups.discard)(group)
    return groups


def end_groups(groups: set[int], *, grace: float = GRACE_SECONDS) -> None:
    """Asks the first process of each group to end and kills what is left of all after `grace` seconds."""
    for group in groups:
        with suppress(ProcessLookupError):
            os.kill(group, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while any(lives(group) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    # Whoever ends the demo may signal all its processes; this one ends when it has nothing left to do.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    engines = Engines(Path(sys.argv[1])) if len(sys.argv) > 1 else None
    if engines is not None:
        engines.ensure(stop_when_last=True)
    print("watching", flush=True)
    end_groups(watch(sys.stdin))
    if engines is not None:
        engines.release()


if __name__ == "__main__":
    main()
