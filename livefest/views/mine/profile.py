"""What creators say of themselves: changed, looked at before it is saved, and the pictures as everybody gets them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from creators.accounts import entry_of
from creators.models import Entry, Participation, Profile
from creators.profiles import TooLate
from livefest.models import Picture, User
from livefest.site import RegionName, region_name
from livefest.views.creator_profile import said_of
from livefest.views.mine.access import Me, signed_in, suspended
from livefest.views.mine.profile_forms import PictureHandler, ProfileForm, is_too_long, too_big_said

FOR_EVER = "public, max-age=31536000, immutable"  # a picture is named by its bytes
View = Callable[[HttpRequest, Profile], HttpResponse]


def of_profile(view: View) -> Any:
    """For who has a profile; others are led to take part. What is posted is read only as far as it may be, and not at
    all of who is suspended anywhere (403)."""

    @csrf_exempt  # whoever looks for the token reads what is posted: checked below, once it is known how much to read
    @signed_in
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        user = cast(User, request.user)
        found = Profile.objects.select_related("creator", "picture").defer("picture__content")
        profile = found.filter(user=user).first()
        if profile is None:
            messages.info(request, _("You have a profile once you take part in a festival."))
            return redirect("my_start")
        if request.method != "POST":
            return view(request, profile)
        if me := suspended_somewhere(user):
            return suspended(request, me)
        if is_too_long(request):
            return form_page(request, ProfileForm(profile), status=413, problem=too_big_said())
        request.upload_handlers = [PictureHandler(request)]
        checked: HttpResponse = csrf_protect(lambda request: view(request, profile))(request)
        return checked

    return wrapped


def suspended_somewhere(user: User) -> Me | None:
    found = Participation.objects.filter(user=user, state=Participation.State.SUSPENDED)
    for participation in found.select_related("fest", "creator", "region"):
        if entry := entry_of(participation):
            return Me(user, participation.fest, participation, entry)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@of_profile
def profile(request: HttpRequest, profile: Profile) -> HttpResponse:
    """The form: shown, shown again after a preview, or saved."""
    if request.method != "POST" or "edit" in request.POST:
        return form_page(request, ProfileForm(profile, request.POST or None))
    form = ProfileForm(profile, request.POST, request.FILES)
    if not form.is_valid():
        return form_page(request, form, status=422)
    try:
        form.save()
    except TooLate as error:
        form.add_error(None, str(error))
        return form_page(request, form, status=422)
    messages.success(request, _("Your profile is saved."))
    return redirect("my_profile")


@require_POST
@of_profile
def preview(request: HttpRequest, profile: Profile) -> HttpResponse:
    """How the public page will begin; nothing is stored. A picture that is sent along is left out."""
    form = ProfileForm(profile, request.POST)
    if not form.is_valid():
        return form_page(request, form, status=422)
    said = form.cleaned_data
    picture = None if said.get("remove_picture") else profile.picture
    shown = said_of(bio=said["bio"], links=said["links"], language=said["language"], picture=picture)
    context = {"form": form, "said": shown, "name": said["name"] or profile.creator.handle, "profile": profile}
    return render(request, "mine/profile_preview.html", context)


def form_page(request: HttpRequest, form: ProfileForm, *, status: int = 200, problem: str = "") -> HttpResponse:
    entries = Entry.objects.filter(creator=form.profile.creator_id).select_related("fest", "region")
    places = [(entry, region_of(entry)) for entry in entries.order_by("-fest__starts")]
    context = {"form": form, "profile": form.profile, "places": places, "problem": problem}
    return render(request, "mine/profile.html", context, status=status)


def region_of(entry: Entry) -> RegionName | None:
    return region_name(entry.region.code) if entry.region else None


@require_safe
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """The same bytes for everyone, for ever. Nothing that a browser could take for anything else."""
    headers = {
        "Cache-Control": FOR_EVER,
        "ETag": f'"{digest}"',
        "Content-Disposition": "inline",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    found = Picture.objects.filter(digest=digest) if digest.isprintable() else Picture.objects.none()
    if request.headers.get("If-None-Match") == headers["ETag"] and found.exists():
        return HttpResponseNotModified(headers=headers)
    content = found.values_list("content", flat=True).first()
    if content is None:
        raise Http404(_("There is no such picture."))
    return HttpResponse(bytes(content), content_type="image/webp", headers=headers)
