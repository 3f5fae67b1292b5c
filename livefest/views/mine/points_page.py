"""What the pages of one's points show: a fest day in words, and one session of it row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from challenges.models import Challenge
from creators.models import Correction, Entry, Live
from livefest.campaign.descriptions import number
from livefest.campaign.words import in_words
from livefest.models import Fest, Metric
from livefest.views.creator_corrections import in_public
from livefest.views.creator_deeds import rank_paid
from livefest.views.creator_page import rule_labels
from livefest.views.places import boards_of, group_names, period_label, place_label, standing_url
from rankings.reason_lines import Given, RuleDay, Stop
from rankings.reason_parts import Uncounted, Why
from rankings.reason_sums import ScoreSum
from rankings.reasons import Day, Row, Scheme

MOST_ROWS = 200
MOST_SHORT = 12  # rows that a session's card has in itself


@dataclass(frozen=True)
class RuleTold:
    """What a rule gave in the day; `notes` say what stopped more, `full` is the daily cap, 0 for none."""

    label: str
    points: int
    quantity: str
    notes: list[str]
    full: int


@dataclass(frozen=True)
class GivenTold:
    """By a rule: its points, and in words what stopped the rest."""

    label: str
    points: int
    note: str


@dataclass(frozen=True)
class RowTold:
    """A fact (or what lies in this day of it); `note` says what else is to be known of it."""

    at: datetime
    what: str
    supporter: str
    given: list[GivenTold]
    points: int
    note: str


@dataclass
class MetricTold:
    """All of a session's facts of one metric."""

    what: str
    points: int
    notes: list[str]


@dataclass
class SessionTold:
    """A LIVE of the day, or (`name` is "") what came without one."""

    name: str
    title: str
    starts: datetime | None
    points: int
    number: int
    metrics: list[MetricTold]
    rows: list[RowTold]  # empty where they are too many for the card


@dataclass(frozen=True)
class Line:
    """Something of the day with a moment, or none, and a reason or note; `correction` can be appealed against."""

    title: str
    at: datetime | None = None
    note: str = ""
    points: int = 0
    url: str = ""
    correction: int | None = None


@dataclass(frozen=True)
class ScoreTold:
    board: str
    place: str
    period: str
    url: str
    rank: int
    size: int
    score: int
    by_rule: list[tuple[str, int]]
    metric: str
    adds_up: bool


