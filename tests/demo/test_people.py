"""The demo's creators: of all regions, each once, and as the creators file wants them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime

import pytest

from creators.creators_file import load_creators
from creators.models import Group, Membership
from demo.campaign import demo_campaign
from demo.people import ROSTER, Person, creators_file, latin, make_fans, make_people, regions
from livefest.campaign import load_campaign
from livefest.models import Fest


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return make_people(2000, seed=1)


def test_all_regions_have_some_and_big_ones_more(people: list[Person]) -> None:
    members = Counter(person.region for person in people)
    assert members.keys() == regions().keys()
    assert len(members) == 68
    assert min(members.values()) >= 5
    assert members["US"] > members["GB"] > members["IS"]


def test_handles_are_unique_and_plain(people: list[Person]) -> None:
    assert len({person.handle for person in people}) == 2000
    assert [person.handle for person in people if not re.fullmatch(r"[a-z0-9._]{3,40}", person.handle)] == []
    assert not {person.handle for person in people} & set(make_fans(4000, seed=1))


@pytest.mark.parametrize(
    ("region", "script"),
    [
        ("JP", ("CJK", "HIRAGANA")),
        ("KR", "HANGUL"),
        ("EG", "ARABIC"),
        ("TH", "THAI"),
        ("GR", "GREEK"),
        ("UA", "CYRILLIC"),
    ],
)
def test_names_are_in_the_script_of_their_region(
    people: list[Person], region: str, script: str | tuple[str, ...]
) -> None:
    names = [person.name for person in people if person.region == region]
    assert names
    for name in names:
        assert any(unicodedata.name(letter, "").startswith(script) for letter in name), name


def test_latin_spells_what_has_marks() -> None:
    assert [latin(name) for name in ("Łukasz", "Þór", "O'Brien", "Nguyễn", "Yılmaz", "de Jong")] == [
        "lukasz",
        "thor",
        "obrien",
        "nguyen",
        "yilmaz",
        "dejong",
    ]


def test_about_half_are_in_a_community(people: list[Person]) -> None:
    communities = Counter(person.community for person in people)
    assert 800 < 2000 - communities[""] < 1200
    assert len(communities) == 7
    assert max(size for community, size in communities.items() if community) <= ROSTER


def test_same_seed_same_people(people: list[Person]) -> None:
    assert make_people(2000, seed=1) == people
    assert make_people(2000, seed=2) != people


def test_few_are_spread_too() -> None:
    assert len(make_people(50, seed=1)) == len({person.region for person in make_people(50, seed=1)}) == 50


def test_they_are_valid_rows_of_a_creators_file(db: None, people: list[Person]) -> None:
    load_campaign(demo_campaign(datetime.now(UTC)))
    fest = Fest.objects.get()
    assert load_creators(fest=fest, data=creators_file(people)).added == 2000
    in_community = Membership.objects.filter(fest=fest, kind=Group.Kind.COMMUNITY).count()
    assert in_community == sum(1 for person in people if person.community)
