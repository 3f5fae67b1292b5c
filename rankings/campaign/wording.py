"""Rules in words, for the page of rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livefest.campaign.descriptions import Description, Sentence, Table, local, number, sentence, titled
from livefest.campaign.registry import Campaign
from livefest.campaign.words import amount, metric_name, metric_of, points_text, quantity_of
from rankings.campaign.specs import BonusSpec, RuleSpec

if TYPE_CHECKING:
    from rankings.examples import Example


def describe_rule(campaign: Campaign, rule: RuleSpec) -> Description:
    table = None
    if rule.tiers:
        steps = sorted(rule.tiers, key=lambda tier: tier.at)
        rows = [[amount(campaign, rule.metric, tier.at), number(tier.points)] for tier in steps]
        table = Table([metric_name(campaign, rule.metric), _("Points")], rows)
    return Description(
        rule.slug,
        titled(rule.slug),
        [worth(campaign, rule)],
        table,
        [span(rule), *bonuses(campaign, rule), *caps(rule)],
    )


def worth(campaign: Campaign, rule: RuleSpec) -> Sentence:
    metric = metric_name(campaign, rule.metric)
    if rule.points is None:
        return sentence(
            _("%(metric)s: every step reached adds its points to those of the steps before."), metric=metric
        )
    text = _("%(metric)s: %(points)s for every %(per)s.")
    found = metric_of(campaign, rule.metric)
    if rule.per == 1 and not (found and found.unit):
        text = _("%(metric)s: %(points)s for each.")
    return sentence(
        text,
        metric=metric,
        points=points_text(rule.points),
        per=per_text(campaign, rule),
    )


def per_text(campaign: Campaign, rule: RuleSpec) -> str:
    """What stands behind "for every"."""
    metric = metric_of(campaign, rule.metric)
    unit = metric.unit if metric else ""
    if unit == "s" and rule.per in (1, 60, 3600):
        return {1: _("second"), 60: _("full minute"), 3600: _("full hour")}[rule.per]
    if rule.per == 1:
        return unit
    return _("full %(amount)s") % {"amount": amount(campaign, rule.metric, rule.per)}


def span(rule: RuleSpec) -> Sentence:
    return sentence(
        {
            "session": _("Each LIVE session is added up by itself, and ends with its festival day."),
            "day": _("Each festival day is added up by itself; the next one begins again at zero."),
            "fest": _("It is added up over the whole festival, from its start."),
        }[rule.span]
    )


def caps(rule: RuleSpec) -> Iterator[Sentence]:
    if rule.daily_cap is not None:
        yield sentence(_("At most %(points)s for one creator in one festival day."), points=points_text(rule.daily_cap))
    if rule.cap is not None:
        yield sentence(_("At most %(points)s for one creator in the whole festival."), points=points_text(rule.cap))


def bonuses(campaign: Campaign, rule: RuleSpec) -> Iterator[Sentence]:
    for bonus in rule.bonus:
        yield bonus_window(campaign, bonus)
    if len(rule.bonus) > 1:
        yield sentence(_("Where several of these apply at once, only the largest counts."))


def bonus_window(campaign: Campaign, bonus: BonusSpec) -> Sentence:
    times = ngettext("%(number)s time", "%(number)s times", bonus.multiplier) % {"number": number(bonus.multiplier)}
    if bonus.starts is not None and bonus.ends is not None:
        return sentence(
            _("From %(starts)s until %(ends)s everything counts %(times)s, before steps and limits."),
            starts=local(campaign, bonus.starts),
            ends=local(campaign, bonus.ends),
            times=times,
        )
    begins, ends = bonus.from_ or "", bonus.until or ""
    text = (
        _("Every day from %(begins)s until %(ends)s everything counts %(times)s, before steps and limits.")
        if ends > begins
        else _(
            "Every day from %(begins)s until %(ends)s of the next date everything counts %(times)s, before steps and "
            "limits."
        )
    )
    return sentence(text, begins=begins, ends=ends, times=times)


def describe_example(campaign: Campaign, rule: RuleSpec, example: Example) -> Sentence:
    """What the engine made of an example."""
    where = {
        "session": _("in one session"),
        "day": _("in one festival day"),
        "fest": _("over the festival"),
    }[rule.span]
    if example.multiplier != 1:
        where = _("at a time that counts %(times)s times") % {"times": number(example.multiplier)}
    text = _("%(quantity)s %(where)s: %(points)s.")
    if example.points in (rule.daily_cap, rule.cap):
        text = _("%(quantity)s %(where)s: %(points)s, which is the most that there is.")
    return sentence(
        text,
        quantity=quantity_of(campaign, rule.metric, example.quantity),
        where=where,
        points=points_text(example.points),
    )
