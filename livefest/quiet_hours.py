"""When e-mails may be sent to somebody who wants to be left alone for some hours of the day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from livefest.models import Fest, User


def may_send_from(user: User, fest: Fest | None, now: datetime) -> datetime:
    """`now`, or the end of the quiet hours in which it lies, UTC. Hours are the user's zone's, else the fest's, else
    UTC's; of a time that comes twice as clocks change the first counts."""
    if not user.quiet_from:
        return now
    zone = user.zone or (fest.zone if fest else ZoneInfo("UTC"))
    local = now.astimezone(zone)
    begins, ends = time.fromisoformat(user.quiet_from), time.fromisoformat(user.quiet_until)
    for days in (-1, 0):  # those that began yesterday may run into today
        day = local.date() + timedelta(days=days)
        start = datetime.combine(day, begins, zone)
        end = datetime.combine(day if ends > begins else day + timedelta(days=1), ends, zone)
        if start <= local < end:
            return end.astimezone(UTC)
    return now
