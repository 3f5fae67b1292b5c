"""An earlier fest, over and certified: what the one under way will be one day. Its results were corrected once, so that
there are two editions, and its winners are on their way to what they receive (`demo/prizes.py`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from creators.correction_steps import approve as approve_correction
from creators.corrections import adjustment, disqualification
from creators.creators_file import load_creators
from creators.models import Correction, Entry, Tally
from creators.sources import create_source
from demo.campaign import earlier_campaign
from demo.dressing import dress
from demo.history import write_history
from demo.people import Person, creators_file, make_people
from demo.prizes import QUIZ_PLAYERS, Cast, award_first_edition, award_new_edition, play_quiz, prepare
from livefest.campaign import load_campaign
from livefest.models import Fest, User
from rankings.closing import close
from rankings.corrections import make_correction
from rankings.models import Board
from rankings.results import approve, propose
from rankings.standings import find_standing, page

SLUG, NAME = "spring-fest", "Spring LIVE Fest"
SOURCE = "history"
DISQUALIFIED_RANK = 3  # of the global board; whoever holds it is disqualified after the first edition (not the star)
ADJUSTED_RANK = 2  # whoever holds it lost gifts that were paid back


def make_earlier_fest(*, creators: int, seed: int, now: datetime, by: User, also: User, star: Person) -> bool:
    """Makes it, with what it went through day by day, unless there is one: all of it or, interrupted, nothing. Two
    people certify it and award its rewards, `by` and `also`; `star`, whom the demo's creator is, is among the winners.
    Whether it was made now."""
    if Fest.objects.filter(slug=SLUG).exists():
        return False
    with transaction.atomic():
        load_campaign(earlier_campaign(now, slug=SLUG, name=NAME))
        fest = Fest.objects.get(slug=SLUG)
        people = with_star(make_people(creators, seed=seed), star)
        load_creators(fest=fest, data=creators_file(people))
        dress(fest, seed=seed)
        source = create_source(fest=fest, name=SOURCE)
        write_history(
            source=source,
            people=people,
            seed=seed,
            now=fest.ends,
            tell=lambda done, total: None,
        )
        others = [person.handle for person in people if person != star]
        play_quiz(fest, source, [star.handle, *others[: QUIZ_PLAYERS - 1]])
        prepare(fest, now=now)
        over = fest.grace_ends
        close(fest, at=over)
        take_gifts_away(fest, by=by, at=over + timedelta(hours=2))
        certify(fest, by=by, also=also, at=over + timedelta(hours=12), reason="")
        cheat = holder(fest, DISQUALIFIED_RANK, but=star.handle)
        cast = Cast(fest, by=by, also=also, star=star.handle, out=cheat.creator.handle)
        award_first_edition(cast)
        disqualify(cheat, by=by, also=also, at=over + timedelta(days=3))
        certify(
            fest,
            by=by,
            also=also,
            at=over + timedelta(days=3, hours=2),
            reason="A creator was disqualified after the results were out: gifts from accounts of their own.",
        )
        award_new_edition(cast)
    return True


def with_star(people: list[Person], star: Person) -> list[Person]:
    return [star, *(person for person in people if person.handle != star.handle)]


def certify(fest: Fest, *, by: User, also: User, at: datetime, reason: str) -> None:
    proposal = propose(fest, by=by, at=at, reason=reason, confirmed={f"source:{SOURCE}"})
    approve(proposal, by=also, at=at + timedelta(minutes=30))


def take_gifts_away(fest: Fest, *, by: User, at: datetime) -> None:
    """Some Diamonds of the second on the first board, on a day on which they had more."""
    entry = holder(fest, ADJUSTED_RANK)
    best = Tally.objects.filter(entry=entry, metric__slug="diamonds").order_by("-quantity")[0]
    adjusted = adjustment(entry=entry, metric=best.metric, day=best.day, quantity=-min(500, int(best.quantity)))
    make_correction(adjusted, by=by, reason="Gifts were paid back on the platform.", at=at)


def disqualify(entry: Entry, *, by: User, also: User, at: datetime) -> None:
    correction = make_correction(
        disqualification(entry=entry),
        by=by,
        reason="Gifts from accounts of their own.",
        at=at,
    )
    if correction.state == Correction.State.PROPOSED:  # a large one takes two
        approve_correction(correction, by=also, at=at)


def holder(fest: Fest, rank: int, *, but: str = "") -> Entry:
    """Whoever stands so on the first board; the one after where that is `but`."""
    board = Board.objects.filter(fest=fest, of=Board.Of.CREATORS, period=Board.Period.FEST).order_by("position")[0]
    standing = find_standing(board)
    rows = page(standing, position=rank - 1, count=2) if standing else []
    handle = next(row.handle for row in rows if row.handle != but)
    return Entry.objects.select_related("creator").get(fest=fest, creator__handle=handle)
