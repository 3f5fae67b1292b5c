"""The forms of a creator's awards: claiming one, declining it, and naming the payee anew."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest.site import region_name
from livefest.views.mine.access import Me
from rewards.awards import AwardError
from rewards.claims import COUNTRIES, LABELS, LONGEST, NEEDS, checked
from rewards.models import Award

AUTOCOMPLETE = {
    "name": "name",
    "payee": "off",
    "street": "street-address",
    "postcode": "postal-code",
    "city": "address-level2",
    "country": "country",
}
HELP = {
    "name": gettext_lazy("As it stands in your passport or on your account."),
    "payee": gettext_lazy("Where the money goes: an IBAN, or your reference with the payer."),
    "postcode": gettext_lazy("Where there is none, write a dash."),
    "city": gettext_lazy("With the state or province, where addresses have one."),
}


class ClaimForm(forms.Form):
    """What the award's kind needs. `token` is made with the form, so that it is one claim however often it is sent."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, me: Me, award: Award, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid4())
        region = me.entry.region
        for name in NEEDS[award.reward.kind]:
            self.fields[name] = field_of(name)
        if region and "country" in self.fields:
            self.initial.setdefault("country", region.code)

    def clean(self) -> dict[str, Any]:
        if self.errors.pop("token", None):
            self.data = {**dict(self.data.items()), "token": str(uuid4())}
            self.add_error(None, _("The form was not sent whole: look at it and send it again."))
        details = {name: str(value) for name, value in super().clean().items() if name in LABELS}  # type: ignore[union-attr]
        for name, value in details.items():
            try:
                details[name] = checked(name, value)
            except AwardError as error:
                self.add_error(name, str(error))
        return {**self.cleaned_data, **details}


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why, if you like to say"),
        help_text=gettext_lazy("Staff read it."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PayeeForm(forms.Form):
    payee = forms.CharField(label=LABELS["payee"], help_text=HELP["payee"], max_length=LONGEST)


def field_of(name: str) -> forms.Field:
    attrs = {"autocomplete": AUTOCOMPLETE[name]}
    label, help_text = LABELS[name], HELP.get(name, "")
    if name != "country":
        return forms.CharField(
            label=label, help_text=help_text, max_length=LONGEST, widget=forms.TextInput(attrs=attrs)
        )
    names = sorted((region_name(code).name, code) for code in COUNTRIES)
    choices = [("", _("Choose")), *((code, country) for country, code in names)]
    return forms.ChoiceField(label=label, help_text=help_text, choices=choices, widget=forms.Select(attrs=attrs))
