"""What staff fill in for each kind of correction, and the correction that it makes."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils.translation import gettext_lazy as _

from creators.admin.handles import HandleField, entry_of
from creators.corrections import (
    adjustment,
    disqualification,
    void_of_fact,
    void_of_range,
    void_of_session,
)
from creators.models import Correction, Entry, Fact, Source
from livefest.models import Fest, Metric

MOMENT_HELP = _("ISO 8601, such as 2026-02-14T20:00:00Z; without an offset it is UTC.")


def moment_field(label: Any, **more: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, widget=AdminTextInputWidget, help_text=MOMENT_HELP, **more)


class CorrectionForm(forms.Form):
    """A correction of a fest. `key` makes that one sent twice is made once."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Everybody can read it on the creator's page, without your name; name no supporters."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, fest: Fest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fest = fest
        self.initial["key"] = uuid.uuid4()
        for name, rows in (("metric", Metric.objects), ("source", Source.objects)):
            field = self.fields.get(name)
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows.filter(fest=fest)
        self.order_fields([name for name in self.fields if name not in ("reason", "key")])

    def clean_entry(self) -> Entry:
        return entry_of(self.fest, self.cleaned_data["entry"])

    def correction(self) -> Correction:
        """The one that is filled in, not stored yet. Raises CorrectionError."""
        made = self.filled_in(
            **{name: value for name, value in self.cleaned_data.items() if name not in ("reason", "key")}
        )
        made.key = self.cleaned_data["key"]
        return made

    def filled_in(self, **values: Any) -> Correction:
        raise NotImplementedError


class AdjustmentForm(CorrectionForm):
    entry = HandleField()
    metric = forms.ModelChoiceField(label=_("Metric"), queryset=Metric.objects.none())
    day = forms.DateField(label=_("Fest day"), widget=AdminTextInputWidget, help_text=_("Such as 2026-02-14."))
    quantity = forms.IntegerField(
        label=_("Quantity"),
        widget=AdminTextInputWidget,
        help_text=_("In the metric's unit. Above zero it is added, at the start of the day; below, taken away."),
    )

    def filled_in(self, **values: Any) -> Correction:
        return adjustment(**values)


class FactForm(CorrectionForm):
    source = forms.ModelChoiceField(label=_("Source"), queryset=Source.objects.none())
    fact = forms.CharField(label=_("Fact"), widget=AdminTextInputWidget, help_text=_("Its id, exactly."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("source") and cleaned.get("fact"):
            found = Fact.objects.select_related("fest", "entry__creator")
            cleaned["fact"] = found.filter(source=cleaned["source"], external_id=cleaned["fact"]).first()
            if cleaned["fact"] is None:
                self.add_error("fact", _("This source has sent no such fact."))
        return cleaned

    def filled_in(self, **values: Any) -> Correction:
        return void_of_fact(values["fact"])


class SessionForm(CorrectionForm):
    entry = HandleField()
    session = forms.CharField(label=_("Session"), max_length=128, widget=AdminTextInputWidget)
    source = forms.ModelChoiceField(
        label=_("Source"), queryset=Source.objects.none(), required=False, empty_label=_("any")
    )

    def filled_in(self, **values: Any) -> Correction:
        return void_of_session(**values)


class RangeForm(CorrectionForm):
    source = forms.ModelChoiceField(label=_("Source"), queryset=Source.objects.none())
    starts = moment_field(_("From"))
    ends = moment_field(_("Until"))

    def filled_in(self, **values: Any) -> Correction:
        return void_of_range(**values)


class DisqualificationForm(CorrectionForm):
    entry = HandleField()
    since = moment_field(_("Since"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["since"].help_text = _("Empty: nothing counts at all. %(help)s") % {"help": MOMENT_HELP}

    def filled_in(self, **values: Any) -> Correction:
        return disqualification(**values)


class ReasonForm(forms.Form):
    """Why a step is taken."""

    reason = forms.CharField(
        label=_("Reason"), widget=AdminTextareaWidget(attrs={"rows": 3}), help_text=_("It is kept with your name.")
    )


FORMS: dict[str, type[CorrectionForm]] = {
    Correction.Kind.ADJUSTMENT: AdjustmentForm,
    Correction.Kind.FACT: FactForm,
    Correction.Kind.SESSION: SessionForm,
    Correction.Kind.RANGE: RangeForm,
    Correction.Kind.DISQUALIFICATION: DisqualificationForm,
}
