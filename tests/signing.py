"""Calls of the webhook, signed as a source signs them: for tests and benchmarks."""

from __future__ import annotations

from datetime import UTC, datetime

from standardwebhooks import Webhook

JSON = {"content-type": "application/json"}


def signed(secret: str, body: str, *, id: str = "msg", at: datetime | None = None) -> dict[str, str]:
    """The headers that sign a call with this body, of this moment unless `at` says another."""
    moment = at or datetime.now(UTC)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, moment, body),
    }
