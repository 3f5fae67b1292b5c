"""A creator's awards: what is theirs, and claiming or declining it."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from livefest import clock
from livefest.views.mine.access import Me, mine_context, taking_part
from livefest.views.mine.awards_forms import ClaimForm, DeclineForm, PayeeForm
from rewards import awards as verbs
from rewards import payees
from rewards.awards import AwardError
from rewards.claims import NEEDS, claim, is_late
from rewards.eligibility import obstacles
from rewards.models import Award
from rewards.models.award import ACCEPTED, ANSWERABLE, GRANTED
from rewards.my_awards import awards_of, payment_problem, steps_of
from rewards.my_awards import my_awards as told

State = Award.State


class Hurdle(NamedTuple):
    """What stands in the way, to the creator, and where they mend it; `url` is "" where they can't."""

    text: str
    url: str = ""
    link: str = ""


@require_safe
@taking_part
def my_awards(request: HttpRequest, me: Me) -> HttpResponse:
    titles = {"todo": _("To do"), "way": _("On the way"), "had": _("Received"), "gone": _("Not yours any more")}
    found = told(me.entry, awards_of(me.entry))
    sections = [(group, title, [one for one in found if one.group == group]) for group, title in titles.items()]
    context = {**mine_context(me, "my_awards"), "sections": [one for one in sections if one[2]], "now": clock.now()}
    return render(request, "mine/awards.html", context)


@require_safe
@taking_part
def my_award(request: HttpRequest, me: Me, award: int) -> HttpResponse:
    return shown(request, me, award_of(me, award))


@require_POST
@taking_part
def claim_award(request: HttpRequest, me: Me, award: int) -> HttpResponse:
    found = award_of(me, award)
    form = ClaimForm(request.POST, me=me, award=found)
    if form.is_valid():
        details = {name: form.cleaned_data[name] for name in NEEDS[found.reward.kind]}
        try:
            claim(found, token=form.cleaned_data["token"], details=details)
        except AwardError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Claimed. Staff check it next; you are told when it is handed out."))
            return redirect("my_award", fest=me.fest.slug, award=award)
    return shown(request, me, award_of(me, award), claim_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@taking_part
def decline_award(request: HttpRequest, me: Me, award: int) -> HttpResponse:
    """Asks once more; nothing brings back what was declined."""
    found = award_of(me, award)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.decline(found, reason=form.cleaned_data["reason"])
        except AwardError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Declined."))
        return redirect("my_award", fest=me.fest.slug, award=award)
    if found.state not in ANSWERABLE:
        return redirect("my_award", fest=me.fest.slug, award=award)
    context = {**mine_context(me, "my_awards"), "mine": told(me.entry, [found])[0], "form": form}
    return render(request, "mine/award_decline.html", context, status=422 if form.is_bound else 200)


@require_POST
@taking_part
def correct_payee(request: HttpRequest, me: Me, award: int) -> HttpResponse:
    found = award_of(me, award)
    form = PayeeForm(request.POST)
    if form.is_valid():
        try:
            payees.correct_payee(found, payee=form.cleaned_data["payee"])
        except AwardError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. The next payment goes there."))
            return redirect("my_award", fest=me.fest.slug, award=award)
    return shown(request, me, award_of(me, award), payee_form=form)


def award_of(me: Me, award: int) -> Award:
    """Raises Http404 for what isn't theirs."""
    found = awards_of(me.entry).filter(pk=award).first()
    if found is None:
        raise Http404(_("You have no such award."))
    return found


def shown(
    request: HttpRequest,
    me: Me,
    award: Award,
    *,
    claim_form: ClaimForm | None = None,
    payee_form: PayeeForm | None = None,
) -> HttpResponse:
    """The page of an award; with a form that was sent and refused, it says why (422)."""
    mine = told(me.entry, [award])[0]
    can_claim = award.state == State.OFFERED and not is_late(award) and not me.is_suspended
    hurdles = hurdles_of(me, award)
    refused = claim_form or payee_form
    context = {
        **mine_context(me, "my_awards"),
        "mine": mine,
        "award": award,
        "steps": steps_of(award),
        "hurdles": hurdles,
        "is_accepted": award.state in ACCEPTED,
        "has_certificate": award.state in GRANTED and Award.objects.rightful().filter(pk=award.pk).exists(),
        "can_claim": can_claim,
        "can_decline": can_claim or (award.state == State.CLAIMED and not me.is_suspended),
        "claim_form": (claim_form or ClaimForm(me=me, award=award)) if can_claim else None,
        "payee_form": (payee_form or PayeeForm()) if mine.owes_payee and not me.is_suspended else None,
        "payment_problem": payment_problem(award) if mine.owes_payee else "",
        "refused": refused.non_field_errors() if refused else [],
        "now": clock.now(),
    }
    return render(request, "mine/award.html", context, status=422 if refused else 200)


def hurdles_of(me: Me, award: Award) -> list[Hurdle]:
    """What `obstacles` says of an award that is under way, to the creator."""
    if award.state == State.FULFILLED or not award.is_live:
        return []
    return [hurdle(me, award, one.code, one.text) for one in obstacles(award)]


def hurdle(me: Me, award: Award, code: str, text: str) -> Hurdle:
    fest = {"fest": me.fest.slug}
    back = reverse("my_award", kwargs={**fest, "award": award.pk})
    consent = f"{reverse('take_part_consent', kwargs=fest)}?next={back}"
    questions = (reverse("my_enquiries", kwargs=fest), _("Your questions"))
    own_page = reverse("creator", kwargs={**fest, "handle": me.entry.creator.handle})
    known = {
        "email": Hurdle(_("Your e-mail address is not verified."), reverse("account_email"), _("Verify it")),
        "age": Hurdle(_("You have not confirmed your age."), consent, _("Confirm it")),
        "terms": Hurdle(_("You have not accepted the festival's present terms."), consent, _("Read and accept them")),
        "region": Hurdle(_("You have no country or region in this festival: staff set it."), *questions),
        "review": Hurdle(_("A correction, a question or an appeal of yours is open: it is decided first."), *questions),
        "disqualified": Hurdle(_("You are disqualified."), own_page, _("Why")),
        "suspended": Hurdle(_("You are suspended."), reverse("take_part", kwargs=fest), _("Why")),
    }
    return known.get(code, Hurdle(text))
