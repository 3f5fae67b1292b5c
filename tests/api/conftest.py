"""The small fest of tests/pages, as programs read it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from livefest.models import Fest
from tests.kept import kept
from tests.pages.conftest import _nothing_kept, forget, queries_of, small, small_played  # noqa: F401  fixtures

ROOT = "/api/v1/fests/small"
ALL = f"{ROOT}/boards/all/standing"


@pytest.fixture
def played(db: None) -> Fest:
    return kept(small_played)


@pytest.fixture
def fest_alone(db: None) -> Fest:
    """With nothing that anybody did."""
    return kept(small)


@pytest.fixture
def ask(client: Client) -> Any:
    """What an address says, anew."""

    def said(path: str, **headers: str) -> Any:
        forget()
        response = client.get(path, headers=headers)
        assert response.status_code == 200, response.content
        assert response["Content-Type"] == "application/json"
        return response.json()

    return said
