"""The drill: a fest is lost, and back from its backup with the same standings and the same results."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.db import connection
from pytest_django import Settings

from livefest.backup import is_of_this_key
from livefest.models import Fest
from livefest.restore import checked_manifest
from livefest.sql import execute
from rankings.models import Board, Edition, Standing
from rankings.refresh import DERIVED, refresh
from rankings.results_file import file_lines
from rankings.valkey import client
from tests.rankings.play import everything_derived
from tests.rankings.results.certifying import refused, run, told

pytestmark = pytest.mark.usefixtures("valkey")

MADE_ANEW = {*DERIVED, "challenges_completion", "rankings_grouptotal", "rankings_refreshstate"}


@contextmanager
def new_database() -> Iterator[None]:
    """Another, empty one, which this block works on, with another, empty Valkey."""
    before = connection.settings_dict["NAME"]
    name = f"{before}_restored"
    execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    execute(f"CREATE DATABASE {name} TEMPLATE template0")
    use(name)
    client().flushall()
    try:
        yield
    finally:
        use(before)
        execute(f"DROP DATABASE {name} WITH (FORCE)")


def use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def all_boards() -> dict[str, str]:
    """Every standing of the fest, as export_board writes it, and the certified ones."""
    exported = {}
    for standing in Standing.objects.select_related("board").order_by("board", "within", "period"):
        arguments = [standing.board.slug, f"--within={standing.within}"]
        if standing.board.period == Board.Period.DAY:
            arguments.append(f"--period={standing.period}")
        exported[str(standing)] = run("export_board", "small", *arguments)
        exported[f"{standing} certified"] = run("export_board", "small", *arguments, "--results")
    return exported


def rows() -> dict[str, list[Any]]:
    """Everything that is stored, but for what a rebuild makes anew, with ids of its own."""
    tables = execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
    return {
        table: execute(f"SELECT * FROM {table} ORDER BY 1") for (table,) in sorted(tables) if table not in MADE_ANEW
    }


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
@pytest.mark.usefixtures("certified")
def test_fest_is_back_with_equal_standings_and_results(tmp_path: Path, encrypted: bool) -> None:
    refresh(Fest.objects.get(slug="small"))
    boards, derived, stored = all_boards(), everything_derived(Fest.objects.get(slug="small")), rows()
    assert len(boards) > 10
    results = tmp_path / "results.jsonl"
    results.write_bytes(b"".join(file_lines(Edition.objects.get())))
    proved = run("verify_results", str(results))

    file, key = tmp_path / "backup", tmp_path / "key.txt"
    identity = pyrage.x25519.Identity.generate()
    key.write_text(f"# made for a test\n{identity}\n")
    said = run("backup", str(file), f"--recipient={identity.to_public()}" if encrypted else "--unencrypted")
    assert (", encrypted," in said, ", NOT encrypted," in said) == (encrypted, not encrypted)
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob(".*")) == []
    assert "is whole" in run("restore", str(file), "--check")

    with new_database():
        told_of, warned = told("restore", str(file), *([f"--identity={key}"] if encrypted else []))
        assert warned == ""
        assert "are as the manifest says" in told_of
        assert rows() == stored
        assert all_boards() == boards
        assert everything_derived(Fest.objects.get(slug="small")) == derived
        assert run("verify_results", str(results)) == proved
        assert "isn't empty" in refused("restore", str(file), f"--identity={key}")
    assert rows() == stored


@pytest.mark.usefixtures("fest")
def test_what_comes_in_while_it_is_made_is_not_in_it(tmp_path: Path) -> None:
    file = tmp_path / "backup"
    run("backup", str(file), "--unencrypted")
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    counted = {table: len(found) for table, found in rows().items()}
    assert {table: manifest["rows"][table] for table in counted} == counted


@pytest.mark.usefixtures("fest")
def test_backup_that_cannot_be_restored_leaves_the_database_empty(tmp_path: Path, settings: Settings) -> None:
    plain, encrypted, key = tmp_path / "plain", tmp_path / "encrypted", tmp_path / "key.txt"
    run("backup", str(plain), "--unencrypted")
    run("backup", str(encrypted), f"--recipient={pyrage.x25519.Identity.generate().to_public()}")
    key.write_text(str(pyrage.x25519.Identity.generate()))
    assert "is there already" in refused("backup", str(plain), "--unencrypted")
    assert "no public age key" in refused("backup", str(tmp_path / "new"), "--recipient=age1nobody")
    assert not (tmp_path / "new").exists()
    with new_database():
        assert "name the file with the age key" in refused("restore", str(encrypted))
        assert "can't be decrypted" in refused("restore", str(encrypted), f"--identity={key}")
        for name, change in {"cut": cut, "changed": changed, "newer": newer, "miscounted": miscounted}.items():
            broken = tmp_path / name
            change(plain, broken)
            assert REFUSALS[name] in refused("restore", str(broken)), name
            tables = execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            if name != "miscounted":
                assert tables == [(0,)], name


REFUSALS = {
    "cut": "is no backup, or isn't whole",
    "changed": "isn't what its manifest says",
    "newer": "of another version of the program",
    "miscounted": "not as the manifest says",
}


def cut(whole: Path, broken: Path) -> None:
    broken.write_bytes(whole.read_bytes()[:-1000])


def changed(whole: Path, broken: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["member"]["sha256"] = "0" * 64

    rewrite(whole, broken, change)


def newer(whole: Path, broken: Path) -> None:
    rewrite(whole, broken, lambda manifest: manifest["migrations"].append(["livefest", "9999_tomorrow"]))


def miscounted(whole: Path, broken: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["rows"]["creators_fact"] += 1

    rewrite(whole, broken, change)


def rewrite(whole: Path, broken: Path, change: Any) -> None:
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(broken, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        change(manifest)
        new.writestr("database.dump", old.read("database.dump"))
        new.writestr("manifest.json", json.dumps(manifest))


@pytest.mark.usefixtures("fest")
def test_other_secret_key_is_told(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "backup"
    run("backup", str(file), "--unencrypted")
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 8
    with new_database():
        assert "SECRET_KEY is another" in run("restore", str(file))
    assert not is_of_this_key(checked_manifest(file))
    settings.SECRET_KEY_FALLBACKS = [former]
    assert is_of_this_key(checked_manifest(file))


@pytest.mark.usefixtures("fest")
def test_folder_keeps_the_newest(tmp_path: Path) -> None:
    for name in ("livefest-20260101T000000Z.backup", "livefest-20260102T000000Z.backup", "other.backup"):
        (tmp_path / name).touch()
    said = run("backup", str(tmp_path), "--unencrypted", "--keep=2")
    assert said.splitlines()[1:] == [f"{tmp_path / 'livefest-20260101T000000Z.backup'}: deleted"]
    made = sorted(path.name for path in tmp_path.iterdir())
    assert (made[0], made[2]) == ("livefest-20260102T000000Z.backup", "other.backup")
    assert "is whole" in run("restore", str(tmp_path / made[1]), "--check")
    assert "names nobody" in refused("backup", str(tmp_path), "--recipient=")
    assert "--keep goes with a folder" in refused("backup", str(tmp_path / "new"), "--unencrypted", "--keep=2")
