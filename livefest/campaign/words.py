"""Words that the descriptions of all sections use: names, quantities, durations, payments, ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livefest.campaign.descriptions import number, titled
from livefest.campaign.schema import Item, rank_range
from livefest.models import BONUS

if TYPE_CHECKING:
    from livefest.campaign.registry import Campaign
    from livefest.campaign.sections import MetricSpec


def metric_of(campaign: Campaign, slug: str) -> MetricSpec | None:
    found = (item for item in campaign.sections.get("metrics", []) if item.slug == slug)
    return cast("MetricSpec | None", next(found, None))


def metric_name(campaign: Campaign, slug: str) -> str:
    metric = metric_of(campaign, slug)
    if metric is not None:
        return metric.name
    return _("Bonus points") if slug == BONUS else titled(slug)


def name_of(campaign: Campaign, section: str, slug: str) -> str:
    """What people call a table; the slug in words where it has no name, or is missing."""
    item: Item | None = next((item for item in campaign.sections.get(section, []) if item.slug == slug), None)
    return getattr(item, "name", None) or titled(slug)


def amount(campaign: Campaign, slug: str, quantity: int) -> str:
    """A quantity without the metric's name: "2 hours 30 minutes", "50 US cent", "1,000"."""
    metric = metric_of(campaign, slug)
    return in_words(quantity, metric.unit if metric else "")


def quantity_of(campaign: Campaign, slug: str, quantity: int) -> str:
    """A quantity with the metric's name: "2 hours 30 minutes of Time LIVE", "1,000 Coins"."""
    metric = metric_of(campaign, slug)
    return with_name(quantity, metric.unit if metric else "", metric_name(campaign, slug))


def with_name(quantity: int, unit: str, name: str) -> str:
    """A quantity of a metric with this unit and name, as `quantity_of` says it."""
    words = {"quantity": in_words(quantity, unit), "metric": name}
    return _("%(quantity)s of %(metric)s") % words if unit else _("%(quantity)s %(metric)s") % words


def in_words(quantity: int, unit: str) -> str:
    """A quantity of a metric with this unit, without the metric's name."""
    return duration(quantity) if unit == "s" else f"{number(quantity)} {unit}".rstrip()


def duration(seconds: int) -> str:
    """In hours, minutes and seconds, without those that are zero."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    words = []
    if hours:
        words.append(ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": number(hours)})
    if minutes:
        words.append(ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes})
    if seconds or not words:
        words.append(ngettext("%(number)s second", "%(number)s seconds", seconds) % {"number": seconds})
    return " ".join(words)


def points_text(points: int) -> str:
    return ngettext("%(number)s point", "%(number)s points", points) % {"number": number(points)}


def paid_text(campaign: Campaign, points: int, metric: str) -> str:
    """What is paid, in the metric that it is paid in."""
    if metric == BONUS:
        return ngettext("%(number)s bonus point", "%(number)s bonus points", points) % {"number": number(points)}
    return quantity_of(campaign, metric, points)


def ranks_text(ranks: str) -> str:
    """Of "1", "1-3" and "6-"."""
    first, last = rank_range(ranks)
    if last is None:
        return _("Rank %(first)s and all after it") % {"first": number(first)}
    if first == last:
        return _("Rank %(first)s") % {"first": number(first)}
    return _("Ranks %(first)s to %(last)s") % {"first": number(first), "last": number(last)}


def standings_text(campaign: Campaign, slug: str) -> str:
    """A board, or each of its standings where it has several."""
    board = next((item for item in campaign.sections.get("boards", []) if item.slug == slug), None)
    name = name_of(campaign, "boards", slug)
    within, period = getattr(board, "within", None), getattr(board, "period", "")
    each = (
        {
            "region": _("in each country or region"),
            "group": _("in each league and community"),
            "category": _("in each category"),
        }.get(within, "")
        if isinstance(within, str)
        else ""
    )
    daily = _("on each day") if period == "day" else ""
    return " ".join(part for part in [_("the board “%(board)s”") % {"board": name}, each, daily] if part)
