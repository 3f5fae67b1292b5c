"""The worked numbers of docs/scoring.md: every example there, played by the engine step by step and rebuilt, and by the
slow reading of CAMPAIGN.md. The page says how its lines are read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from livefest.campaign import load_campaign, read_campaign
from livefest.campaign.store import to_text
from livefest.models import Fest
from livefest.timeline import timeline_of
from rankings.models import Score
from rankings.refresh import refresh
from tests.rankings.fests import Close, Event, Facts, Join, Move, Script, expected
from tests.rankings.play import all_standings, begin, play
from tests.reference import calendar_of

PAGE = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text()
SIGNS = ("@", "+", "=", "|", "key")
NAMED = ("metrics", "groups", "rounds", "boards", "challenges")

# An example's block follows the paragraph that begins with its name, in bold. The first one, without a name, is the
# base of all others.
EXAMPLE = re.compile(r"(?:^\*\*([^*]+)\.\*\* (?:.+\n)+|^.+\n)^```example\n((?:.*\n)*?)```$", re.MULTILINE)
EXAMPLES: dict[str, str] = {found[1] or "": found[2] for found in EXAMPLE.finditer(PAGE)}
BASE = EXAMPLES.pop("")


def runs(text: str) -> Iterator[tuple[str, list[str]]]:
    """The lines of an example, those that stand together under one sign together; "" is the campaign's."""

    def sign(line: str) -> str:
        first = line.partition(" ")[0]
        # A line of TOML can't begin with a sign, and one with a key never says "key".
        return first if first in SIGNS else ""

    for found, lines in groupby(text.splitlines(), key=sign):
        yield found, [line.removeprefix(f"{found} ") for line in lines]


def moment(text: str) -> datetime:
    """ "14T10:00" is in February 2026 and UTC; else a whole moment."""
    return datetime.fromisoformat(text if text.endswith("Z") else f"2026-02-{text}Z")


def brief(at: datetime) -> str:
    return at.strftime("%dT%H:%M")


def merged(campaign: dict[str, Any], text: str) -> dict[str, Any]:
    """A campaign with the sections of a snippet in place of its own and the keys of its [fest] among its own."""
    snippet = tomllib.loads(text)
    campaign = {**campaign, **snippet, "fest": {**campaign.get("fest", {}), **snippet.get("fest", {})}}
    for one in [campaign["fest"], *(one for section in NAMED for one in campaign.get(section, []))]:
        one.setdefault("name", one["slug"])
    return campaign


def person(text: str) -> dict[str, str]:
    handle, region, *groups = text.split()
    return {"handle": handle, "name": handle, "region": region, "category": "", "groups": ";".join(groups)}


@dataclass
class Telling:
    """An example as far as it has been read: the campaign as it is, and what happened. `facts` has the lines of facts
    by the words that tell them."""

    campaign: dict[str, Any] = field(default_factory=dict)
    creators: list[dict[str, str]] = field(default_factory=list)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    @property
    def script(self) -> Script:
        """Everything arrives an hour after the fest."""
        arrived_at = calendar_of(self.campaign).fest.ends + timedelta(hours=1)
        return Script(self.campaign, self.creators, arrived_at, self.events)

    def set_up(self, sign: str, lines: list[str]) -> None:
        if sign == "@":
            self.creators = [person(text) for line in lines for text in line.split(", ")]
        else:
            self.campaign = merged(self.campaign, "\n".join(lines))

    def happen(self, words: str) -> Event:
        event = self.event_of(words)
        self.events.append(event)
        return event

    def event_of(self, words: str) -> Event:
        match words.split():
            case ["close", at]:
                return Close(moment(at))
            case ["join", challenge, creator, at]:
                return Join(challenge, creator, moment(at))
            case ["move", creator, slug]:
                (kind,) = (group["kind"] for group in self.campaign["groups"] if group["slug"] == slug)
                return Move(creator, kind, slug, datetime(2026, 2, 17, tzinfo=UTC))
            case ["reverse", *original]:
                fact = self.facts[" ".join(original)]
                kept = {key: fact[key] for key in ("creator", "metric", "at")}
                return Facts([{**kept, "id": words, "quantity": -fact["quantity"], "reverses": fact["id"]}])
            case [at, creator, quantity, metric, *more]:
                fact = {"id": words, "at": moment(at).isoformat(), "creator": creator, "metric": metric}
                fact |= {"quantity": int(quantity)} | dict(word.split("=") for word in more)
                assert words not in self.facts, f"{words}: choose another moment, so that it is another fact"
                self.facts[words] = fact
                return Facts([fact])
        raise AssertionError(f"not understood: {words}")


def rows_of(fest: Fest) -> list[str]:
    return [",".join(row) for row in all_standings(fest)]


def check(sign: str, lines: list[str], fest: Fest, telling: Telling) -> None:
    """That engine and slow reading say what the lines say."""
    if sign == "=":
        assert rows_of(fest) == lines
        assert [",".join(row.as_text()) for row in expected(telling.script).rows] == lines
        refresh(fest, rebuild=True)
        assert rows_of(fest) == lines
    elif sign == "key":
        scores = Score.objects.filter(board__fest=fest, key__isnull=False).order_by("standing", "key")
        assert [bytes(score.key or b"").hex() for score in scores] == [line.replace(" ", "") for line in lines]
    else:
        assert [
            f"{brief(one.starts)} {brief(one.ends)} {one.day} {brief(one.segment)}"
            for one in timeline_of(read_campaign(fest)).stretches
        ] == lines


@pytest.mark.django_db
@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_what_engine_and_slow_reading_compute(name: str) -> None:
    telling = Telling()
    for sign, lines in runs(BASE):
        telling.set_up(sign, lines)
    fest: Fest | None = None
    for sign, lines in runs(EXAMPLES[name]):
        if sign in ("", "@"):
            telling.set_up(sign, lines)
            if fest is not None:
                load_campaign(to_text(telling.campaign))
                refresh(fest)
            continue
        fest = fest or begin(telling.script)
        if sign == "+":
            for line in lines:
                for words in line.split(", "):
                    play(fest, telling.script, telling.happen(words))
                refresh(fest)
        else:
            check(sign, lines, fest, telling)


def test_every_block_of_the_page_is_an_example_that_ends_with_a_result() -> None:
    assert len(EXAMPLES) == PAGE.count("\n```example\n") - 1 >= 25
    for text in EXAMPLES.values():
        *_, (last, _lines) = runs(text)
        assert last in ("=", "|", "key")
