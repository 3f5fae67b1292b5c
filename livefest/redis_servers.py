"""Where Valkey or Redis is: one server, a master that Sentinels name, or a cluster. From a URL to a client.

    redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]      rediss://…      unix:///PATH[?db=DB]
    redis+sentinel://[[USER]:PASSWORD@]HOST[:PORT],…/MASTER[/DB][?sentinel_username=…&sentinel_password=…]
    redis+cluster://[[USER]:PASSWORD@]HOST[:PORT],…

The hosts are those of the Sentinels (port 26379 unless said), or some of the cluster's nodes (6379); the user and the
password are those of the data's servers. `rediss+sentinel` and `rediss+cluster` are the same over TLS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast
from urllib.parse import parse_qs, unquote

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, ClusterPipeline
from redis.exceptions import RedisClusterException
from redis.retry import Retry
from redis.sentinel import Sentinel

P = ParamSpec("P")
R = TypeVar("R")

SINGLE = re.compile(r"(rediss?|unix)://")
SEVERAL = re.compile(
    r"(?P<tls>rediss?)\+(?P<kind>sentinel|cluster)://((?P<user>[^@/]*)@)?(?P<hosts>[^@/?]+)(?P<rest>.*)"
)
HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[^:\[\]\s]+)(:(?P<port>[0-9]{1,5}))?")
MASTER = re.compile(r"/(?P<master>[^/]+)(/(?P<db>[0-9]+)?)?")
PORTS = {"sentinel": 26379, "cluster": 6379}
REMEDY = (
    "write redis://host:6379/0, unix:///path/to/socket, redis+sentinel://host:26379,host:26379/master-name/0 "
    "or redis+cluster://host:6379,host:6379"
)


class BadUrl(ValueError):
    """A URL that names no server. The text says what is wrong with it and what to write, without its password."""


class Servers(NamedTuple):
    """`kind` is "single", "sentinel" or "cluster". Of a single server `url` says everything. hosts: names and ports;
    master: the name by which Sentinels know it; sentinel: their own "username" and "password", where they have any."""

    kind: str
    url: str
    hosts: tuple[tuple[str, int], ...] = ()
    master: str = ""
    db: int = 0
    username: str | None = None
    password: str | None = None
    tls: bool = False
    sentinel: dict[str, str] = {}


def servers_at(url: str) -> Servers:
    """What a URL names. Raises BadUrl."""
    if SINGLE.match(url):
        return Servers("single", url)
    found = SEVERAL.fullmatch(url)
    if found is None:
        raise BadUrl(f"{without_password(url)!r} names no Valkey or Redis: {REMEDY}.")
    kind, (path, _mark, query) = found["kind"], found["rest"].partition("?")
    hosts = tuple(host_in(text, PORTS[kind], url) for text in found["hosts"].split(","))
    user, _colon, password = (found["user"] or "").partition(":")
    common: dict[str, Any] = {
        "hosts": hosts,
        "username": unquote(user) or None,
        "password": unquote(password) or None,
        "tls": found["tls"] == "rediss",
    }
    if kind == "cluster":
        if path not in ("", "/", "/0") or query:
            raise BadUrl(
                f"{without_password(url)!r}: a cluster has one database and no options; write nothing after hosts."
            )
        return Servers(kind, url, **common)
    named = MASTER.fullmatch(path)
    if named is None:
        raise BadUrl(
            f"{without_password(url)!r} doesn't say which master the Sentinels are asked for: "
            "write redis+sentinel://host:26379,host:26379/master-name/0."
        )
    options = {name: values[-1] for name, values in parse_qs(query).items()}
    unknown = sorted(set(options) - {"sentinel_username", "sentinel_password"})
    if unknown:
        raise BadUrl(
            f"{without_password(url)!r} has the option {unknown[0]!r}; there are sentinel_username, sentinel_password."
        )
    sentinel = {name.removeprefix("sentinel_"): value for name, value in options.items()}
    return Servers(kind, url, master=unquote(named["master"]), db=int(named["db"] or 0), sentinel=sentinel, **common)


def host_in(text: str, port: int, url: str) -> tuple[str, int]:
    found = HOST.fullmatch(text)
    if found is None or not 0 < int(found["port"] or port) < 65536:
        raise BadUrl(f"{without_password(url)!r}: {text!r} is no host and port; {REMEDY}.")
    return found["name"].strip("[]"), int(found["port"] or port)


def without_password(url: str) -> str:
    """A URL as it may be shown: what stands before the @, and the values of its options, may be secrets."""
    return re.sub(r"=[^&]*", "=…", re.sub(r"//[^/]*@", "//…@", url))


def connect(url: str, *, timeout: float, connect_timeout: float) -> redis.Redis:
    """A client that is safe among threads and after a fork. Waits no longer than `timeout` seconds for an answer and
    `connect_timeout` for a connection. While there is no master it raises redis.ConnectionError at once, so that
    readers ask elsewhere. Raises BadUrl.

    Of a cluster it is a client with the same methods; but a pipeline is only a transaction if it is asked for, and then
    takes keys of one slot, and otherwise commands of one key.
    """
    servers = servers_at(url)
    waits = {"socket_timeout": timeout, "socket_connect_timeout": connect_timeout}
    if servers.kind == "single":
        return redis.Redis.from_url(url, **waits)
    options: dict[str, Any] = {"username": servers.username, "password": servers.password, "ssl": servers.tls, **waits}
    if servers.kind == "sentinel":
        # They are asked for every new connection: one that is away must not be waited for again and again.
        asking = {**waits, **servers.sentinel, "ssl": servers.tls, "retry": Retry(NoBackoff(), 0)}
        sentinels = Sentinel(servers.hosts, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]
        master = sentinels.master_for(servers.master, db=servers.db, **options)  # type: ignore[no-untyped-call]
        return cast(redis.Redis, master)
    return cast(redis.Redis, cluster(servers.hosts, options))


def told_as_away(call: Callable[P, R]) -> Callable[P, R]:
    """A call whose RedisClusterException, which is no RedisError, is one that says that nobody answers."""

    @wraps(call)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except RedisClusterException as error:
            raise redis.ConnectionError(str(error)) from error

    return told


class Pipeline(ClusterPipeline):
    execute = told_as_away(ClusterPipeline.execute)
    execute_command = told_as_away(ClusterPipeline.execute_command)
    watch = told_as_away(ClusterPipeline.watch)

    def rename(self, src: Any, dst: Any) -> Any:  # which redis-py blocks, though a transaction has one slot
        return self.execute_command("RENAME", src, dst)


class Cluster(redis.RedisCluster):
    """redis-py's, made to be used as one server's client is."""

    execute_command = told_as_away(redis.RedisCluster.execute_command)

    def pipeline(self, transaction: bool | None = None, shard_hint: None = None) -> Pipeline:
        """Tried once if it is a transaction: redis-py would send it again to another node, where nothing is watched
        and what it changes may not be what was looked at."""
        return Pipeline(
            nodes_manager=self.nodes_manager,
            commands_parser=self.commands_parser,
            result_callbacks=self.result_callbacks,
            cluster_response_callbacks=self.cluster_response_callbacks,
            reinitialize_steps=self.reinitialize_steps,
            retry=Retry(NoBackoff(), 0) if transaction else self.retry,
            lock=self._lock,
            transaction=transaction,
        )


@told_as_away
def cluster(hosts: tuple[tuple[str, int], ...], options: dict[str, Any]) -> Cluster:
    """A client that looks for the nodes anew at every error, and then tries once more."""
    nodes = [ClusterNode(host, port) for host, port in hosts]  # type: ignore[no-untyped-call]
    return Cluster(startup_nodes=nodes, retry=Retry(NoBackoff(), 1), reinitialize_steps=1, **options)
