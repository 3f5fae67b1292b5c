"""How the hand-computed campaigns of tests/campaigns are played: plain data, for the reference and for the commands.

A campaign SLUG has SLUG.toml, SLUG.creators.csv and SLUG.md, which says how every expected row comes about. Its
creators are loaded first. Steps are taken one after the other: ("ingest", file of facts, moment of arrival) and
("close", moment); the last of each is up to the end of grace, so that everything is in and closed. Moments are UTC.
"""

from __future__ import annotations

Step = tuple[str, ...]
Played = tuple[str, list[Step], str]

# (slug, steps, file of all rows of all standings after the last step)
PLAYED: list[Played] = [
    (
        "harvest-hours",
        [
            ("ingest", "harvest-hours.facts.jsonl", "2026-10-10T06:00:00Z"),
            ("close", "2026-10-10T06:00:00Z"),
            # The end of grace is exclusive: what is new in this file comes too late.
            ("ingest", "harvest-hours.late.jsonl", "2026-10-11T04:00:00Z"),
            ("close", "2026-10-11T04:00:00Z"),
        ],
        "harvest-hours.expected.csv",
    ),
    (
        "spring-clash",
        [
            # The final opens, and admits by what is known now; what comes later moves ranks and payments only.
            ("ingest", "spring-clash.facts.jsonl", "2026-05-14T15:00:00Z"),
            ("close", "2026-05-14T15:00:00Z"),
            ("ingest", "spring-clash.late.jsonl", "2026-05-17T14:00:00Z"),
            ("close", "2026-05-17T15:00:00Z"),
        ],
        "spring-clash.expected.csv",
    ),
    (
        "winter-ladder",
        [
            # An hour after the leagues are due, so that what ran over the fest's start has been reported.
            ("ingest", "winter-ladder.last-week.jsonl", "2026-07-06T04:00:00Z"),
            ("close", "2026-07-06T04:00:00Z"),
            # The finals open.
            ("ingest", "winter-ladder.facts.jsonl", "2026-07-11T03:00:00Z"),
            ("close", "2026-07-11T03:00:00Z"),
            ("ingest", "winter-ladder.late.jsonl", "2026-07-12T12:00:00Z"),
            ("close", "2026-07-13T03:00:00Z"),
        ],
        "winter-ladder.expected.csv",
    ),
    (
        "night-of-lights",
        [
            # Three days have been closed and paid when late reversals change who is paid for them.
            ("ingest", "night-of-lights.facts.jsonl", "2026-10-25T12:00:00Z"),
            ("close", "2026-10-25T12:00:00Z"),
            ("ingest", "night-of-lights.late.jsonl", "2026-10-27T12:00:00Z"),
            ("close", "2026-10-28T23:00:00Z"),
        ],
        "night-of-lights.expected.csv",
    ),
]

# What becomes of the facts of each file, in the order of the steps; what is none is left out.
COUNTS: dict[str, dict[str, int]] = {
    "harvest-hours.facts.jsonl": {"accepted": 80, "duplicate": 1, "conflict": 1, "rejected": 4},
    "harvest-hours.late.jsonl": {"duplicate": 1, "rejected": 2},
    "spring-clash.facts.jsonl": {"accepted": 23, "rejected": 1},
    "spring-clash.late.jsonl": {"accepted": 20, "duplicate": 1, "conflict": 1, "rejected": 2},
    "winter-ladder.last-week.jsonl": {"accepted": 35, "rejected": 1},
    "winter-ladder.facts.jsonl": {"accepted": 31, "duplicate": 1},
    "winter-ladder.late.jsonl": {"accepted": 29, "rejected": 1},
    "night-of-lights.facts.jsonl": {"accepted": 18, "duplicate": 1, "rejected": 1},
    "night-of-lights.late.jsonl": {"accepted": 11, "conflict": 1, "rejected": 2},
}
