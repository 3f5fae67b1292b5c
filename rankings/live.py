"""Which version of a fest or standing its pages show: cheap to ask, for `livefest.pages`."""

from __future__ import annotations

import redis
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Max

from livefest.copies import copy_version
from livefest.remembered import Remembered
from rankings.models import Board, Standing
from rankings.standings import find_standing, version
from rankings.valkey import client, version_key

_listed = Remembered(10.0)


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


def standing_version(board: Board, within: str, period: str) -> str:
    """The version of what the public is shown of a standing: which copy, if any, and which version of it."""
    copy = copy_version(board.fest_id)
    key = (board.pk, within, period, copy)
    listed = _listed.get(key, lambda: find_standing(board, within=within, period=period))
    try:
        return f"{copy}.{version(listed) if listed else 0}"
    except ObjectDoesNotExist:  # remembered, and deleted since
        return f"{copy}.none"
