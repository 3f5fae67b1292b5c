"""What the pages of challenges show: goals in words, the window, places left, and who met them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse

from challenges.copies import shown_completions
from challenges.models import Challenge, Completion, Goal
from creators.former import is_former, key_of, name_of
from creators.keyset import LastRow, NoSuchPage
from livefest.campaign.words import in_words
from livefest.clock import DayFinder
from livefest.models import Fest
from livefest.site import RegionName, region_name

ROWS = 50
MOST_COUNTED = 10_000  # who met it are counted up to here; beyond, "more than" is said
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Card:
    """A challenge with what is said of it. `days` are the fest days that have begun in its window, for one per day,
    and `day` the one that is shown (None before the first); `won` counts the places of a race that are taken then."""

    challenge: Challenge
    starts: datetime
    ends: datetime
    state: str  # "open", "next" or "over"
    days: list[date]
    day: date | None
    won: int = 0

    @property
    def period(self) -> str:
        """As `Completion.period` has it; no completion has that of a challenge whose first day is still to come."""
        if self.challenge.per != Challenge.Per.DAY:
            return ""
        return self.day.isoformat() if self.day else "none"

    @property
    def is_today(self) -> bool:
        """Whether the day shown still goes on."""
        return self.state == "open" and (self.day is None or self.day == self.days[-1])

    @property
    def goals(self) -> list[tuple[str, str]]:
        """How much of what, in words."""
        return [
            (in_words(goal.at_least, goal.metric.unit), goal.metric.local.name) for goal in self.challenge.goals.all()
        ]

    @property
    def region(self) -> RegionName | None:
        region = self.challenge.within_region
        return region_name(region.code) if region else None

    @property
    def places_left(self) -> int:
        """Of a race."""
        return max(0, (self.challenge.first or 0) - self.won)


@dataclass(frozen=True)
class Met:
    """A creator who met the goals; `handle` is empty for who is not named any more. `place` is theirs in a race, None
    for who came too late or where there is none."""

    after: After
    handle: str
    name: str
    region: RegionName | None
    met_at: datetime
    place: int | None

    @property
    def key(self) -> str:
        return self.after.key


@dataclass(frozen=True)
class After:
    """The last row of the page before; addresses name it by the creator's key (`creators.former`)."""

    met_at: datetime
    handle: str
    key: str

    @classmethod
    def parse(cls, text: str) -> After | None:
        """None for the first page. Raises NoSuchPage."""
        last = LastRow.parse(text, digits=17)
        return cls(EPOCH + timedelta(microseconds=last.number), last.handle, last.key) if last else None

    def __str__(self) -> str:
        return str(LastRow((self.met_at - EPOCH) // timedelta(microseconds=1), self.handle, self.key))


@dataclass(frozen=True)
class ChallengePage:
    card: Card
    total: int
    rows: list[Met]
    asked: After | None
    following: After | None

    @property
    def more_than_counted(self) -> bool:
        return self.total > MOST_COUNTED

    @property
    def most_counted(self) -> int:
        return MOST_COUNTED

    @property
    def first_url(self) -> str:
        """Of the list's first page; names the day only where it isn't the latest, so that it moves on with it."""
        challenge, card = self.card.challenge, self.card
        parts = {"fest": challenge.fest.slug, "challenge": challenge.slug}
        if card.day and card.day != card.days[-1]:
            return reverse("challenge_day", kwargs={**parts, "day": card.day.isoformat()})
        return reverse("challenge", kwargs=parts)

    @property
    def url(self) -> str:
        return f"{self.first_url}?{urlencode({'after': str(self.asked)})}" if self.asked else self.first_url

    @property
    def next_url(self) -> str:
        if self.following is None:
            return ""
        return f"{self.first_url}?{urlencode({'after': str(self.following)})}"


def challenges_of(fest: Fest) -> QuerySet[Challenge]:
    """The fest's challenges with all that a card says of them."""
    goals = Goal.objects.select_related("metric").order_by("position", "id")
    return (
        Challenge.objects.filter(fest=fest)
        .select_related("fest", "metric", "within_group", "within_region")
        .prefetch_related(Prefetch("goals", goals))
        .order_by("position", "id")
    )


def card_of(challenge: Challenge, now: datetime, day: str = "") -> Card:
    """The card of a day, the latest that has begun where none is named. Raises NoSuchPage."""
    fest = challenge.fest
    starts, ends = challenge.starts or fest.starts, challenge.ends or fest.ends
    state = "next" if now < starts else "open" if now < ends else "over"
    days: list[date] = []
    if challenge.per == Challenge.Per.DAY:
        of_fest = DayFinder(fest.days())
        days = of_fest.over(starts, min(ends, now + timedelta(microseconds=1)))
    if day and day not in [one.isoformat() for one in days]:
        raise NoSuchPage
    shown = date.fromisoformat(day) if day else days[-1] if days else None
    return Card(challenge, starts, ends, state, days, shown)


def cards_of(fest: Fest, now: datetime) -> list[Card]:
    """Every challenge of the fest as it stands now."""
    return with_won([card_of(challenge, now) for challenge in challenges_of(fest)])


def with_won(cards: list[Card]) -> list[Card]:
    """The cards with the places of their races that are taken in the period shown."""
    if not cards:
        return []
    found = shown_completions(cards[0].challenge.fest_id).filter(
        challenge__in=[card.challenge.pk for card in cards], period__in={card.period for card in cards}, won=True
    )
    counted = found.values_list("challenge", "period").annotate(number=Count("*"))
    won = {(challenge, period): number for challenge, period, number in counted}
    return [replace(card, won=won.get((card.challenge.pk, card.period), 0)) for card in cards]


def challenge_page(challenge: Challenge, now: datetime, *, day: str, after: str) -> ChallengePage:
    """A challenge's page with up to 50 of those who met it after the row that `after` names: of a race in order, else
    the newest first. Where nobody is at that row any more, after the nearest before it. Raises NoSuchPage."""
    asked = After.parse(after)
    (card,) = with_won([card_of(challenge, now, day)])
    met = shown_completions(challenge.fest_id).filter(challenge=challenge, period=card.period)
    total = met[: MOST_COUNTED + 1].count()
    race = challenge.first is not None
    asked = nearest(met, asked, race) if asked else None
    order = ("met_at", "handle") if race else ("-met_at", "-handle")
    wanted = met.select_related("entry__creator", "entry__region").order_by(*order)
    if asked and race:
        wanted = wanted.filter(met_at__gte=asked.met_at).exclude(met_at=asked.met_at, handle__lte=asked.handle)
    elif asked:
        wanted = wanted.filter(met_at__lte=asked.met_at).exclude(met_at=asked.met_at, handle__gte=asked.handle)
    found = list(wanted[: ROWS + 1])
    before = 0
    if asked and race and found and found[0].won:  # at most `first` are counted
        earlier = met.filter(met_at__lte=asked.met_at)
        before = earlier.exclude(met_at=asked.met_at, handle__gt=asked.handle).count()
    rows = [met_row(completion, before + number) for number, completion in enumerate(found[:ROWS], 1)]
    last = rows[-1] if len(found) > ROWS else None
    return ChallengePage(card, total, rows, asked, last.after if last else None)


def nearest(met: QuerySet[Completion], asked: After, race: bool) -> After | None:
    """The row that is named, or the last before it; None where there is none. So there are no more pages than rows."""
    same = Q(met_at=asked.met_at)
    if race:
        before = met.filter(Q(met_at__lt=asked.met_at) | same & Q(handle__lte=asked.handle))
        order = ("-met_at", "-handle")
    else:
        before = met.filter(Q(met_at__gt=asked.met_at) | same & Q(handle__gte=asked.handle))
        order = ("met_at", "handle")
    found = before.select_related("entry__creator").order_by(*order).first()
    return after_of(found) if found else None


def after_of(completion: Completion) -> After:
    return After(completion.met_at, completion.handle, key_of(completion.entry.creator))


def met_row(completion: Completion, place: int) -> Met:
    entry, after = completion.entry, after_of(completion)
    return Met(
        after=after,
        handle="" if is_former(after.key) else completion.handle,
        name=name_of(entry.creator),
        region=region_name(entry.region.code) if entry.region else None,
        met_at=completion.met_at,
        place=place if completion.won else None,
    )
