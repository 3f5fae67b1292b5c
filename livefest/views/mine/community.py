"""A creator's community: theirs, or those that they can join; and, for its owner, who asks to come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from creators.communities import (
    CommunityError,
    join_community,
    leave_community,
    membership_of,
    new_code,
    same_code,
    set_way_in,
)
from creators.communities import (
    hand_over as hand_over_community,
)
from creators.join_requests import approve_request, refuse_request, request_to_join, withdraw_request
from creators.made_communities import NAME_LEAST, NAME_MOST, WAYS_IN, make_community
from creators.models import Group, JoinRequest, Membership
from livefest import clock
from livefest.limits import within_limit
from livefest.views.mine.access import Me, mine_context, taking_part
from livefest.views.mine.own_community import own_community
from livefest.views.places import person_of

SHOWN = 60  # communities, members and requests that a page has
WRONG_CODES, MADE = "10/m", "5/d"  # how often an account may try a code, and make a community

WayIn = Group.WayIn
Outcome = JoinRequest.Outcome


class NewCommunityForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        min_length=NAME_LEAST,
        max_length=NAME_MOST,
        help_text=gettext_lazy("3 to 60 characters; everybody sees it."),
    )
    way_in = forms.ChoiceField(
        label=gettext_lazy("How others come in"),
        choices=[
            (WayIn.OPEN, gettext_lazy("Anyone may join")),
            (WayIn.CODE, gettext_lazy("With a code, or a link that you pass on")),
            (WayIn.APPROVAL, gettext_lazy("They ask, and you decide")),
        ],
    )


@require_safe
@taking_part
def my_community(request: HttpRequest, me: Me) -> HttpResponse:
    membership = membership_of(me.entry)
    is_over = clock.now() >= me.fest.ends
    context: dict[str, Any] = {**mine_context(me, "my_community"), "membership": membership, "is_over": is_over}
    if membership is None:
        text = request.GET.get("q", "").strip()[:NAME_MOST]
        context |= {
            "text": text,
            "groups": list(joinable(me, text)[:SHOWN]),
            "asked": open_request(me),
            "may_create": me.fest.communities_by_creators,
            "create_form": NewCommunityForm(),
        }
        return render(request, "mine/community_choose.html", context)
    group = membership.group
    is_owner = group.owner_id == me.entry.pk
    members = group.memberships.select_related("entry__creator", "entry__region").order_by("since", "pk")[:SHOWN]
    context |= {
        "group": group,
        "is_owner": is_owner,
        "own": own_community(me.entry, group),
        "members": [(person_of(one.entry, me.fest), one.entry_id == group.owner_id) for one in members],
        "members_count": group.memberships.count(),
        "requests": list(requests_to(group)) if is_owner else [],
        "ways_in": [(way.value, way.label) for way in WAYS_IN],
        "invitation": invitation_link(request, me, group) if is_owner and group.way_in == WayIn.CODE else "",
        "may_leave": membership.origin == Membership.Origin.JOINED,
    }
    return render(request, "mine/community.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@taking_part
def create(request: HttpRequest, me: Me) -> HttpResponse:
    form = NewCommunityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not within_limit(request, group="make_community", rate=MADE):
            form.add_error(None, _("You have made several communities today; come back tomorrow."))
        else:
            try:
                group = make_community(
                    entry=me.entry, name=form.cleaned_data["name"], way_in=form.cleaned_data["way_in"], by=me.entry
                )
            except CommunityError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("“%(group)s” is yours. Invite others.") % {"group": group.local.name})
                return redirect("my_community", fest=me.fest.slug)
    context = {**mine_context(me, "my_community"), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "mine/community_create.html", context, status=status)


@require_POST
@taking_part
def join(request: HttpRequest, me: Me, group: str) -> HttpResponse:
    return come_in(request, me, group_of(me, group), request.POST.get("code", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@taking_part
def invitation(request: HttpRequest, me: Me, group: str, code: str) -> HttpResponse:
    """What a link to pass on leads to: GET asks, POST joins."""
    found = group_of(me, group)
    if request.method == "POST":
        return come_in(request, me, found, code)
    if not within_limit(request, group="community_code", rate=WRONG_CODES):
        return slow_down(request, me)
    context = {
        **mine_context(me, "my_community"),
        "group": found,
        "holds": found.way_in == WayIn.CODE and same_code(code, found.join_code),
        "present": membership_of(me.entry),
        "is_over": clock.now() >= me.fest.ends,
    }
    return render(request, "mine/community_invitation.html", context)


@require_POST
@taking_part
def ask(request: HttpRequest, me: Me, group: str) -> HttpResponse:
    found = group_of(me, group)

    def act() -> str:
        request_to_join(entry=me.entry, group=found, by=me.entry)
        return _("You asked to join “%(group)s”. You are told what is decided.") % {"group": found.local.name}

    return done(request, me, act)


@require_POST
@taking_part
def withdraw(request: HttpRequest, me: Me) -> HttpResponse:
    def act() -> str:
        withdraw_request(entry=me.entry, by=me.entry)
        return _("Your request is withdrawn.")

    return done(request, me, act)


@require_POST
@taking_part
def leave(request: HttpRequest, me: Me) -> HttpResponse:
    def act() -> str:
        left = leave_community(entry=me.entry, by=me.entry)
        return _("You left “%(group)s”.") % {"group": left.local.name} if left else _("You are in no community.")

    return done(request, me, act)


@require_POST
@taking_part
def hand_over(request: HttpRequest, me: Me, group: str) -> HttpResponse:
    """To the member whose handle was written."""
    found = own_group_of(me, group)
    handle = request.POST.get("to", "").strip().removeprefix("@")

    def act() -> str:
        places = found.memberships.select_related("entry__creator", "entry__fest")
        to = places.filter(entry__creator__handle=handle).first() if handle.isprintable() else None
        if to is None:
            raise CommunityError(
                _("“%(handle)s” is not in “%(group)s”; write the handle of one of its members.")
                % {"handle": handle, "group": found.local.name}
            )
        hand_over_community(group=found, to=to.entry, by=me.entry)
        return _("“%(group)s” is now @%(handle)s's.") % {"group": found.local.name, "handle": handle}

    return done(request, me, act)


@require_POST
@taking_part
def way_in(request: HttpRequest, me: Me, group: str) -> HttpResponse:
    """Sets how others come in; `new_code` makes another code, and the one before and its links don't hold any more."""
    found = own_group_of(me, group)

    def act() -> str:
        code = new_code() if "new_code" in request.POST else None
        set_way_in(group=found, way_in=request.POST.get("way_in", found.way_in), by=me.entry, code=code)
        return _("There is a new code; the old one doesn't hold any more.") if code else _("The way in is set.")

    return done(request, me, act)


