"""Django's cache on a master that Sentinels name, or on a cluster. (On one server it is Django's own.)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from livefest.redis_servers import connect


class ServersCacheClient(RedisCacheClient):
    """Each key by itself: keys of a cluster are on several servers."""

    def __init__(self, servers: list[str], *, timeout: float, connect_timeout: float) -> None:
        super().__init__(servers)
        self._url, self._timeout, self._connect_timeout = servers[0], timeout, connect_timeout

    @cached_property
    def _connected(self) -> redis.Redis:
        return connect(self._url, timeout=self._timeout, connect_timeout=self._connect_timeout)

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        return self._connected

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        missing = object()
        found = {key: self.get(key, missing) for key in keys}
        return {key: value for key, value in found.items() if value is not missing}

    def set_many(self, data: Mapping[Any, Any], timeout: Any) -> None:
        for key, value in data.items():
            self.set(key, value, timeout)


class ServersCache(RedisCache):
    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ServersCacheClient
