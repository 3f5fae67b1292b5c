"""`python -m tests.rankings.stages STAGE SLUG`: refreshes that stop, or die, where a test wants them to.

Each says a line when it is there. What it stops in is wrapped, never replaced: the rest is the real thing.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from unittest.mock import patch

import django


def say(text: str) -> None:
    print(text, flush=True)


def hold(slug: str) -> None:
    """Holds the fest's lock until the input ends."""
    from livefest.models import Fest
    from rankings.locks import fest_lock

    with fest_lock(Fest.objects.get(slug=slug)):
        say("held")
        sys.stdin.read()


def refreshes(slug: str) -> None:
    """Refreshes, and says what came of it."""
    from livefest.models import Fest
    from rankings.refresh import refresh

    fest = Fest.objects.get(slug=slug)
    say("ready")
    sys.stdin.readline()
    say(str(refresh(fest)))


def dies_unpublished(slug: str, how: str = "stepwise") -> None:
    """Refreshes, or rebuilds, and dies of SIGKILL with everything committed and nothing published."""
    import rankings.publishing
    from livefest.models import Fest
    from rankings.refresh import refresh

    read_marks = rankings.publishing.read_marks

    def dying(ids: Sequence[int]) -> list[Any]:
        say("committed")
        os.kill(os.getpid(), signal.SIGKILL)
        return read_marks(ids)

    rankings.publishing.read_marks = dying
    refresh(Fest.objects.get(slug=slug), rebuild=how == "rebuild")


def dies_unannounced(slug: str) -> None:
    """Refreshes, and dies of SIGKILL with all standings published and the fest's version still that of before."""
    import rankings.publishing
    from livefest.models import Fest
    from rankings.refresh import refresh
    from rankings.valkey import version_key

    def dying(fest_id: int) -> str:
        say("published")
        os.kill(os.getpid(), signal.SIGKILL)
        return version_key(fest_id)

    with patch.object(rankings.publishing, "version_key", dying):
        refresh(Fest.objects.get(slug=slug))


def dies_unpaid(slug: str) -> None:
    """Closes, and dies of SIGKILL as it has recorded that everything is closed and is about to refresh."""
    import rankings.closing
    from livefest import clock
    from livefest.models import Fest

    def dying(fest: Fest) -> None:
        say("closed")
        os.kill(os.getpid(), signal.SIGKILL)

    with patch.object(rankings.closing, "refresh", dying):
        rankings.closing.close(Fest.objects.get(slug=slug), at=clock.now())


def dies_freezing(slug: str) -> None:
    """Closes, and dies of SIGKILL as it has copied the standings and is about to copy the rest."""
    import rankings.copies
    from livefest import clock
    from livefest.models import Fest
    from rankings.closing import close

    def dying(statement: str, values: Any) -> None:
        say("copied")
        os.kill(os.getpid(), signal.SIGKILL)

    with patch.object(rankings.copies, "execute", dying):
        close(Fest.objects.get(slug=slug), at=clock.now())


def dies_recording(slug: str) -> None:
    """Closes, and dies of SIGKILL as it has written the rows of what it records, and not where to find them."""
    import rankings.snapshots
    from livefest import clock
    from livefest.models import Fest
    from livefest.sql import execute
    from rankings.closing import close

    def dying(statement: str, values: Any = ()) -> list[Any]:
        if statement == rankings.snapshots.FILL_BUCKETS:
            say("recorded")
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(statement, values)

    with patch.object(rankings.snapshots, "execute", dying):
        close(Fest.objects.get(slug=slug), at=clock.now())


def dies_revealing(slug: str) -> None:
    """Reveals, and dies of SIGKILL with that committed and nothing published."""
    import rankings.freezing
    from livefest.models import Fest, User

    def dying(fest: Fest, changes: Any) -> None:
        say("revealed")
        os.kill(os.getpid(), signal.SIGKILL)

    with patch.object(rankings.freezing, "publish", dying):
        rankings.freezing.reveal(Fest.objects.get(slug=slug), by=User.objects.get(username="staff"))


def certifies(slug: str) -> None:
    """Runs `certify`, and says what came of it."""
    from django.core.management import call_command

    say("ready")
    sys.stdin.readline()
    call_command("certify", slug, "--by=nia", "--approved-by=omar")


def dies_certifying(slug: str, when: str) -> None:
    """Certifies, and dies of SIGKILL: with copy and edition "stored" in a transaction that isn't over, or with all of
    it "committed" and nothing published."""
    from django.core.management import call_command

    import rankings.results

    def dying(*_arguments: Any, **_more: Any) -> None:
        say(when)
        os.kill(os.getpid(), signal.SIGKILL)

    with patch.object(rankings.results, {"stored": "store_differences", "committed": "publish_results"}[when], dying):
        call_command("certify", slug, "--by=nia", "--approved-by=omar")


def publishes_by_steps(slug: str) -> None:
    """Publishes all standings anew, and stops when it has read the first rows, and when it has written them aside."""
    import rankings.publishing
    from livefest.models import Fest

    whole_standing = rankings.publishing.whole_standing

    def stopping(due: rankings.publishing.Published) -> Iterator[list[tuple[int, int, str, bytes | None]]]:
        for part in whole_standing(due):
            say("read")
            sys.stdin.readline()
            yield part
            say("wrote")
            sys.stdin.readline()

    rankings.publishing.whole_standing = stopping
    say(f"published {rankings.publishing.publish(Fest.objects.get(slug=slug), {}, whole=True)}")


def describe(slug: str) -> None:
    """Prints all standings as `export_board` has them, and everything else that is derived, as JSON."""
    from livefest.models import Fest
    from tests.rankings.play import all_standings, everything_derived

    fest = Fest.objects.get(slug=slug)
    say(json.dumps({"standings": all_standings(fest), "derived": everything_derived(fest)}, default=str))


STAGES: dict[str, Callable[..., None]] = {
    "hold": hold,
    "refresh": refreshes,
    "die-unpublished": dies_unpublished,
    "die-unannounced": dies_unannounced,
    "die-unpaid": dies_unpaid,
    "die-freezing": dies_freezing,
    "die-recording": dies_recording,
    "die-revealing": dies_revealing,
    "certify": certifies,
    "die-certifying": dies_certifying,
    "publish-by-steps": publishes_by_steps,
    "describe": describe,
}

if __name__ == "__main__":
    django.setup()
    STAGES[sys.argv[1]](*sys.argv[2:])
