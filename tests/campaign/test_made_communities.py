"""Communities that creators made are no part of the campaign file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from creators.models import Group
from livefest.campaign import CampaignError, export_campaign, load_campaign
from livefest.models import Fest

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 14, 12, tzinfo=UTC)


@pytest.fixture
def made(uk_valentine: Fest) -> Group:
    return Group.objects.create(
        fest=uk_valentine, slug="c-owls-7kq2mx", name="Owls", kind="community", roster=50, made_at=NOW, position=10**6
    )


def test_made_community_is_neither_exported_nor_changed_by_the_file(made: Group, campaigns: Path) -> None:
    before = export_campaign(made.fest)
    assert "c-owls" not in before
    assert load_campaign(before) == []
    text = (campaigns / "uk-valentine.toml").read_text().replace('name = "Super League"', 'name = "Superb League"')
    assert load_campaign(text) == ['~ groups super.name: "Super League" → "Superb League"']
    again = Group.objects.get(pk=made.pk)
    assert (again.name, again.made_at, again.position) == ("Owls", NOW, 10**6)


def test_file_that_names_a_made_community_is_refused(made: Group, campaigns: Path) -> None:
    text = (campaigns / "uk-valentine.toml").read_text()
    taken = text + '\n[[groups]]\nslug = "c-owls-7kq2mx"\nname = "Ours"\nkind = "community"\n'
    with pytest.raises(CampaignError) as refused:
        load_campaign(taken)
    (problem,) = refused.value.problems
    assert str(problem) == (
        'groups c-owls-7kq2mx: is a community that a creator has made ("Owls"), which no file describes; '
        "choose another slug, or leave it out"
    )
    assert Group.objects.get(pk=made.pk).name == "Owls"


def test_campaign_cannot_rank_within_a_made_community(made: Group, campaigns: Path) -> None:
    text = (campaigns / "uk-valentine.toml").read_text()
    with pytest.raises(CampaignError, match='"c-owls-7kq2mx" is not declared in groups'):
        load_campaign(
            text + '\n[[boards]]\nslug = "owls"\nname = "Owls"\nof = "creators"\nperiod = "fest"\n'
            'within = { group = "c-owls-7kq2mx" }\n'
        )


def test_admin_shows_what_is_no_part_of_the_file_apart(admin_client: Client, made: Group) -> None:
    page = admin_client.get(f"/admin/livefest/fest/{made.fest.pk}/change/").content.decode()
    assert page.index("Communities of creators") < page.index("communities_by_creators") < page.index("made_roster")
    page = admin_client.get(f"/admin/creators/group/{made.pk}/change/").content.decode()
    assert "14 February 2026, 12:00" in page
    league = Group.objects.get(slug="super")
    assert "Made by a creator" not in admin_client.get(f"/admin/creators/group/{league.pk}/change/").content.decode()
