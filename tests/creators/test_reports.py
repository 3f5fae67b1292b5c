"""The shape of a fact: what is refused for what it says by itself, and why."""

from __future__ import annotations

from typing import Any

import pytest

from creators.reports import Malformed, parse_fact
from tests.creators.conftest import fact


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        ([], 'not an object; write one such as {"id": …, "creator": …}'),
        (fact(id=""), "id is missing"),
        (fact(id=None), "id is missing"),  # type: ignore[arg-type]
        (fact(id=9), "id is not a text"),  # type: ignore[arg-type]
        (fact(id="x" * 129), "id has 129 characters; at most 128 are taken"),
        (fact(id="a\0b"), "id has a NUL character"),
        (fact(id="a\ud800"), "id is not valid Unicode (a lone surrogate)"),
        (fact(creator=""), "creator is missing"),
        (fact(creator=["ada.live"]), "creator is not a text"),
        (fact(metric=None), "metric is missing"),
        (fact(quantity=None), "quantity is missing"),
        (fact(quantity=0), "quantity 0 is not from 1 to 1000000000000"),
        (fact(quantity=10**12 + 1), "quantity 1000000000001 is not from 1 to 1000000000000"),
        (fact(quantity=1.0), "quantity '1.0' is not a whole number"),
        (fact(quantity=True), "quantity 'True' is not a whole number"),
        (fact(quantity="many"), "quantity 'many' is not a whole number"),
        (fact(quantity="12"), "quantity '12' is not a whole number"),
        (fact(quantity=float("inf")), "quantity 'inf' is not a whole number"),
        (fact(quantity=-5), "quantity -5 is negative and the fact reverses none"),
        (fact(reverses="f-0"), "quantity 100 of a reversal is not negative"),
        (fact(at=None), "at is missing"),
        (fact(at=1771149600), "at is not a text"),
        (
            fact(at="2026-02-15T10:00:00"),
            'at "2026-02-15T10:00:00" is not an ISO 8601 moment with an offset; write one such as 2026-02-13T20:15:00Z',
        ),
        (
            fact(at="yesterday"),
            'at "yesterday" is not an ISO 8601 moment with an offset; write one such as 2026-02-13T20:15:00Z',
        ),
        (
            fact(at="0001-01-01T00:00:00+14:00"),
            'at "0001-01-01T00:00:00+14:00" is not an ISO 8601 moment with an offset; '
            "write one such as 2026-02-13T20:15:00Z",
        ),
        (fact(session="s" * 129), "session has 129 characters; at most 128 are taken"),
        (fact(supporter=7), "supporter is not a text"),
    ],
    ids=str,
)
def test_wrong_shape_is_refused_with_its_reason(report: Any, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_fact(report)
    assert str(caught.value) == reason
