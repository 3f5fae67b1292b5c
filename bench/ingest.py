"""How fast facts go in, beside the bare INSERT that nobody can do without."""

from __future__ import annotations

import http.client
import io
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from bench.figures import Figure
from bench.setting import NOW, make_facts
from tests.processes import web_server
from tests.signing import JSON, signed

BATCH = 1000


class Call(NamedTuple):
    """One call of the webhook, signed."""

    body: bytes
    headers: dict[str, str]


# The baseline: the same table, indexes and triggers, a thousand rows a commit, and nothing else: no parsing, no
# look-up of handles, no marks, no telling of duplicates from conflicts.
BARE_INSERT = sql.SQL("""
INSERT INTO creators_fact (fest_id, source_id, entry_id, metric_id, quantity, at, received_at, counts, external_id,
                           session, supporter)
SELECT * FROM unnest(%b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::timestamptz[],
                     %b::timestamptz[], %b::boolean[], %b::text[], %b::text[], %b::text[])
ON CONFLICT DO NOTHING
""")


def bare_insert(url: str, facts: list[dict[str, object]]) -> float:
    """Facts/s of the baseline; columns are made before the clock starts."""
    with psycopg.connect(url) as connection:
        fest_id, source_id = new_source(connection, "bare")
        metrics: dict[object, int] = dict(connection.execute("SELECT slug, id FROM livefest_metric").fetchall())
        entries: dict[object, int] = dict(
            connection.execute(
                "SELECT handle, entry.id FROM creators_creator creator JOIN creators_entry entry "
                "ON entry.creator_id = creator.id"
            ).fetchall()
        )
        batches = []
        for start in range(0, len(facts), BATCH):
            part = facts[start : start + BATCH]
            batches.append(
                [
                    [fest_id] * len(part),
                    [source_id] * len(part),
                    [entries[fact["creator"]] for fact in part],
                    [metrics[fact["metric"]] for fact in part],
                    [fact["quantity"] for fact in part],
                    [datetime.fromisoformat(str(fact["at"])) for fact in part],
                    [NOW] * len(part),
                    [True] * len(part),
                    [fact["id"] for fact in part],
                    [fact["session"] for fact in part],
                    [fact["supporter"] for fact in part],
                ]
            )
        connection.commit()
        started = time.perf_counter()
        for columns in batches:
            connection.execute(BARE_INSERT, columns)
            connection.commit()
        return len(facts) / (time.perf_counter() - started)


def new_source(connection: psycopg.Connection[Any], name: str) -> tuple[int, int]:
    row = connection.execute(
        "INSERT INTO creators_source (fest_id, name, created_at) SELECT id, %s, now() FROM livefest_fest "
        "ON CONFLICT (name, fest_id) DO UPDATE SET name = excluded.name RETURNING fest_id, id",
        [name],
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def file_ingest(folder: Path, facts: list[dict[str, object]]) -> float:
    """Facts/s of the command `ingest`, from reading the file to the last commit."""
    from django.core.management import call_command

    path = folder / "facts.jsonl"
    path.write_text("".join(json.dumps(fact) + "\n" for fact in facts))
    out = io.StringIO()
    started = time.perf_counter()
    call_command("ingest", "live-fest", str(path), "--source", "bench", stdout=out, stderr=io.StringIO())
    seconds = time.perf_counter() - started
    assert out.getvalue() == f"{len(facts)} accepted, 0 duplicate, 0 conflict, 0 rejected\n", out.getvalue()
    return len(facts) / seconds


def webhook(address: tuple[str, int], secret: str, facts: list[dict[str, object]], *, senders: int) -> float:
    """Facts/s over HTTP by senders that each keep their connection; calls are signed before the clock starts."""
    calls = [signed_call(secret, facts[start : start + BATCH]) for start in range(0, len(facts), BATCH)]
    with ThreadPoolExecutor(senders) as threads:
        started = time.perf_counter()
        accepted = sum(threads.map(lambda sender: post(address, calls[sender::senders]), range(senders)))
        seconds = time.perf_counter() - started
    assert accepted == len(facts), accepted
    return len(facts) / seconds


def signed_call(secret: str, facts: Sequence[dict[str, object]]) -> Call:
    """A call of the webhook with these facts, of this moment."""
    body = json.dumps({"facts": facts})
    return Call(body.encode(), JSON | signed(secret, body, id=str(facts[0]["id"])))


def post(address: tuple[str, int], calls: Sequence[Call]) -> int:
    """Sends calls one after the other; how many facts were accepted."""
    connection = http.client.HTTPConnection(*address, timeout=60)
    accepted = 0
    for body, headers in calls:
        connection.request("POST", "/ingest/bench/", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        accepted += json.loads(text)["accepted"]
    connection.close()
    return accepted


def run_ingest(url: str, folder: Path, *, creators: int, facts: int, rounds: int) -> list[Figure]:
    """Facts/s of each way, once a round, the ways taking turns so that all meet the same machine and table."""
    from creators.models import Fact
    from creators.sources import add_secret, create_source
    from livefest.admin.paging import estimated_rows
    from livefest.models import Fest

    secret = add_secret(source=create_source(fest=Fest.objects.get(), name="bench"), by=None)
    size = f"{estimated_rows(Fact) / 1e6:.0f}M there"
    with web_server() as one, web_server(processes=2) as two:
        ways: dict[str, Callable[[list[dict[str, object]]], float]] = {
            "bare": lambda batch: bare_insert(url, batch),
            "file": lambda batch: file_ingest(folder, batch),
            "one": lambda batch: webhook(one, secret, batch, senders=1),
            "two": lambda batch: webhook(two, secret, batch, senders=2),
        }
        speeds: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(rounds):
            for name, way in ways.items():
                speeds[name].append(way(make_facts(facts, prefix=f"{name}{number}", creators=creators)))
    against = "bare INSERT … unnest"
    return [
        Figure(f"file ingest, {size}", "facts/s", speeds["file"], against, speeds["bare"], at_least=0.6),
        Figure(f"webhook, 1 process, {size}", "facts/s", speeds["one"], against, speeds["bare"], at_least=0.35),
        Figure(f"webhook, 2 processes, {size}", "facts/s", speeds["two"], against, speeds["bare"], at_least=0.35),
    ]
