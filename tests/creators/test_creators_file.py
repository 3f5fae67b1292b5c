"""The creators file: who takes part, from where, in which groups; all of a file or nothing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from creators.creators_file import CreatorsFileError, Loaded, load_creators
from creators.models import Creator, Entry, Group, Membership
from livefest.campaign import load_campaign
from livefest.models import Fest

CAMPAIGN = """
[fest]
slug = "small"
name = "Small"
time_zone = "UTC"
starts = 2026-02-13T00:00:00
ends = 2026-02-17T00:00:00
regions = ["GB", "IE"]
[[groups]]
slug = "glow"
name = "Glow"
kind = "league"
[[groups]]
slug = "gleam"
name = "Gleam"
kind = "league"
[[groups]]
slug = "owls"
name = "Owls"
kind = "community"
roster = 2
[[groups]]
slug = "larks"
name = "Larks"
kind = "community"
"""
HEADER = "handle,name,region,category,groups\n"


@pytest.fixture
def small(db: None) -> Fest:
    load_campaign(CAMPAIGN)
    return Fest.objects.get(slug="small")


def load(fest: Fest, text: str) -> Loaded:
    return load_creators(fest=fest, data=text.encode())


def members(fest: Fest) -> dict[str, list[str]]:
    return {
        entry.creator.handle: sorted(membership.group.slug for membership in entry.memberships.all())
        for entry in Entry.objects.filter(fest=fest)
    }


def test_creators_are_stored_with_all_that_the_file_says(small: Fest) -> None:
    loaded = load(small, HEADER + "ada.live,Ada,GB,talk,glow;owls\nçelik.live,Çelik “Ç”,IE,,\nbo,,,,\n")
    assert loaded == Loaded(added=3, updated=0, total=3)
    ada = Entry.objects.get(creator__handle="ada.live")
    assert (ada.creator.name, ada.region and ada.region.code, ada.category) == ("Ada", "GB", "talk")
    assert members(small) == {"ada.live": ["glow", "owls"], "çelik.live": [], "bo": []}
    assert Membership.objects.filter(origin="file").count() == 2


def test_loading_again_updates(small: Fest) -> None:
    load(small, HEADER + "ada.live,Ada,GB,talk,glow;owls\nbo,Bo,GB,music,\n")
    assert load(small, HEADER + "ada.live,Ada,GB,talk,glow;owls\n") == Loaded(added=0, updated=0, total=1)
    assert load(small, HEADER + "ada.live,Ada L.,IE,dance,gleam\n") == Loaded(added=0, updated=1, total=1)
    ada = Entry.objects.get(creator__handle="ada.live")
    assert (ada.creator.name, ada.region and ada.region.code, ada.category) == ("Ada L.", "IE", "dance")
    assert members(small) == {"ada.live": ["gleam"], "bo": []}


def test_handle_names_one_creator_across_fests(small: Fest) -> None:
    load_campaign(CAMPAIGN.replace('"small"', '"second"'))
    second = Fest.objects.get(slug="second")
    load(small, HEADER + "ada.live,Ada,GB,talk,glow\n")
    load(second, HEADER + "ada.live,Ada,IE,music,\n")
    assert Creator.objects.count() == 1
    assert [(entry.fest.slug, entry.category) for entry in Entry.objects.order_by("fest__slug")] == [
        ("second", "music"),
        ("small", "talk"),
    ]


def test_what_staff_placed_stays_unless_the_row_names_another(small: Fest) -> None:
    load(small, HEADER + "ada.live,Ada,GB,,\nbo,Bo,GB,,\n")
    for handle in ("ada.live", "bo"):
        Membership.objects.create(
            fest=small,
            entry=Entry.objects.get(creator__handle=handle),
            group=Group.objects.get(slug="glow"),
            kind="league",
            origin="staff",
            since=timezone.now(),
        )
    load(small, HEADER + "ada.live,Ada,GB,,\nbo,Bo,GB,,gleam\n")
    assert members(small) == {"ada.live": ["glow"], "bo": ["gleam"]}


def test_file_without_groups_leaves_them(small: Fest) -> None:
    load(small, HEADER + "ada.live,Ada,GB,talk,glow\n")
    load(small, "handle,name\nada.live,Ada\n")
    assert members(small) == {"ada.live": ["glow"]}


def test_full_community_may_swap_members(small: Fest) -> None:
    load(small, HEADER + "a,A,GB,,owls\nb,B,GB,,owls\nc,C,GB,,\n")
    load(small, HEADER + "c,C,GB,,owls\na,A,GB,,larks\n")
    assert members(small) == {"a": ["larks"], "b": ["owls"], "c": ["owls"]}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("@ada,Ada,GB,,", 'line 3: handle "@ada": Write the handle without @.'),
        (",Ada,GB,,", 'line 3: handle "": A handle has 1 to 128 characters, this has 0.'),
        ("a b,Ada,GB,,", 'line 3: handle "a b": A handle has no spaces or invisible characters.'),
        ("x" * 129 + ",Ada,GB,,", f'line 3: handle "{"x" * 128}": A handle has 1 to 128 characters, this has 129.'),
        ("good,Again,GB,,", 'line 3: "good" stands on line 2 already; write each creator once'),
        ("ada,Ada,FR,,", 'line 3: region "FR" is none of the fest\'s; choose from GB, IE'),
        ("ada,Ada,gb,,", 'line 3: region "gb" is none of the fest\'s; choose from GB, IE'),
        ("ada,Ada,GB,,glo", 'line 3: group "glo" is unknown; did you mean "glow"?'),
        ("ada,Ada,GB,,glow;gleam", 'line 3: "glow" and "gleam" are both leagues; a creator is in at most one'),
        ("ada,Ada,GB,,owls;larks", 'line 3: "owls" and "larks" are both communities; a creator is in at most one'),
        (f"ada,{'n' * 201},GB,,", "line 3: the name has 201 characters; write at most 200"),
        (f"ada,Ada,GB,{'c' * 65},", "line 3: the category has 65 characters; write at most 64"),
        ("ada,Ada\0,GB,,", "line 3: the name has a NUL character; leave it out"),
        ("ada,Ada", "line 3: has 2 values for 5 columns; put a value with a comma in quotes"),
        ("ada,Ada, and more,GB,,", "line 3: has 6 values for 5 columns; put a value with a comma in quotes"),
        ('ada,"Ada"x,GB,,', "line 3: is not CSV: ',' expected after '\"'"),
        ('ada,"Ada,GB,,', "line 3: is not CSV: unexpected end of data"),
        ("b,B,GB,,owls\nc,C,GB,,owls\nd,D,GB,,owls", 'line 5: "owls" is full; its roster is 2'),
    ],
    ids=str,
)
def test_bad_row_refuses_the_whole_file(small: Fest, row: str, problem: str) -> None:
    with pytest.raises(CreatorsFileError) as caught:
        load(small, HEADER + f"good,Good,GB,,\n{row}")
    assert caught.value.problems == [problem]
    assert not Creator.objects.exists()
    assert not Membership.objects.exists()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "the file is empty; begin with the line handle,name,region,category,groups"),
        (b"handle,name,regoin\n", 'line 1: unknown column "regoin"; did you mean "region"?'),
        (b"handle,region\n", 'line 1: the column "name" is missing; add it'),
        (b"handle,name,name\n", "line 1: a column stands twice; write each once"),
        (b"handle,name\nada,\xff\n", "line 2: is not UTF-8; save the file as UTF-8"),
    ],
    ids=str,
)
def test_bad_file_is_refused(small: Fest, data: bytes, problem: str) -> None:
    with pytest.raises(CreatorsFileError) as caught:
        load_creators(fest=small, data=data)
    assert caught.value.problems == [problem]


def test_byte_order_mark_and_blank_lines_are_skipped(small: Fest) -> None:
    data = b"\xef\xbb\xbf\r\n" + HEADER.encode() + b"\r\n,,,,\r\nada.live,Ada,GB,,\r\n\r\n"
    assert load_creators(fest=small, data=data).total == 1


def test_command_tells_every_problem_with_file_and_line(small: Fest, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(HEADER + "@ada,Ada,GB,,\nbo,Bo,FR,,\n")
    with pytest.raises(CommandError) as caught:
        call_command("load_creators", "small", str(tmp_path / "bad.csv"))
    assert str(caught.value).splitlines() == [
        'bad.csv: line 2: handle "@ada": Write the handle without @.',
        'bad.csv: line 3: region "FR" is none of the fest\'s; choose from GB, IE',
        "Nothing was changed.",
    ]
    (tmp_path / "good.csv").write_text(HEADER + "ada,Ada,GB,,\n")
    out = io.StringIO()
    call_command("load_creators", "small", str(tmp_path / "good.csv"), stdout=out)
    assert out.getvalue() == "1 creators: 1 new, 0 updated\n"
