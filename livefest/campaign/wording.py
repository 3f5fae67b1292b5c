"""The foundation's part of the campaign in words: fest, metrics, rounds, and what can still change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livefest.campaign.descriptions import Description, Sentence, joined, local, sentence
from livefest.campaign.registry import sections
from livefest.campaign.schema import Item
from livefest.campaign.words import standings_text
from livefest.models import BONUS
from livefest.site import region_name

if TYPE_CHECKING:
    from livefest.campaign.registry import Campaign
    from livefest.campaign.sections import MetricSpec, RoundSpec


def describe_metric(campaign: Campaign, metric: MetricSpec) -> Description:
    if metric.paid:
        text = _("Only paid, by challenges and rank bonuses; nobody can report it.")
    elif metric.unit == "s":
        text = _(
            "A length of time. What runs across the end of a day or a window is split; each part counts at its end."
        )
    elif metric.unit:
        text = _("Counted in %(unit)s, each at the moment it happened.")
    else:
        text = _("Counted one by one, each at the moment it happened.")
    return Description(metric.slug, metric.name, [sentence(text, unit=metric.unit)])


def describe_round(campaign: Campaign, round_: RoundSpec) -> Description:
    sentences = [
        sentence(
            _("From %(starts)s until %(ends)s."),
            starts=local(campaign, round_.starts),
            ends=local(campaign, round_.ends),
        )
    ]
    if round_.admits is None:
        sentences.append(sentence(_("Everyone takes part.")))
    else:
        top = round_.admits.top
        who = ngettext(
            "Admitted is whoever holds rank %(top)s of %(board)s as the round opens.",
            "Admitted is whoever holds one of the ranks 1 to %(top)s of %(board)s as the round opens.",
            top,
        )
        sentences += [
            sentence(who, top=top, board=standings_text(campaign, round_.admits.board)),
            sentence(_("On every board of this round only what those admitted do is counted.")),
        ]
    boards = [getattr(board, "name", "") for board in boards_of_round(campaign, round_.slug)]
    if boards:
        sentences.append(sentence(_("Boards of this round: %(boards)s."), boards=joined(boards)))
    return Description(round_.slug, round_.name, sentences)


def boards_of_round(campaign: Campaign, slug: str) -> list[Item]:
    return [board for board in campaign.sections.get("boards", []) if getattr(board, "period", "") == slug]


def describe_days(campaign: Campaign) -> Iterator[Sentence]:
    """When the fest is, and what a day of it is."""
    fest = campaign.fest
    starts, ends = local(campaign, fest.starts), local(campaign, fest.ends)
    yield sentence(_("The festival runs from %(starts)s until %(ends)s."), starts=starts, ends=ends)
    yield sentence(_("What ends at a moment no longer includes it: this goes for every day, window and round."))
    yield sentence(
        _("A festival day begins at %(time)s (%(zone)s) and is named by the date on which it begins."),
        time=fest.day_starts,
        zone=fest.time_zone,
    )
    first_or_last_is_cut = any(f"{moment:%H:%M:%S.%f}" != f"{fest.day_starts}:00.000000" for moment in (starts, ends))
    if first_or_last_is_cut:
        yield sentence(_("The festival's start and end cut the first or the last day short."))


def describe_counting(campaign: Campaign) -> Iterator[Sentence]:
    """What goes for every metric."""
    if any(getattr(metric, "unit", "") == "s" for metric in campaign.sections["metrics"]):
        yield sentence(_("Lengths of time are counted in whole seconds. Where two overlap, both count."))
    yield sentence(_("What creators give to themselves counts for nothing anywhere."))
    if bonus_is_paid(campaign):
        yield sentence(_("A bonus point, which challenges and ranks can pay, counts as one point."))


def bonus_is_paid(campaign: Campaign) -> bool:
    return any(payment.metric == BONUS for section in sections() for payment in section.payments(campaign))


def describe_people(campaign: Campaign) -> Iterator[Sentence]:
    """Who may take part."""
    fest = campaign.fest
    if fest.minimum_age:
        yield sentence(_("Creators must be at least %(age)s years old."), age=fest.minimum_age)
    if fest.regions:
        text = ngettext(
            "Taking part is %(number)s country or region: %(regions)s.",
            "Taking part are %(number)s countries and regions: %(regions)s.",
            len(fest.regions),
        )
        names = [region_name(code).name for code in fest.regions]
        yield sentence(text, number=len(names), regions=joined(names))


def describe_corrections(campaign: Campaign) -> Iterator[Sentence]:
    """What can still change, until when, and what can't."""
    fest = campaign.fest
    if fest.grace_hours:
        text = ngettext(
            "What happened during the festival still counts when it is reported late, up to %(hours)s hour after the "
            "end: until %(until)s. Nothing is taken after that.",
            "What happened during the festival still counts when it is reported late, up to %(hours)s hours after the "
            "end: until %(until)s. Nothing is taken after that.",
            fest.grace_hours,
        )
        until = local(campaign, fest.ends + timedelta(hours=fest.grace_hours))
        yield sentence(text, hours=fest.grace_hours, until=until)
    else:
        yield sentence(_("What is reported after the festival's end counts for nothing."))
    yield sentence(
        _("What is reported twice counts once. What lies more than five minutes ahead of its report is refused.")
    )
    yield sentence(
        _(
            "A report can be reversed as a whole, once. It is then as if it had never happened: points, challenges "
            "met, ranks and what they pay follow, until the results are certified."
        )
    )
    yield sentence(
        _(
            "Staff can correct a quantity, which then counts from the start of its festival day, or void a report; who "
            "did it, when and why is recorded."
        )
    )
    yield sentence(_("Placements in leagues and admissions to rounds are decided once, at their moment, and stay."))
    if fest.freeze is not None:
        yield sentence(
            _(
                "From %(freeze)s the public boards stand still until the results are certified. What happens "
                "meanwhile counts all the same."
            ),
            freeze=local(campaign, fest.freeze),
        )
    yield sentence(
        _(
            "When nothing more can come in, two different people certify the results. Certified results don't change; "
            "a later correction is a new edition that names the one it replaces."
        )
    )
