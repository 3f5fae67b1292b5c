"""When e-mails may be sent to somebody who wants to be left alone for some hours of the day."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from livefest.clock import wall_clock
from livefest.models import Fest, User


def may_send_from(user: User, fest: Fest | None, now: datetime) -> datetime:
    """`now`, or the end of the quiet hours in which it lies, UTC. Hours are of `zone_of`; of a time that comes twice
    as clocks change the first counts, and one that is skipped is read with the offset before."""
    if not user.quiet_from:
        return now
    zone = zone_of(user, fest)
    today = now.astimezone(zone).date()
    over_midnight = user.quiet_until <= user.quiet_from
    for begins in (today - timedelta(days=1), today):  # those that began yesterday may run into today
        ends = begins + timedelta(days=1) if over_midnight else begins
        end = wall_clock(ends, user.quiet_until, zone)
        if wall_clock(begins, user.quiet_from, zone) <= now < end:
            return end
    return now


def zone_of(user: User, fest: Fest | None) -> ZoneInfo:
    """In which moments are told to somebody: the user's zone, else the fest's, else UTC."""
    return user.zone or (fest.zone if fest else ZoneInfo("UTC"))
