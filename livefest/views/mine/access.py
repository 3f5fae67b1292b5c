"""Who may open a page of the creators' side, and what it is handed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from creators.accounts import entry_of, participation_of
from creators.models import Entry, Participation
from livefest.consent import what_is_missing
from livefest.copies import one_look
from livefest.models import Fest, User
from livefest.site import fest_context, fest_of

View = Callable[..., HttpResponse]
State = Participation.State


@dataclass(frozen=True)
class Me:
    """Who opens the page: their account, the fest, and the creator's entry in it."""

    user: User
    fest: Fest
    participation: Participation
    entry: Entry

    @property
    def is_suspended(self) -> bool:
        return self.participation.state == State.SUSPENDED


def me_of(user: User, fest: Fest) -> Me | None:
    """Who takes part, suspended or not."""
    participation = participation_of(user, fest)
    entry = entry_of(participation) if participation else None
    return Me(user, fest, participation, entry) if participation and entry else None


def signed_in(view: View) -> View:
    """For an account of any kind; others sign in first and come back."""
    return never_cache(login_required(view))


def taking_part(view: View) -> View:
    """For who takes part in the fest: the view is called with (request, me, …) in place of the fest's slug.

    Who was not approved is led to the page that says how it stands; who has to accept new terms, or to confirm their
    age, to where that is done. Who is suspended may look at everything that is theirs and change nothing (403).
    """

    @wraps(view)
    def wrapped(request: HttpRequest, fest: str, *args: Any, **kwargs: Any) -> HttpResponse:
        found = fest_of(fest)
        user = cast(User, request.user)
        me = me_of(user, found)
        if me is None:
            return redirect("take_part", fest=found.slug)
        if request.method not in {"GET", "HEAD"}:
            if me.is_suspended:
                return suspended(request, me)
            if what_is_missing(user, found):
                return redirect(consent_first(request, found))
        with one_look():
            return view(request, me, *args, **kwargs)

    return signed_in(wrapped)


def consent_first(request: HttpRequest, fest: Fest) -> str:
    """The page that asks for what is missing, and leads back to the page that the form stood on."""
    back = page_before(request, reverse("my_fest", kwargs={"fest": fest.slug}))
    return f"{reverse('take_part_consent', kwargs={'fest': fest.slug})}?{urlencode({'next': back})}"


def page_before(request: HttpRequest, otherwise: str, *, but: str = "") -> str:
    """The page of ours that they came from, which a form may hand on; `otherwise` where that isn't known, or is the
    page of the path `but`."""
    for wanted in (request.POST.get("next", ""), request.GET.get("next", ""), request.headers.get("Referer", "")):
        is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        if wanted and is_ours and not (but and but in wanted):
            return wanted
    return otherwise


def suspended(request: HttpRequest, me: Me) -> HttpResponse:
    return render(request, "mine/suspended.html", mine_context(me), status=403)


MENU: list[tuple[str, Any]] = [
    ("my_fest", gettext_lazy("My fest")),
    ("my_points", gettext_lazy("Points")),
    ("my_challenges", gettext_lazy("Challenges")),
    ("my_community", gettext_lazy("Community")),
    ("my_awards", gettext_lazy("Awards")),
    ("my_lives", gettext_lazy("LIVEs")),
    ("my_enquiries", gettext_lazy("Questions")),
]


def mine_context(me: Me, section: str = "") -> dict[str, Any]:
    """What every page of one's own fest needs; `section` is the page's name in MENU."""
    return {**fest_context(me.fest), "me": me, "my_menu": MENU, "my_section": section}
