"""A creator's own awards, for them: what each is, how far it is, and what they have to do until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from creators.models import Entry, Group
from livefest.models.translated import local_names
from rankings.board_page import place_label
from rewards.claims import is_late
from rewards.models import Award, AwardStep, PayoutLine, Reward
from rewards.notices import how_fulfilled
from rewards.payees import failed_payment, tried_payments
from rewards.rewards_page import given, list_label, name_of_ranked, url_of

State = Award.State
# Of these steps the creator reads why: the others' reasons are staff's own notes.
TOLD = [State.DECLINED, State.INELIGIBLE, State.REVOKED, State.FULFILLED]


@dataclass(frozen=True)
class MyAward:
    """`of` names the board or the challenge, `label` which of its lists. `said` is how far it is, in words; `todo`
    whether something is theirs to do, until the award's deadline, if any. `owes_payee`: a payment failed."""

    award: Award
    what: str
    of: str
    label: str
    url: str
    said: str
    todo: bool
    owes_payee: bool

    @property
    def group(self) -> str:
        """Under which heading it stands: todo, way, had or gone."""
        if self.todo:
            return "todo"
        if self.award.state == State.FULFILLED:
            return "had"
        return "way" if self.award.is_live and not is_late(self.award) else "gone"


@dataclass(frozen=True)
class MyStep:
    label: str
    at: datetime
    reason: str


def awards_of(entry: Entry) -> QuerySet[Award]:
    """All of theirs, the newest first."""
    last = tried_payments().filter(award=OuterRef("pk"))
    related = ("fest", "edition", "reward__fest", "reward__board__fest", "reward__challenge", "passed_from")
    awards = Award.objects.filter(entry=entry).select_related(*related, "reward__board__round")
    return awards.annotate(last_payment=Subquery(last.values("state")[:1])).order_by("-pk")


def my_awards(entry: Entry, awards: Iterable[Award]) -> list[MyAward]:
    """Of some of `awards_of` this creator."""
    groups = local_names(Group.objects.filter(fest=entry.fest_id))
    return [my_award(award, groups) for award in awards]


def awards_to_do(entry: Entry) -> list[MyAward]:
    """Those that wait for something of theirs, what ends first before."""
    waiting = awards_of(entry).filter(state__in=[State.OFFERED, State.VERIFIED])
    found = my_awards(entry, waiting.order_by(F("deadline").asc(nulls_last=True), "pk"))
    return [one for one in found if one.todo]


def my_award(award: Award, groups: Mapping[str, str]) -> MyAward:
    reward, late = award.reward, is_late(award)
    failed = award.state == State.VERIFIED and award.last_payment == PayoutLine.State.FAILED  # type: ignore[attr-defined]
    owes_payee = failed and reward.kind == Reward.Kind.CASH
    return MyAward(
        award=award,
        what=given(reward, award.amount),
        of=name_of_ranked(reward),
        label=list_label(reward, award.within, award.period, {award.within: place_of(award, groups)}),
        url=url_of(reward),
        said=said(award, late=late, failed=failed),
        todo=owes_payee or (award.state == State.OFFERED and not late),
        owes_payee=owes_payee,
    )


def place_of(award: Award, groups: Mapping[str, str]) -> str:
    board = award.reward.board
    return place_label(board, award.within, groups) if board else award.within


def said(award: Award, *, late: bool, failed: bool) -> str:
    if late:
        return _("It was not claimed in time.")
    if failed and award.reward.kind == Reward.Kind.CASH:
        return _("The payment failed: say where the money goes.")
    if failed:
        return _("The payment failed. Staff look after it, and pay it anew.")
    if award.state == State.FULFILLED:
        return how_fulfilled(award.reward.kind)
    return {
        State.PROPOSED: _(
            "By the certified results it is yours. Staff look at it first; you are told when to claim it."
        ),
        State.APPROVED: _("It is approved; you are told when to claim it."),
        State.OFFERED: _("It is yours: claim it."),
        State.CLAIMED: _("You claimed it. Staff check it before it is handed out."),
        State.VERIFIED: _("It is checked, and handed out next."),
        State.DECLINED: _("You declined it."),
        State.EXPIRED: _("It was not claimed in time."),
        State.INELIGIBLE: _("You can't receive it."),
        State.REVOKED: _("It was taken back."),
    }[State(award.state)]


def steps_of(award: Award) -> list[MyStep]:
    """Its history, in order, without who of staff did it."""
    steps = AwardStep.objects.filter(award=award).order_by("number")
    return [
        MyStep(str(State(step.to_state).label), step.at, step.reason if step.to_state in TOLD else "") for step in steps
    ]


def payment_problem(award: Award) -> str:
    """Why the last payment failed, as the payer said; "" where it didn't."""
    failed = failed_payment(award)
    return failed.problem if failed else ""