@require_POST
@taking_part
def decide(request: HttpRequest, me: Me, group: str, request_id: int) -> HttpResponse:
    found = own_group_of(me, group)
    asked = JoinRequest.objects.filter(group=found, pk=request_id).first()
    if asked is None:
        raise Http404(_("There is no such request."))
    approves = request.POST.get("decision") == "approve"

    def act() -> str:
        decided = (approve_request if approves else refuse_request)(request=asked, by=me.entry)
        said = _("@%(handle)s is in.") if approves else _("The request of @%(handle)s is refused.")
        return said % {"handle": decided.entry.creator.handle}

    return done(request, me, act)


def come_in(request: HttpRequest, me: Me, group: Group, code: str) -> HttpResponse:
    if group.way_in == WayIn.CODE and not within_limit(request, group="community_code", rate=WRONG_CODES):
        return slow_down(request, me)

    def act() -> str:
        join_community(entry=me.entry, group=group, by=me.entry, code=code)
        return _("You are in “%(group)s”.") % {"group": group.local.name}

    return done(request, me, act)


def done(request: HttpRequest, me: Me, act: Callable[[], str]) -> HttpResponse:
    """Does it, and says what became of it on the community's page."""
    try:
        messages.success(request, act())
    except CommunityError as error:
        messages.error(request, str(error))
    return redirect("my_community", fest=me.fest.slug)


def slow_down(request: HttpRequest, me: Me) -> HttpResponse:
    messages.error(request, _("That were many codes in a minute; wait a minute and try again."))
    return redirect("my_community", fest=me.fest.slug)


def group_of(me: Me, slug: str) -> Group:
    """A community of the fest. Raises Http404."""
    found = Group.objects.select_related("fest").filter(fest=me.fest, slug=slug, kind=Group.Kind.COMMUNITY).first()
    if found is None:
        raise Http404(_("This festival has no such community."))
    return found


def own_group_of(me: Me, slug: str) -> Group:
    """One that the creator owns. Raises Http404."""
    found = group_of(me, slug)
    if found.owner_id != me.entry.pk:
        raise Http404(_("This community isn't yours."))
    return found


def joinable(me: Me, text: str) -> QuerySet[Group]:
    """The communities that creators can come into, with how many are in each (`count`)."""
    members = Membership.objects.filter(group=OuterRef("pk")).order_by().values("group").annotate(number=Count("*"))
    groups = Group.objects.joinable().filter(fest=me.fest)
    if text:
        named = Q(name__icontains=text) | Q(**{f"translations__{get_language()}__name__icontains": text})
        groups = groups.filter(named) if text.isprintable() else groups.none()
    return groups.annotate(count=Coalesce(Subquery(members.values("number")), 0)).order_by("position", "id")


def open_request(me: Me) -> JoinRequest | None:
    return JoinRequest.objects.select_related("group").filter(entry=me.entry, outcome=Outcome.OPEN).first()


def requests_to(group: Group) -> QuerySet[JoinRequest]:
    """Who waits, the first first."""
    waiting = JoinRequest.objects.filter(group=group, outcome=Outcome.OPEN).select_related("entry__creator")
    return waiting.order_by("asked_at", "pk")[:SHOWN]


def invitation_link(request: HttpRequest, me: Me, group: Group) -> str:
    parts = {"fest": me.fest.slug, "group": group.slug, "code": group.join_code}
    return request.build_absolute_uri(reverse("community_invitation", kwargs=parts))
