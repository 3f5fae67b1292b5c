"""What a fest takes: known metrics, the window, the grace period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min

from creators.models import Group
from creators.reports import FactReport
from livefest.clock import DayFinder
from livefest.models import Fest, Metric

FUTURE_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class KnownMetric:
    id: int
    is_duration: bool
    paid: bool


class Terms:
    """What a fest takes at one moment of arrival: metrics, window, grace."""

    def __init__(self, fest: Fest, arrived_at: datetime) -> None:
        self.fest = fest
        self.latest_at = arrived_at + FUTURE_TOLERANCE
        self.metrics = {
            slug: KnownMetric(id, unit == "s", paid)
            for id, slug, unit, paid in Metric.objects.filter(fest=fest).values_list("id", "slug", "unit", "paid")
        }
        earliest = Group.objects.filter(fest=fest).aggregate(earliest=Min("placement_from"))["earliest"]
        self.starts = min(earliest or fest.starts, fest.starts)
        self.ends = fest.ends
        self.grace_ends = fest.grace_ends
        self.in_grace = arrived_at < self.grace_ends
        self.days = DayFinder(fest.days())

    def refusal(self, report: FactReport) -> str | None:
        """Why this fact can't be taken now, whatever has been stored; None where nothing speaks against it."""
        metric = self.metrics.get(report.metric)
        if metric is None:
            return f'metric "{report.metric}" is unknown'
        if metric.paid:
            return f'metric "{report.metric}" is only paid, it can\'t be sent'
        if not self.in_grace:
            return f"arrived after the grace period, which ended at {self.grace_ends.isoformat()}"
        # A duration that runs on past the fest's end is judged by that end: no later part of it counts.
        if report.at > self.latest_at and (not metric.is_duration or self.ends > self.latest_at):
            return f"at {report.at.isoformat()} is over five minutes after its arrival"
        if not self.in_window(report, metric):
            return (
                f"at {report.at.isoformat()} is out of the window, {self.starts.isoformat()} to {self.ends.isoformat()}"
            )
        return None

    def in_window(self, report: FactReport, metric: KnownMetric) -> bool:
        if not metric.is_duration:
            return self.starts <= report.at < self.ends
        ends = report.at.replace(microsecond=0)
        return ends > self.starts and ends - self.ends < timedelta(seconds=abs(report.quantity))

    def days_of(self, report: FactReport, metric: KnownMetric) -> Sequence[date]:
        """The fest days that a fact touches; none where it lies before the fest."""
        if not metric.is_duration:
            day = self.days.at(report.at)
            return () if day is None else (day,)
        ends = report.at.replace(microsecond=0)
        starts = self.fest.starts
        if abs(report.quantity) < (ends - starts).total_seconds():
            starts = ends - timedelta(seconds=abs(report.quantity))
        return self.days.over(starts, ends)
