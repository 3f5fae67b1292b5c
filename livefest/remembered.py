"""Values that a process remembers for some seconds rather than ask for them at every request."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

MOST_VALUES = 2_000  # then all are forgotten


class Remembered:
    """Values that are asked for at most once in a while, by key."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._values: dict[Any, tuple[float, Any]] = {}

    def get(self, key: Any, ask: Callable[[], T]) -> T:
        now = time.monotonic()
        found = self._values.get(key)
        if found and now - found[0] < self.seconds:
            value: T = found[1]
            return value
        if len(self._values) > MOST_VALUES:
            self._values.clear()
        value = ask()
        self._values[key] = (now, value)
        return value

    def forget(self, key: Any) -> None:
        self._values.pop(key, None)

    def clear(self) -> None:
        self._values.clear()
