"""From a URL to the servers that it names, and to what Django and Celery need to know of them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from livefest.redis_servers import BadUrl, Servers, servers_at
from livefest.settings import services


@pytest.mark.parametrize("url", ["redis://h:6380/2", "rediss://u:p@h/0", "unix:///run/v.sock?db=3"])
def test_single_server_is_named_as_ever(url: str) -> None:
    assert servers_at(url) == Servers("single", url)


def test_sentinels_name_a_master() -> None:
    url = "redis+sentinel://fan:p%40ss@one,two:26380,[::1]:3/live/2?sentinel_password=s%2Fs"
    assert servers_at(url) == Servers(
        "sentinel",
        url,
        hosts=(("one", 26379), ("two", 26380), ("::1", 3)),
        master="live",
        db=2,
        username="fan",
        password="p@ss",
        sentinel={"password": "s/s"},
    )
    assert servers_at("rediss+sentinel://:pw@one/live") == Servers(
        "sentinel", "rediss+sentinel://:pw@one/live", hosts=(("one", 26379),), master="live", password="pw", tls=True
    )


def test_cluster_is_named_by_some_of_its_nodes() -> None:
    url = "redis+cluster://one,two:6380"
    assert servers_at(url) == Servers("cluster", url, hosts=(("one", 6379), ("two", 6380)))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://host", "'http://host' names no Valkey or Redis: write redis://host:6379/0, "),
        ("", "'' names no Valkey or Redis: write redis://host:6379/0, "),
        ("redis+sentinel://one,two", "doesn't say which master the Sentinels are asked for: write redis+sentinel://"),
        ("redis+sentinel://one/live/x", "doesn't say which master the Sentinels are asked for"),
        ("redis+sentinel://one:99999/live", "'one:99999' is no host and port"),
        ("redis+sentinel://one,,two/live", "'' is no host and port"),
        ("redis+sentinel://one/live?retries=3", "has the option 'retries'; there are sentinel_username, "),
        ("redis+cluster://one/3", "a cluster has one database and no options"),
        ("redis+cluster://one?db=1", "a cluster has one database and no options"),
    ],
)
def test_url_that_names_nothing_is_refused_with_what_to_write(url: str, message: str) -> None:
    with pytest.raises(BadUrl) as caught:
        servers_at(url)
    assert message in str(caught.value)


def test_refusal_shows_no_password() -> None:
    for url in ("redis+sentinel://u:secret@one?sentinel_password=secret", "redis+cluster://:secret@one/7"):
        with pytest.raises(BadUrl) as caught:
            servers_at(url)
        assert "secret" not in str(caught.value)


def test_setting_is_named_where_its_url_is_refused() -> None:
    for read, name in (
        (services.standings, "STANDINGS_URL"),
        (services.cache, "CACHE_URL"),
        (services.broker, "CELERY_BROKER_URL"),
    ):
        with pytest.raises(ImproperlyConfigured, match=rf"^{name} \(or REDIS_URL\): 'redis\+cluster://…@one/7': a "):
            read("redis+cluster://u:secret@one/7")


def test_celery_is_told_of_sentinels_in_its_own_spelling() -> None:
    url = "redis+sentinel://fan:p%40ss@one,two:26380/live/2?sentinel_password=pw"
    assert services.broker(url) == "sentinel://fan:p%40ss@one:26379/2;sentinel://fan:p%40ss@two:26380/2"
    options = services.broker_options(url)
    assert options["master_name"] == "live"
    assert options["sentinel_kwargs"]["password"] == "pw"
    assert services.queue_type(url) == "classic"


@pytest.mark.parametrize("url", ["redis+cluster://one,two", "rediss+sentinel://one/live"])
def test_celery_does_not_queue_everywhere(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="Set CELERY_BROKER_URL to one Valkey, Sentinels or RabbitMQ"):
        services.broker(url)


def test_rabbitmq_is_named_as_celery_does() -> None:
    url = "amqp://u:p@one//;amqp://u:p@two//"
    assert (services.broker(url), services.broker_options(url), services.queue_type(url)) == (url, {}, "quorum")


def test_replicas_are_named_by_urls_between_white_space() -> None:
    found = services.databases("postgresql://u@one/fest", " postgresql://u@two/fest\npostgresql://u@three/fest ")
    assert {alias: settings["HOST"] for alias, settings in found.items()} == {
        "default": "one",
        "replica1": "two",
        "replica2": "three",
    }
    assert found["replica1"]["OPTIONS"]["options"].endswith(" -c default_transaction_read_only=on")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_REPLICA_URL is no URL that libpq reads"):
        services.databases("postgresql://u@one/fest", "mysql://u:secret@two/fest")
