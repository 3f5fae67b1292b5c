"""What the page of rules says of rewards beyond the campaign file: ties, and rewards of challenges."""

from __future__ import annotations

import pytest
from django.test import Client

from livefest.models import Fest
from rewards.models import Reward

pytestmark = pytest.mark.django_db

ALL = "all of them receive it; it passes on only once fewer receive it than there are ranks."
SPLIT = "Those who share a rank share equally what their ranks receive, in whole units;"
LISTED = "they fill the ranks one by one, by handle."


def test_rules_say_what_happens_to_ties_and_what_challenges_bring(fest: Fest, client: Client) -> None:
    Reward.objects.filter(slug="gems").update(ties="listed")
    page = client.get("/en/prizes/rules/").content.decode()
    # gala, mug, tour and hat; not the badge, of which everybody has one; pot; gems.
    assert (page.count(ALL), page.count(SPLIT), page.count(LISTED)) == (4, 1, 1)
    assert "All who win Race: 9 Diamonds each." in page
    assert "passes to the next in rank, if any" in page
