"""Any campaign that is valid goes in and comes out equal; any file at all is either loaded or refused in words."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from datetime import UTC, date, datetime, time
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from livefest.campaign import CampaignError, export_campaign, load_campaign, parse_campaign
from livefest.models import Fest
from tests.campaign.conftest import rolled_back
from tests.campaign.documents import GALA, Document, toml
from tests.campaign.strategies import campaigns
from tests.effort import draws

in_a_transaction = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@in_a_transaction
@given(first=campaigns(), second=campaigns())
def test_any_valid_campaign_comes_out_as_it_went_in(db: None, first: Document, second: Document) -> None:
    with rolled_back():
        for document in (first, second):
            load_campaign(toml(document))
            fest = Fest.objects.get()
            assert tomllib.loads(export_campaign(fest)) == document
            assert load_campaign(toml(document)) == []
            fest.campaign_file = ""
            assert load_campaign(export_campaign(fest)) == []


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where every value of a document is."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(place for key, one in inner for place in places(one, (*path, key)))]


odd_values = st.one_of(
    st.sampled_from(
        [True, 0, -1, 2**63, 2**31, 1.0, float("nan"), float("inf"), "", "\0", "bonus", "earliest", "fest"]
    ),
    st.sampled_from(
        [[], {}, [[]], [{}], {"slug": "x"}, {"group": "gold"}, ["coins", "coins"], date(2026, 3, 1), time(3)]
    ),
    st.sampled_from([datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59), datetime(2026, 3, 4, tzinfo=UTC)]),
    st.text(st.characters(codec="utf-8"), max_size=5),
    st.integers(-(2**70), 2**70),
)


@st.composite
def mutated(draw: st.DrawFn) -> Document:
    """GALA with some values lost, replaced, added or swapped."""
    document = deepcopy(GALA)
    for _ in range(draw(st.integers(1, 3))):
        steps: list[str | int]
        last: Any
        *steps, last = draw(st.sampled_from(places(document)))
        parent: Any = document
        for step in steps:
            parent = parent[step]
        match draw(st.sampled_from(["lose", "replace", "copy", "add"])):
            case "lose":
                del parent[last]
            case "replace":
                parent[last] = draw(odd_values)
            case "copy":
                source: Any = document
                for step in draw(st.sampled_from(places(document))):
                    source = source[step]
                parent[last] = deepcopy(source)
            case "add" if isinstance(parent, list):
                parent.append(deepcopy(parent[last]) if draw(st.booleans()) else draw(odd_values))
            case "add":
                parent[draw(st.sampled_from(["slug", "within", "bonus", "metric", "tiers", "zzz"]))] = draw(odd_values)
        if not document:
            break
    return document


def accepted(content: bytes | str) -> bool:
    """Whether a file is valid; where it isn't, checks that it is refused in words."""
    try:
        parse_campaign(content)
    except CampaignError as error:
        assert all([error.problems, *(problem.message for problem in error.problems)])  # noqa: PT017
        return False
    return True


@settings(in_a_transaction, max_examples=draws(100))
@given(document=mutated())
def test_any_document_is_loaded_or_refused_in_words(db: None, document: Document) -> None:
    text = toml(document)
    if accepted(text):
        with rolled_back():
            load_campaign(text)
            assert load_campaign(text) == []
            fest = Fest.objects.get(slug=document["fest"]["slug"])
            assert tomllib.loads(export_campaign(fest)) == tomllib.loads(text)


@settings(deadline=None)
@given(content=st.binary(max_size=200) | st.text(max_size=200))
@example(content="[fest")
@example(content="\ufeff")
@example(content=b"\xff")
def test_any_bytes_are_refused_in_words(content: bytes | str) -> None:
    assert not accepted(content)


@settings(deadline=None)
@given(data=st.data())
def test_any_cut_or_changed_text_is_valid_or_refused_in_words(data: st.DataObject) -> None:
    text = toml(GALA)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    changed = (
        text[:start] + data.draw(st.sampled_from(["", '"', "[", "]", "=", "\n", "1", "{", "#", "\\"])) + text[end:]
    )
    accepted(changed)
