"""Ctrl-C, `kill` and a closed terminal all mean the same: stop, and leave nothing behind."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """From its making on these signals raise KeyboardInterrupt in the main thread, but not within `held`.

    Python itself would be ended by SIGTERM on the spot, and would clean up nothing.
    """

    def __init__(self) -> None:
        self._held = False
        self._came = False
        for number in SIGNALS:
            signal.signal(number, self._come)

    def _come(self, number: int, frame: FrameType | None) -> None:
        if self._held:
            self._came = True
        else:
            raise KeyboardInterrupt

    @contextmanager
    def held(self) -> Iterator[None]:
        """What must not be done by half: a signal that comes meanwhile is heard at the end."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._came:
            self._came = False
            raise KeyboardInterrupt

    def ignore(self) -> None:
        """From now on, for it is ending already: who presses Ctrl-C twice gets no half of an end."""
        self._held = True
