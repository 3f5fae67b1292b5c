"""The examples on the page of rules give what the same facts give when they come in and are refreshed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from creators.creators_file import load_creators
from creators.intake import record_facts
from creators.reports import parse_fact
from creators.sources import create_source
from livefest.campaign import load_campaign, read_campaign
from livefest.campaign.store import to_text
from livefest.models import Fest
from rankings.campaign import RuleSpec
from rankings.examples import SESSION, Example, examples_of
from rankings.models import Gain
from rankings.refresh import refresh
from tests.campaign.conftest import rolled_back
from tests.effort import draws
from tests.rankings.fests import is_valid
from tests.rankings.fests_campaigns import whole_campaign
from tests.rankings.strategies import randoms

TESTS = Path(__file__).parents[1]
FILES = [
    *sorted((TESTS / "campaigns").glob("*.toml")),
    TESTS / "campaign" / "everything.toml",
]


def really_gained(fest: Fest, shown: list[Example]) -> list[int]:
    """The points of each example: its facts sent by a source, as those of a creator of its own."""
    rows = "\n".join(f"example-{number},Example" for number in range(len(shown)))
    load_creators(fest=fest, data=f"handle,name\n{rows}".encode())
    metrics = {rule.slug: rule.metric for rule in read_campaign(fest).items(RuleSpec)}
    reports = [
        {
            "id": f"{number}-{index}",
            "creator": f"example-{number}",
            "metric": metrics[one.rule],
            "quantity": fact.quantity,
            "at": fact.at.isoformat(),
            "session": SESSION,
        }
        for number, one in enumerate(shown)
        for index, fact in enumerate(one.facts)
    ]
    source = create_source(fest=fest, name="file")
    outcome = record_facts(source=source, reports=[parse_fact(one) for one in reports], arrived_at=fest.ends)
    assert outcome.accepted == len(reports), outcome.rejected[:3]
    refresh(fest)
    sums = [
        Gain.objects.filter(entry__creator__handle=f"example-{number}", rule__slug=one.rule).aggregate(
            points=Sum("points")
        )
        for number, one in enumerate(shown)
    ]
    return [one["points"] for one in sums]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.django_db
def test_examples_of_a_campaign_are_what_it_really_gives(file: Path) -> None:
    load_campaign(file.read_bytes())
    fest = Fest.objects.get()
    shown = [one for several in examples_of(fest, read_campaign(fest)).values() for one in several]
    assert shown
    assert really_gained(fest, shown) == [one.points for one in shown]


@settings(max_examples=draws(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random=randoms)
@pytest.mark.django_db
def test_examples_of_any_campaign_are_what_it_really_gives(random: st.DataObject) -> None:
    document = whole_campaign(random)  # type: ignore[arg-type]
    assume(is_valid(document))
    with rolled_back():
        load_campaign(to_text(document))
        fest = Fest.objects.get()
        shown = [one for several in examples_of(fest, read_campaign(fest)).values() for one in several]
        assert really_gained(fest, shown) == [one.points for one in shown]
