"""What a fact is worth, and on which boards: the campaign's rules and boards."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creators.models import Group
from livefest.models import (
    DAILY_UNTIL_PATTERN,
    TIME_OF_DAY_PATTERN,
    CampaignItem,
    Metric,
    NamedCampaignItem,
    Round,
    time_of_day_validator,
)


class Rule(CampaignItem):
    """How a metric becomes points: `points` for every whole `per`, or tiers that each add theirs when reached.

    Every fest has the built-in rule `bonus`, which is no part of its campaign file.
    """

    class Span(models.TextChoices):
        SESSION = "session", _("Session")
        DAY = "day", _("Fest day")
        FEST = "fest", _("Whole fest")

    metric = models.ForeignKey(Metric, models.PROTECT, related_name="rules", verbose_name=_("metric"))
    points = models.BigIntegerField(_("points"), null=True, blank=True, help_text=_("For every whole “per”."))
    per = models.BigIntegerField(_("per"), default=1)
    daily_cap = models.BigIntegerField(
        _("daily cap"), null=True, blank=True, help_text=_("Most points that a creator gets from it in a fest day.")
    )
    cap = models.BigIntegerField(_("cap"), null=True, blank=True, help_text=_("… in the whole fest."))
    span = models.CharField(
        _("span"),
        max_length=8,
        choices=Span.choices,
        default=Span.DAY,
        help_text=_("Over what the quantity is summed before “per”, tiers and caps."),
    )

    class Meta(CampaignItem.Meta):
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            *CampaignItem.Meta.constraints,
            models.CheckConstraint(name="rule_points_positive", condition=Q(points=None) | Q(points__gte=1)),
            models.CheckConstraint(name="rule_per_positive", condition=Q(per__gte=1)),
            models.CheckConstraint(
                name="rule_caps_positive",
                condition=(Q(daily_cap=None) | Q(daily_cap__gte=1)) & (Q(cap=None) | Q(cap__gte=1)),
            ),
            models.CheckConstraint(name="rule_span_known", condition=Q(span__in=["session", "day", "fest"])),
        ]


class RuleBonus(models.Model):
    """A window in which quantities count several times: daily hours of the fest's wall clock, or one from moment to
    moment."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="bonuses", verbose_name=_("rule"))
    position = models.PositiveIntegerField(_("position"), default=0)
    multiplier = models.PositiveIntegerField(_("multiplier"))
    daily_from = models.CharField(
        _("daily from"), max_length=5, blank=True, default="", validators=[time_of_day_validator]
    )
    daily_until = models.CharField(
        _("daily until"),
        max_length=5,
        blank=True,
        default="",
        help_text=_("Up to 24:00; not after “from”: on the next date."),
    )
    starts = models.DateTimeField(_("starts"), null=True, blank=True)
    ends = models.DateTimeField(_("ends"), null=True, blank=True)

    class Meta:
        ordering = ["rule", "position", "id"]
        verbose_name = _("bonus window")
        verbose_name_plural = _("bonus windows")
        constraints = [
            models.CheckConstraint(name="rulebonus_multiplier_positive", condition=Q(multiplier__gte=1)),
            models.CheckConstraint(
                name="rulebonus_daily_or_once",
                condition=Q(starts=None, ends=None)
                & Q(daily_from__regex=TIME_OF_DAY_PATTERN, daily_until__regex=DAILY_UNTIL_PATTERN)
                | Q(daily_from="", daily_until="", starts__isnull=False, ends__isnull=False, starts__lt=F("ends")),
            ),
        ]

    def __str__(self) -> str:
        return f"×{self.multiplier}"


