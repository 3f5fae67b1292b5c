"""Freezing and revealing as staff and the scheduler do it, and what happens to either when it goes wrong."""

from __future__ import annotations

import copy as copies
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from creators.models import Mark
from livefest.campaign import load_campaign
from livefest.campaign.store import to_text
from livefest.copies import shown_copy
from livefest.engines import Valkey
from livefest.models import AuditEntry, Fest, PublicCopy, User
from rankings.closing import close
from rankings.freezing import FreezingError, NotAllowed, NotFrozen, reveal
from rankings.models import Board, Snapshot
from rankings.own_ranks import own_ranks
from rankings.refresh import refresh
from rankings.standings import find_standing, page
from tests.at_once import at_once
from tests.kept import kept
from tests.rankings.fests import Facts, Script
from tests.rankings.machinery import Machinery
from tests.rankings.play import all_standings, begin, entry_of, play, staff
from tests.rankings.test_changes import CAMPAIGN, CREATORS, FACTS, LATE
from tests.reference.small import fact, moment

FREEZE = moment("15T20:00:00")
AFTER = moment("15T20:00:07")
LATER = moment("15T21:00:00")
END = moment("17T00:00:00")
LATER_FACTS = [fact("di", "likes", 1, "15T20:00:01"), fact("di", "live", 72_000, "15T20:10:00")]


def with_freeze(freeze: datetime | None = datetime(2026, 2, 15, 20)) -> dict[str, Any]:
    campaign = copies.deepcopy(CAMPAIGN)
    if freeze:
        campaign["fest"]["freeze"] = freeze
    return campaign


def script_of(campaign: dict[str, Any]) -> Script:
    return Script(campaign, CREATORS, LATE, [])


def begun(campaign: dict[str, Any], facts: list[dict[str, Any]] = FACTS) -> Fest:
    """With what happened before the freeze, scored and published."""
    script = script_of(campaign)
    fest = begin(script)
    play(fest, script, Facts(facts))
    refresh(fest)
    return fest


def happens(fest: Fest, facts: list[dict[str, Any]]) -> None:
    play(fest, script_of(CAMPAIGN), Facts(facts))


def shown(fest: Fest, board: str = "all", within: str = "") -> list[tuple[int, str, int]]:
    """What the public is shown of a board: rank, handle, score."""
    found = find_standing(Board.objects.get(fest=fest, slug=board), within=within)
    return [(place.rank, place.handle, place.score) for place in page(found)] if found else []


@pytest.fixture
def now(settings: Settings) -> Callable[[datetime], None]:
    def stand_at(at: datetime) -> None:
        settings.LIVEFEST_NOW = at.isoformat()

    stand_at(AFTER)
    return stand_at


@pytest.fixture
def frozen(db: None, now: Callable[[datetime], None]) -> Fest:
    return kept(make_frozen)


def make_frozen() -> Fest:
    fest = begun(with_freeze())
    close(fest, at=AFTER)
    return fest


# Who may reveal, and what they are told


