"""How fast facts go in, beside the bare INSERT that nobody can do without."""

from __future__ import annotations

import http.client
import io
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from standardwebhooks import Webhook

from bench.figures import Figure
from bench.setting import NOW, make_facts
from tests.processes import web_server

BATCH = 1000

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


def webhook(address: tuple[str, int], secret: str, facts: list[dict[str, object]]) -> float:
    """Facts/s over HTTP by one sender that keeps its connection; calls are signed before the clock starts."""
    signer = Webhook(secret)
    calls = []
    for start in range(0, len(facts), BATCH):
        body = json.dumps({"facts": facts[start : start + BATCH]})
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": f"msg-{start}",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signer.sign(f"msg-{start}", now, body),
        }
        calls.append((body.encode(), headers))
    connection = http.client.HTTPConnection(*address, timeout=60)
    accepted = 0
    started = time.perf_counter()
    for body_bytes, headers in calls:
        connection.request("POST", "/ingest/bench/", body_bytes, headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        accepted += json.loads(text)["accepted"]
    seconds = time.perf_counter() - started
    assert accepted == len(facts), accepted
    return len(facts) / seconds


def run_ingest(url: str, folder: Path, *, creators: int, facts: int, rounds: int) -> list[Figure]:
    """Facts/s of each way, once a round, the ways taking turns so that all meet the same machine and table."""
    from creators.sources import add_secret, create_source
    from livefest.models import Fest

    secret = add_secret(source=create_source(fest=Fest.objects.get(), name="bench"), by=None)
    speeds: dict[str, list[float]] = {"bare": [], "file": [], "webhook": []}
    with web_server(processes=1) as address:
        for number in range(rounds):
            for way, values in speeds.items():
                batch = make_facts(facts, prefix=f"{way}{number}", creators=creators)
                if way == "bare":
                    values.append(bare_insert(url, batch))
                elif way == "file":
                    values.append(file_ingest(folder, batch))
                else:
                    values.append(webhook(address, secret, batch))
    against = "bare INSERT … unnest"
    return [
        Figure("file ingest", "facts/s", speeds["file"], against, speeds["bare"], at_least=0.6),
        Figure("webhook, 1 process", "facts/s", speeds["webhook"], against, speeds["bare"], at_least=0.35),
    ]
