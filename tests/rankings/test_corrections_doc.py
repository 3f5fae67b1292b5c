"""The worked numbers of docs/corrections.md, played as those of docs/scoring.md are: by the engine step by step and
rebuilt, and by the slow reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from livefest.models import Fest
from rankings.refresh import refresh
from tests.rankings.fests import Correct, Event, Facts, Undo
from tests.rankings.play import begin, play
from tests.rankings.test_scoring_doc import BASE, EXAMPLE, Telling, check, moment, runs
from tests.reference import Adjustment, Correction, Disqualification, FactVoid, RangeVoid, SessionVoid, Window

PAGE = (Path(__file__).parents[2] / "docs" / "corrections.md").read_text()
EXAMPLES: dict[str, str] = {found[1]: found[2] for found in EXAMPLE.finditer(PAGE)}


class CorrectedTelling(Telling):
    """Also tells what staff correct. Everything arrives a minute after what was told before."""

    def event_of(self, words: str) -> Event:
        later = timedelta(minutes=len(self.events))
        correction = self.correction_of(words)
        if correction is not None:
            return Correct(correction, self.script.arrived_at + later)
        if words.startswith("undo "):
            return Undo(int(words.removeprefix("undo ")))
        event = super().event_of(words)
        return replace(event, later=later) if isinstance(event, Facts) else event

    def correction_of(self, words: str) -> Correction | None:
        match words.split():
            case ["adjust", creator, metric, day, quantity]:
                return Adjustment(creator, metric, date.fromisoformat(day), int(quantity))
            case ["void", "fact", *_fact]:
                return FactVoid(words.removeprefix("void fact "))
            case ["void", "session", creator, session]:
                return SessionVoid(creator, session)
            case ["void", "range", starts, ends]:
                return RangeVoid("file", Window(moment(starts), moment(ends)), frozenset(self.facts))
            case ["out", creator, *since]:
                return Disqualification(creator, moment(since[0]) if since else None)
        return None


def steps(lines: list[str]) -> Iterator[str]:
    yield from (words for line in lines for words in line.split(", "))


@pytest.mark.django_db
@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_what_engine_and_slow_reading_compute(name: str) -> None:
    telling = CorrectedTelling()
    for sign, lines in runs(BASE):
        telling.set_up(sign, lines)
    fest: Fest | None = None
    for sign, lines in runs(EXAMPLES[name]):
        if sign in ("", "@"):
            telling.set_up(sign, lines)
            continue
        fest = fest or begin(telling.script)
        if sign == "+":
            for words in steps(lines):
                play(fest, telling.script, telling.happen(words))
                refresh(fest)
        else:
            check(sign, lines, fest, telling)
    assert fest is not None
    # What is not followed by a result leaves nobody ranked.
    if sign == "+":
        check("=", [], fest, telling)


def test_every_block_of_the_page_is_an_example() -> None:
    assert len(EXAMPLES) == PAGE.count("\n```example\n") >= 13
