"""An earlier fest, over and certified: what the one under way will be one day. Its results were corrected once, so that
there are two editions."""

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
from demo.people import creators_file, make_people
from livefest.campaign import load_campaign
from livefest.models import Fest, User
from rankings.closing import close
from rankings.corrections import make_correction
from rankings.models import Board
from rankings.results import approve, propose
from rankings.standings import find_standing, page

SLUG, NAME = "spring-fest", "Spring LIVE Fest"
SOURCE = "history"
DISQUALIFIED_RANK = 3  # of the global board; whoever holds it is disqualified after the first edition
ADJUSTED_RANK = 2  # whoever holds it lost gifts that were paid back


def make_earlier_fest(*, creators: int, seed: int, now: datetime, by: User, also: User) -> bool:
    """Makes it, with what it went through day by day, unless there is one: all of it or, interrupted, nothing. Two
    people certify it, `by` and `also`. Whether it was made now."""
    if Fest.objects.filter(slug=SLUG).exists():
        return False
    with transaction.atomic():
        load_campaign(earlier_campaign(now, slug=SLUG, name=NAME))
        fest = Fest.objects.get(slug=SLUG)
        people = make_people(creators, seed=seed)
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
        over = fest.grace_ends
        close(fest, at=over)
        take_gifts_away(fest, by=by, at=over + timedelta(hours=2))
        certify(fest, by=by, also=also, at=over + timedelta(hours=12), reason="")
        disqualify_one(fest, by=by, also=also, at=over + timedelta(days=3))
        certify(
            fest,
            by=by,
            also=also,
            at=over + timedelta(days=3, hours=2),
            reason="A creator was disqualified after the results were out: gifts from accounts of their own.",
        )
    return True


def certify(fest: Fest, *, by: User, also: User, at: datetime, reason: str) -> None:
    proposal = propose(fest, by=by, at=at, reason=reason, confirmed={f"source:{SOURCE}"})
    approve(proposal, by=also, at=at + timedelta(minutes=30))


def take_gifts_away(fest: Fest, *, by: User, at: datetime) -> None:
    """Some Diamonds of the second on the first board, on a day on which they had more."""
    entry = holder(fest, ADJUSTED_RANK)
    best = Tally.objects.filter(entry=entry, metric__slug="diamonds").order_by("-quantity")[0]
    adjusted = adjustment(entry=entry, metric=best.metric, day=best.day, quantity=-min(500, int(best.quantity)))
    make_correction(adjusted, by=by, reason="Gifts were paid back on the platform.", at=at)


def disqualify_one(fest: Fest, *, by: User, also: User, at: datetime) -> None:
    """Whoever stands third on the first board."""
    correction = make_correction(
        disqualification(entry=holder(fest, DISQUALIFIED_RANK)),
        by=by,
        reason="Gifts from accounts of their own.",
        at=at,
    )
    if correction.state == Correction.State.PROPOSED:  # a large one takes two
        approve_correction(correction, by=also, at=at)


def holder(fest: Fest, rank: int) -> Entry:
    """Whoever stands so on the first board."""
    board = Board.objects.filter(fest=fest, of=Board.Of.CREATORS, period=Board.Period.FEST).order_by("position")[0]
    standing = find_standing(board)
    handle = page(standing, position=rank - 1, count=1)[0].handle if standing else ""
    return Entry.objects.get(fest=fest, creator__handle=handle)
