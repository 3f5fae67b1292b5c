"""Who joined a challenge, and who met one as the last refresh derived it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from challenges.joining import JoiningError, join_challenge, refuse_joining
from challenges.models import Challenge, Completion, Joining
from creators.admin.filters import RowFilter
from creators.admin.handles import FoundByHandle, OfCreatorForm
from livefest import clock
from livefest.admin.paging import BigTableAdmin
from livefest.models import Fest, User


class ChallengeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A challenge that is joined, of any fest."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.fest.slug})"


class JoiningForm(OfCreatorForm):
    """A creator whom staff let join now."""

    challenge = ChallengeField(
        label=_("Challenge"), queryset=Challenge.objects.filter(join=True).select_related("fest")
    )
    at: datetime

    def fest_of(self, cleaned: dict[str, Any]) -> Fest | None:
        challenge: Challenge | None = cleaned.get("challenge")
        return challenge.fest if challenge else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("entry"):
            self.at = clock.now()
            try:
                refuse_joining(challenge=cleaned["challenge"], entry=cleaned["entry"], at=self.at)
            except JoiningError as error:
                self.add_error("challenge", str(error))
        return cleaned


class ChallengeFilter(RowFilter):
    title = _("challenge")
    parameter_name = "challenge"

    def rows(self) -> Iterable[tuple[int, str, str]]:
        return Challenge.objects.filter(join=True).values_list("pk", "name", "fest__slug")


@admin.register(Joining)
class JoiningAdmin(BigTableAdmin):
    """Who joined stays: nothing here is changed or deleted."""

    form = JoiningForm
    list_display = ["entry", "challenge", "fest", "joined_at"]
    list_filter = [ChallengeFilter]
    list_select_related = ["entry__creator", "challenge__fest"]
    search_fields = ["entry__creator__handle__startswith"]
    search_help_text = _("The creator's handle, or how it begins.")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["fest", "challenge", "entry", "joined_at"] if obj else ["challenge", "entry"]

    @admin.display(description=_("fest"))
    def fest(self, joining: Joining) -> Fest:
        return joining.challenge.fest

    def save_model(self, request: HttpRequest, obj: Joining, form: Any, change: bool) -> None:
        joining = join_challenge(challenge=obj.challenge, entry=obj.entry, by=cast(User, request.user), at=form.at)
        obj.pk, obj.joined_at = joining.pk, joining.joined_at

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Completion)
class CompletionAdmin(FoundByHandle):
    list_display = ["challenge", "fest", "handle", "period", "met_at", "among_the_first"]
    list_select_related = ["challenge__fest"]
    fields: ClassVar[Any] = ["fest", "challenge", "handle", "period", "met_at", "among_the_first"]

    @admin.display(description=_("fest"))
    def fest(self, completion: Completion) -> Fest:
        return completion.challenge.fest

    @admin.display(description=_("among the first"))
    def among_the_first(self, completion: Completion) -> str:
        """`won` says nothing where the challenge has no `first`."""
        if completion.challenge.first is None:
            return "-"
        return str(_("Yes") if completion.won else _("No"))
