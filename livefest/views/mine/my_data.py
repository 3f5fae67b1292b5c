"""What is stored of somebody: to look at, to take along, and to delete."""

from __future__ import annotations

from typing import cast

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from creators.deletion import AccountKept, becomes_former, delete_account
from creators.models import Profile
from livefest.limits import within_limit
from livefest.models import SignIn, User
from livefest.views.mine.access import signed_in
from livefest.views.mine.my_data_files import csv_zip, json_pieces
from livefest.views.mine.my_data_sections import SECTIONS, Owner

LIMIT = "5/h"  # exports of an account
SIGN_INS = 25  # a page


class DeletionForm(forms.Form):
    """Who deletes the account types its address: nobody does so by mistake."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address of this account"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type the address, so that nothing is deleted by mistake.")},
    )

    def __init__(self, user: User, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.user = user

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"].strip()
        if typed.casefold() != self.user.email.casefold():
            raise ValidationError(_("This is not the address of this account. Type the one that is named above."))
        return typed


@require_safe
@signed_in
def my_data(request: HttpRequest) -> HttpResponse:
    return render(request, "mine/my_data.html", {"sections": SECTIONS})


@require_safe
@login_required
@never_cache
def export_json(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    if not may_export(request):
        return too_often(request)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    pieces = json_pieces(owner_of(request))
    return StreamingHttpResponse(pieces, content_type="application/json", headers=headers)


@require_safe
@login_required
@never_cache
def export_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    if not may_export(request):
        return too_often(request)
    return FileResponse(csv_zip(owner_of(request)), as_attachment=True, filename="my-data.zip")


@require_safe
@signed_in
def sign_ins(request: HttpRequest) -> HttpResponse:
    listed = Paginator(SignIn.objects.filter(user=cast(User, request.user)), SIGN_INS)
    return render(request, "mine/sign_ins.html", {"page": listed.get_page(request.GET.get("page"))})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def delete(request: HttpRequest) -> HttpResponse:
    """Says what goes and what stays; asks who it is once more, then deletes."""
    user = cast(User, request.user)
    profile = Profile.objects.select_related("creator").filter(user=user).first()
    context = {"profile": profile, "former": becomes_former(user)}
    form = DeletionForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            delete_account(user=user)
        except AccountKept as error:
            form.add_error(None, str(error))
        else:
            request.session.flush()
            request.user = AnonymousUser()
            return render(request, "mine/my_data_deleted.html", context)
    status = 422 if form.errors else 200
    return render(request, "mine/my_data_delete.html", {**context, "form": form}, status=status)


def owner_of(request: HttpRequest) -> Owner:
    user = cast(User, request.user)
    return Owner(user, Profile.objects.filter(user=user).values_list("creator", flat=True).first())


def may_export(request: HttpRequest) -> bool:
    """Whether this account may take its data along now."""
    return request.method == "HEAD" or within_limit(request, group="my_data", rate=LIMIT)


def too_often(request: HttpRequest) -> HttpResponse:
    context = {"sections": SECTIONS, "too_often": True}
    response = render(request, "mine/my_data.html", context, status=429)
    response["Retry-After"] = "3600"
    return response
