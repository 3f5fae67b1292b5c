"""The command `ingest`: files in, counts and rejects out. (It reads ahead on a connection of its own, so these tests
commit.)"""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from creators import files
from creators.creators_file import load_creators
from creators.models import Fact, Live, Source
from creators.sources import create_source, pause
from livefest.models import Fest
from tests.conftest import CAMPAIGNS, fest_of_sample
from tests.creators.conftest import fact, reversal
from tests.kept import kept

AT = "2026-02-17T00:00:00Z"
SAMPLE = "9146 accepted, 180 duplicate, 90 conflict, 20 rejected"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sample(transactional_db: None) -> Fest:
    return kept(creators_of_sample)


def creators_of_sample() -> Fest:
    fest = fest_of_sample("uk-valentine")
    for name in ("example", "sample"):
        load_creators(fest=fest, data=(CAMPAIGNS / f"uk-valentine.{name}.creators.csv").read_bytes())
    return fest


def ingest(path: Path, *options: str, slug: str = "uk-valentine", at: str = AT) -> str:
    """What the command prints last."""
    out = io.StringIO()
    call_command("ingest", slug, str(path), "--at", at, *options, stdout=out, stderr=io.StringIO())
    return out.getvalue().splitlines()[-1]


def write_lines(path: Path, *reports: Any) -> Path:
    path.write_text("".join(f"{json.dumps(report)}\n" for report in reports))
    return path


def write_csv(path: Path, reports: list[dict[str, Any]]) -> Path:
    columns = ["id", "creator", "metric", "quantity", "at", "session", "supporter", "reverses"]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(reports)
    return path


def test_example_is_taken_whole(sample: Fest, campaigns: Path) -> None:
    path = campaigns / "uk-valentine.example.facts.jsonl"
    assert ingest(path) == "44 accepted, 0 duplicate, 0 conflict, 0 rejected"
    assert ingest(path) == "0 accepted, 44 duplicate, 0 conflict, 0 rejected"


def test_sample_is_taken_once(sample: Fest, campaigns: Path, tmp_path: Path) -> None:
    path = campaigns / "uk-valentine.sample.facts.jsonl"
    assert ingest(path, "--rejects", str(tmp_path / "rejects.csv")) == SAMPLE
    assert Fact.objects.count() == 9146
    assert ingest(path) == "0 accepted, 9326 duplicate, 90 conflict, 20 rejected"
    assert Fact.objects.count() == 9146
    with (tmp_path / "rejects.csv").open(newline="") as file:
        rejects = list(csv.DictReader(file))
    assert [one["outcome"] for one in rejects].count("conflict") == 90
    assert len(rejects) == 110
    assert rejects[-1] == {"line": "9437", "id": "", "outcome": "rejected", "reason": "not UTF-8"}


def test_sample_cut_into_ten_files_is_the_same(sample: Fest, campaigns: Path, tmp_path: Path) -> None:
    lines = (campaigns / "uk-valentine.sample.facts.jsonl").read_bytes().splitlines(keepends=True)
    counts = [0, 0, 0, 0]
    for part in range(10):
        path = tmp_path / f"part-{part}.jsonl"
        path.write_bytes(b"".join(lines[part * 944 : (part + 1) * 944]))
        words = ingest(path).replace(",", "").split()
        counts = [total + int(number) for total, number in zip(counts, words[::2], strict=True)]
    assert counts == [9146, 180, 90, 20]


def test_sample_as_csv_is_the_same(sample: Fest, campaigns: Path, tmp_path: Path) -> None:
    """All of the sample that a CSV can say: its lines that are no objects stand as rows that are no facts."""
    reports: list[dict[str, Any]] = []
    for line in (campaigns / "uk-valentine.sample.facts.jsonl").read_bytes().splitlines():
        try:
            report = json.loads(line)
        except ValueError:
            report = None
        if line.strip():
            reports.append(report if isinstance(report, dict) else {"id": "no fact"})
    # JSON tells the number 9 from the text "9", and true from "true"; a CSV doesn't.
    for report in reports:
        if report.get("id") == 9:
            report["id"] = ""
    assert ingest(write_csv(tmp_path / "facts.csv", reports)) == SAMPLE


