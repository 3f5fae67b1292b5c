"""The fest that the demo shows: found in the database, or made with its people and their history so far."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from itertools import count

from django.db import connection, transaction

from creators.creators_file import load_creators
from creators.models import Entry, Live, Source
from creators.sources import SourceError, create_source, read_secret, rotate_secret
from demo.campaign import demo_campaign
from demo.dressing import dress
from demo.habits import FANS, habits_of, iso
from demo.history import write_history
from demo.people import Person, creators_file, make_people
from livefest.campaign import load_campaign
from livefest.models import Fest

SOURCE = "simulator"
SLUG = "live-fest"


def fest_under_way(now: datetime) -> Fest | None:
    """The newest fest of the demo that has begun and whose boards still move; a fest is the demo's by its source."""
    fests = Fest.objects.filter(sources__name=SOURCE, slug__startswith=SLUG, starts__lte=now, ends__gt=now)
    return next((fest for fest in fests.order_by("-starts", "-id") if fest.freeze is None or now < fest.freeze), None)


def make_fest(*, creators: int, seed: int, now: datetime, tell: Callable[[str], None]) -> Fest:
    """A new fest beside whatever there is, with creators and history: all of it or, interrupted, nothing."""
    taken = set(Fest.objects.values_list("slug", flat=True))
    number = next(number for number in count(1) if slug_of(number) not in taken)
    name = "LIVE Fest" if number == 1 else f"LIVE Fest {number}"
    with transaction.atomic():
        load_campaign(demo_campaign(now, slug=slug_of(number), name=name))
        fest = Fest.objects.get(slug=slug_of(number))
        people = make_people(creators, seed=seed)
        load_creators(fest=fest, data=creators_file(people))
        dress(fest, seed=seed)
        source = create_source(fest=fest, name=SOURCE)
        tell(f"{creators:,} creators; what they did so far")
        write_history(
            source=source,
            people=people,
            seed=seed,
            now=now,
            tell=lambda done, total: tell(
                f"{creators:,} creators; {done:,} of {total:,} facts of what they did so far"
            ),
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # not when autovacuum comes to it: everything is ranked next
    return fest


def slug_of(number: int) -> str:
    return SLUG if number == 1 else f"{SLUG}-{number}"


def cast_of(fest: Fest) -> list[Person]:
    """Who takes part, as the database has it: staff may have changed it."""
    entries = Entry.objects.filter(fest=fest, region__isnull=False).order_by("creator__handle")
    found = entries.values_list("creator__handle", "creator__name", "region__code", "category")
    return [Person(handle, name, region, category, "") for handle, name, region, category in found]


def star_of(cast: list[Person], *, seed: int) -> Person:
    """The creator whom most comes in for: always the same one."""

    def success(person: Person) -> float:
        habits = habits_of(person.handle, person.region, person.category, seed=seed, fans=FANS)
        return habits.popularity * habits.sessions

    return max(cast, key=success)


def simulator_input(fest: Fest) -> bytes:
    """What the simulator is told at its start, its secret among it."""
    source = Source.objects.get(fest=fest, name=SOURCE)
    return json.dumps(
        {
            "secret": secret_of(source),
            "cast": [[person.handle, person.region, person.category] for person in cast_of(fest)],
            "lives": [
                {
                    "live": live.room,
                    "creator": live.entry.creator.handle,
                    "started_at": iso(live.started_at),
                    "title": live.title,
                    "url": live.url,
                    "reported_at": iso(live.reported_at),
                }
                for live in Live.objects.filter(source=source, ended_at=None).select_related("entry__creator")
            ],
        }
    ).encode()


def secret_of(source: Source) -> str:
    """A valid secret of the source: its newest, or a new one where there is none that can be read."""
    newest = source.secrets.filter(revoked_at=None).order_by("-id").first()
    if newest is not None:
        try:
            return read_secret(newest)
        except SourceError:
            pass  # SECRET_KEY has changed
    return rotate_secret(source=source, by=None)
