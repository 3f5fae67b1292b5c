"""What is filled in to take part in a fest."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators import profiles
from creators.applications import Application
from creators.models import Participation
from creators.models.creator import HANDLE_LENGTH, validate_handle
from livefest.consent import Missing
from livefest.models import Fest, Region
from livefest.site import region_name

Way = Participation.Way
WAYS = [(Way.CLAIM, gettext_lazy("I’m here already")), (Way.NEW, gettext_lazy("I’m new"))]


class RegionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        name = region_name(obj.code)
        return f"{name.flag} {name.name}"


class ApplicationForm(forms.Form):
    """Who they are: a creator that there is, by handle alone, or a new one with what a creator needs."""

    way = forms.ChoiceField(
        label=gettext_lazy("Have your points been counted before?"),
        choices=WAYS,
        widget=forms.RadioSelect,
        initial=Way.CLAIM,
        help_text=gettext_lazy("Who is on a board, or was entered by the organiser, is here already."),
    )
    handle = forms.CharField(
        label=gettext_lazy("Your handle"),
        max_length=HANDLE_LENGTH + 1,  # with its @
        help_text=gettext_lazy("As it is written on the platform that you go LIVE on."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("As viewers know you; boards show it."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    region = RegionField(
        label=gettext_lazy("Your country or region"), queryset=Region.objects.none(), required=False, empty_label="—"
    )
    category = forms.CharField(
        label=gettext_lazy("What your LIVEs are about"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Such as music or cooking. May stay empty."),
    )

    def __init__(self, fest: Fest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = fest.regions.all()
        if regions:
            self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        else:
            del self.fields["region"]

    def visible_fields(self) -> Any:
        """Those one below the other; the way is a group of choices that the page shows by itself."""
        return [field for field in super().visible_fields() if field.name != "way"]

    @property
    def is_new(self) -> bool:
        """Who claims a creator is asked for the handle alone: nothing else that was filled in is looked at."""
        return bool(self.cleaned_data.get("way") == Way.NEW)

    def clean_handle(self) -> str:
        handle: str = self.cleaned_data["handle"].removeprefix("@")
        validate_handle(handle)
        return handle

    def clean_name(self) -> str:
        return profiles.clean_name(self.cleaned_data["name"]) if self.is_new else ""

    def clean_category(self) -> str:
        return profiles.plain(self.cleaned_data["category"]) if self.is_new else ""

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.is_new:
            if not cleaned.get("name") and "name" not in self.errors:
                self.add_error("name", _("Write the name that boards shall show."))
            if "region" in self.fields and not cleaned.get("region") and "region" not in self.errors:
                self.add_error("region", _("Choose the country or region that you take part for."))
        return cleaned

    def application(self) -> Application:
        given = self.cleaned_data
        if not self.is_new:
            return Application(Way.CLAIM, given["handle"])
        return Application(Way.NEW, given["handle"], given["name"], given.get("region"), given["category"])


class ConsentForm(forms.Form):
    """What is still to be agreed to. The terms are those that were shown: newer ones are shown again."""

    terms = forms.IntegerField(widget=forms.HiddenInput)
    accepts = forms.BooleanField(
        label=gettext_lazy("I have read the terms and accept them"),
        error_messages={"required": gettext_lazy("Tick this to go on: nobody takes part without the terms.")},
    )
    is_old_enough = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick this to go on: who is younger can’t take part.")}
    )

    def __init__(self, missing: Missing, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missing = missing
        if missing.terms is None:
            del self.fields["terms"], self.fields["accepts"]
        else:
            self.initial["terms"] = missing.terms.pk
        if missing.minimum_age is None:
            del self.fields["is_old_enough"]
        else:
            label = gettext_lazy("I am %(age)d years old or older")
            self.fields["is_old_enough"].label = str(label) % {"age": missing.minimum_age}

    def clean(self) -> dict[str, Any]:
        if self.missing.terms and self.cleaned_data.get("terms") != self.missing.terms.pk:
            # The hidden field shows what is shown now, and the tick goes.
            self.data = {**cast(QueryDict, self.data).dict(), "terms": self.missing.terms.pk, "accepts": ""}
            raise forms.ValidationError(_("The terms have changed just now. Read them and accept them again."))
        return self.cleaned_data