@dataclass
class Words:
    """The names that the page needs, looked up once."""

    scheme: Scheme
    entry: Entry
    labels: dict[int, str] = field(init=False)
    metrics: dict[int, Metric] = field(init=False)

    def __post_init__(self) -> None:
        rules = self.scheme.rules
        self.labels = dict(zip([rule.pk for rule in rules], rule_labels(rules), strict=True))
        self.metrics = {metric.pk: metric for metric in self.scheme.fest.metrics.all()}

    def quantity(self, metric: Metric, quantity: Decimal | int) -> str:
        """ "1,204 Coins", "2 hours 30 minutes of Time LIVE"."""
        words = {"quantity": self.bare(metric, quantity), "metric": metric.local.name}
        return _("%(quantity)s of %(metric)s") % words if metric.unit else _("%(quantity)s %(metric)s") % words

    def bare(self, metric: Metric, quantity: Decimal | int) -> str:
        return in_words(int(quantity), metric.unit)

    def rows(self, rows: Iterable[Row]) -> list[RowTold]:
        return [self.row(row) for row in rows]

    def row(self, row: Row) -> RowTold:
        part = row.part
        metric = self.metrics[part.metric_id]
        notes = []
        if part.correction_id:
            notes.append(_("added by staff"))
        if part.taken:
            notes.append(_("staff took %(quantity)s away") % {"quantity": self.bare(metric, part.taken)})
        elif part.whole is not None and part.whole != part.quantity:
            whole = {"quantity": self.bare(metric, part.whole)}
            notes.append(_("of %(quantity)s; the rest is not in this day") % whole)
        if not row.given:
            notes.append(_("no rule gives points for it"))
        if row.waits:
            notes.append(_("counts at the next refresh"))
        given = [
            GivenTold(self.times(one), one.points, self.stopped(one)) for one in row.given if one.points or one.stop
        ]
        what = self.quantity(metric, part.quantity)
        return RowTold(part.at, what, part.supporter, given, row.points, "; ".join(notes))

    def times(self, given: Given) -> str:
        label = self.labels[given.rule.pk]
        return label if given.multiplier == 1 else f"{label} ×{given.multiplier}"

    def stopped(self, given: Given) -> str:
        metric = given.rule.metric
        match given.stop:
            case Stop.CAP if given.cut:
                return _("%(points)s more are over the cap of the festival") % {"points": number(given.cut)}
            case Stop.CAP:
                return _("the cap of the festival is reached")
            case Stop.DAILY_CAP if given.cut:
                return _("%(points)s more are over the cap of the day") % {"points": number(given.cut)}
            case Stop.DAILY_CAP:
                return _("the cap of the day is reached")
            case Stop.PER | Stop.TIER:
                return self.open(metric, given.open, given.of)
            case _:
                return ""

    def open(self, metric: Metric, open_: Decimal, of: int | None) -> str:
        words = {"open": self.bare(metric, open_), "of": self.bare(metric, of or 0)}
        return _("%(open)s of %(of)s towards the next points") % words

    def rule(self, told: RuleDay) -> RuleTold:
        rule, notes = told.rule, []
        if rule.daily_cap is not None:
            words = {"points": number(told.points), "cap": number(rule.daily_cap)}
            notes.append(_("%(points)s of at most %(cap)s a day") % words)
        if told.cut:
            notes.append(_("%(points)s more were over a cap") % {"points": number(told.cut)})
        if told.cap_left is not None:
            left = {"points": number(told.cap_left)}
            notes.append(_("%(points)s left of the cap of the festival") % left)
        if told.open and told.cap_left != 0 and told.daily_left != 0:
            notes.append(self.open(rule.metric, told.open, told.of))
        if told.weighted != told.quantity:
            counted = {"quantity": self.bare(rule.metric, told.weighted)}
            notes.insert(0, _("counted as %(quantity)s by bonus windows") % counted)
        quantity = self.quantity(rule.metric, told.quantity)
        return RuleTold(self.labels[rule.pk], told.points, quantity, notes, rule.daily_cap or 0)

    def sessions(self, day: Day) -> list[SessionTold]:
        """In the order of their first facts; what came without a session is the last. Payments are told apart."""
        by_name: dict[str, list[Row]] = defaultdict(list)
        for row in day.rows:
            if not row.part.payment_id:
                by_name[row.part.session].append(row)
        lives = lives_of(self.entry, by_name)
        names = sorted(by_name, key=lambda name: (not name, by_name[name][0].part.at))
        return [self.session(name, lives.get(name), by_name[name]) for name in names]

    def session(self, name: str, live: Live | None, rows: list[Row]) -> SessionTold:
        by_metric: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            by_metric[row.part.metric_id].append(row)
        return SessionTold(
            name=name,
            title=session_title(name, live),
            starts=live.started_at if live else None,
            points=sum(row.points for row in rows),
            number=len(rows),
            metrics=[self.metric(self.metrics[metric], own) for metric, own in by_metric.items()],
            rows=self.rows(rows) if len(rows) <= MOST_SHORT else [],
        )

    def metric(self, metric: Metric, rows: list[Row]) -> MetricTold:
        """What the facts of a metric gave, and what stopped the rest as the last of them came."""
        notes = []
        for several in zip(*(row.given for row in rows), strict=True):
            factors = sorted({one.multiplier for one in several if one.multiplier != 1})
            notes += [_("some counts %(times)d times") % {"times": factor} for factor in factors]
            cut, last = sum(one.cut for one in several), several[-1]
            if cut:
                notes.append(_("%(points)s more are over a cap") % {"points": number(cut)})
            elif last.stop:
                notes.append(self.stopped(last))
        if not rows[0].given:
            notes.append(_("no rule gives points for it"))
        what = self.quantity(metric, sum((row.part.quantity for row in rows), Decimal(0)))
        return MetricTold(what, sum(row.points for row in rows), list(dict.fromkeys(notes)))

    def paid(self, day: Day) -> list[Line]:
        boards, groups = boards_of(self.scheme.fest), group_names(self.scheme.fest)
        by_slug = {board.slug: board for board in boards}
        challenges = {one.slug: one for one in Challenge.objects.filter(fest=self.scheme.fest)}
        lines = []
        for row in day.rows:
            payment = day.payments.get(row.part.payment_id or 0)
            if payment is None:
                continue
            kind, _slash, rest = payment.entitlement.partition("/")
            slug = rest.partition("/")[0]
            told = [self.stopped(one) for one in row.given if one.stop]
            if kind == "rank" and slug in by_slug:
                deed = rank_paid(by_slug[slug], payment, groups)
                note, title, url = [deed.note, *told], deed.title, deed.url
            elif slug in challenges:
                note, title, url = told, challenges[slug].local.name, challenge_url(self.scheme.fest, slug)
            else:
                note, title, url = told, payment.entitlement, ""
            lines.append(Line(title, row.part.at, "; ".join(one for one in note if one), row.points, url))
        return lines

    def corrections(self, corrections: Iterable[Correction]) -> list[Line]:
        """With their reasons, and when they came into force."""
        corrections = list(corrections)
        lives = lives_of(self.entry, [one.session for one in corrections if one.session])
        return [
            Line(correction_title(one, lives.get(one.session)), one.in_force_at, one.reason, correction=one.pk)
            for one in corrections
        ]

    def uncounted(self, uncounted: Iterable[Uncounted]) -> list[Line]:
        return [
            Line(
                title=self.quantity(self.metrics[one.metric_id], one.quantity),
                at=one.at,
                note=why_text(one),
                correction=one.correction.pk if one.correction else None,
            )
            for one in uncounted
        ]

    def scores(self, sums: Iterable[ScoreSum]) -> list[ScoreTold]:
        groups = group_names(self.scheme.fest)
        return [
            ScoreTold(
                board=one.board.local.name,
                place=place_label(one.board, one.own.within, groups),
                period=period_label(one.board, one.own.period),
                url=standing_url(one.board, one.own.within, one.own.period),
                rank=one.own.place.rank,
                size=one.own.size,
                score=one.own.place.score,
                by_rule=[(self.labels[rule.pk], points) for rule, points in one.by_rule],
                metric=one.board.score_metric.local.name if one.board.score_metric else "",
                adds_up=one.adds_up,
            )
            for one in sums
        ]


