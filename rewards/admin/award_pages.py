"""The pages of awards beside the list: proposing and approving many, each after a look, and what if."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators import correction_steps
from creators.corrections import CorrectionError
from creators.models import Entry
from livefest.admin.permissions import FEST_PAGES, FestPage, lacking, refusal
from livefest.campaign import CampaignError
from livefest.models import Fest, User
from rewards.admin.award_steps import AwardActions
from rewards.awards import APPROVE, PROPOSE, AwardError
from rewards.bulk import Preview, Seen, approve_all, awards_in, changes_since, preview
from rewards.models import Award, Reward
from rewards.outlook import if_certified_now
from rewards.payout_file import amount_text
from rewards.proposing import NothingCertified, Proposal, dry_run, propose_awards
from rewards.rewards_page import given
from rewards.what_if import AwardMove, what_if_disqualified

MOST_ROWS = 200  # of each list on a page
MOST_IDS = 200  # in an address
LOOKS = "award_looks"  # in the session: what was seen, by what was looked at
MOST_LOOKS = 10

FEST_PAGES.extend(
    [
        FestPage(gettext_lazy("Propose awards"), "admin:rewards_award_propose", (PROPOSE,)),
        FestPage(gettext_lazy("Approve awards"), "admin:rewards_award_approve", (APPROVE,)),
    ]
)


class AwardPages(AwardActions):
    def page_urls(self) -> list[URLPattern]:
        wrap: Any = self.admin_site.admin_view
        return [
            path("propose/<int:fest_id>/", wrap(self.propose_view), name="rewards_award_propose"),
            path("approve/<int:fest_id>/", wrap(self.approve_view), name="rewards_award_approve"),
            path("what-if/<int:entry_id>/", wrap(self.what_if_view), name="rewards_award_what_if"),
        ]

    def propose_view(self, request: HttpRequest, fest_id: int) -> HttpResponse:
        """What proposing would do now; POST does it. Before results are certified, what they would award."""
        if lacked := lacking(request, [PROPOSE]):
            return refusal(lacked)
        fest, by = get_object_or_404(Fest, pk=fest_id), cast(User, request.user)
        context = self.context(request, _("Propose awards"), fest=fest)
        try:
            if request.method == "POST":
                return self.proposed(request, fest, propose_awards(fest, by=by))
            found = dry_run(fest, by=by)
            context |= {"found": found, "rows": rows_of(found), "totals": by_reward(found)}
            if "edition" in request.GET:
                context["moves"] = moves_of(if_certified_now(fest))
        except NothingCertified as error:
            context |= {"problem": str(error), "moves": moves_of(if_certified_now(fest))}
        except AwardError as error:
            context["problem"] = str(error)
        return TemplateResponse(request, "admin/rewards/award/propose.html", context)

    def proposed(self, request: HttpRequest, fest: Fest, done: Proposal) -> HttpResponse:
        text = _("Proposed %(new)d, revoked %(revoked)d, as they were %(standing)d, to settle %(settle)d.")
        numbers = {"new": len(done.proposed), "revoked": len(done.revoked)}
        numbers |= {"standing": done.standing, "settle": len(done.to_settle)}
        self.message_user(request, text % numbers, messages.SUCCESS)
        return to_list(fest, Award.State.PROPOSED)

    def approve_view(self, request: HttpRequest, fest_id: int) -> HttpResponse:
        """What approving would do, of all, of a reward (`?reward=`) or of some (`?ids=`), and what changed since this
        person looked before; POST approves just what was shown."""
        if lacked := lacking(request, [APPROVE]):
            return refusal(lacked)
        fest, by = get_object_or_404(Fest, pk=fest_id), cast(User, request.user)
        reward, only = chosen(request, fest)
        scope = awards_in(fest, reward=reward, only=only)
        problem = ""
        if request.method == "POST":
            try:
                digest = request.POST.get("digest", "")
                done = approve_all(fest, by=by, digest=digest, reward=reward, only=only)
            except AwardError as error:
                problem = str(error)
            else:
                self.tell(request, _("Approved."), done.done, done.refused)
                return to_list(fest, Award.State.APPROVED)
        look = preview(scope, by=by)
        before = seen_before(request, f"{fest.pk} {reward and reward.pk} {only}", look)
        context = self.context(request, _("Approve awards"), fest=fest) | {
            "problem": problem,
            "look": look,
            "totals": [(label(one.kind), one.awards, amount_text(one.amount, one.unit)) for one in look.totals],
            "several": [(one, label(one.kind)) for one in look.several],
            "held": look.held[:MOST_ROWS],
            "looked_before": before is not None,
            "changes": changes_since(before, look, scope) if before else [],
            "reward": reward,
            "only": only,
            "rewards": Reward.objects.filter(fest=fest).order_by("position", "pk"),
        }
        return TemplateResponse(request, "admin/rewards/award/approve.html", context)

    def what_if_view(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Asked for by POST: it takes as long as two refreshes."""
        if not may_ask_what_if(cast(User, request.user)):
            return refusal([PROPOSE])
        rows = Entry.objects.select_related("creator", "fest", "region")
        entry = get_object_or_404(rows, pk=entry_id)
        context = self.context(request, _("What if they are disqualified?"), fest=entry.fest, entry=entry)
        if request.method == "POST":
            try:
                found = what_if_disqualified(entry, by=cast(User, request.user))
                context |= {"found": found, "moves": moves_of(found.awards), "ranks": found.ranks[:MOST_ROWS]}
            except (AwardError, CorrectionError) as error:
                context["problem"] = str(error)
            except CampaignError as error:
                text = _("The stored campaign can't be read; mend it first: %(error)s")
                context["problem"] = text % {"error": error}
        return TemplateResponse(request, "admin/rewards/award/what_if.html", context)

    def context(self, request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **more}


