"""The file of certified results: what it proves, and that anybody can compute it."""

from __future__ import annotations

import hashlib
import json
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from creators.corrections import disqualification
from livefest import clock
from livefest.models import Fest, User
from rankings.corrections import make_correction
from rankings.models import Edition
from tests.published import PLAYED, Step
from tests.rankings.fests import Facts, Script
from tests.rankings.play import all_standings, begin, entry_of, play
from tests.rankings.results.certifying import OVER, certify, refused, run
from tests.rankings.test_changes import FACTS
from tests.rankings.test_published import begin as begin_published
from tests.rankings.test_published import expected, exported
from tests.reference.small import fact, moment, reversal

pytestmark = pytest.mark.django_db(transaction=True)


CHANGED: list[tuple[list[tuple[bytes, bytes]], str]] = [
    ([(b'[1,"ada",1170,', b'[1,"ada",1171,')], 'Line 3 is \'[1,"ada",1171,"2026-02-15T04:00:00Z"]\'; stored is'),
    ([(b'{"board":"fans","within":"IE","period":"fest","ranked":1}\n', b"")], "Line 33 is"),
    ([(b'[1,"fan",100,"2026-02-13T11:00:00Z"]\n', b"")], "The file ends after line 33; what is stored goes on"),
    ([(b'100,"2026-02-13T11:00:00Z"]\n', b'100,"2026-02-13T11:00:00Z"]\n\n')], "The file has more"),
    ([(b'"count":7', b'"count":8')], "Line 1 is"),
]


def test_file_that_was_changed_is_found(certified: Fest, written: Any) -> None:
    edition = Edition.objects.get()
    for changes, told_of in CHANGED:
        out = StringIO()
        with pytest.raises(CommandError, match="This file doesn't prove certified results: see above."):
            call_command("verify_results", written(edition, *changes), stdout=out)
        said = out.getvalue()
        assert "is that of no certified results" in said
        assert f"It says to be Small, edition 1, certified at {OVER}, which has SHA-256 {edition.sha256}" in said
        assert f"DOES NOT  {told_of}" in said
        assert said.count("holds") == 3, "campaign, facts and corrections"


def test_file_that_is_none_is_told(certified: Fest, tmp_path: Path) -> None:
    path = tmp_path / "none"
    for data in (b"", b"\xff\x00\n", b"[]\n", b'{"fest":"small","edition":2}\n', b'{"edition":{}}', b"7"):
        path.write_bytes(data)
        assert refused("verify_results", str(path)) == "This file doesn't prove certified results: see above."
    assert "can't be read: No such file" in refused("verify_results", str(tmp_path / "gone"))


def test_facts_that_are_no_longer_those_counted_are_found(certified: Fest, script: Script, written: Any) -> None:
    play(certified, script, Facts([fact("bo", "likes", 1, "14T10:00:00")]))  # said to have come in before grace ended
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_results", written(Edition.objects.get()), stdout=out)
    assert "DOES NOT  There are 8 facts with digest" in out.getvalue()
    assert out.getvalue().count("holds") == 4


def test_digests_do_not_depend_on_order_of_arrival(script: Script, people: tuple[User, User]) -> None:
    digests = set()
    for facts in (FACTS, FACTS[::-1]):
        with rolled_back():
            fest = begin(script)
            for one in facts:
                play(fest, script, Facts([one]))
            run("close", "small", f"--at={OVER}")
            certify()
            edition = Edition.objects.get()
            digests.add((edition.facts_sha256, edition.digest, edition.sha256))
    assert len(digests) == 1


