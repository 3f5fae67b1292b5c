"""Certifying beside others, and dying in the middle of it."""

from __future__ import annotations

import signal
from datetime import timedelta

import pytest

from livefest.models import Fest, User
from rankings.models import Edition, Snapshot
from rankings.refresh import refresh
from rankings.tasks import running
from tests.rankings.fests import Facts, Script
from tests.rankings.machinery import Machinery, wait_for
from tests.rankings.play import begin, play
from tests.rankings.results.certifying import OVER, certify, everything, failing, run
from tests.rankings.test_changes import FACTS
from tests.rankings.test_crashes import advisory_locks
from tests.reference.small import moment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def closed(script: Script, machine: Machinery, people: tuple[User, User]) -> Machinery:
    """ "small" after grace on the machine's Valkey, for processes beside the test."""
    machine.environment["LIVEFEST_NOW"] = OVER
    fest = begin(script)
    play(fest, script, Facts(FACTS))
    run("close", "small", f"--at={OVER}")
    return machine


def test_certify_waits_for_a_refresh_that_runs(closed: Machinery) -> None:
    holder, certifying = closed.stage("hold", "small"), closed.stage("certify", "small")
    assert holder.line() == "held", holder.tail()
    assert certifying.line() == "ready", certifying.tail()
    certifying.tell()
    wait_for(lambda: sorted(advisory_locks()) == [False, True])
    assert not Edition.objects.exists()
    holder.finish()
    assert certifying.finish().startswith("Certified: edition 1")


def test_two_certify_at_once_and_one_edition_comes_of_it(closed: Machinery) -> None:
    holder = closed.stage("hold", "small")
    assert holder.line() == "held", holder.tail()
    both = [closed.stage("certify", "small") for _number in range(2)]
    for one in both:
        assert one.line() == "ready", one.tail()
        one.tell()
    wait_for(lambda: sorted(advisory_locks()) == [False, False, True])
    holder.finish()
    assert sorted(one.finish().split(":")[0] for one in both) == ["Certified", "This is certified already"]
    assert Edition.objects.count() == 1


def test_certify_killed_in_the_middle_leaves_nothing(closed: Machinery) -> None:
    dying = closed.stage("die-certifying", "small", "stored")
    assert dying.line() == "stored", dying.tail()
    assert dying.wait() == -signal.SIGKILL
    wait_for(lambda: advisory_locks() == [])
    assert everything()[:3] == [[], [], []]
    assert not Snapshot.objects.filter(copy__isnull=False).exists()
    certify()
    assert Edition.objects.get().number == 1


def test_certify_killed_before_it_published_is_made_good_by_the_sweep(closed: Machinery) -> None:
    dying = closed.stage("die-certifying", "small", "committed")
    assert dying.line() == "committed", dying.tail()
    assert dying.wait() == -signal.SIGKILL
    fest = Fest.objects.get()
    assert Edition.objects.count() == 1
    wait_for(lambda: advisory_locks() == [])
    much_later = moment("19T00:00:00") + timedelta(days=300)
    assert running(much_later) == [fest.pk]
    refresh(fest)
    assert running(much_later) == []
    assert failing(fest) == []