def test_reveal_command_shows_what_stands_and_is_audited(
    frozen: Fest,
    capsys: pytest.CaptureFixture[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    before = shown(frozen)
    happens(frozen, LATER_FACTS)
    refresh(frozen)
    assert shown(frozen) == before
    user = staff()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("reveal", "small", by="staff", reason="The show is over", at=LATER)
    assert capsys.readouterr().out == "revealed what was hidden since 2026-02-15 20:00 UTC\n"
    assert shown(frozen) != before
    assert shown(frozen) == [(int(row[3]), row[4], int(row[5])) for row in all_standings(frozen) if row[0] == "all"]
    copy = PublicCopy.objects.get()
    assert (copy.shown_until, copy.ended_by) == (LATER, user)
    entry = AuditEntry.objects.get(verb="reveal")
    assert (entry.actor, entry.reason, entry.via) == (user, "The show is over", "command reveal")
    assert entry.changes == {"shown_until": [None, str(LATER)]}


@pytest.mark.parametrize(
    ("freeze", "closed", "told"),
    [
        (None, AFTER, "Small has no freeze."),
        (datetime(2026, 2, 16, 20), AFTER, "they freeze as it is closed after 2026-02-16 20:00 UTC"),
    ],
    ids=["no freeze", "not yet"],
)
@pytest.mark.django_db
def test_reveal_of_a_fest_that_is_not_frozen_says_so(
    now: Callable[[datetime], None], freeze: datetime | None, closed: datetime, told: str
) -> None:
    close(begun(with_freeze(freeze)), at=closed)
    staff()
    with pytest.raises(CommandError, match=told):
        call_command("reveal", "small", by="staff")
    assert not PublicCopy.objects.exists()
    assert not AuditEntry.objects.filter(verb="reveal").exists()


def test_second_reveal_says_who_did_it_and_when(frozen: Fest) -> None:
    reveal(frozen, by=staff(), at=LATER)
    with pytest.raises(NotFrozen, match="were revealed at 2026-02-15 21:00 UTC by staff already"):
        reveal(frozen, by=staff(), at=END)
    close(frozen, at=END)
    assert shown_copy(frozen.pk) is None, "it freezes once"


def test_reveal_after_certification_is_refused_with_the_reason(frozen: Fest) -> None:
    from livefest.copies import make_copy

    make_copy(frozen, kind=PublicCopy.Kind.RESULTS, shown_from=END)
    with pytest.raises(FreezingError, match="results of Small are certified, since 2026-02-17 00:00 UTC; there is no"):
        reveal(frozen, by=staff(), at=END)
    assert shown_copy(frozen.pk) is not None


def test_reveal_before_the_freeze_is_refused(frozen: Fest) -> None:
    with pytest.raises(FreezingError, match="froze at 2026-02-15 20:00 UTC; they can't be revealed before"):
        reveal(frozen, by=staff(), at=moment("15T19:59:59"))


def test_who_lacks_the_permission_reveals_nothing(frozen: Fest) -> None:
    User.objects.create_user("nobody", "nobody@example.org", is_staff=True)
    with pytest.raises(CommandError, match=r"nobody lacks the permission rankings\.freeze_fest"):
        call_command("reveal", "small", by="nobody@example.org")
    with pytest.raises(CommandError, match='"somebody" is not the e-mail address or username of one active user'):
        call_command("reveal", "small", by="somebody")
    inactive = staff()
    inactive.is_active = False
    with pytest.raises(NotAllowed):
        reveal(frozen, by=inactive)
    assert shown_copy(frozen.pk) is not None


# When it freezes


@pytest.mark.django_db
def test_fest_without_freeze_never_freezes(now: Callable[[datetime], None]) -> None:
    fest = begun(with_freeze(None))
    now(END)
    close(fest, at=END)
    assert not PublicCopy.objects.exists()


@pytest.mark.django_db
def test_freeze_at_the_end_shows_what_the_end_pays(now: Callable[[datetime], None]) -> None:
    """All closings of that moment come first, so that the last day is whole."""
    campaign = with_freeze(datetime(2026, 2, 17))
    campaign["boards"][0]["rank_bonus"] = [{"ranks": "1", "points": 50}]
    campaign["boards"].append(
        {"slug": "bonuses", "name": "Bonuses", "of": "creators", "period": "fest", "rules": ["bonus"]}
    )
    campaign["boards"][0]["rules"] = ["gifts", "hours"]
    fest = begun(campaign)
    now(moment("17T00:00:05"))
    happens(fest, [fact("di", "live", 360_000, "16T23:59:59")])  # of the fest still
    close(fest, at=moment("17T00:00:05"))
    copy = shown_copy(fest.pk)
    assert copy is not None
    assert copy.shown_from == END
    assert shown(fest)[0][1] == "di"
    assert ("di", 50) in [(handle, score) for _rank, handle, score in shown(fest, "bonuses")]


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["close", "refresh"])
def test_fest_never_scored_freezes_by_what_happened_before(now: Callable[[datetime], None], way: str) -> None:
    """All facts come in at once, long after: the copy is as it would have been, and the rest is scored for staff."""
    expected = shown(begun(with_freeze()))
    other = with_freeze()
    other["fest"]["slug"] = "other"
    script = script_of(other)
    fest = begin(script)
    play(fest, script, Facts([*FACTS, *LATER_FACTS]))
    now(END)
    if way == "close":
        close(fest, at=END)
    else:
        refresh(fest)
    assert expected
    assert shown(fest) == expected
    copy = shown_copy(fest.pk)
    assert copy is not None
    assert copy.shown_from == FREEZE
    assert ("di", 300) in [(row[4], int(row[5])) for row in all_standings(fest) if row[0] == "all"]
    refresh(fest, rebuild=True)
    assert shown(fest) == expected


@pytest.mark.django_db
def test_everything_closed_in_one_go_freezes_as_it_stood(now: Callable[[datetime], None]) -> None:
    fest = begun(with_freeze())
    before = shown(fest)
    happens(fest, LATER_FACTS)
    now(END)
    closed = close(fest, at=END)
    assert closed is not None
    assert closed.froze
    assert shown(fest) == before
    close(fest, at=END)
    assert PublicCopy.objects.count() == 1
    reveal(fest, by=staff(), at=END)
    refresh(fest)
    assert shown(fest) != before
    assert ("di", 300) in [(handle, score) for _rank, handle, score in shown(fest)]


@pytest.mark.django_db
def test_nothing_of_the_freeze_is_scored_before_the_boards_froze(now: Callable[[datetime], None]) -> None:
    """Somebody refreshes by hand, or a refresh that began in time takes what came in meanwhile."""
    fest = begun(with_freeze())
    before = shown(fest)
    happens(fest, LATER_FACTS)
    call_command("refresh", "small")
    assert shown(fest) == before
    copy = shown_copy(fest.pk)
    assert copy is not None
    assert (copy.kind, copy.shown_from) == ("freeze", FREEZE)
    assert not Mark.objects.exists(), "it is scored, for staff"
    close(fest, at=AFTER)
    assert PublicCopy.objects.get() == copy


@pytest.mark.django_db
def test_rebuild_before_the_freeze_was_closed_shows_nothing_of_it(now: Callable[[datetime], None]) -> None:
    fest = begun(with_freeze())
    before = shown(fest)
    happens(fest, LATER_FACTS)
    refresh(fest, rebuild=True)
    assert shown(fest) == before


@pytest.mark.django_db
def test_what_happened_before_the_freeze_is_in_it_however_late(now: Callable[[datetime], None]) -> None:
    fest = begun(with_freeze())
    happens(fest, [fact("bo", "live", 36_000, "15T19:59:59")])
    close(fest, at=AFTER)
    assert ("bo", 1160) in [(handle, score) for _rank, handle, score in shown(fest)]


@pytest.mark.django_db
def test_campaign_that_moves_the_freeze_before_it_came_moves_it(now: Callable[[datetime], None]) -> None:
    fest = begun(with_freeze())
    load_campaign(to_text(with_freeze(datetime(2026, 2, 15, 22))))
    fest.refresh_from_db()
    close(fest, at=AFTER)
    assert shown_copy(fest.pk) is None
    now(moment("15T22:00:00"))
    close(fest, at=moment("15T22:00:00"))
    copy = shown_copy(fest.pk)
    assert copy is not None
    assert copy.shown_from == moment("15T22:00:00")


@pytest.mark.django_db
def test_campaign_that_removes_the_freeze_before_it_came_removes_it(now: Callable[[datetime], None]) -> None:
    fest = begun(with_freeze())
    load_campaign(to_text(with_freeze(None)))
    fest.refresh_from_db()
    close(fest, at=END)
    assert not PublicCopy.objects.exists()


@pytest.mark.parametrize("freeze", [None, datetime(2026, 2, 14), datetime(2026, 2, 16)], ids=["removed", "back", "on"])
def test_campaign_changed_after_the_freeze_leaves_it_as_it_is(frozen: Fest, freeze: datetime | None) -> None:
    before, copy = shown(frozen), shown_copy(frozen.pk)
    load_campaign(to_text(with_freeze(freeze)))
    frozen.refresh_from_db()
    happens(frozen, LATER_FACTS)
    refresh(frozen)
    close(frozen, at=END)
    assert shown_copy(frozen.pk) == copy
    assert shown(frozen) == before
    reveal(frozen, by=staff(), at=END)
    close(frozen, at=END)
    assert PublicCopy.objects.get().shown_until == END


# What creators see of themselves


def test_creator_sees_their_own_ranks_during_a_freeze(frozen: Fest, settings: Settings) -> None:
    di = entry_of(frozen, "di")

    def own() -> list[tuple[str, str, str, int, int, int]]:
        return [(one.board, one.within, one.period, one.place.rank, one.place.score, one.size) for one in own_ranks(di)]

    before = own()
    happens(frozen, LATER_FACTS)
    refresh(frozen)
    now = own()
    assert ("all", "", "fest", 4, 100, 4) in before
    assert ("leagues", "super", "fest", 1, 100, 1) in before
    assert ("all", "", "fest", 4, 300, 4) in now
    settings.SHOW_OWN_DURING_FREEZE = False
    assert own() == before
    reveal(frozen, by=staff(), at=LATER)
    refresh(frozen)
    assert own() == now


def test_creator_entered_during_a_freeze_has_no_shown_ranks(frozen: Fest, settings: Settings) -> None:
    settings.SHOW_OWN_DURING_FREEZE = False
    from tests.pages.conftest import enter

    assert own_ranks(enter(frozen, "new")) == []


# What goes wrong


@pytest.fixture
def committed(transactional_db: None, valkey: Valkey, now: Callable[[datetime], None]) -> Fest:
    """Committed, for other processes to see."""
    return begun(with_freeze())


def stand_in(machine: Machinery) -> None:
    machine.environment["LIVEFEST_NOW"] = AFTER.isoformat()


def test_closing_killed_in_the_middle_of_the_freeze_leaves_the_boards_and_the_next_freezes(
    committed: Fest, machine: Machinery
) -> None:
    stand_in(machine)
    before = shown(committed)
    dying = machine.stage("die-freezing", "small")
    assert dying.line() == "copied", dying.tail()
    assert dying.wait() == -signal.SIGKILL
    assert not PublicCopy.objects.exists()
    assert not Snapshot.objects.exists()
    assert shown(committed) == before
    happens(committed, LATER_FACTS)
    close(committed, at=AFTER)
    assert shown_copy(committed.pk) is not None
    assert shown(committed) == before


def test_reveal_killed_before_it_published_heals_by_the_next_refresh(committed: Fest, machine: Machinery) -> None:
    stand_in(machine)
    close(committed, at=AFTER)
    before = shown(committed)
    happens(committed, LATER_FACTS)
    refresh(committed)
    staff()
    dying = machine.stage("die-revealing", "small")
    assert dying.line() == "revealed", dying.tail()
    assert dying.wait() == -signal.SIGKILL
    assert shown_copy(committed.pk) is None
    assert AuditEntry.objects.filter(verb="reveal").count() == 1
    refresh(committed)
    assert shown(committed) != before
    assert shown(committed)[-1] == (4, "di", 300)


def test_freeze_and_reveal_while_valkey_is_away(committed: Fest, valkey: Valkey) -> None:
    before = shown(committed)
    valkey.stop()
    close(committed, at=AFTER)
    happens(committed, LATER_FACTS)
    refresh(committed)
    assert shown(committed) == before
    reveal(committed, by=staff(), at=LATER)
    after = shown(committed)
    assert after != before
    valkey.ensure()
    refresh(committed)
    assert shown(committed) == after


def test_two_closings_and_a_refresh_at_the_moment_freeze_once(committed: Fest) -> None:
    before = shown(committed)
    happens(committed, LATER_FACTS)
    jobs = [lambda: close(committed, at=AFTER), lambda: close(committed, at=AFTER), lambda: refresh(committed)]
    done = at_once(*jobs)
    assert not [one for one in done if one is None or isinstance(one, BaseException)], done
    assert PublicCopy.objects.count() == 1
    assert shown(committed) == before


def test_two_reveals_at_once_are_one(committed: Fest) -> None:
    close(committed, at=AFTER)
    user = staff()
    job = lambda: reveal(committed, by=user, at=LATER)  # noqa: E731
    assert sorted(type(one).__name__ for one in at_once(job, job)) == ["NotFrozen", "PublicCopy"]
    assert AuditEntry.objects.filter(verb="reveal").count() == 1


def test_facts_that_keep_coming_in_as_it_freezes_are_not_shown(committed: Fest) -> None:
    """Between a look at what waits and the scoring of it, more comes in."""
    before = shown(committed)
    numbers = iter(range(1000))
    stop = threading.Event()

    def feed() -> None:
        while not stop.is_set():
            happens(committed, [fact("di", "live", 3_600, f"15T20:00:{next(numbers) % 60:02d}")])

    def freeze_and_stop() -> None:
        try:
            for _again in range(3):
                close(committed, at=AFTER)
                refresh(committed)
        finally:
            stop.set()

    assert at_once(feed, freeze_and_stop) == [None, None]
    assert shown(committed) == before


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["belongingcopy", "memberscopy"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM rankings_{}", "UPDATE rankings_{} SET id = id", "TRUNCATE rankings_{}"]
)
def test_copies_can_not_be_changed_by_sql(table: str, statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
