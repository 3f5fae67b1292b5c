"""Django's cache where Sentinels name the master, and in a cluster: what the site uses of it."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from pytest_django import Settings

from livefest.settings import services
from tests.cluster.valkeys import Shards, Watched


@pytest.fixture(params=["watched", "shards"])
def several(request: pytest.FixtureRequest, settings: Settings) -> Watched | Shards:
    servers: Watched | Shards = request.getfixturevalue(request.param)
    settings.CACHES = {"default": services.cache(servers.url)}
    return servers


def test_cache_keeps_counts_and_forgets(several: Watched | Shards) -> None:
    cache.set("page", b"bytes", 60)
    assert cache.get("page") == b"bytes"
    assert cache.add("asked", 1, 60)
    assert not cache.add("asked", 1, 60)
    assert cache.incr("asked") == 2
    assert cache.touch("asked", 90)
    cache.set_many({f"key{number}": number for number in range(20)}, 60)
    assert cache.get_many([*(f"key{number}" for number in range(20)), "none"]) == {
        f"key{number}": number for number in range(20)
    }
    cache.delete_many([f"key{number}" for number in range(20)])
    assert cache.get_many([f"key{number}" for number in range(20)]) == {}
    assert cache.has_key("page")
    assert cache.delete("page")
    assert cache.get("page", "nothing") == "nothing"
    cache.clear()
    assert cache.get("asked") is None
