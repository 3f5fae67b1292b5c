"""Rewards in the admin: those of challenges, ties, and what can't change once it is awarded."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from challenges.models import Challenge
from livefest.models import Fest
from rewards.models import Reward
from tests.rewards.prizes import proposed, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_nia(fest: Fest, client: Client) -> Client:
    client.force_login(staff("nia"))
    return client


def test_reward_of_a_challenge(fest: Fest, as_nia: Client) -> None:
    race = Challenge.objects.get(fest=fest, slug="race")
    values = {"fest": fest.pk, "slug": "cup", "name": "Cup", "kind": "merch", "board": "", "challenge": race.pk}
    values |= {"first_rank": 1, "last_rank": "", "ties": "split", "amount": 1, "position": 9}
    page = as_nia.post(reverse("admin:rewards_reward_add"), values).content.decode()
    assert "Only Diamonds and cash can be split." in page or "Choose a board or a challenge" in page
    assert as_nia.post(reverse("admin:rewards_reward_add"), values | {"ties": "all"}).status_code == 302
    assert Reward.objects.get(slug="cup").challenge == race


def test_what_is_awarded_keeps_its_kind_and_board(fest: Fest, as_nia: Client) -> None:
    gems = Reward.objects.get(fest=fest, slug="gems")
    address = reverse("admin:rewards_reward_change", args=[gems.pk])
    assert 'name="kind"' in as_nia.get(address).content.decode()
    proposed(fest)
    page = as_nia.get(address).content.decode()
    assert 'name="kind"' not in page
    assert 'name="board"' not in page
    values = {"fest": fest.pk, "slug": "gems", "name": "Gems", "kind": "cash", "currency": "EUR"}
    values |= {"first_rank": 1, "last_rank": 3, "ties": "listed", "amount": 500, "claim_days": 7, "position": 0}
    assert as_nia.post(address, values).status_code == 302
    gems.refresh_from_db()
    assert (gems.kind, gems.currency, gems.ties) == ("diamonds", "", "listed")
