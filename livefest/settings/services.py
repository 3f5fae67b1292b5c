"""From the URLs of PostgreSQL and Valkey/Redis to the settings of Django and Celery."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict


def database(url: str) -> dict[str, Any]:
    """Django's settings of one database from any URL that libpq reads, socket directories included.

    Connections are kept for ten minutes and checked at the start of a request, so that a restart of PostgreSQL
    costs a request nothing.
    """
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        # Not chained and without the value: it may hold a password.
        raise ImproperlyConfigured(
            "DATABASE_URL is no URL that libpq reads; write postgresql://user:password@host/name."
        ) from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "livefest"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {"connect_timeout": 5, **parts},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def cache(url: str) -> dict[str, Any]:
    """Django's settings of the cache. One that hangs keeps a request for half a second, not for ever."""
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        "KEY_PREFIX": "livefest",
    }


def broker(url: str) -> str:
    """Celery's spelling of a Redis URL: its client knows Unix sockets as `redis+socket://`, with the database's
    number as `virtual_host`."""
    if url.startswith("unix://"):
        return url.replace("unix://", "redis+socket://", 1).replace("db=", "virtual_host=", 1)
    return url
