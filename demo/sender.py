"""Calls to the webhook, signed as Standard Webhooks says, sent until they are taken."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

TIMEOUT = 15.0  # seconds for one attempt
LONGEST_PAUSE = 10.0


class NotTaken(Exception):
    """The webhook refuses a call for good: it would do so again."""


class Sender:
    """Sends to one source over a connection that it keeps.

    `run` makes the ids of calls its own. `stopping` is asked before each further attempt, `tell` gets a line for each
    that failed.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        source: str,
        secret: str,
        run: str,
        stopping: Callable[[], bool],
        tell: Callable[[str], None],
    ) -> None:
        self.path = f"/ingest/{source}/"
        self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        self._signer = Webhook(secret)
        self._run = run
        self._calls = 0
        self._stopping = stopping
        self._tell = tell

    def send(self, payload: dict[str, Any]) -> dict[str, Any] | None:
        """The webhook's answer, however long it takes; None if it was told to stop first.

        Sent again, a call is the same call: its facts are duplicates then. Raises NotTaken.
        """
        self._calls += 1
        body = json.dumps(payload)
        attempt = 0
        while True:
            status, text, retry_after = self._attempt(body, f"call-{self._run}-{self._calls}")
            if status == 200:
                answer: dict[str, Any] = json.loads(text)
                return answer
            if 400 <= status < 500 and status not in (408, 425, 429):
                raise NotTaken(f"{status} {text[:300]}")
            pause = max(retry_after, min(0.25 * 2**attempt, LONGEST_PAUSE))
            pause *= random.uniform(0.8, 1.2)
            self._tell(f"not taken ({status or 'no answer'}: {text[:200]}), again in {pause:.1f} s")
            if self._wait(pause):
                return None
            attempt += 1

    def _attempt(self, body: str, id: str) -> tuple[int, str, float]:
        """Status (0 without an answer), text, and the seconds that it asks to wait. Signed anew each time: a signature
        is good for five minutes."""
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(id, now, body),
        }
        try:
            self._connection.request("POST", self.path, body.encode(), headers)
            response = self._connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return 0, f"{type(error).__name__}: {error}", 0.0
        asked = response.headers.get("Retry-After", "")
        return response.status, text, min(float(asked), LONGEST_PAUSE) if asked.isdigit() else 0.0

    def _wait(self, seconds: float) -> bool:
        """Whether it is to stop."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._stopping():
                return True
            time.sleep(0.05)
        return self._stopping()
