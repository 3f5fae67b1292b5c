"""The page of rules says everything that a campaign file says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from creators.models import Fact
from livefest import pages, site
from livefest.campaign import load_campaign, parse_campaign, read_campaign
from livefest.campaign.descriptions import Description
from livefest.campaign.registry import sections
from livefest.campaign.schema import NamedItem
from livefest.campaign.store import to_text
from livefest.models import Fest
from rankings import examples
from rankings.campaign import RuleSpec
from rankings.models import Gain, Rule
from tests.effort import draws
from tests.livefest.said import due_of, moments, part_of, plain, stands_in
from tests.rankings.fests import is_valid
from tests.rankings.fests_campaigns import whole_campaign
from tests.rankings.strategies import randoms

TESTS = Path(__file__).parents[1]
FILES = [
    *(TESTS / "campaigns" / f"{name}.toml" for name in ("uk-valentine", "live-fest", "harvest-hours", "spring-clash")),
    *(TESTS / "campaigns" / f"{name}.toml" for name in ("winter-ladder", "night-of-lights")),
    TESTS / "campaign" / "everything.toml",
]
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither pages (here or in the shared cache) nor versions nor examples of an earlier test."""
    monkeypatch.setattr(pages, "shared", lambda key, version: None)
    pages.pages.clear()
    pages.versions.clear()
    site._fest_ids.clear()
    examples._kept.clear()


def page_of(slug: str) -> str:
    response = Client().get(f"/en/{slug}/rules/", HTTP_ACCEPT_ENCODING="identity")
    assert response.status_code == 200
    return response.content.decode()


@every_file
@pytest.mark.django_db
def test_page_says_every_number_where_it_belongs(file: Path) -> None:
    load_campaign(file.read_bytes())
    document = tomllib.loads(file.read_text())
    html = page_of(document["fest"]["slug"])
    missing = [
        one
        for one in due_of(document)
        if not stands_in(one.text, part_of(html, f"{one.section}-{one.slug}").replace(" .", "."))
    ]
    assert missing == []
    assert len(list(due_of(document))) > 10


@every_file
@pytest.mark.django_db
def test_page_says_every_table_and_moment(file: Path) -> None:
    load_campaign(file.read_bytes())
    document = tomllib.loads(file.read_text())
    html = page_of(document["fest"]["slug"])
    for section, tables in document.items():
        for table in tables if section != "fest" else []:
            assert table.get("name", "") in part_of(html, f"{section}-{table['slug']}")
    for moment in moments(document, ZoneInfo(document["fest"]["time_zone"])):
        assert f'<time datetime="{moment}"' in html
    for rule in document["rules"]:
        for window in rule.get("bonus", []):
            said = part_of(html, f"rules-{rule['slug']}")
            assert all(window[key] in said for key in ("from", "until") if key in window)
    fest = document["fest"]
    days, corrections = part_of(html, "days"), part_of(html, "corrections")
    assert f"at least {fest['minimum_age']} years" in days
    assert f"begins at {fest.get('day_starts', '00:00')} ({fest['time_zone']})" in days
    assert f"up to {fest['grace_hours']} hours after" in corrections


@every_file
@pytest.mark.django_db
def test_page_shows_what_the_engine_makes_of_the_examples(file: Path) -> None:
    load_campaign(file.read_bytes())
    slug = tomllib.loads(file.read_text())["fest"]["slug"]
    fest = Fest.objects.get(slug=slug)
    campaign = read_campaign(fest)
    computed = examples.examples_of(fest, campaign)
    paid = {metric["slug"] for metric in tomllib.loads(file.read_text())["metrics"] if metric.get("paid")}
    assert computed.keys() == {rule.slug for rule in campaign.items(RuleSpec) if rule.metric not in paid}
    html = page_of(slug)
    for rule, shown in computed.items():
        for one in shown:
            assert stands_in(f"{one.points:,} point{'' if one.points == 1 else 's'}", part_of(html, f"rules-{rule}"))


@pytest.mark.django_db
def test_worked_example_reads_as_people_say_it(uk_valentine: Fest) -> None:
    said = part_of(page_of("uk-valentine"), "rules-live-hours")
    assert "2 hours 30 minutes of Time LIVE in one festival day: 1,000 points." in said
    assert "7 hours of Time LIVE in one festival day: 3,000 points, which is the most that there is." in said


@pytest.mark.django_db
def test_time_that_the_clocks_repeat_is_told_apart() -> None:
    load_campaign((TESTS / "campaign" / "everything.toml").read_bytes())
    said = part_of(page_of("everything"), "rules-gifts")
    assert "From 25 October 2026, 02:30 CEST until 25 October 2026, 02:30 CET everything counts 3 times" in said


@pytest.mark.django_db
def test_examples_leave_nothing_and_are_computed_once(uk_valentine: Fest) -> None:
    campaign = read_campaign(uk_valentine)
    first = examples.examples_of(uk_valentine, campaign)
    assert first
    assert not Fact.objects.exists()
    assert not Gain.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relname IN ('made_up', 'part')")
        assert cursor.fetchall() == []
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert examples.examples_of(uk_valentine, campaign) is first
    assert not queries.captured_queries


@pytest.mark.django_db
def test_page_comes_without_examples_while_the_database_is_too_busy(
    uk_valentine: Fest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(fest: Fest, campaign: object) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(examples, "play", too_slow)
    html = page_of("uk-valentine")
    assert 'class="example"' not in html
    assert "500 points for every full hour" in plain(html)
    assert not examples._kept


@pytest.mark.django_db
def test_page_of_a_campaign_that_cannot_be_read_says_so(uk_valentine: Fest) -> None:
    Rule.objects.filter(fest=uk_valentine, slug="live-hours").update(points=None)
    assert "The rules are just being changed" in page_of("uk-valentine")


@settings(max_examples=draws(150), deadline=None)
@given(random=randoms)
def test_any_campaign_is_described_with_each_of_its_numbers(random: st.DataObject) -> None:
    document = whole_campaign(random)  # type: ignore[arg-type]
    assume(is_valid(document))
    campaign = parse_campaign(to_text(document))
    said: dict[tuple[str, str], str] = {}
    for section in sections():
        for item in campaign.sections[section.name]:
            description = section.describe(campaign, item)
            said[section.name, item.slug] = text_of(description)
            assert description.title == (item.name if isinstance(item, NamedItem) else description.title) != ""
    for due in due_of(document):
        assert stands_in(due.text, said[due.section, due.slug]), due


def text_of(description: Description) -> str:
    cells = [cell for row in (description.table.rows if description.table else ()) for cell in row]
    return " | ".join([*map(str, description.sentences), *cells, *map(str, description.after)])
