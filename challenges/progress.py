"""How far a creator is with each challenge of a fest, for their own eyes.

What counts without joining, over a day or the whole time, is read from tallies, as the last refresh made them. Within
one session, and from a moment of joining on, there are no tallies: the creator's own facts are summed up. Adjustments
by staff are in the tallies only, so that such a bar may say less than what counts; whether a goal is met, the
completions say.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from challenges.challenge_page import Card, cards_of
from challenges.copies import shown_completions
from challenges.models import Challenge, Completion, Joining
from creators.models import Entry, Membership, Payment, Tally
from creators.parts import COUNTS
from livefest.campaign.words import in_words
from livefest.copies import own_copy
from livefest.sql import execute

# What the creator did of each metric asked for, by the session that it was in (a fact without one is by itself). Of a
# duration counts what lies after `since`.
FACTS = f"""
SELECT wanted.challenge, wanted.metric, CASE WHEN fact.session = '' THEN fact.id::text ELSE fact.session END AS unit,
       sum(CASE WHEN wanted.lasts THEN least(fact.quantity, extract(epoch FROM fact.at - wanted.since))
                ELSE fact.quantity END)
FROM unnest(%(challenges)s::bigint[], %(metrics)s::bigint[], %(lasts)s::boolean[], %(since)s::timestamptz[],
            %(until)s::timestamptz[]) AS wanted (challenge, metric, lasts, since, until)
     CROSS JOIN LATERAL (
         SELECT * FROM creators_fact fact
         WHERE fact.entry_id = %(entry)s AND fact.at >= wanted.since AND fact.at < wanted.until
           AND fact.metric_id = wanted.metric AND {COUNTS}
         OFFSET 0
     ) AS fact
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Bar:
    """How much of a goal is done."""

    metric: str
    unit: str
    done: Decimal
    at_least: int

    @property
    def fraction(self) -> Decimal:
        return min(Decimal(1), self.done / self.at_least)

    @property
    def percent(self) -> int:
        return int(self.fraction * 100)

    @property
    def done_words(self) -> str:
        return in_words(int(self.done), self.unit)

    @property
    def goal_words(self) -> str:
        return in_words(self.at_least, self.unit)

    @property
    def missing_words(self) -> str:
        return in_words(max(0, -int(self.done - self.at_least)), self.unit)


@dataclass(frozen=True)
class MyChallenge:
    """A challenge as it stands for a creator; `paid` is what they were paid in the period shown. `bars` is empty where
    the creator is shown a copy, as the public is. `is_mine`: whether it is for their region and groups."""

    card: Card
    joined_at: datetime | None
    completion: Completion | None
    paid: int
    bars: list[Bar]
    is_mine: bool

    @property
    def challenge(self) -> Challenge:
        return self.card.challenge

    @property
    def can_join(self) -> bool:
        return self.challenge.join and self.joined_at is None and self.card.state != "over"

    @property
    def is_late(self) -> bool:
        """They met it, and others took the places."""
        return self.completion is not None and self.challenge.first is not None and not self.completion.won

    @property
    def is_open(self) -> bool:
        """Whether there is something to gain for them."""
        taken = self.challenge.first is not None and self.card.places_left == 0
        return self.card.state == "open" and self.is_mine and self.completion is None and not taken

    @property
    def nearness(self) -> Decimal:
        """From 0 to 1, all goals alike."""
        return sum((bar.fraction for bar in self.bars), Decimal(0)) / max(1, len(self.bars))


class Wanted(NamedTuple):
    """From when until when a challenge counts for a creator, in the period shown."""

    since: datetime
    until: datetime


def my_challenges(entry: Entry, now: datetime) -> list[MyChallenge]:
    """Every challenge of the fest in the campaign's order. The same number of queries, however many there are."""
    cards = cards_of(entry.fest, now)
    if not cards:
        return []
    joined = dict(Joining.objects.filter(entry=entry).values_list("challenge", "joined_at"))
    met = {(one.challenge_id, one.period): one for one in own_completions(entry)}
    paid = own_payments(entry)
    groups = set(Membership.objects.filter(entry=entry).values_list("group", flat=True))
    moves = own_copy(entry.fest_id) is None
    done = done_of(entry, cards, joined, now) if moves else {}
    found = []
    for card in cards:
        challenge = card.challenge
        bars = [
            Bar(
                goal.metric.local.name,
                goal.metric.unit,
                done.get(challenge.pk, {}).get(goal.metric_id, Decimal(0)),
                goal.at_least,
            )
            for goal in (challenge.goals.all() if moves else ())
        ]
        found.append(
            MyChallenge(
                card=card,
                joined_at=joined.get(challenge.pk),
                completion=met.get((challenge.pk, card.period)),
                paid=paid.get(challenge.entitlement(card.period), 0),
                bars=bars,
                is_mine=challenge.within_group_id in {None, *groups}
                and challenge.within_region_id in {None, entry.region_id},
            )
        )
    return found


