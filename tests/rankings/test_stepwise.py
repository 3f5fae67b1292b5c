"""Whatever happens in whatever order: stepwise equals rebuilt equals the slow reading of CAMPAIGN.md."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from creators.models import Mark, Payment
from rankings.refresh import refresh
from tests.campaign.conftest import rolled_back
from tests.effort import draws
from tests.rankings.fests import Script, expected, scripts
from tests.rankings.play import all_standings, begin, everything_derived, play


@settings(max_examples=draws(30), deadline=None)
@given(script=scripts())
@pytest.mark.django_db
def test_stepwise_equals_rebuilt_equals_the_slow_reading(script: Script) -> None:
    with rolled_back():
        fest = begin(script)
        for event in script.events:
            play(fest, script, event)
        refresh(fest)
        assert not Mark.objects.exists()

        outcome = expected(script)
        assert all_standings(fest) == [row.as_text() for row in outcome.rows]
        paid = Payment.objects.filter(entry__fest=fest).values_list(
            "entry__creator__handle", "metric__slug", "points", "at"
        )
        assert sorted(paid) == sorted((one.creator, one.metric, one.points, one.at) for one in outcome.payments)

        stepwise = everything_derived(fest)
        refresh(fest, rebuild=True)
        assert everything_derived(fest) == stepwise
        assert all_standings(fest) == [row.as_text() for row in outcome.rows]
