"""Telling creators with an account that somebody passed them: on which board, from which rank to which.

A sweep compares where they stand, as published, with the rank that they know of (`RankSeen`). It costs what the
accounts are: each one's standings by an index, each rank by a look-up in Valkey. On the boards of a fest day everybody
begins at the end; those are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import redis
import structlog
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.accounts import ACCOUNTS
from creators.former import former_among
from creators.models import Group
from livefest.clock import DayFinder
from livefest.copies import shown_copy
from livefest.models import Fest, User
from livefest.models.translated import in_each_language
from livefest.notifications import Kind, Telling, notify_all, register_kind
from livefest.site import region_name
from livefest.sql import execute
from rankings.models import Board, RankSeen, Standing
from rankings.published import Standpoint, just_ahead, standpoints
from rankings.valkey import keys_of

log = structlog.get_logger(__name__)

BATCH = 500  # accounts

# A batch of those whom notifications reach, after one of them.
BATCH_OF_ACCOUNTS = f"""
SELECT participation.id, participation.user_id, entry.id,
       (SELECT creator.handle FROM creators_creator creator WHERE creator.id = entry.creator_id)
{ACCOUNTS} AND participation.id > %(after)s
ORDER BY participation.id LIMIT %(batch)s
"""

# Where they are ranked, by the index on handle and board.
RANKED = """
SELECT account.user_id, account.entry_id, account.handle, score.standing_id
FROM unnest(%(users)s::bigint[], %(entries)s::bigint[], %(handles)s::text[]) AS account (user_id, entry_id, handle)
     CROSS JOIN LATERAL (
         SELECT score.standing_id FROM rankings_score score
         WHERE score.handle = account.handle AND score.board_id = ANY (%(boards)s) AND score.key IS NOT NULL
           AND score.entry_id = account.entry_id
         OFFSET 0
     ) AS score
ORDER BY score.standing_id, account.user_id
"""


class Ranked(NamedTuple):
    """That an account's creator is ranked in a standing."""

    user: int
    entry: int
    handle: str
    standing: int


class Fall(NamedTuple):
    """That somebody stands lower than they knew. ahead: who is just before them; None where they moved meanwhile."""

    user: int
    standing: int
    before: int
    now: int
    ahead: str | None