def test_anybody_can_compute_it_from_the_documentation(script: Script, people: tuple[User, User]) -> None:
    """docs/results.md, read again with nothing but the standard library."""

    def lines(values: list[Any]) -> bytes:
        return b"".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for one in values)

    odd = [
        {**fact("bo", "likes", 1, "14T10:00:00"), "id": 'é"\\\t\x1f\u2028😀', "session": "a/b\x7f", "supporter": "ß\b"},
        {**fact("di", "live", 7, "14T10:00:00"), "id": "Z"},
    ]
    fest = begin(script)
    back = reversal(FACTS[1])
    play(fest, script, Facts([*FACTS, *odd]))
    play(fest, script, Facts([back]))
    run("close", "small", f"--at={OVER}")
    make_correction(disqualification(entry=entry_of(fest, "cy")), by=people[0], reason="x", at=moment("18T12:00:00"))
    certify()
    edition = Edition.objects.get()
    facts = [*FACTS, *odd, back]
    known = [
        ["file", *(one[name] for name in ("id", "creator", "metric", "quantity")), z(one["at"]), *optional(one)]
        for one in sorted(facts, key=lambda one: one["id"].encode())
    ]
    assert hashlib.sha256(lines(known)).hexdigest() == edition.facts_sha256
    out = ["disqualification", "cy", *[None] * 9, "2026-02-18T12:00:00Z"]
    assert hashlib.sha256(lines([out])).hexdigest() == edition.corrections_sha256
    assert hashlib.sha256(run("export_campaign", "small").encode()).hexdigest() == edition.campaign_sha256
    body: list[Any] = []
    for (board, within, period), rows in groupby(all_standings(fest), key=lambda row: row[:3]):
        ranked = [[int(rank), handle, int(score), at] for *_name, rank, handle, score, at in rows]
        body += [{"board": board, "within": within, "period": period, "ranked": len(ranked)}, *ranked]
    head = {
        "format": "livefest-results/1",
        "fest": "small",
        "edition": 1,
        "replaces": None,
        "certified_at": OVER,
        "campaign_sha256": edition.campaign_sha256,
        "facts": {"count": len(facts), "sha256": edition.facts_sha256},
        "corrections": {"count": 1, "sha256": edition.corrections_sha256},
        "standings": sum(isinstance(one, dict) for one in body),
        "columns": ["rank", "handle", "score", "reached_at"],
    }
    assert hashlib.sha256(lines([head, *body])).hexdigest() == edition.sha256


def optional(one: dict[str, Any]) -> list[str | None]:
    return [one.get("session") or "", one.get("supporter") or "", one.get("reverses")]


def z(at: str) -> str:
    return clock.parse_moment(at).isoformat().replace("+00:00", "Z")


class Undone(Exception):
    pass


class rolled_back:  # noqa: N801  reads as a statement
    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *raised: Any) -> None:
        if raised[0]:
            self.atomic.__exit__(*raised)
        else:
            self.atomic.__exit__(Undone, Undone(), None)


@pytest.mark.parametrize(("slug", "steps", "result"), PLAYED, ids=[slug for slug, _steps, _result in PLAYED])
def test_published_campaigns_are_certified_as_expected(
    campaigns: Path, people: tuple[User, User], written: Any, slug: str, steps: list[Step], result: str
) -> None:
    begin_published(campaigns, slug, f"{slug}.creators.csv")
    for kind, *what in steps:
        arguments = (str(campaigns / what[0]), "--at", what[1]) if kind == "ingest" else ("--at", what[0])
        run(kind, slug, *arguments)
    certify(at=steps[-1][-1], slug=slug)
    assert list(exported(slug, "--results")) == expected(campaigns, result)
    assert "DOES NOT" not in run("verify_results", written(Edition.objects.get()))


@pytest.mark.parametrize("name", ["example", "sample"])
def test_uk_valentine_is_certified_as_expected(campaigns: Path, people: tuple[User, User], name: str) -> None:
    begin_published(campaigns, "uk-valentine", f"uk-valentine.{name}.creators.csv")
    run("ingest", "uk-valentine", str(campaigns / f"uk-valentine.{name}.facts.jsonl"), "--at", "2026-02-17T00:00:00Z")
    run("close", "uk-valentine", "--at", OVER)
    certify(slug="uk-valentine")
    assert list(exported("uk-valentine", "--results")) == expected(campaigns, f"uk-valentine.{name}.expected.csv")