def nearest(challenges: list[MyChallenge]) -> list[MyChallenge]:
    """Those with something to gain, what is nearest to being met first; of the same, the race with fewer places."""
    open_now = [one for one in challenges if one.is_open]
    return sorted(
        open_now,
        key=lambda one: (-one.nearness, one.card.places_left if one.challenge.first else 10**9, one.card.ends),
    )


def own_completions(entry: Entry) -> list[Completion]:
    if own_copy(entry.fest_id):
        return list(shown_completions(entry.fest_id).filter(entry=entry))
    return list(Completion.objects.filter(entry=entry))


def own_payments(entry: Entry) -> dict[str, int]:
    """What challenges paid, by entitlement; where the public is shown a copy, nothing."""
    if own_copy(entry.fest_id):
        return {}
    paid = Payment.objects.filter(entry=entry, entitlement__startswith="challenge/")
    return dict(paid.values_list("entitlement", "points"))


def done_of(
    entry: Entry, cards: list[Card], joined: dict[int, datetime], now: datetime
) -> dict[int, dict[int, Decimal]]:
    """By challenge and metric how much is done in the period shown; nothing of what must still be joined."""
    spans = {card.challenge.pk: span for card in cards if (span := span_of(card, joined.get(card.challenge.pk), now))}
    done: dict[int, dict[int, Decimal]] = defaultdict(dict)
    if not spans:
        return done
    by_fact = [
        card.challenge
        for card in cards
        if card.challenge.pk in spans and (card.challenge.join or card.challenge.per == Challenge.Per.SESSION)
    ]
    done.update(by_facts(entry, by_fact, spans))
    by_tally = [card.challenge for card in cards if card.challenge.pk in spans and card.challenge not in by_fact]
    earliest = min(span.since for span in spans.values())
    tallies = list(
        Tally.objects.filter(entry=entry, segment__gte=earliest).values_list("segment", "metric", "quantity")
        if by_tally
        else []
    )
    for challenge in by_tally:
        span, sums = spans[challenge.pk], done[challenge.pk]
        for segment, metric, quantity in tallies:
            if span.since <= segment < span.until:
                sums[metric] = sums.get(metric, Decimal(0)) + quantity
    return done


def span_of(card: Card, joined_at: datetime | None, now: datetime) -> Wanted | None:
    """None where nothing counts: it has not begun, or must be joined first."""
    challenge, fest = card.challenge, card.challenge.fest
    if card.state == "next" or (challenge.join and joined_at is None):
        return None
    starts, ends = card.starts, card.ends
    if challenge.per == Challenge.Per.DAY:
        days = fest.days()
        day = next((one for one in days if one.date == card.day), None)
        if day is None:
            return None
        starts, ends = max(starts, day.starts), min(ends, day.ends)
    return Wanted(max(starts, joined_at or starts), ends)


def by_facts(entry: Entry, challenges: list[Challenge], spans: dict[int, Wanted]) -> dict[int, dict[int, Decimal]]:
    """By challenge and metric; of one within a session, of the session that came nearest."""
    goals = [(challenge, goal) for challenge in challenges for goal in challenge.goals.all()]
    if not goals:
        return {}
    rows = execute(
        FACTS,
        {
            "entry": entry.pk,
            "challenges": [challenge.pk for challenge, _goal in goals],
            "metrics": [goal.metric_id for _challenge, goal in goals],
            "lasts": [goal.metric.is_duration for _challenge, goal in goals],
            "since": [spans[challenge.pk].since for challenge, _goal in goals],
            "until": [spans[challenge.pk].until for challenge, _goal in goals],
        },
    )
    units: dict[int, dict[str, dict[int, Decimal]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(Decimal)))
    in_session = {challenge.pk for challenge in challenges if challenge.per == Challenge.Per.SESSION}
    for pk, metric, unit, quantity in rows:
        units[pk][unit if pk in in_session else ""][metric] += Decimal(quantity)

    def came(challenge: Challenge, sums: dict[int, Decimal]) -> Decimal:
        done = (sums.get(goal.metric_id, Decimal(0)) / goal.at_least for goal in challenge.goals.all())
        return sum((min(Decimal(1), one) for one in done), Decimal(0))

    nearest_of: dict[int, dict[int, Decimal]] = {}
    for challenge in challenges:
        of_units = [(came(challenge, sums), dict(sums)) for sums in units[challenge.pk].values()]
        if of_units:
            nearest_of[challenge.pk] = max(of_units, key=lambda one: one[0])[1]
    return nearest_of
