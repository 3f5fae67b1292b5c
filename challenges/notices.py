"""What creators with an account are told of challenges: met, lost as a race, and soon over.

A sweep looks for what nobody was told of yet: from the accounts on, so that it costs what they are and not how many
creators there are. What was told is known by its key, so that any number of sweeps tell it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenges.models import Challenge
from creators.accounts import ACCOUNTS
from livefest.copies import own_copy
from livefest.models import Fest, User
from livefest.models.translated import in_each_language
from livefest.notifications import Kind, Telling, moment_words, notify_all, register_kind
from livefest.sql import execute

LOOKS_BACK = timedelta(days=3)  # what was met longer ago, by facts that came late, is no news any more
SOON = timedelta(hours=24)
CHUNK = 500  # people told in one transaction

# Whom notifications reach, with where they count.
ACCOUNT = f"""
account AS MATERIALIZED (SELECT participation.user_id, entry.id AS entry_id, entry.region_id {ACCOUNTS})
"""

# The races with winners, of the whole fest and of the last days: how many places are taken, and since when. No more
# rows are read than there are places.
RACES = """
race AS MATERIALIZED (
    SELECT challenge.id, completion.period, count(*) AS taken, max(completion.met_at) AS taken_at
    FROM challenges_challenge challenge
         JOIN challenges_completion completion ON completion.challenge_id = challenge.id AND completion.won
    WHERE challenge.fest_id = %(fest)s AND challenge.first IS NOT NULL
      AND (completion.period = '' OR completion.period >= %(since_day)s)
    GROUP BY challenge.id, completion.period
)
"""

# Whether what an account does counts for a challenge, by what is so now.
COUNTS_FOR = """
(challenge.within_region_id IS NULL OR challenge.within_region_id = account.region_id)
AND (challenge.within_group_id IS NULL OR EXISTS (
    SELECT FROM creators_membership membership
    WHERE membership.entry_id = account.entry_id AND membership.group_id = challenge.within_group_id))
"""

# Looked up one by one, whatever the planner believes of a table that was just filled: it would join all of both.
NOT_TOLD = """
(SELECT told.id FROM livefest_notification told
 WHERE told.user_id = account.user_id AND told.kind = '{kind}' AND told.key = {key} LIMIT 1) IS NULL
"""
KEY = "challenge.slug || CASE {period} WHEN '' THEN '' ELSE '/' || {period} END"

MET = f"""
WITH {ACCOUNT}
SELECT account.user_id, challenge.id, completion.period, completion.met_at
FROM account
     CROSS JOIN LATERAL (
         SELECT * FROM challenges_completion own
         WHERE own.entry_id = account.entry_id AND own.met_at >= %(since)s OFFSET 0
     ) AS completion
     JOIN challenges_challenge challenge ON challenge.id = completion.challenge_id
WHERE (challenge.first IS NULL OR completion.won)
  AND {NOT_TOLD.format(kind="challenge_met", key=KEY.format(period="completion.period"))}
ORDER BY completion.met_at, account.user_id
"""

LOST = f"""
WITH {ACCOUNT}, {RACES}
SELECT account.user_id, challenge.id, race.period, race.taken_at
FROM race
     JOIN challenges_challenge challenge ON challenge.id = race.id AND race.taken >= challenge.first
     CROSS JOIN account
     LEFT JOIN challenges_completion own
         ON own.entry_id = account.entry_id AND own.challenge_id = race.id AND own.period = race.period
     LEFT JOIN challenges_joining joining ON joining.entry_id = account.entry_id AND joining.challenge_id = race.id
WHERE greatest(race.taken_at, own.met_at) >= %(since)s
  AND (own.id IS NOT NULL AND NOT own.won
       OR own.id IS NULL AND joining.joined_at < race.taken_at AND {COUNTS_FOR})
  AND {NOT_TOLD.format(kind="race_lost", key=KEY.format(period="race.period"))}
ORDER BY race.taken_at, account.user_id
"""

# Whoever joined when it was soon over already knows; of a race each day only its end is told.
ENDING = f"""
WITH {ACCOUNT}, {RACES}
SELECT account.user_id, challenge.id, challenge.closes, challenge.first - race.taken
FROM (
    SELECT challenge.*, coalesce(challenge.starts, fest.starts) AS opens, coalesce(challenge.ends, fest.ends) AS closes
    FROM challenges_challenge challenge JOIN livefest_fest fest ON fest.id = challenge.fest_id
    WHERE challenge.fest_id = %(fest)s AND challenge."join"
) AS challenge
     JOIN challenges_joining joining ON joining.challenge_id = challenge.id
     JOIN account ON account.entry_id = joining.entry_id
     LEFT JOIN race ON race.id = challenge.id AND race.period = '' AND race.taken < challenge.first
