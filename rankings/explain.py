"""How a creator's scores came about, for people: what staff corrected, what each rule gave on each fest day,
payments, and standings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Max, Min, QuerySet, Sum

from creators.corrections import corrections_of
from creators.models import Entry, Payment
from rankings.boards import Plan, plans_of
from rankings.export import as_text
from rankings.models import Gain, Rule, Score
from rankings.standings import derived_place, scores_of


def explain(entry: Entry) -> Iterator[str]:
    """Lines about what is stored by the last refresh; moments are UTC, days the fest's."""
    fest = entry.fest
    yield f"{entry.creator.handle} ({entry.creator.name}) in {fest.name}"
    groups = ", ".join(member.group.name for member in entry.memberships.select_related("group").order_by("kind"))
    yield f"region {entry.region or 'none'}, category {entry.category or 'none'}, groups {groups or 'none'}"
    yield from corrected(entry)
    yield from gained(entry)
    yield from paid(entry)
    yield from stands(entry)


def corrected(entry: Entry) -> Iterator[str]:
    """What staff put right and why; all that follows has it in, once it is refreshed."""
    corrections = corrections_of(entry)
    if corrections:
        yield ""
        yield "corrections in force"
    for one in corrections:
        since = as_text(one.in_force_at) if one.in_force_at else ""
        yield f"  {one.says}, since {since}: {' '.join(one.reason.split())}"


def gained(entry: Entry) -> Iterator[str]:
    """What each rule gave on each day, and which cap stopped more."""
    gains = (
        Gain.objects.filter(entry=entry)
        .values("day", "rule")
        .annotate(points=Sum("points"), quantity=Sum("quantity"), last=Max("gained_at"), begins=Min("segment"))
        .order_by("begins", "rule__position", "rule")
    )
    rules = {rule.pk: rule for rule in Rule.objects.filter(fest=entry.fest_id).select_related("metric")}
    so_far: dict[int, int] = defaultdict(int)
    day: date | None = None
    for gain in gains:
        if gain["day"] != day:
            day = gain["day"]
            yield ""
            yield f"{day}"
        rule = rules[gain["rule"]]
        so_far[rule.pk] += gain["points"]
        reached = f", last at {as_text(gain['last'])}" if gain["last"] else ""
        yield (
            f"  {rule.slug}: {gain['points']} points for {plain(gain['quantity'])} {rule.metric.slug}"
            f" {how(rule)}{reached}{stopped_by(rule, gain['points'], so_far[rule.pk])}"
        )
    if day is None:
        yield ""
        yield "no points yet"


def how(rule: Rule) -> str:
    """What a rule says, in short; its quantities are weighted by the bonus windows."""
    over = {"session": " in each session", "day": "", "fest": " over the fest"}[rule.span]
    if rule.points is None:
        tiers = ", ".join(f"{tier.at}: {tier.points}" for tier in rule.tiers.order_by("at"))
        return f"(tiers {tiers}{over})"
    return f"({rule.points} for every {rule.per}{over})"


def stopped_by(rule: Rule, on_day: int, so_far: int) -> str:
    if rule.cap is not None and so_far >= rule.cap:
        return f"; the cap of {rule.cap} is reached"
    if rule.daily_cap is not None and on_day >= rule.daily_cap:
        return f"; the daily cap of {rule.daily_cap} is reached"
    return ""


def paid(entry: Entry) -> Iterator[str]:
    payments = Payment.objects.filter(entry=entry).select_related("metric").order_by("at", "entitlement")
    if payments:
        yield ""
        yield "payments"
    for payment in payments:
        yield f"  {payment.entitlement}: {payment.points} {payment.metric.slug} at {as_text(payment.at)}"


def stands(entry: Entry) -> Iterator[str]:
    """Each standing that the creator is ranked in, and what its score is the sum of."""
    plans = plans_of(entry.fest)
    scores = scores_of(entry, [plan.board for plan in plans])
    by_board: dict[int, list[Score]] = defaultdict(list)
    for score in scores.order_by("standing__period", "standing__within"):
        by_board[score.board_id].append(score)
    if by_board:
        yield ""
        yield "standings"
    for plan in plans:
        for score in by_board[plan.board.pk]:
            assert score.score is not None and score.reached_at is not None  # noqa: S101, PT018  it has a key
            yield f"  {stands_at(plan, score, score.score, score.reached_at)} = {made_of(entry, plan, score)}"


def stands_at(plan: Plan, score: Score, points: int, reached_at: datetime) -> str:
    where = "/".join(part for part in (plan.board.slug, score.standing.within, score.standing.period) if part)
    place = derived_place(score.standing, score.handle)
    rank = f"rank {place.rank} of {score.standing.size}" if place else "no longer ranked"
    return f"{where}: {rank}, score {points} reached at {as_text(reached_at)}"


def made_of(entry: Entry, plan: Plan, score: Score) -> str:
    """The sum by rule (or the metric) over the standing's period."""
    if plan.board.score_metric_id:
        return f"{plan.board.score_metric} in that period"
    rows = in_period(Gain.objects.filter(entry=entry, rule__in=plan.rules, points__gt=0), plan, score.standing.period)
    sums = rows.values("rule__slug").annotate(points=Sum("points")).order_by("rule__position", "rule")
    return " + ".join(f"{one['rule__slug']} {one['points']}" for one in sums)


def in_period(rows: QuerySet[Gain], plan: Plan, period: str) -> QuerySet[Gain]:
    if plan.starts and plan.ends:
        return rows.filter(segment__gte=plan.starts, segment__lt=plan.ends)
    return rows if period == "fest" else rows.filter(day=period)


def plain(quantity: object) -> str:
    """A quantity without the zeros behind its point."""
    text = str(quantity)
    return text.rstrip("0").rstrip(".") if "." in text else text
