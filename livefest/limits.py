"""How often somebody may do something."""

from __future__ import annotations

from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited
from redis.exceptions import RedisError


def within_limit(request: HttpRequest, *, group: str, rate: str, key: str = "user") -> bool:
    """Counts, and says whether it may be done now; everybody may while the counts can't be kept.

    group: what is counted together. rate: such as "5/h". key: by whom, the account ("user") or the address ("ip").
    """
    try:
        return not is_ratelimited(request, group=group, key=key, rate=rate, increment=True)
    except RedisError:
        return True