def test_csv_and_json_lines_are_the_same_facts(sample: Fest, tmp_path: Path) -> None:
    reports = [fact("f-1", session="room, with comma", supporter="fan “é”"), fact("f-2"), reversal("f-3", "f-2")]
    assert ingest(write_lines(tmp_path / "a.jsonl", *reports)).startswith("3 accepted")
    assert ingest(write_csv(tmp_path / "a.csv", reports)).startswith("0 accepted, 3 duplicate, 0 conflict")


def test_byte_order_mark_and_blank_lines_are_skipped(sample: Fest, tmp_path: Path) -> None:
    text = f"\n  \n{json.dumps(fact('f-1'))}\r\n\n{json.dumps(fact('f-2'))}"
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert ingest(tmp_path / "a.jsonl") == "2 accepted, 0 duplicate, 0 conflict, 0 rejected"
    rows = "\n\nid,creator,metric,quantity,at\n\nf-1,ada.live,coins,100,2026-02-15T10:00:00Z\n,,,,\n"
    (tmp_path / "b.csv").write_bytes(b"\xef\xbb\xbf" + rows.encode())
    assert ingest(tmp_path / "b.csv") == "0 accepted, 1 duplicate, 0 conflict, 0 rejected"


def test_bad_lines_are_rejected_one_by_one(sample: Fest, tmp_path: Path) -> None:
    lines = [
        json.dumps(fact("f-1")).encode(),
        b'{"id": "\xff"}',
        b"[" * 60_000,
        b'{"id": "long", "x": "' + b"x" * 70_000 + b'"}',
        b'{"id": "f-2", "quantity": NaN}',
        json.dumps(fact("f-3")).encode(),
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    assert ingest(tmp_path / "a.jsonl", "--rejects", str(tmp_path / "r.csv")) == (
        "2 accepted, 0 duplicate, 0 conflict, 4 rejected"
    )
    with (tmp_path / "r.csv").open(newline="") as file:
        told = [(row["line"], row["reason"]) for row in csv.DictReader(file)]
    assert [line for line, _reason in told] == ["2", "3", "4", "5"]
    assert told[0][1] == "not UTF-8"
    assert told[2][1] == "longer than 65536 bytes"


def test_bad_csv_rows_are_rejected_one_by_one(sample: Fest, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        b"id,creator,metric,quantity,at\n"
        b"f-1,ada.live,coins,100,2026-02-15T10:00:00Z\n"
        b"f-2,\xff,coins,100,2026-02-15T10:00:00Z\n"
        b"f-3,ada.live,coins,100,2026-02-15T10:00:00Z,more\n"
        b"f-4,ada.live,coins,1e2,2026-02-15T10:00:00Z\n"
        b"f-5,ada.live,coins\n"
        b'f-6,"ada"x,coins,100,2026-02-15T10:00:00Z\n'
        b"f-7,ada.live,coins,007,2026-02-15T10:00:00Z\n"
        b"f-8,ada.live,coins,100,2026-02-15T10:00:00Z\n"
    )
    assert ingest(tmp_path / "a.csv") == "2 accepted, 0 duplicate, 0 conflict, 6 rejected"
    assert sorted(Fact.objects.values_list("external_id", flat=True)) == ["f-1", "f-8"]


def test_csv_without_the_columns_is_refused(sample: Fest, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,creator\nf-1,ada.live\n")
    with pytest.raises(CommandError, match="not a CSV header with at least id,creator,metric,quantity,at"):
        ingest(tmp_path / "a.csv")


def test_lives_in_a_file_are_reported(sample: Fest, tmp_path: Path) -> None:
    live = {"live": "room-1", "creator": "ada.live", "started_at": "2026-02-15T09:00:00Z", "title": "Morning"}
    path = write_lines(tmp_path / "a.jsonl", live, fact("f-1"), {**live, "live": "room-2", "creator": "nobody"})
    assert ingest(path) == "1 accepted, 0 duplicate, 0 conflict, 1 rejected"
    assert [one.title for one in Live.objects.all()] == ["Morning"]


def test_file_cut_in_the_middle_is_completed_by_the_whole(sample: Fest, campaigns: Path, tmp_path: Path) -> None:
    whole = (campaigns / "uk-valentine.sample.facts.jsonl").read_bytes()
    (tmp_path / "cut.jsonl").write_bytes(whole[: len(whole) // 2 + 17])
    assert ingest(tmp_path / "cut.jsonl").endswith("1 rejected") is False
    taken = Fact.objects.count()
    assert 0 < taken < 9146
    ingest(campaigns / "uk-valentine.sample.facts.jsonl")
    assert Fact.objects.count() == 9146


def test_sources_have_their_own_ids(sample: Fest, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", fact("f-1"))
    assert ingest(path).startswith("1 accepted")
    assert ingest(path, "--source", "other").startswith("1 accepted")
    assert sorted(Source.objects.values_list("name", flat=True)) == ["file", "other"]


def test_arrival_is_the_given_moment(sample: Fest, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", fact("f-1"))
    assert ingest(path, at="2026-02-15T09:54:59Z").endswith("1 rejected")
    assert ingest(path, at="2026-02-19T00:00:00Z").endswith("1 rejected")
    assert ingest(path, at="2026-02-18T23:59:59+00:00").startswith("1 accepted")


@pytest.mark.parametrize(
    ("options", "slug", "message"),
    [
        ([], "nothing", 'There is no fest "nothing" (there are: uk-valentine).'),
        (["--source", "a b"], "uk-valentine", '"a b" can\'t name a source'),
    ],
)
def test_wrong_arguments_are_refused(sample: Fest, tmp_path: Path, options: list[str], slug: str, message: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", fact("f-1"))
    with pytest.raises(CommandError) as caught:
        ingest(path, *options, slug=slug)
    assert str(caught.value).startswith(message)
    assert not Fact.objects.exists()


def test_missing_file_is_refused(sample: Fest, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.jsonl: No such file or directory"):
        ingest(tmp_path / "none.jsonl")


def test_paused_source_is_refused(sample: Fest, tmp_path: Path) -> None:
    pause(source=create_source(fest=sample, name="file"))
    with pytest.raises(CommandError, match="is paused; resume it to take its facts"):
        ingest(write_lines(tmp_path / "a.jsonl", fact("f-1")))
    assert not Fact.objects.exists()


def test_big_file_is_read_in_constant_memory(tmp_path: Path) -> None:
    """Reading holds one batch, however long the file: counted in lines held, not in bytes measured."""
    path = tmp_path / "big.jsonl"
    line = json.dumps(fact("f-1"))
    path.write_text(f"{line}\n" * (files.BATCH * 3 + 1))
    sizes = [len(batch.facts) for batch in files.read_batches(path)]
    assert sizes == [files.BATCH] * 3 + [1]


def test_stray_quote_costs_its_own_row_only(sample: Fest, tmp_path: Path) -> None:
    sessions = ['"bad' if number in (11, 61) else "room" for number in range(200)]
    rows = [f"f-{n},ada.live,coins,100,2026-02-15T10:00:00Z,{session}" for n, session in enumerate(sessions)]
    (tmp_path / "a.csv").write_text("id,creator,metric,quantity,at,session\n" + "\n".join(rows) + "\n   \n")
    assert ingest(tmp_path / "a.csv", "--rejects", str(tmp_path / "r.csv")).startswith("198 accepted, 0 duplicate, 0 c")
    with (tmp_path / "r.csv").open(newline="") as file:
        told = [(row["line"], row["reason"]) for row in csv.DictReader(file)]
    assert told == [("13", "not CSV: unexpected end of data"), ("63", "not CSV: unexpected end of data")]


def test_rejects_over_the_facts_file_are_refused(sample: Fest, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", fact("f-1"))
    before = path.read_bytes()
    with pytest.raises(CommandError, match=r"a\.jsonl is the facts file itself; name another file for the rejects"):
        ingest(path, "--rejects", str(path))
    assert path.read_bytes() == before
    assert not Fact.objects.exists()


def test_file_that_is_not_there_makes_no_source(sample: Fest, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        ingest(tmp_path / "none.jsonl", "--source", "typo")
    assert not Source.objects.exists()


def test_pipe_is_read_like_a_file(sample: Fest) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as pipe:
        pipe.write(json.dumps(fact("f-1")))
    try:
        assert ingest(Path(f"/dev/fd/{reading}")) == "1 accepted, 0 duplicate, 0 conflict, 0 rejected"
    finally:
        os.close(reading)


def test_fact_with_an_unknown_key_live_is_a_fact(sample: Fest, tmp_path: Path) -> None:
    assert ingest(write_lines(tmp_path / "a.jsonl", fact("f-1", live="room"))).startswith("1 accepted")


def test_other_encodings_of_json_are_rejected(sample: Fest, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(json.dumps(fact("f-1")).encode("utf-16-le"))
    assert ingest(tmp_path / "a.jsonl").endswith("1 rejected")
