"""Boards in words, for the page of rules."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from livefest.campaign.descriptions import Description, Sentence, joined, local, sentence, titled
from livefest.campaign.registry import Campaign
from livefest.campaign.sections import RoundSpec
from livefest.campaign.words import metric_name, name_of, paid_text, points_text, quantity_of, ranks_text
from livefest.models import BONUS
from rankings.campaign.specs import EARLIEST, POINTS, BoardSpec, GroupPlace, RankBonusSpec


def describe_board(campaign: Campaign, board: BoardSpec) -> Description:
    return Description(
        board.slug,
        board.name,
        [
            ranked(campaign, board),
            *period(campaign, board),
            counted(campaign, board),
            *left_out(campaign, board),
            order(campaign, board),
            *rank_bonuses(campaign, board),
        ],
    )


def ranked(campaign: Campaign, board: BoardSpec) -> Sentence:
    if board.of == "groups":
        return sentence(
            _(
                "Ranks communities: the scores of their present members are added up, for the whole period. Who moves "
                "takes everything along."
            )
        )
    if isinstance(board.within, GroupPlace):
        text = {
            "creators": _("Ranks the creators of %(group)s."),
            "supporters": _("Ranks supporters by what they gave to creators of %(group)s."),
        }[board.of]
        return sentence(text, group=name_of(campaign, "groups", board.within.group))
    return sentence(
        {
            ("creators", None): _("Ranks all creators on one list."),
            ("creators", "region"): _("Ranks creators, each country or region on a list of its own."),
            ("creators", "group"): _("Ranks creators, each league and each community on a list of its own."),
            ("creators", "category"): _("Ranks creators, each category on a list of its own."),
            ("supporters", None): _("Ranks supporters by what they gave, whoever they gave it to."),
            ("supporters", "region"): _(
                "Ranks supporters by what they gave to the creators of a country or region, each on a list of its own."
            ),
            ("supporters", "group"): _(
                "Ranks supporters by what they gave to creators of a league or community, each on a list of its own."
            ),
            ("supporters", "category"): _(
                "Ranks supporters by what they gave to the creators of a category, each on a list of its own."
            ),
        }[board.of, board.within]
    )


def period(campaign: Campaign, board: BoardSpec) -> Iterator[Sentence]:
    round_ = campaign.find(RoundSpec, board.period)
    if round_ is not None:
        yield sentence(
            _("It covers the round “%(round)s”, from %(starts)s until %(ends)s."),
            round=round_.name,
            starts=local(campaign, round_.starts),
            ends=local(campaign, round_.ends),
        )
        if round_.admits is not None:
            yield sentence(_("Only what those admitted to the round do is counted."))
    elif board.period == "day":
        yield sentence(_("Each festival day has a list of its own."))
    else:
        yield sentence(_("It covers the whole festival."))


def counted(campaign: Campaign, board: BoardSpec) -> Sentence:
    if board.score != POINTS:
        return sentence(
            _("The score is %(metric)s as such, without points, bonus windows and limits."),
            metric=metric_name(campaign, board.score),
        )
    if board.rules is None:
        return sentence(_("The score is points: those of all rules, and bonus points."))
    names = [_("Bonus points") if rule == BONUS else titled(rule) for rule in board.rules]
    text = _("The score is points: those of %(rules)s.")
    if BONUS not in board.rules:
        text = _("The score is points: those of %(rules)s. Bonus points don't count here.")
    return sentence(text, rules=joined(names))


def score_text(campaign: Campaign, board: BoardSpec, score: int) -> str:
    """A score of the board."""
    return points_text(score) if board.score == POINTS else quantity_of(campaign, board.score, score)


def left_out(campaign: Campaign, board: BoardSpec) -> Iterator[Sentence]:
    """Who is not ranked."""
    if board.minimum is not None:
        yield sentence(
            _("Who has less than %(minimum)s is not ranked."), minimum=score_text(campaign, board, board.minimum)
        )
    if board.gates:
        text = {
            "creators": _("Ranked is only who reaches at least %(gates)s in the period of the list."),
            "groups": _("Ranked is only a community whose members together reach at least %(gates)s in that time."),
            "supporters": _("Ranked is only who gives at least %(gates)s in the period of the list."),
        }[board.of]
        gates = [quantity_of(campaign, gate.metric, gate.at_least) for gate in board.gates]
        yield sentence(text, gates=joined(gates))


def order(campaign: Campaign, board: BoardSpec) -> Sentence:
    """What decides between equal scores."""
    steps = [
        _("who reached the score first")
        if word == EARLIEST
        else _("who has more %(metric)s") % {"metric": metric_name(campaign, word)}
        for word in board.tie_break
    ]
    if not steps:
        return sentence(_("Nothing decides between equal scores."))
    return sentence(_("Between equal scores, what counts is %(steps)s."), steps=_(", then ").join(steps))


def describe_ranking() -> Iterator[Sentence]:
    """What goes for every board."""
    yield sentence(
        _(
            "The higher score comes first, and a score of zero is not ranked. Who is equal in everything that decides "
            "shares a rank, and the next rank is skipped: 1, 2, 2, 4."
        )
    )
    yield sentence(
        _(
            "“Who reached the score first” goes by the moment at which the score first stood where it stands now, "
            "whenever other conditions were met."
        )
    )
    yield sentence(_("Region, category, league and community are those that a creator has now."))


def rank_bonuses(campaign: Campaign, board: BoardSpec) -> Iterator[Sentence]:
    if not board.rank_bonus:
        return
    yield sentence(
        _("Its ranks are paid in the last moment of each day:")
        if board.period == "day"
        else _("Its ranks are paid in the last moment of its period:")
    )
    for bonus in board.rank_bonus:
        yield rank_bonus(campaign, board, bonus)
    if board.within is not None and not isinstance(board.within, GroupPlace):
        yield sentence(_("Each list pays by itself."))
    if len(board.rank_bonus) > 1:
        yield sentence(_("The first of these that fits is paid, and no other."))


def rank_bonus(campaign: Campaign, board: BoardSpec, bonus: RankBonusSpec) -> Sentence:
    ranks = ranks_text(bonus.ranks)
    if bonus.at_least is not None:
        ranks = _("%(ranks)s, with at least %(score)s") % {
            "ranks": ranks,
            "score": score_text(campaign, board, bonus.at_least),
        }
    if bonus.points is not None:
        return sentence(_("%(ranks)s: %(paid)s."), ranks=ranks, paid=paid_text(campaign, bonus.points, bonus.metric))
    return sentence(
        _("%(ranks)s: %(percent)s%% of the score, rounded down, as %(metric)s."),
        ranks=ranks,
        percent=bonus.percent or 0,
        metric=metric_name(campaign, bonus.metric),
    )
