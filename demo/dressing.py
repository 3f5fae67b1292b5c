"""What people have done around the facts: staff wrote updates, creators joined challenges."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import islice

from challenges.joining import join_challenge
from challenges.models import Challenge
from creators.models import Entry
from demo.people import SELLING
from demo.programme import put_on
from livefest.models import Announcement, Fest

JOIN_AT_MOST = 60  # a challenge, so that the set-up stays quick

# Title, text, and how long after the fest's start it was written.
UPDATES = [
    ("Welcome to LIVE Fest", "Sixteen days, 68 countries and regions, one leaderboard. Go LIVE and be part of it.", 0),
    (
        "Leagues are drawn",
        "Everybody has a league now: Rising, Glow or Super, by the Diamonds of the week before.",
        0.1,
    ),
    ("Happy hour, every day", "From 20:00 to 22:00 UTC every Diamond counts twice.", 2),
    (
        "The race for the Finals",
        "The best three of every country and region go on. Five hours LIVE are the ticket.",
        4.6,
    ),
]


def dress(fest: Fest, *, seed: int) -> None:
    for title, text, days in UPDATES:
        at = fest.starts + timedelta(days=days)
        Announcement.objects.create(fest=fest, title=title, text=text, published_at=at, pinned=days == 0)
    entries = list(Entry.objects.filter(fest=fest).order_by("creator__handle"))
    random.Random(f"joining {seed}").shuffle(entries)
    sellers = [entry for entry in entries if entry.category in SELLING]
    for challenge in Challenge.objects.filter(fest=fest, join=True):
        sells = challenge.goals.filter(metric__slug="sales_cents").exists()
        for entry in islice(sellers if sells else entries, JOIN_AT_MOST):
            join_challenge(challenge=challenge, entry=entry, by=entry, at=fest.starts)
    put_on(fest, seed=seed)
