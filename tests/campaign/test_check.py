"""`load_campaign --check` finds what loading would refuse, also for the sake of what has been recorded."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from creators.creators_file import load_creators
from livefest.models import Fest


def test_check_finds_what_the_records_forbid(uk_valentine: Fest, campaigns: Path, tmp_path: Path) -> None:
    load_creators(fest=uk_valentine, data=(campaigns / "uk-valentine.example.creators.csv").read_bytes())
    path = tmp_path / "moved.toml"
    path.write_text((campaigns / "uk-valentine.toml").read_text().replace('regions = ["GB"]', 'regions = ["FR"]'))
    for options in (["--check"], []):
        with pytest.raises(CommandError, match=r"moved\.toml: fest\.regions GB: can't be left out"):
            call_command("load_campaign", str(path), *options)


def test_check_changes_nothing(uk_valentine: Fest, campaigns: Path, tmp_path: Path) -> None:
    path = tmp_path / "renamed.toml"
    path.write_text((campaigns / "uk-valentine.toml").read_text().replace("UK Valentine LIVE", "Renamed"))
    out = io.StringIO()
    call_command("load_campaign", str(path), "--check", stdout=out)
    assert out.getvalue() == "renamed.toml is valid\n"
    uk_valentine.refresh_from_db()
    assert uk_valentine.name == "UK Valentine LIVE"


def test_fest_of_over_ten_years_is_refused(db: None, campaigns: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    path.write_text((campaigns / "uk-valentine.toml").read_text().replace("ends = 2026-02-17", "ends = 2036-06-17"))
    with pytest.raises(CommandError, match=r"fest\.ends: the fest lasts 3777 days; write at most ten years"):
        call_command("load_campaign", str(path))
