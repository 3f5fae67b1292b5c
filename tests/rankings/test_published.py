"""Campaigns that somebody published come out exactly right, through the commands, however their facts come in."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from creators.sources import add_secret, create_source
from livefest.models import Fest, User
from rankings.export import days_of, places_of
from rankings.models import Board
from tests import effort
from tests.creators.test_webhook import Sender
from tests.published import COUNTS, PLAYED, Step

AT = "2026-02-17T00:00:00Z"
CLOSED = "2026-02-19T00:00:00Z"
Rows = list[tuple[str, ...]]
STANDING = re.compile(
    r"  (?P<standing>\S+): rank (?P<rank>\d+) of \d+, score (?P<score>\d+) reached at (?P<reached_at>\S+) = (?P<sum>.+)"
)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def begin(campaigns: Path, slug: str, creators: str) -> None:
    run("load_campaign", str(campaigns / f"{slug}.toml"))
    run("load_creators", slug, str(campaigns / creators))


def exported(slug: str, *more: str) -> Iterator[tuple[str, ...]]:
    """Every standing by `export_board` (with `more` options), with board, place and period put in front."""
    for board in Board.objects.filter(fest__slug=slug).select_related("fest", "round", "within_group"):
        own = board.within_group.slug if board.within_group else ""
        for place in places_of(board) if board.within and not own else [""]:
            for day in days_of(board) if board.period == Board.Period.DAY else [""]:
                period = day or (board.round.slug if board.round else "fest")
                options = [f"--within={place}"] * bool(place) + [f"--period={day}"] * bool(day)
                header, *rows = csv.reader(StringIO(run("export_board", slug, board.slug, *options, *more)))
                assert header == ["rank", "handle", "score", "reached_at"]
                yield from ((board.slug, place or own, period, *row) for row in rows)


def expected(campaigns: Path, name: str) -> Rows:
    with (campaigns / name).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["board", "within", "period", "rank", "handle", "score", "reached_at"]
    return [tuple(row) for row in rows]


def in_parts(file: Path, folder: Path, parts: int) -> list[Path]:
    """The lines of a file in so many files."""
    lines = file.read_bytes().splitlines(keepends=True)
    size = -(-len(lines) // parts)
    paths = []
    for number in range(parts):
        paths.append(folder / f"{number}.jsonl")
        paths[-1].write_bytes(b"".join(lines[number * size : (number + 1) * size]))
    return paths


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["example", "sample"])
@pytest.mark.parametrize("parts", [1, 10])
@pytest.mark.parametrize("refreshed", ["after each part", "once"])
def test_uk_valentine_comes_out_right_from_files(
    campaigns: Path, tmp_path: Path, name: str, parts: int, refreshed: str
) -> None:
    begin(campaigns, "uk-valentine", f"uk-valentine.{name}.creators.csv")
    for part in in_parts(campaigns / f"uk-valentine.{name}.facts.jsonl", tmp_path, parts):
        run("ingest", "uk-valentine", str(part), "--at", AT)
        if refreshed == "after each part":
            run("refresh", "uk-valentine")
    run("close", "uk-valentine", "--at", CLOSED)
    assert list(exported("uk-valentine")) == expected(campaigns, f"uk-valentine.{name}.expected.csv")
    run("refresh", "uk-valentine", "--rebuild")
    assert list(exported("uk-valentine")) == expected(campaigns, f"uk-valentine.{name}.expected.csv")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [97 if effort.FULL else 499, 1000])
def test_uk_valentine_comes_out_right_from_the_webhook(campaigns: Path, settings: Settings, size: int) -> None:
    begin(campaigns, "uk-valentine", "uk-valentine.sample.creators.csv")
    settings.LIVEFEST_NOW = AT
    source = create_source(fest=Fest.objects.get(), name="platform")
    sender = Sender(add_secret(source=source, by=None))
    lines = (campaigns / "uk-valentine.sample.facts.jsonl").read_bytes().splitlines()
    facts = []
    for line in lines:
        try:
            facts.append(json.loads(line))
        except ValueError:
            continue  # no JSON: it would cost the whole call
    for start in range(0, len(facts), size):
        assert sender.send({"facts": facts[start : start + size]})[0] == 200
        run("refresh", "uk-valentine")
    run("close", "uk-valentine", "--at", CLOSED)
    assert list(exported("uk-valentine")) == expected(campaigns, "uk-valentine.sample.expected.csv")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("slug", "steps", "result"), PLAYED, ids=[slug for slug, _steps, _result in PLAYED])
def test_published_campaign_comes_out_right(campaigns: Path, slug: str, steps: list[Step], result: str) -> None:
    begin(campaigns, slug, f"{slug}.creators.csv")
    for kind, *what in steps:
        if kind == "close":
            run("close", slug, "--at", *what)
            run("close", slug, "--at", *what)  # again changes nothing
            continue
        file, at = what
        counts = {"accepted": 0, "duplicate": 0, "conflict": 0, "rejected": 0} | COUNTS[file]
        told = run("ingest", slug, str(campaigns / file), "--at", at)
        assert told.strip() == ", ".join(f"{number} {kind}" for kind, number in counts.items())
        run("refresh", slug)
    assert list(exported(slug)) == expected(campaigns, result)
    run("refresh", slug, "--rebuild")
    assert list(exported(slug)) == expected(campaigns, result)


@pytest.mark.django_db(transaction=True)
def test_export_of_what_a_board_does_not_have_says_what_it_has(campaigns: Path) -> None:
    begin(campaigns, "uk-valentine", "uk-valentine.example.creators.csv")
    for arguments, message in [
        (["league"], 'There is no board "league" in this fest; did you mean "leagues"?.'),
        (["leagues"], '"leagues" has a standing for each group; name one with --within.'),
        (["leagues", "--within=glo"], '"leagues" has no group "glo"; did you mean "glow"?.'),
        (["leagues", "--within=glow", "--period=2026-02-13"], 'the period of "leagues" is "fest"; leave out --period.'),
        (["today"], '"today" has one for each fest day; name it with --period, such as 2026-02-13.'),
        (
            ["today", "--period=2026-02-17"],
            '"2026-02-17" is no day of the fest; write one from 2026-02-13 to 2026-02-16.',
        ),
        (["today", "--within=GB", "--period=2026-02-13"], '"today" is one board for all; leave out --within.'),
    ]:
        with pytest.raises(CommandError) as refusal:
            run("export_board", "uk-valentine", *arguments)
        assert str(refusal.value) == message
    assert run("export_board", "uk-valentine", "leagues", "--within=glow") == "rank,handle,score,reached_at\n"


@pytest.mark.django_db(transaction=True)
def test_explain_adds_up_to_the_score(campaigns: Path) -> None:
    begin(campaigns, "uk-valentine", "uk-valentine.example.creators.csv")
    run("ingest", "uk-valentine", str(campaigns / "uk-valentine.example.facts.jsonl"), "--at", AT)
    run("refresh", "uk-valentine")
    lines = run("explain", "uk-valentine", "bo.live").splitlines()
    assert lines[:2] == ["bo.live (Bo) in UK Valentine LIVE", "region GB, category talk, groups Super League"]
    assert any(line.startswith("  challenge/super-rush/2026-02-14: 70000 bonus at 2026-02-14T") for line in lines)
    told = [STANDING.fullmatch(line) for line in lines[lines.index("standings") + 1 :]]
    stands = {found["standing"]: found for found in told if found}
    assert len(stands) == len(told)
    rows = [row for row in exported("uk-valentine") if row[4] == "bo.live"]
    assert rows
    for board, within, period, rank, _handle, score, reached_at in rows:
        found = stands["/".join(part for part in (board, within, period) if part)]
        assert (found["rank"], found["score"], found["reached_at"]) == (rank, score, reached_at)
        assert sum(int(part.split()[1]) for part in found["sum"].split(" + ")) == int(score)
    assert "corrections in force" not in lines
    User.objects.create_user("nia", is_staff=True, is_superuser=True)
    run(
        "adjust",
        "uk-valentine",
        "bo.live",
        "coins",
        "2026-02-14",
        "3",
        "--by=nia",
        "--reason=Lost\non the way",
        "--yes",
    )
    lines = run("explain", "uk-valentine", "bo.live").splitlines()
    assert lines[3] == "corrections in force"
    assert re.fullmatch(r"  bo\.live: \+3 Campaign gifts on 2026-02-14, since 20\S+Z: Lost on the way", lines[4])
    with pytest.raises(CommandError, match='no creator "@bo.live"'):
        run("explain", "uk-valentine", "@bo.live")
