"""Leagues and communities, and an entry's places in them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.admin.handles import HandleField
from creators.campaign import refuse_small_roster
from creators.models import Entry, Group, Membership
from livefest import clock
from livefest.admin.checks import ItemAdmin
from livefest.admin.permissions import permission
from livefest.admin.scope import FestScopedForm, FestScopedInline
from livefest.admin.translations import TranslatedAdmin
from livefest.admin.violations import VIOLATIONS, WordedForm
from livefest.models import Fest

VIOLATIONS.update(
    {
        "group_placement_whole": gettext_lazy(
            "Only a league places: write its metric, from and until (from before until), or leave all of it empty."
        ),
        "group_placement_range": gettext_lazy("“Placement below” is not above “at least”; write a bigger number."),
        "group_roster_of_community": gettext_lazy("Only a community has a roster, of 1 or more; leave it empty."),
        "membership_group_of_same_fest_and_kind": gettext_lazy(
            "This group has members; its kind can't be changed any more."
        ),
        "fact_metric_of_same_fest": gettext_lazy("Facts were recorded in this metric; keep it."),
        "joinrequest_group_of_same_fest_and_kind": gettext_lazy(
            "This group was asked to take members; its kind can't be changed any more."
        ),
        "group_made_is_community": gettext_lazy(
            "A creator has made this community: it stays one, and has a roster of 1 or more."
        ),
        "group_way_in_of_community": gettext_lazy(
            "Only a community is joined: choose the way in “Closed” for a league, and leave code and owner empty."
        ),
        "group_code_with_its_way_in": gettext_lazy(
            "A code goes with the way in “With a code”, and that with a code: write one of 8 to 64 letters, digits "
            "and hyphens, or choose another way in and leave it empty."
        ),
        "group_owner_is_member": gettext_lazy("The owner is not a member any more; choose one who is."),
        "membership_one_of_a_kind": gettext_lazy("A creator is in at most one league and one community of a fest."),
        "membership_within_roster": gettext_lazy("This community is full; choose another, or raise its roster."),
    }
)


WAY_IN: Any = (
    gettext_lazy("Way in"),
    {
        "description": gettext_lazy(
            "How creators join a community by themselves, until the fest ends. No part of the campaign file."
        ),
        "fields": ["way_in", "join_code", "owner"],
    },
)


IN_FILE: list[Any] = ["fest", "slug", "name", "kind", "roster", "position"]


class GroupForm(FestScopedForm):
    owner = HandleField(
        label=gettext_lazy("Owner"),
        required=False,
        help_text=gettext_lazy("The handle of one of its members; empty: staff alone decide on requests to join."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["owner"] = str(self.instance.owner or "")

    def clean_owner(self) -> Entry | None:
        handle: str = self.cleaned_data["owner"]
        if not handle:
            return None
        places = Membership.objects.filter(group=self.instance.pk, entry__creator__handle=handle)
        place = places.select_related("entry__creator").first()
        if place is None:
            raise forms.ValidationError(
                _("“%(handle)s” is none of its members; write the handle of one who is."), params={"handle": handle}
            )
        return place.entry


@admin.register(Group)
class GroupAdmin(TranslatedAdmin, ItemAdmin):
    form = GroupForm
    list_display = ["name", "slug", "fest", "kind", "placement_metric", "roster", "way_in", "made_at"]
    list_filter = ["fest", "kind", "way_in", ("made_at", admin.EmptyFieldListFilter)]
    readonly_fields = ["made_at"]
    list_select_related = ["fest", "placement_metric"]
    offered = {"placement_metric": {"paid": False}}
    fieldsets = [
        (None, {"fields": IN_FILE}),
        WAY_IN,
        (
            gettext_lazy("Placement"),
            {
                "description": gettext_lazy("How a league places creators who have none yet; empty: staff place."),
                "fields": [
                    "placement_metric",
                    "placement_from",
                    "placement_until",
                    ("placement_at_least", "placement_below"),
                ],
            },
        ),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A league is the campaign's: who may change no fest changes communities alone."""
        of_campaign = obj is not None and obj.kind == Group.Kind.LEAGUE
        return super().has_change_permission(request, obj) and (
            not of_campaign or request.user.has_perm(permission("change", Fest))
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A league has no way in; one that a creator has made says so, and is no part of the campaign file."""
        of_league = obj is not None and obj.kind == Group.Kind.LEAGUE
        made = obj is not None and obj.made_at is not None
        shown = [fieldset for fieldset in super().get_fieldsets(request, obj) if not of_league or fieldset != WAY_IN]
        return [(None, {"fields": IN_FILE if not made else [*IN_FILE, "made_at"]}), *shown[1:]]

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:
        refuse_small_roster(obj.fest, obj.slug, obj.roster)  # before the database does, in fewer words
        super().save_model(request, obj, form, change)


class MembershipForm(WordedForm):
    """A place that staff give. The row's kind is the group's and stays: another kind is another row."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        group, membership = cleaned.get("group"), self.instance
        if group is None or "group" not in self.changed_data:
            return cleaned
        if membership.pk and membership.kind != group.kind:
            self.add_error("group", _("Choose a group of the same kind, or delete this place and add another."))
            return cleaned
        membership.fest_id, membership.kind = group.fest_id, group.kind
        membership.origin, membership.since = Membership.Origin.STAFF, clock.now()
        return cleaned


class MembershipFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """At most one place of a kind, and only in communities that have one left. The database holds both; here they are
    told at their row."""

    def clean(self) -> None:
        super().clean()
        kinds: set[str] = set()
        for form in self.forms:
            if form.errors or self._should_delete_form(form) or not form.cleaned_data.get("group"):  # type: ignore[attr-defined]
                continue
            group: Group = form.cleaned_data["group"]
            if group.kind in kinds:
                form.add_error("group", VIOLATIONS["membership_one_of_a_kind"])
            kinds.add(group.kind)
            if "group" in form.changed_data and group.roster is not None and group.memberships.count() >= group.roster:
                form.add_error("group", full(group))


def full(group: Group) -> str:
    return _("“%(group)s” is full: its roster is %(roster)d. Choose another, or raise it.") % {
        "group": group,
        "roster": group.roster,
    }


class MembershipInline(FestScopedInline):
    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    fields = ["group", "kind", "origin", "since"]
    readonly_fields = ["kind", "origin", "since"]
    max_num = 2

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("group", "entry__creator")