def to_list(fest: Fest, state: Award.State) -> HttpResponse:
    address = reverse("admin:rewards_award_changelist")
    return HttpResponseRedirect(f"{address}?fest__id__exact={fest.pk}&state__exact={state.value}")


def may_ask_what_if(user: User) -> bool:
    """Who proposes awards, or corrections."""
    return user.has_perm(PROPOSE) or user.has_perm(correction_steps.PROPOSE)


def chosen(request: HttpRequest, fest: Fest) -> tuple[Reward | None, list[int] | None]:
    """The reward or the awards that the address names; what it can't mean is none at all."""
    named = request.GET.get("reward", "")
    reward = get_object_or_404(Reward, fest=fest, pk=named) if named.isdecimal() else None
    if "ids" not in request.GET:
        return reward, None
    ids = (int(part) for part in request.GET["ids"].split(",") if part.isdecimal() and len(part) < 19)
    return reward, sorted(set(ids))[:MOST_IDS]


def seen_before(request: HttpRequest, what: str, look: Preview) -> Seen | None:
    """What this person saw when they looked at the same before, if they did; remembers what they see now."""
    looks = dict(request.session.get(LOOKS, {}))
    before = looks.pop(what, None)
    looks[what] = [look.last_step, look.held_codes]
    request.session[LOOKS] = dict(list(looks.items())[-MOST_LOOKS:])
    return Seen(before[0], before[1]) if before else None


def label(kind: str) -> str:
    return str(Reward.Kind(kind).label)


def rows_of(found: Proposal) -> list[dict[str, Any]]:
    """The first awards that would be proposed, revoked or left to settle: how many in all, and each in words."""
    lists = [
        (_("Proposed"), found.proposed),
        (_("Revoked"), found.revoked),
        (_("Fulfilled: a difference to settle"), found.to_settle),
    ]
    return [
        {
            "title": title,
            "count": len(awards),
            "rows": [(award, given(award.reward, award.amount)) for award in awards[:MOST_ROWS]],
        }
        for title, awards in lists
        if awards
    ]


def by_reward(found: Proposal) -> list[tuple[Reward, int, str]]:
    counts: Counter[Reward] = Counter()
    sums: Counter[Reward] = Counter()
    units: dict[Reward, str] = {}
    for award in found.proposed:
        counts[award.reward] += 1
        sums[award.reward] += award.amount
        units[award.reward] = award.unit
    return [(reward, count, amount_text(sums[reward], units[reward])) for reward, count in counts.items()]


def moves_of(moves: list[AwardMove]) -> dict[str, Any]:
    """The first of what would move, with amounts in words."""
    shown = [
        (
            move,
            amount_text(move.before, move.unit) if move.before else "-",
            amount_text(move.after, move.unit) if move.after else "-",
            Award.State(move.state).label if move.state else "",
        )
        for move in moves[:MOST_ROWS]
    ]
    return {"count": len(moves), "rows": shown}
