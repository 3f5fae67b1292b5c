"""Celery's clock where the system's clock may be set back."""

from __future__ import annotations

from typing import Any

from celery.beat import PersistentScheduler


class Scheduler(PersistentScheduler):
    """Celery's own would call nothing until the clock is again where it was."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Calls what is due; in how many seconds to look again."""
        now = self.app.now()
        for entry in self.schedule.values():
            if entry.last_run_at and entry.last_run_at > now:
                entry.last_run_at = now
                self._heap = None  # which has the old moments; made anew
        seconds: float = super().tick(*args, **kwargs)
        return seconds
