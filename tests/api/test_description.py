"""What the API's description allows is answered as it says, and what it doesn't is refused: by schemathesis, with all
its checks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.schemas import OpenApiSchema

from livefest.api.openapi import description
from livefest.models import Fest
from livefest.wsgi import application
from tests.effort import draws

# Real things, where a path names something: what isn't there is found by the other half of the draws.
REAL = {"fest": "small", "board": "all", "handle": "ada"}
# A cursor is opaque and a place is of its board: neither can be written down as a pattern.
CHECKS = {
    "checks": {"positive_data_acceptance": {"expected-statuses": ["200", "304", "400", "404"]}},
    "generation": {"database": "none"},
}
addresses = itertools.count(1)


def from_anywhere(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The application, asked by another client each time."""
    number = next(addresses)
    environ["REMOTE_ADDR"] = f"10.1.{number // 256 % 256}.{number % 256}"
    return application(environ, start_response)


@pytest.fixture
def _connection_of_the_test() -> Iterator[None]:
    """The handler would close it after a request; Django's own client keeps it in the same way."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def described(played: Fest, _connection_of_the_test: None) -> OpenApiSchema:
    config = SchemathesisConfig.from_dict(CHECKS)
    headers = {"Host": "localhost"}
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", from_anywhere, config=config, headers=headers)


def named_in(path: str) -> dict[str, str]:
    """What its parts name, of what there is."""
    return {name: value for name, value in REAL.items() if f"{{{name}}}" in path}


ASKED = [(path, named) for path in description()["paths"] for named in [{}, named_in(path)][: 1 + bool(named_in(path))]]


@pytest.mark.parametrize("mode", GenerationMode, ids=str)
@pytest.mark.parametrize(
    ("path", "named"), ASKED, ids=lambda value: value if isinstance(value, str) else str(bool(value))
)
def test_answers_are_as_described(
    described: OpenApiSchema, path: str, named: dict[str, str], mode: GenerationMode
) -> None:
    """Of what there is, where the path names it, and of whatever is drawn."""
    operation = described[path]["GET"]
    drawn = operation.as_strategy(mode, path_parameters=named or None)

    @given(case=drawn)
    @settings(
        max_examples=draws(160), deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
    )
    def ask(case: Any) -> None:
        case.call_and_validate(headers={"Host": "localhost", "Accept-Encoding": "identity"})

    ask()


def test_every_address_is_described(client: Client) -> None:
    from livefest.api.urls import urlpatterns

    routes = {f"/api/v1/{pattern.pattern}" for pattern in urlpatterns if pattern.name != "api_nowhere"}
    written = {route.replace("<slug:", "{").replace("<path:", "{").replace(">", "}") for route in routes}
    assert description()["paths"].keys() == written
    ids = [operation["get"]["operationId"] for operation in description()["paths"].values()]
    assert len(ids) == len(set(ids))


def test_every_schema_is_used() -> None:
    text = str(description()["paths"]) + str(description()["components"])
    unused = [name for name in description()["components"]["schemas"] if f"#/components/schemas/{name}'" not in text]
    assert unused == []
