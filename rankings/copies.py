"""What the public copy of a fest (`livefest/copies.py`) holds of rankings, and of payments: the standings as snapshots,
creators' points by day and rule, what they were paid, where they belonged, and what members gave to their communities.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db.models import Count, QuerySet, Sum

from creators.corrections import corrections_of
from creators.models import Correction, Entry, Group, Membership, Payment
from livefest.copies import shown_copy
from livefest.models import Fest, PublicCopy
from livefest.sql import execute
from rankings.models import BelongingCopy, Edition, Gain, MembersCopy, PaymentCopy, PointsCopy, Snapshot
from rankings.snapshots import take_snapshots

COPY_POINTS = """
INSERT INTO rankings_pointscopy (copy_id, entry_id, days, rules, points)
SELECT %(copy)s, day.entry_id, array_agg(day.day ORDER BY day.day, day.rule_id),
       array_agg(day.rule_id ORDER BY day.day, day.rule_id), array_agg(day.points ORDER BY day.day, day.rule_id)
FROM (
    SELECT gain.entry_id, gain.day, gain.rule_id, sum(gain.points)::bigint AS points
    FROM rankings_gain gain JOIN rankings_rule rule ON rule.id = gain.rule_id
    WHERE rule.fest_id = %(fest)s AND gain.points > 0
    GROUP BY gain.entry_id, gain.day, gain.rule_id
) AS day
GROUP BY day.entry_id
"""

COPY_PAYMENTS = """
INSERT INTO rankings_paymentcopy (copy_id, entry_id, entitlement, metric_id, points, at)
SELECT %(copy)s, payment.entry_id, payment.entitlement, payment.metric_id, payment.points, payment.at
FROM creators_payment payment JOIN livefest_metric metric ON metric.id = payment.metric_id
WHERE metric.fest_id = %(fest)s
"""

COPY_CONTRIBUTIONS = """
INSERT INTO rankings_contributioncopy (copy_id, board, period, group_id, entry_id, amount)
SELECT %(copy)s, board.slug, standing.period, contribution.group_id, contribution.entry_id, contribution.amount
FROM rankings_contribution contribution
     JOIN rankings_standing standing ON standing.id = contribution.standing_id
     JOIN rankings_board board ON board.id = standing.board_id
WHERE board.fest_id = %(fest)s AND contribution.measure = 'score'
"""

COPY_BELONGINGS = """
INSERT INTO rankings_belongingcopy (copy_id, entry_id, region, category, groups)
SELECT %(copy)s, entry.id, coalesce(region.code, ''), entry.category,
       coalesce(array_agg(membership.group_id ORDER BY membership.kind DESC)
                FILTER (WHERE membership.group_id IS NOT NULL), '{}')
FROM creators_entry entry
     LEFT JOIN livefest_region region ON region.id = entry.region_id
     LEFT JOIN creators_membership membership ON membership.entry_id = entry.id
WHERE entry.fest_id = %(fest)s
GROUP BY entry.id, region.code, entry.category
"""

COPY_MEMBERS = """
INSERT INTO rankings_memberscopy (copy_id, group_id, members)
SELECT %(copy)s, "group".id, count(membership.entry_id)
FROM creators_group "group" LEFT JOIN creators_membership membership ON membership.group_id = "group".id
WHERE "group".fest_id = %(fest)s
GROUP BY "group".id
"""


@dataclass(frozen=True)
class Belonging:
    """Where a creator belongs: region (its code), category, and groups, the league first; each may be missing."""

    region: str
    category: str
    groups: list[Group]

    @property
    def places(self) -> list[str]:
        """The places of boards that the creator is ranked in."""
        return ["", self.region, self.category, *(group.slug for group in self.groups)]


def shown_belonging(entry: Entry) -> Belonging:
    """Where a creator belongs as the public is shown it; nowhere who was entered after the copy."""
    copy = shown_copy(entry.fest_id)
    if copy is None:
        return present_belonging(entry)
    copied = BelongingCopy.objects.filter(copy=copy, entry=entry).first()
    if copied is None:
        return Belonging("", "", [])
    groups = Group.objects.in_bulk(copied.groups)
    return Belonging(copied.region, copied.category, [groups[pk] for pk in copied.groups if pk in groups])


def present_belonging(entry: Entry) -> Belonging:
    memberships = Membership.objects.filter(entry=entry).select_related("group").order_by("-kind")
    groups = [membership.group for membership in memberships]
    return Belonging(entry.region.code if entry.region else "", entry.category, groups)


def shown_members(fest: Fest, groups: list[Group]) -> dict[int, int]:
    """How many members some groups of a fest have as the public is shown it, by id."""
    copy = shown_copy(fest.pk)
    if copy:
        return dict(MembersCopy.objects.filter(copy=copy, group__in=groups).values_list("group", "members"))
    counted = Membership.objects.filter(group__in=groups).order_by().values_list("group").annotate(number=Count("*"))
    return dict(counted)


def shown_points(entry: Entry) -> dict[tuple[date, int], int]:
    """A creator's points as the public is shown them, by fest day and rule (its id)."""
    copy = shown_copy(entry.fest_id)
    if copy:
        copied = PointsCopy.objects.filter(copy=copy, entry=entry).first()
        return dict(zip(zip(copied.days, copied.rules, strict=True), copied.points, strict=True)) if copied else {}
    gains = Gain.objects.filter(entry=entry, points__gt=0).order_by("day").values_list("day", "rule")
    return {(day, rule): points for day, rule, points in gains.annotate(Sum("points"))}


def shown_payments(entry: Entry) -> QuerySet[Payment]:
    """What a creator was paid, as the public is shown it; copies have the same fields."""
    copy = shown_copy(entry.fest_id)
    if copy:
        return cast("QuerySet[Payment]", PaymentCopy.objects.filter(copy=copy, entry=entry))
    return Payment.objects.filter(entry=entry)


def shown_corrections(entry: Entry) -> list[Correction]:
    """The corrections that concern a creator and that the public is told of: in force now, or as the boards froze, or
    those that the edition counts in. They are records with moments, so a freeze needs no copy of them."""
    copy = shown_copy(entry.fest_id)
    if copy is None:
        return corrections_of(entry)
    if copy.is_freeze:
        return corrections_of(entry, among=Correction.objects.were_in_force(copy.shown_from))
    certified = Edition.objects.values_list("corrections", flat=True).get(copy=copy)
    return corrections_of(entry, among=Correction.objects.filter(pk__in=certified))


def copy_rankings(copy: PublicCopy) -> None:
    take_snapshots(copy.fest, kind=Snapshot.Kind.COPY, at=copy.shown_from, copy=copy)
    for statement in (COPY_POINTS, COPY_PAYMENTS, COPY_CONTRIBUTIONS, COPY_BELONGINGS, COPY_MEMBERS):
        execute(statement, {"copy": copy.pk, "fest": copy.fest_id})
