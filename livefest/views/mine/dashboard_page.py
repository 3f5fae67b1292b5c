"""What the page "my fest" shows of a creator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from challenges.progress import MyChallenge, my_challenges, nearest
from creators.communities import membership_of
from creators.models import Entry, Group, Live
from livefest.clock import FestDay
from livefest.copies import own_copy
from livefest.models import Fest
from livefest.views.coming import bonuses, phase_of
from livefest.views.mine.next_steps import Step, next_steps
from livefest.views.mine.own_community import OwnCommunity, own_community
from livefest.views.mine.standing_cards import StandingCard, standing_cards
from livefest.views.mine.today import PointsToday, points_today
from rewards.my_awards import MyAward, awards_to_do

NEAR = 5


@dataclass(frozen=True)
class Bonus:
    """A bonus window: until when it is on, or when it begins."""

    text: str
    at: datetime
    is_on: bool


@dataclass(frozen=True)
class DashboardPage:
    """`points` is None where there is no today, or what is derived isn't shown."""

    fest: Fest
    now: datetime
    phase: str
    day: FestDay | None
    is_as_it_was: bool
    cards: list[StandingCard]
    points: PointsToday | None
    bonus: Bonus | None
    near: list[MyChallenge]
    community: OwnCommunity | None
    has_communities: bool
    on_air: Live | None
    awards: list[MyAward]  # with something to do

    @cached_property
    def steps(self) -> list[Step]:
        return next_steps(self, self.now)


def dashboard_page(entry: Entry, now: datetime) -> DashboardPage:
    fest, day = entry.fest, entry.fest.day_on(now)
    membership = membership_of(entry)
    as_it_was = own_copy(fest.pk) is not None
    return DashboardPage(
        fest=fest,
        now=now,
        phase=phase_of(fest, now),
        day=day,
        is_as_it_was=as_it_was,
        cards=standing_cards(entry, now),
        points=points_today(entry, day) if day and not as_it_was else None,
        bonus=bonus_of(fest, now) if now < fest.ends else None,
        near=nearest(my_challenges(entry, now))[:NEAR],
        community=own_community(entry, membership.group) if membership else None,
        has_communities=membership is None and Group.objects.joinable().filter(fest=fest).exists(),
        on_air=Live.objects.on_air(now).filter(entry=entry).first(),
        awards=awards_to_do(entry) if now >= fest.ends else [],
    )


def bonus_of(fest: Fest, now: datetime) -> Bonus | None:
    """The bonus window that is on and ends first, else the one that begins next."""
    windows = sorted(bonuses(fest, now))
    on = [Bonus(text, ends, True) for starts, ends, text in windows if starts <= now < ends]
    ahead = [Bonus(text, starts, False) for starts, _ends, text in windows if now < starts]
    return next(iter([*sorted(on, key=lambda bonus: bonus.at), *ahead]), None)