def why_text(uncounted: Uncounted) -> str:
    """Why it counts for nothing, with the reason that staff gave."""
    reason = f": {uncounted.correction.reason}" if uncounted.correction else ""
    match uncounted.why:
        case Why.REVERSED:
            return _("its source took it back")
        case Why.OWN:
            return _("who supports themselves counts for nothing")
        case Why.VOID:
            return _("declared void by staff") + reason
        case Why.TAKEN:
            return _("taken away by staff") + reason
        case Why.OUT:
            return _("it came after your disqualification") + reason
        case Why.OUTSIDE:
            return _("outside the time of the festival")
        case _:
            return _("it counts for nothing at present")


def correction_title(correction: Correction, live: Live | None) -> str:
    if correction.kind == Correction.Kind.DISQUALIFICATION:
        return _("Disqualified")
    told = in_public(correction, live)
    return f"{told.title} · {date_format(told.day, 'MONTH_DAY_FORMAT')}" if told.day else told.title


def session_title(name: str, live: Live | None) -> str:
    if not name:
        return _("Without a LIVE")
    return live.title if live and live.title else _("A LIVE without a title")


def lives_of(entry: Entry, rooms: Iterable[str]) -> dict[str, Live]:
    """By room; of several sources' the one that began first."""
    found = Live.objects.filter(entry=entry, room__in=[room for room in rooms if room]).order_by("-started_at")
    return {live.room: live for live in found}


def challenge_url(fest: Fest, slug: str) -> str:
    return reverse("challenge", kwargs={"fest": fest.slug, "challenge": slug})