def with_ranks(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """`data["ahead"]` is the handle of who is just ahead, or None; texts don't name a former creator."""
    named = data["ahead"] and not former_among([data["ahead"]])
    ahead = _("@%(handle)s is just ahead of you.") % {"handle": data["ahead"]} if named else ""
    board = " · ".join(part for part in (data["board"], place_words(data)) if part)
    return {**data, "board": board, "before": intcomma(data["before"]), "now": intcomma(data["now"]), "ahead": ahead}


def place_words(data: Mapping[str, Any]) -> str:
    """`data["region"]` is a code, `data["place"]` what else a board's place is called; neither where it isn't split."""
    return region_name(data["region"]).name if data.get("region") else data.get("place", "")


RANK_PASSED = register_kind(
    Kind(
        name="rank_passed",
        label=gettext_lazy("Somebody passes you on a board (once a day for each)"),
        subject=gettext_lazy("%(board)s: you are #%(now)s"),
        text=gettext_lazy("You were #%(before)s on “%(board)s” in %(fest)s and are #%(now)s now. %(ahead)s"),
        page="my_fest",
        words=with_ranks,
    )
)


def tell_of_ranks(fest: Fest, now: datetime) -> int:
    """Tells whom it concerns; how many notifications that made. Nothing but while the fest is on, and nothing while a
    public copy is shown: what stands then is not for everybody to know, not by whom somebody was passed."""
    if not fest.starts <= now < fest.ends or shown_copy(fest.pk):
        return 0
    boards = boards_to_tell_of(fest, now)
    told = 0
    try:
        for batch in accounts(fest):
            told += tell_batch(fest, now, ranked_on(boards, batch))
    except redis.RedisError as error:  # what isn't published nobody sees; the next sweep tells it
        log.warning("ranks_not_told", fest=fest.slug, error=str(error))
    return told


def boards_to_tell_of(fest: Fest, now: datetime) -> list[int]:
    """The ids of the boards of creators over the whole fest, and over rounds that are on."""
    on = Q(period=Board.Period.FEST) | Q(period=Board.Period.ROUND, round__starts__lte=now, round__ends__gt=now)
    return list(Board.objects.filter(on, fest=fest, of=Board.Of.CREATORS).values_list("pk", flat=True))


def accounts(fest: Fest) -> Iterator[list[tuple[Any, ...]]]:
    after = 0
    while batch := execute(BATCH_OF_ACCOUNTS, {"fest": fest.pk, "after": after, "batch": BATCH}):
        yield batch
        after = batch[-1][0]


def ranked_on(boards: list[int], batch: Sequence[tuple[Any, ...]]) -> list[Ranked]:
    _ids, users, entries, handles = (list(column) for column in zip(*batch, strict=True))
    values = {"users": users, "entries": entries, "handles": handles, "boards": boards}
    return [Ranked(*row) for row in execute(RANKED, values)]


@transaction.atomic
def tell_batch(fest: Fest, now: datetime, ranked: list[Ranked]) -> int:
    """Keeps the ranks that they know from now on, and tells of those that were better: both or neither."""
    places = standpoints([(keys_of(one.standing), one.handle) for one in ranked])
    seen = {
        (entry, standing): rank
        for entry, standing, rank in RankSeen.objects.filter(entry__in={one.entry for one in ranked}).values_list(
            "entry", "standing", "rank"
        )
    }
    moved: list[tuple[Ranked, Standpoint]] = []
    fallen: list[tuple[Ranked, Standpoint]] = []
    for one, place in zip(ranked, places, strict=True):
        before = seen.get((one.entry, one.standing))
        if place is None or place.rank == before:
            continue
        moved.append((one, place))
        if before is not None and place.rank > before:
            fallen.append((one, place))
    ahead = just_ahead([(keys_of(one.standing), place) for one, place in fallen])
    falls = [
        Fall(
            one.user,
            one.standing,
            seen[one.entry, one.standing],
            place.rank,
            None if handle == one.handle else handle,  # they moved there meanwhile
        )
        for (one, place), handle in zip(fallen, ahead, strict=True)
    ]
    RankSeen.objects.bulk_create(
        [RankSeen(entry_id=one.entry, standing_id=one.standing, rank=place.rank, seen_at=now) for one, place in moved],
        update_conflicts=True,
        unique_fields=["entry", "standing"],
        update_fields=["rank", "seen_at"],
    )
    return tell_falls(fest, now, falls)


def tell_falls(fest: Fest, now: datetime, falls: list[Fall]) -> int:
    """Of each standing once a fest day, whoever was told earlier that day isn't told again."""
    if not falls:
        return 0
    day = DayFinder(fest.days()).at(now)
    standings = Standing.objects.select_related("board").in_bulk({fall.standing for fall in falls})
    groups = {group.slug: in_each_language(group) for group in Group.objects.filter(fest=fest)}
    users = User.objects.in_bulk({fall.user for fall in falls})
    tellings = []
    for fall in falls:
        standing, user = standings.get(fall.standing), users.get(fall.user)
        if standing and user:  # else it was derived anew meanwhile, or the account deleted
            key = f"{standing}/{day}"  # by its name in addresses: its id may be another after a rebuild
            tellings.append(Telling(user, key, said(fest, standing, groups, fall)))
    return notify_all(tellings, RANK_PASSED, fest=fest)


def said(fest: Fest, standing: Standing, groups: Mapping[str, Any], fall: Fall) -> dict[str, Any]:
    board, within = standing.board, standing.within
    by_region = board.within == Board.Within.REGION
    return {
        "board": in_each_language(board),
        "region": within if by_region else "",
        "place": "" if by_region else groups.get(within, within) if board.within == Board.Within.GROUP else within,
        "fest": in_each_language(fest),
        "before": fall.before,
        "now": fall.now,
        "ahead": fall.ahead,
    }