class RuleTier(models.Model):
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="tiers", verbose_name=_("rule"))
    at = models.BigIntegerField(_("at"), help_text=_("Quantity that reaches this tier."))
    points = models.BigIntegerField(_("points"), help_text=_("Added when it is reached."))
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["rule", "position", "at"]
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints = [
            models.UniqueConstraint(name="ruletier_unique", fields=["rule", "at"]),
            models.CheckConstraint(name="ruletier_positive", condition=Q(at__gte=1, points__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.at}: {self.points}"


class Board(NamedCampaignItem):
    """A leaderboard: one standing for each place it is split into and each of its periods."""

    class Of(models.TextChoices):
        CREATORS = "creators", _("Creators")
        GROUPS = "groups", _("Communities")
        SUPPORTERS = "supporters", _("Supporters")

    class Within(models.TextChoices):
        ALL = "", _("One board for all")
        REGION = "region", _("One for each region")
        GROUP = "group", _("One for each group")
        CATEGORY = "category", _("One for each category")

    class Period(models.TextChoices):
        FEST = "fest", _("Whole fest")
        DAY = "day", _("Each fest day")
        ROUND = "round", _("A round")

    of = models.CharField(_("of"), max_length=16, choices=Of.choices)
    within = models.CharField(_("within"), max_length=16, choices=Within.choices, blank=True, default=Within.ALL)
    within_group = models.ForeignKey(
        Group,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("within group"),
        help_text=_("Only this one (with “One for each group”)."),
    )
    period = models.CharField(_("period"), max_length=8, choices=Period.choices)
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="boards", verbose_name=_("round")
    )
    rules = ArrayField(
        models.CharField(max_length=64),
        verbose_name=_("rules"),
        null=True,
        blank=True,
        help_text=_("Slugs of the rules that count here, separated by commas; empty: all."),
    )
    score_metric = models.ForeignKey(
        Metric,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("score metric"),
        help_text=_("Ranks by its raw quantity; empty: points."),
    )
    minimum = models.BigIntegerField(_("minimum"), null=True, blank=True, help_text=_("A lower score is not ranked."))
    tie_break = ArrayField(
        models.CharField(max_length=64),
        verbose_name=_("tie-break"),
        default=list,
        blank=True,
        help_text=_("Metrics' slugs (more is better) and “earliest”, separated by commas, in order."),
    )

    class Meta(NamedCampaignItem.Meta):
        verbose_name = _("board")
        verbose_name_plural = _("boards")
        constraints = [
            *CampaignItem.Meta.constraints,
            models.CheckConstraint(name="board_of_known", condition=Q(of__in=["creators", "groups", "supporters"])),
            models.CheckConstraint(
                name="board_within_known", condition=Q(within__in=["", "region", "group", "category"])
            ),
            models.CheckConstraint(
                name="board_within_group_of_group", condition=Q(within_group=None) | Q(within="group")
            ),
            models.CheckConstraint(
                name="board_period_known",
                condition=Q(period__in=["fest", "day"], round=None) | Q(period="round", round__isnull=False),
            ),
            models.CheckConstraint(name="board_minimum_not_negative", condition=Q(minimum=None) | Q(minimum__gte=0)),
            models.CheckConstraint(
                name="board_supporters_by_metric", condition=~Q(of="supporters") | Q(score_metric__isnull=False)
            ),
        ]


class BoardGate(models.Model):
    """What must have been done over the board's period to be ranked there."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="gates", verbose_name=_("board"))
    metric = models.ForeignKey(Metric, models.PROTECT, related_name="+", verbose_name=_("metric"))
    at_least = models.BigIntegerField(_("at least"))
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["board", "position", "id"]
        verbose_name = _("gate")
        verbose_name_plural = _("gates")
        constraints = [
            models.UniqueConstraint(name="boardgate_unique", fields=["board", "metric"]),
            models.CheckConstraint(name="boardgate_not_negative", condition=Q(at_least__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.metric} ≥ {self.at_least}"


class RankBonus(models.Model):
    """What a board pays to some of its ranks when its period closes; the first entry that fits pays."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="rank_bonuses", verbose_name=_("board"))
    position = models.PositiveIntegerField(_("position"), default=0)
    first_rank = models.PositiveIntegerField(_("first rank"))
    last_rank = models.PositiveIntegerField(_("last rank"), null=True, blank=True, help_text=_("Empty: to the end."))
    at_least = models.BigIntegerField(_("score at least"), null=True, blank=True)
    percent = models.PositiveIntegerField(_("percent of the score"), null=True, blank=True)
    points = models.BigIntegerField(_("points"), null=True, blank=True)
    metric = models.ForeignKey(Metric, models.PROTECT, related_name="+", verbose_name=_("paid in"))

    class Meta:
        ordering = ["board", "position", "id"]
        verbose_name = _("rank bonus")
        verbose_name_plural = _("rank bonuses")
        constraints = [
            models.CheckConstraint(
                name="rankbonus_ranks",
                condition=Q(first_rank__gte=1) & (Q(last_rank=None) | Q(last_rank__gte=F("first_rank"))),
            ),
            models.CheckConstraint(
                name="rankbonus_percent_or_points",
                condition=Q(percent__isnull=False, percent__gte=1, points=None)
                | Q(percent=None, points__isnull=False, points__gte=1),
            ),
            models.CheckConstraint(name="rankbonus_at_least", condition=Q(at_least=None) | Q(at_least__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.first_rank}–{self.last_rank or ''}"
