"""Results, and how it was shown at a moment, as `export_board` gives them."""

from __future__ import annotations

from datetime import datetime

import pytest

from livefest.models import Fest, User
from tests.rankings.fests import Facts, Script
from tests.rankings.play import begin, play
from tests.rankings.results.certifying import ARRIVED, HEADER, OVER, certify, refused, run, told
from tests.rankings.test_changes import CAMPAIGN, CREATORS, FACTS
from tests.reference.small import fact

pytestmark = pytest.mark.django_db(transaction=True)


def test_freeze_ends_with_the_results(script: Script, people: tuple[User, User]) -> None:
    frozen = {**CAMPAIGN, "fest": {**CAMPAIGN["fest"], "freeze": datetime(2026, 2, 16, 20)}}
    fest = begin(Script(frozen, CREATORS, ARRIVED, []))
    play(fest, script, Facts(FACTS))
    run("close", "small", "--at=2026-02-16T20:00:00Z")
    play(fest, script, Facts([fact("di", "likes", 5, "16T22:00:00"), fact("di", "live", 7200, "16T22:00:00")]))
    run("close", "small", f"--at={OVER}")
    assert "4,di,100," in run("export_board", "small", "all", "--as-shown-at=2026-02-18T00:00:00Z")
    certify()
    freeze, results = fest.public_copies.order_by("pk")
    assert (freeze.shown_until, freeze.ended_by, results.kind) == (results.shown_from, None, "results")
    assert "4,di,120," in run("export_board", "small", "all", "--results")
    assert "4,di,100," in run("export_board", "small", "all", "--as-shown-at=2026-02-18T23:59:59Z")
    assert "4,di,120," in run("export_board", "small", "all", f"--as-shown-at={OVER}")


def test_export_of_results_that_there_are_not_says_so(fest: Fest) -> None:
    assert refused("export_board", "small", "all", "--results") == (
        '"small" has no certified results; certify makes them, after grace.'
    )
    certify()
    assert refused("export_board", "small", "all", "--results", "--edition=2") == (
        '"small" has no edition 2; the latest is 1.'
    )
    assert refused("export_board", "small", "all", "--edition=1") == "--edition goes with --results."
    assert run("export_board", "small", "days", "--period=2026-02-16", "--results") == HEADER
    assert refused("export_board", "small", "leagues", "--results").startswith('"leagues" has a standing for each')


def test_export_as_shown_at_a_moment(
    script: Script, people: tuple[User, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rankings.snapshots.LEADING", 2)
    fest = begin(script)
    shown = ("export_board", "small", "all")
    assert refused(*shown, "--as-shown-at=2026-02-13T12:00:00Z") == (
        "How this standing stood at 2026-02-13T12:00:00Z is not known: there is no record of it yet. Records are made "
        "each hour of the fest by close, which worker and beat run; nothing is recorded while nobody is ranked."
    )
    play(fest, script, Facts(FACTS[:4]))
    run("close", "small", "--at=2026-02-13T12:00:10Z")
    hour = run("export_board", "small", "all").splitlines(keepends=True)
    run("close", "small", "--at=2026-02-14T00:00:05Z")
    play(fest, script, Facts(FACTS[4:]))
    run("close", "small", f"--at={OVER}")
    assert "the first record is of 2026-02-13T12:00:10Z" in refused(*shown, "--as-shown-at=2026-02-13T12:00:09Z")
    out, err = told(*shown, "--as-shown-at=2026-02-13T14:00:00+01:00")
    assert out == "".join(hour[:3])
    assert err == (
        "As recorded at 2026-02-13T12:00:10Z: the leading 2 of 4; everybody is recorded at a fest day's end.\n"
    )
    out, err = told(*shown, "--as-shown-at=2026-02-14T09:00:00Z")
    assert (out, err) == ("".join(hour), "As recorded at 2026-02-14T00:00:05Z.\n")
    certify()
    out, err = told(*shown, f"--as-shown-at={OVER}")
    assert (out, err) == (run("export_board", "small", "all"), "")
