"""How one comes to take part in a fest, and how that stands."""

from __future__ import annotations

from typing import Any, cast

import structlog
from allauth.socialaccount.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from creators.accounts import participation_of
from creators.applications import apply, withdraw
from creators.bio import bio_address
from creators.models import Participation, Profile
from creators.participations import IN, ParticipationError, State, is_taken
from creators.proofs import code_holds, renew_code, settle
from creators.tasks import check_bio
from livefest.consent import agree, what_is_missing
from livefest.limits import within_limit
from livefest.models import Fest, User
from livefest.site import fest_context, fest_of, region_name
from livefest.views.home import fests_to_show
from livefest.views.mine.access import me_of, mine_context, page_before, signed_in, suspended
from livefest.views.mine.taking_part_forms import ApplicationForm, ConsentForm

log = structlog.get_logger(__name__)

APPLY_LIMIT, PROOF_LIMIT = "20/h", "20/h"  # of an account


@require_safe
@signed_in
def start(request: HttpRequest) -> HttpResponse:
    """Leads to one's own page of the fest that is on: one that the account takes part in, where several are."""
    shown = fests_to_show()
    if not shown:
        return redirect("home")
    own = Participation.objects.filter(user=cast(User, request.user), fest__in=shown, state__in=IN)
    mine = set(own.values_list("fest", flat=True))
    for fest in shown:
        if fest.pk in mine:
            return redirect("my_fest", fest=fest.slug)
    return redirect("take_part", fest=shown[0].slug)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def take_part(request: HttpRequest, fest: str) -> HttpResponse:
    """Says how it stands, and takes an application: sent, changed, withdrawn."""
    found, user = fest_of(fest), cast(User, request.user)
    if request.method != "POST":
        return page(request, found)
    if refused := refuse_suspended(request, found):
        return refused
    if "withdraw" in request.POST:
        withdraw(user=user, fest=found)
        messages.success(request, _("The application is withdrawn."))
        return redirect("take_part", fest=found.slug)
    missing = what_is_missing(user, found)
    form, consent = ApplicationForm(found, request.POST), ConsentForm(missing, request.POST)
    valid = [form.is_valid(), consent.is_valid()]
    if not all(valid):
        return page(request, found, form, consent)
    if not within_limit(request, group="take_part_apply", rate=APPLY_LIMIT):
        form.add_error(None, _("You have applied very often. Try again in an hour."))
        return page(request, found, form, consent)
    agree(user=user, fest=found, terms=missing.terms, minimum_age=missing.minimum_age)
    try:
        participation = apply(user=user, fest=found, application=form.application())
    except ParticipationError as error:
        form.add_error("handle", str(error))
        return page(request, found, form, ConsentForm(what_is_missing(user, found)))
    tell_how_it_stands(request, participation)
    return redirect("take_part", fest=found.slug)


@require_POST
@signed_in
def claim_proof(request: HttpRequest, fest: str) -> HttpResponse:
    """Looks whether the handle is theirs by now; or gives a new code in place of one that is too old."""
    found = fest_of(fest)
    if refused := refuse_suspended(request, found):
        return refused
    participation = participation_of(cast(User, request.user), found)
    if participation is None or participation.state != State.APPLIED:
        return redirect("take_part", fest=found.slug)
    try:
        if "renew" in request.POST:
            renew_code(participation=participation)
        elif not within_limit(request, group="take_part_proof", rate=PROOF_LIMIT):
            messages.error(request, _("We have looked very often. Try again in an hour; staff look too."))
        else:
            look_for_proof(request, settle(participation))
    except ParticipationError as error:
        messages.error(request, str(error))
    return redirect("take_part", fest=found.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def consent(request: HttpRequest, fest: str) -> HttpResponse:
    """Where the terms have changed, or the age isn't confirmed: agreed to here, then back to where they came from."""
    found, user = fest_of(fest), cast(User, request.user)
    back = page_before(request, reverse("take_part", kwargs={"fest": found.slug}), but=request.path)
    missing = what_is_missing(user, found)
    form = ConsentForm(missing, request.POST or None)
    if request.method == "POST":
        if refused := refuse_suspended(request, found):
            return refused
        if form.is_valid():
            agree(user=user, fest=found, terms=missing.terms, minimum_age=missing.minimum_age)
            messages.success(request, _("Thank you. Now go on where you were."))
            return redirect(back)
    elif not missing:
        return redirect(back)
    context = {**fest_context(found), "consent": form, "missing": missing, "next": back}
    return render(request, "mine/take_part_consent.html", context)


def page(
    request: HttpRequest, fest: Fest, form: ApplicationForm | None = None, consent: ConsentForm | None = None
) -> HttpResponse:
    """How it stands, with the forms as they were sent, or as they are to be filled in."""
    user = cast(User, request.user)
    me = me_of(user, fest)
    participation = me.participation if me else participation_of(user, fest)
    context: dict[str, Any] = {**(mine_context(me) if me else fest_context(fest)), "participation": participation}
    if me is None:
        missing = what_is_missing(user, fest)
        context |= {
            "form": form or ApplicationForm(fest, initial=filled_in(user, participation)),
            "consent": consent or ConsentForm(missing),
            "missing": missing,
        }
    if participation and participation.state == State.APPLIED:
        context |= {
            "code_holds": code_holds(participation),
            "is_taken": is_taken(participation),
            "region": region_name(participation.region.code) if participation.region else None,
            "offers_tiktok": any(offered.id == "tiktok" for offered in get_adapter().list_providers(request)),
        }
    return render(request, "mine/take_part.html", context)


def filled_in(user: User, participation: Participation | None) -> dict[str, Any]:
    """What a form begins with: what they applied with, or the creator that is theirs already."""
    if participation:
        return {name: getattr(participation, name) for name in ("way", "handle", "name", "region", "category")}
    own = Profile.objects.filter(user=user).values_list("creator__handle", flat=True).first()
    return {"handle": own} if own else {}


def refuse_suspended(request: HttpRequest, fest: Fest) -> HttpResponse | None:
    """The answer to whom nothing is taken from."""
    me = me_of(cast(User, request.user), fest)
    return suspended(request, me) if me and me.is_suspended else None


def tell_how_it_stands(request: HttpRequest, participation: Participation) -> None:
    """In one message; the page says more."""
    if participation.state == State.APPROVED:
        messages.success(request, _("You take part as @%(handle)s. Welcome!") % {"handle": participation.handle})
    elif participation.proof:
        messages.success(request, _("It is shown that @%(handle)s is yours.") % {"handle": participation.handle})
    else:
        messages.success(request, _("You have applied as @%(handle)s.") % {"handle": participation.handle})


def look_for_proof(request: HttpRequest, participation: Participation) -> None:
    """In the bio, where what is known of the account shows nothing."""
    if not participation.proof and not code_holds(participation):
        messages.error(request, _("The code is too old. Get a new one and put that into your bio."))
    elif participation.proof or not look_into_bio(participation):
        tell_how_it_stands(request, participation)
    else:
        messages.success(request, _("We are looking at your bio. In a minute this page says what was found."))


def look_into_bio(participation: Participation) -> bool:
    """Whether the configured checker is asked; it is for staff to look where there is none, or no queue."""
    try:
        if bio_address(participation.handle) is None:
            return False
        check_bio.apply_async((participation.pk,), retry=False)
    except (OperationalError, ValueError) as error:
        log.error("bio not checked", error=str(error))
        return False
    return True
