"""What the organiser has planned for a fest: rounds, bonus hours, shows, and the moments of the fest itself. LIVEs that
creators announce are not among it (`livefest.views.programme.announced`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from creators.models import Show, ShowHost
from livefest.clock import wall_clock
from livefest.models import Fest, Round
from livefest.views.places import Person, person_of
from livefest.views.showcase.forward import put_forward
from rankings.models import RuleBonus

Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Item:
    """`kind` is "round", "bonus", "show" or "moment", `key` unique among the fest's items and the same tomorrow.
    `ends` is None for a moment; `closing`: it is the end of its day rather than the start of the next."""

    kind: str
    key: str
    title: str
    starts: datetime
    ends: datetime | None = None
    url: str = ""
    closing: bool = False
    hosts: list[Person] = field(default_factory=list)
    show: Show | None = None

    @property
    def placed(self) -> datetime:
        """The moment by whose day it is listed."""
        return self.starts - timedelta(microseconds=1) if self.closing else self.starts

    @property
    def label(self) -> str:
        return {"round": _("Round"), "bonus": _("Bonus hours"), "show": _("Show")}.get(self.kind, "")

    def is_on(self, now: datetime) -> bool:
        return self.ends is not None and self.starts <= now < self.ends

    def is_over(self, now: datetime) -> bool:
        return (self.ends or self.starts) <= now


def items_of(fest: Fest) -> list[Item]:
    """All of them in order of time. Four queries, however many there are."""
    found = [*moments(fest), *rounds(fest), *bonuses(fest), *shows(fest)]
    return sorted(found, key=lambda item: (item.placed, item.kind, item.key))


def moments(fest: Fest) -> Iterator[Item]:
    yield Item("moment", "begins", _("The festival begins"), fest.starts)
    if fest.freeze and fest.freeze < fest.ends:
        yield Item("moment", "freeze", _("The boards freeze until the results"), fest.freeze)
    yield Item("moment", "ends", _("The festival ends"), fest.ends, closing=True)


def rounds(fest: Fest) -> Iterator[Item]:
    url = reverse("rounds", kwargs={"fest": fest.slug})
    for one in Round.objects.filter(fest=fest):
        title = str(one.local.name)
        yield Item("round", f"round-{one.slug}", title, one.starts, one.ends, f"{url}#round-{one.slug}")


def bonuses(fest: Fest) -> Iterator[Item]:
    """Those of several rules at the same time as one."""
    named: dict[tuple[datetime, datetime, int], list[str]] = defaultdict(list)
    found = RuleBonus.objects.filter(rule__fest=fest).select_related("rule__metric")
    for bonus in found.order_by("rule__position", "position", "pk"):
        for starts, ends in windows_of(bonus, fest):
            names = named[starts, ends, bonus.multiplier]
            if (name := str(bonus.rule.metric.local.name)) not in names:
                names.append(name)
    url = reverse("rules", kwargs={"fest": fest.slug})
    for (starts, ends, times), names in named.items():
        title = _("×%(times)d on %(what)s") % {"times": times, "what": ", ".join(names)}
        yield Item("bonus", f"bonus-{times}-{starts:%Y%m%dT%H%M%S}-{ends:%Y%m%dT%H%M%S}", title, starts, ends, url)


def windows_of(bonus: RuleBonus, fest: Fest) -> list[Window]:
    """All windows of a bonus, cut to the fest; of daily ones one for each date."""
    if bonus.starts and bonus.ends:
        windows = [(bonus.starts, bonus.ends)]
    else:
        over_midnight = timedelta(days=0 if bonus.daily_until > bonus.daily_from else 1)
        first = fest.starts_on - timedelta(days=1)  # one over midnight may have begun the evening before
        dates = (first + timedelta(days=number) for number in range((fest.ends_on - first).days + 1))
        windows = [
            (
                wall_clock(day, bonus.daily_from, fest.zone),
                wall_clock(day + over_midnight, bonus.daily_until, fest.zone),
            )
            for day in dates
        ]
    cut = [(max(starts, fest.starts), min(ends, fest.ends)) for starts, ends in windows]
    return [(starts, ends) for starts, ends in cut if starts < ends]


def shows(fest: Fest) -> Iterator[Item]:
    found = list(Show.objects.filter(fest=fest))
    hosts = hosts_of(fest, found)
    for show in found:
        yield item_of(show, hosts.get(show.pk, []))


def item_of(show: Show, hosts: list[Person]) -> Item:
    url = reverse("show", kwargs={"fest": show.fest.slug, "show": show.pk})
    title = str(show.local.title)
    return Item("show", f"show-{show.pk}", title, show.starts, show.ends, url, hosts=hosts, show=show)


def hosts_of(fest: Fest, shown: list[Show]) -> dict[int, list[Person]]:
    """Those who are put forward, by show."""
    for show in shown:
        show.fest = fest
    hosts: dict[int, list[Person]] = defaultdict(list)
    rows = put_forward(ShowHost.objects.filter(fest=fest, show__in=shown), fest).order_by("position", "pk")
    for row in rows if shown else ():
        hosts[row.show_id].append(person_of(row.entry, fest))
    return hosts