WHERE challenge.opens <= %(now)s AND challenge.closes > %(now)s
  AND (challenge.closes <= %(now)s + %(soon)s AND joining.joined_at < greatest(challenge.closes - %(soon)s, opens)
       OR (challenge.first - race.taken) * 10 <= challenge.first AND joining.joined_at < race.taken_at)
  AND {COUNTS_FOR}
  AND NOT EXISTS (SELECT FROM challenges_completion own
                  WHERE own.entry_id = account.entry_id AND own.challenge_id = challenge.id)
  AND NOT EXISTS (SELECT FROM race AS over
                  WHERE over.id = challenge.id AND over.period = '' AND over.taken >= challenge.first)
  AND {NOT_TOLD.format(kind="challenge_ends", key="challenge.slug")}
ORDER BY challenge.closes, account.user_id
"""


def with_moment_and_prize(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """`data["at"]` is an ISO moment; `data["points"]`, if any, how many of `data["paid_in"]` ("": points) it pays."""
    prize = ""
    if data["points"] and data["paid_in"]:
        prize = _("It pays %(points)s %(metric)s.") % {"points": intcomma(data["points"]), "metric": data["paid_in"]}
    elif data["points"]:
        text = ngettext("It pays %(points)s point.", "It pays %(points)s points.", data["points"])
        prize = text % {"points": intcomma(data["points"])}
    return {**data, "at": moment_words(data["at"]), "prize": prize}


def with_reason(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """`data["left"]`: how many places of the race are left; None where it is the end that comes."""
    if data["left"] is None:
        reason = _("It ends at %(at)s.") % {"at": moment_words(data["at"])}
    else:
        text = ngettext("%(left)s of its places is left.", "%(left)s of its places are left.", data["left"])
        reason = text % {"left": intcomma(data["left"])}
    return {**data, "reason": reason}


def with_moment(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**data, "at": moment_words(data["at"])}


CHALLENGE_MET = register_kind(
    Kind(
        name="challenge_met",
        label=gettext_lazy("You met a challenge"),
        subject=gettext_lazy("%(challenge)s: met"),
        text=gettext_lazy("You met “%(challenge)s” in %(fest)s (%(at)s). %(prize)s"),
        page="my_challenges",
        words=with_moment_and_prize,
    )
)
RACE_LOST = register_kind(
    Kind(
        name="race_lost",
        label=gettext_lazy("The places of a race are taken without you"),
        subject=gettext_lazy("%(challenge)s: all places are taken"),
        text=gettext_lazy(
            "All places in “%(challenge)s” in %(fest)s are taken, the last at %(at)s, and none is yours. Should a "
            "correction free one, it goes to whoever is next."
        ),
        page="my_challenges",
        words=with_moment,
    )
)
CHALLENGE_ENDS = register_kind(
    Kind(
        name="challenge_ends",
        label=gettext_lazy("A challenge that you joined is soon over"),
        subject=gettext_lazy("%(challenge)s: soon over"),
        text=gettext_lazy("You joined “%(challenge)s” in %(fest)s and have not met it yet. %(reason)s"),
        page="my_challenges",
        words=with_reason,
    )
)


def tell_of_challenges(fest: Fest, now: datetime) -> int:
    """Tells whom it concerns what they were not told yet; how many notifications that made. Nothing while the boards
    are frozen and creators don't see their own, nor once results are certified."""
    if not fest.starts <= now < fest.grace_ends or own_copy(fest.pk):
        return 0
    since = now - LOOKS_BACK
    values = {"fest": fest.pk, "now": now, "soon": SOON, "since": since, "since_day": since.date().isoformat()}
    challenges = {challenge.pk: challenge for challenge in fest.challenges.select_related("metric")}
    told = 0
    for kind, query in ((CHALLENGE_MET, MET), (RACE_LOST, LOST)):
        rows = execute(query, values)
        found = [(user, key_of(challenges[pk], period), said(challenges[pk], at)) for user, pk, period, at in rows]
        told += tell(fest, kind, found)
    rows = execute(ENDING, values)
    ending = [(user, challenges[pk].slug, {**said(challenges[pk], at), "left": left}) for user, pk, at, left in rows]
    return told + tell(fest, CHALLENGE_ENDS, ending)


def key_of(challenge: Challenge, period: str) -> str:
    """As KEY makes it."""
    return f"{challenge.slug}/{period}" if period else challenge.slug


def said(challenge: Challenge, at: datetime) -> dict[str, Any]:
    paid_in = "" if challenge.metric.built_in else in_each_language(challenge.metric)
    return {
        "challenge": in_each_language(challenge),
        "fest": in_each_language(challenge.fest),
        "at": at.isoformat(),
        "points": challenge.points,
        "paid_in": paid_in,
    }


def tell(fest: Fest, kind: Kind, found: Iterable[tuple[int, str, dict[str, Any]]]) -> int:
    """Some at a time, so that no transaction is long."""
    found = list(found)
    told = 0
    for start in range(0, len(found), CHUNK):
        chunk = found[start : start + CHUNK]
        users = User.objects.in_bulk({user for user, _key, _data in chunk})
        tellings = [Telling(users[user], key, data) for user, key, data in chunk if user in users]
        told += notify_all(tellings, kind, fest=fest)
    return told
