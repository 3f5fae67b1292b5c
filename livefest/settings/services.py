"""From the URLs of PostgreSQL, Valkey/Redis and RabbitMQ to the settings of Django and Celery."""

from typing import Any
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from livefest.redis_servers import BadUrl, Servers, servers_at, without_password

# Longer than any task takes: a task that isn't done by then is given to a second worker, which finds the fest's lock
# taken. What a worker had that died comes again with the next sweep, long before.
VISIBILITY_SECONDS = 6 * 3600
CELERYS_SOCKET = "redis+socket://"  # its own spelling, for it reads CELERY_BROKER_URL from the environment by itself

# A host that is cut off says nothing: whoever asks it is kept for some seconds (milliseconds, seconds), and it finds
# out as soon that they are gone. Else it holds their locks, and the rows that they were about to store, for two hours.
PATIENCE = {"tcp_user_timeout": 3000, "keepalives_idle": 5, "keepalives_interval": 1, "keepalives_count": 2}
SERVERS_PATIENCE = (
    "-c tcp_user_timeout=8000 -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3"
)


def database(url: str, *, name: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's settings of one database from any URL that libpq reads, socket directories included.

    Connections are kept for ten minutes and checked at the start of a request, so that a restart of PostgreSQL
    costs a request nothing.
    """
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        # Not chained and without the value: it may hold a password.
        raise ImproperlyConfigured(
            f"{name} is no URL that libpq reads; write postgresql://user:password@host/name."
        ) from None
    options = f"{SERVERS_PATIENCE} {parts.pop('options', '')}".strip()
    return {
        "ENGINE": "livefest.postgresql",
        "NAME": parts.pop("dbname", "livefest"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": PATIENCE | {"connect_timeout": 5} | parts | {"options": options},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def databases(url: str, replicas: str = "") -> dict[str, dict[str, Any]]:
    """Django's settings of the primary ("default") and of its streaming replicas ("replica1", …), whose URLs are
    separated by white space."""
    found = {"default": database(url)}
    for number, replica in enumerate(replicas.split(), 1):
        settings = database(replica, name="DATABASE_REPLICA_URL")
        options = settings["OPTIONS"] | {"connect_timeout": 2}  # pages have the primary to go to
        # Whatever it points to, nothing is written there.
        options["options"] += " -c default_transaction_read_only=on"
        settings["OPTIONS"] = options
        found[f"replica{number}"] = {**settings, "TEST": {"MIRROR": "default"}}
    return found


def redis_servers(url: str, *, name: str) -> Servers:
    """What a URL names; `name` is the setting's. Raises ImproperlyConfigured."""
    try:
        return servers_at(url)
    except BadUrl as error:
        raise ImproperlyConfigured(f"{name} (or REDIS_URL): {error}") from None


def standings(url: str) -> str:
    """The URL of published standings, once it was seen to be one."""
    return redis_servers(url, name="STANDINGS_URL").url


def cache(url: str) -> dict[str, Any]:
    """Django's settings of the cache. One that hangs keeps a request for half a second, not for ever."""
    if redis_servers(url, name="CACHE_URL").kind == "single":
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
            "KEY_PREFIX": "livefest",
        }
    return {
        "BACKEND": "livefest.redis_cache.ServersCache",
        "LOCATION": [url],  # whose commas separate hosts
        "OPTIONS": {"timeout": 0.5, "connect_timeout": 0.5},
        "KEY_PREFIX": "livefest",
    }


def broker(url: str) -> str:
    """Celery's spelling of a broker's URL. RabbitMQ's is its own; several of them are separated by semicolons.

    Its Redis client knows Unix sockets as `redis+socket://`, with the database's number as `virtual_host`, and takes
    one URL for each Sentinel."""
    if is_rabbitmq(url) or url.startswith(CELERYS_SOCKET):
        return url
    servers = redis_servers(url, name="CELERY_BROKER_URL")
    if servers.kind == "cluster" or (servers.kind == "sentinel" and servers.tls):
        what = "on a cluster" if servers.kind == "cluster" else "where Sentinels are asked over TLS"
        raise ImproperlyConfigured(
            f"CELERY_BROKER_URL (or REDIS_URL) is {without_password(url)!r}: Celery can't queue {what}. "
            "Set CELERY_BROKER_URL to one Valkey, Sentinels or RabbitMQ."
        )
    if servers.kind == "sentinel":
        user = (
            f"{quote(servers.username or '', safe='')}:{quote(servers.password, safe='')}@" if servers.password else ""
        )
        return ";".join(f"sentinel://{user}{host_text(host)}:{port}/{servers.db}" for host, port in servers.hosts)
    return url.replace("unix://", "redis+socket://", 1).replace("db=", "virtual_host=", 1) if "unix://" in url else url


def broker_options(url: str) -> dict[str, Any]:
    """What Celery needs to know besides the broker's URL."""
    if is_rabbitmq(url):
        return {}
    options: dict[str, Any] = {
        "visibility_timeout": VISIBILITY_SECONDS,
        # Else a worker waits for ever for the answer of a server that went away in the middle of a question.
        "socket_timeout": 15.0,  # longer than it is asked to wait for the next task
        "socket_connect_timeout": 2.0,
        "socket_keepalive": True,
    }
    if url.startswith(CELERYS_SOCKET):
        return options
    servers = redis_servers(url, name="CELERY_BROKER_URL")
    if servers.kind == "sentinel":
        asking = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, **servers.sentinel}
        options |= {"master_name": servers.master, "sentinel_kwargs": asking}
    return options


def queue_type(url: str) -> str:
    """Of RabbitMQ a queue that all nodes of a cluster have: a classic one goes away with its node."""
    return "quorum" if is_rabbitmq(url) else "classic"


def is_rabbitmq(url: str) -> bool:
    return url.startswith(("amqp://", "amqps://"))


def host_text(host: str) -> str:
    return f"[{host}]" if ":" in host else host
