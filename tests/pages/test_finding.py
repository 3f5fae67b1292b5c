"""Who searches too often waits: counted by the client's address, whatever stands before the site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from rankings.finding import LIMIT
from rankings.valkey import client as valkey

FIND = "/en/small/boards/all/all/find/?q=nobody"
MOST = int(LIMIT.partition("/")[0])
pytestmark = pytest.mark.usefixtures("played")


@pytest.fixture(autouse=True)
def _nobody_has_searched() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    found = list(valkey().scan_iter(match="*rl:*"))
    if found:
        valkey().delete(*found)


def search(client: Client, times: int = 1, *, forwarded: str = "", remote: str = "192.0.2.1") -> list[int]:
    """The statuses of the answers, in order, each once."""
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    found = [client.get(FIND, headers=headers, REMOTE_ADDR=remote).status_code for _number in range(times)]
    return list(dict.fromkeys(found))


def test_who_searches_too_often_is_told_to_wait(client: Client) -> None:
    assert search(client, MOST) == [200]
    response = client.get(FIND, REMOTE_ADDR="192.0.2.1")
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (429, "60", "no-store")
    assert "searched very often" in response.content.decode()
    assert search(client, remote="192.0.2.2") == [200], "another viewer"


def test_header_is_not_believed_without_a_proxy(client: Client) -> None:
    for number in range(MOST):
        assert search(client, forwarded=f"203.0.113.{number}") == [200]
    assert search(client, forwarded="203.0.113.200") == [429]


def test_viewers_behind_one_proxy_are_told_apart(client: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert search(client, MOST + 1, forwarded="203.0.113.1") == [200, 429]
    assert search(client, forwarded="203.0.113.2") == [200]


def test_client_that_writes_the_header_itself_gains_nothing(client: Client, settings: Settings) -> None:
    """The proxy adds whom it was called by at the right; what stood there before is the client's invention."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(MOST):
        assert search(client, forwarded=f"198.51.100.{number}, 203.0.113.1") == [200]
    assert search(client, forwarded="198.51.100.99, 203.0.113.1") == [429]
    assert search(client, forwarded="203.0.113.1") == [429]


def test_viewers_behind_two_proxies_are_told_apart(client: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert search(client, MOST + 1, forwarded="198.51.100.7, 203.0.113.1, 10.0.0.1") == [200, 429]
    assert search(client, forwarded="198.51.100.8, 203.0.113.1, 10.0.0.1") == [429]
    assert search(client, forwarded="198.51.100.7, 203.0.113.2, 10.0.0.1") == [200]


def test_who_comes_around_the_proxies_goes_by_the_connection(client: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert search(client, MOST + 1, forwarded="203.0.113.1", remote="192.0.2.9") == [200, 429]
    assert search(client, forwarded="203.0.113.2", remote="192.0.2.9") == [429]
    assert search(client, remote="192.0.2.9") == [429]


@pytest.mark.parametrize("forwarded", ["unknown", "<script>", "999.1.1.1", ",", "1.2.3.4:http"])
def test_header_that_is_no_address_breaks_nothing(client: Client, settings: Settings, forwarded: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert search(client, MOST + 1, forwarded=forwarded) == [200, 429]


def test_viewers_of_one_ipv6_network_share_a_limit(client: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert search(client, MOST + 1, forwarded="2001:db8::1") == [200, 429]
    assert search(client, forwarded="2001:db8::2") == [429]
    assert search(client, forwarded="2001:db8:0:1::1") == [200]


def test_viewers_without_an_address_share_a_limit(client: Client) -> None:
    """As behind a Unix socket."""
    assert search(client, MOST + 1, remote="") == [200, 429]
