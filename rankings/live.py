"""Which version of a fest or standing its pages show: cheap to ask, for `livefest.pages`."""

from __future__ import annotations

import redis
from django.db.models import Max

from livefest.pages import Remembered
from rankings.models import Standing
from rankings.standings import find_standing, version
from rankings.valkey import client, version_key

_ids = Remembered(10.0)


def fest_version(fest_id: int) -> int:
    """The version of the newest standing of a fest; 0 before the first."""
    try:
        found = client().get(version_key(fest_id))
        if found is not None:
            return int(found)
    except redis.RedisError:
        pass  # PostgreSQL knows it too
    newest = Standing.objects.filter(board__fest=fest_id).aggregate(newest=Max("version"))["newest"]
    return newest or 0


def standing_version(board_id: int, within: str, period: str) -> int:
    """The version of a standing; 0 before anybody was ranked there."""
    standing = _ids.get((board_id, within, period), lambda: find_standing(board_id, within=within, period=period))
    return version(standing) if standing else 0
