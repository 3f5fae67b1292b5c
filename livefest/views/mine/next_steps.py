"""What a creator could do next: one to three suggestions made from how things stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from livefest.campaign.descriptions import number
from livefest.views.mine.standing_cards import clock_words

if TYPE_CHECKING:
    from livefest.views.mine.dashboard_page import DashboardPage

MOST = 3
SOON = timedelta(hours=3)


@dataclass(frozen=True)
class Step:
    """`why` is what it brings."""

    title: str
    why: str
    url: str


def next_steps(page: DashboardPage, now: datetime) -> list[Step]:
    """The most pressing first; once the fest is over, the awards that wait for them."""
    if now >= page.fest.ends:
        return list(award_steps(page, now))
    return list(islice(steps(page, now), MOST))


def award_steps(page: DashboardPage, now: datetime) -> Iterator[Step]:
    for one in page.awards:
        deadline = one.award.deadline if not one.owes_payee else None
        until = _("Until %(time)s.") % {"time": clock_words(deadline, page.fest, now)} if deadline else ""
        url = reverse("my_award", kwargs={"fest": page.fest.slug, "award": one.award.pk})
        yield Step(
            f"{one.award.reward.local.name}: {one.what}", " ".join(part for part in (one.said, until) if part), url
        )


def steps(page: DashboardPage, now: datetime) -> Iterator[Step]:
    fest = page.fest
    slug = {"fest": fest.slug}
    bonus = page.bonus
    if bonus and bonus.is_on and page.on_air is None:
        why = _("%(bonus)s until %(time)s.") % {"bonus": bonus.text, "time": clock_words(bonus.at, fest, now)}
        yield Step(_("Go LIVE now"), why, reverse("rules", kwargs=slug))
    elif bonus and not bonus.is_on and bonus.at - now <= SOON:
        why = _("%(bonus)s begins then. Announce it.") % {"bonus": bonus.text}
        title = _("Go LIVE at %(time)s") % {"time": clock_words(bonus.at, fest, now)}
        yield Step(title, why, reverse("my_lives", kwargs=slug))
    to_join = next((one for one in page.near if one.can_join), None)
    if to_join:
        title = _("Join “%(challenge)s”") % {"challenge": to_join.challenge}
        yield Step(title, _("It counts only from when you join it."), reverse("my_challenges", kwargs=slug))
    begun = next((one for one in page.near if not one.can_join and one.nearness > 0), None)
    if begun:
        missing = [
            _("%(missing)s of %(metric)s") % {"missing": bar.missing_words, "metric": bar.metric}
            for bar in begun.bars
            if bar.fraction < 1
        ]
        why = _("Still missing: %(missing)s.") % {"missing": ", ".join(missing)}
        title = _("Finish “%(challenge)s”") % {"challenge": begun.challenge}
        yield Step(title, why, reverse("challenge", kwargs={**slug, "challenge": begun.challenge.slug}))
    rules = page.points.rules if page.points else []
    tiers = [rule for rule in rules if rule.next_step and not rule.is_full]
    if tiers:
        rule = max(tiers, key=lambda rule: rule.next_step.fraction if rule.next_step else 0)
        assert rule.next_step is not None  # noqa: S101  of those alone
        words = {"missing": rule.next_step.missing, "metric": rule.next_step.metric}
        title = _("%(missing)s more of %(metric)s") % words
        why = _("Brings the next %(points)s points of “%(rule)s”.") % {
            "points": number(rule.next_step.points),
            "rule": rule.label,
        }
        yield Step(title, why, reverse("rules", kwargs=slug))
    ranked = next((card for card in page.cards if card.ahead and card.own.gap is not None), None)
    if ranked and ranked.ahead and ranked.own.ahead:
        words = {"name": ranked.ahead.name, "rank": number(ranked.own.ahead.rank)}
        title = _("Catch %(name)s, #%(rank)s") % words
        if ranked.own.gap:
            why = _("%(gap)s to go on “%(board)s”.") % {"gap": ranked.gap, "board": ranked.own.board}
        else:
            why = _("You are level on “%(board)s”.") % {"board": ranked.own.board}
        yield Step(title, why, ranked.own.row_url)
    if page.community is None and page.has_communities:
        why = _("What you score counts for it too.")
        yield Step(_("Join a community"), why, reverse("my_community", kwargs=slug))
    if now < fest.starts:
        why = _("Viewers see it on your page and the festival's.")
        yield Step(_("Announce your first LIVE"), why, reverse("my_lives", kwargs=slug))
