"""What the demo says while it sets up: each step as it goes, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console


@dataclass
class Steps:
    console: Console
    begun: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, what: str) -> Iterator[Callable[[str], None]]:
        """Shows that something is being done; call what it yields to say more exactly what."""
        begun = time.monotonic()
        shown = what
        with self.console.status(what) as status:

            def tell(text: str) -> None:
                nonlocal shown
                shown = text
                status.update(text)

            yield tell
        self.console.print(f"[green]✓[/] {shown} [dim]{time.monotonic() - begun:.1f} s[/]")

    def warn(self, text: str) -> None:
        self.console.print(text, style="yellow", markup=False, soft_wrap=True)

    def seconds(self) -> float:
        """Since the demo began."""
        return time.monotonic() - self.begun
