"""What somebody wants to be told, when, and in which language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db import transaction
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest.models import NotificationChoice, User
from livefest.notifications import Kind, choose, kinds

if TYPE_CHECKING:
    UserForm = forms.ModelForm[User]
else:  # Django's class takes no type parameters when it runs
    UserForm = forms.ModelForm


class KindRow(NamedTuple):
    """A kind with its two boxes."""

    kind: Kind
    on_site: BoundField
    by_email: BoundField


class ChoicesForm(UserForm):
    """Two boxes for each kind, and the account's hours, zone and language."""

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy("Quiet hours, and moments in e-mails, are of this zone."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    quiet_from = forms.TimeField(label=gettext_lazy("No e-mails from"), required=False, input_formats=["%H:%M"])
    quiet_until = forms.TimeField(
        label=gettext_lazy("No e-mails until"),
        required=False,
        input_formats=["%H:%M"],
        help_text=gettext_lazy("What comes meanwhile is sent afterwards. Leave both empty for no quiet hours."),
    )

    class Meta:
        model = User
        fields = ("quiet_from", "quiet_until", "time_zone", "language")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["time_zone"].choices = zones()  # type: ignore[attr-defined]
        self.fields["language"].choices = languages()  # type: ignore[attr-defined]
        for name in ("quiet_from", "quiet_until"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
            self.fields[name].error_messages["invalid"] = _("Write hours and minutes, such as 22:30.")
        chosen = {choice.kind: choice for choice in NotificationChoice.objects.filter(user=self.instance)}
        for kind in kinds():
            self.add_boxes(kind, chosen.get(kind.name) or kind)

    def add_boxes(self, kind: Kind, chosen: NotificationChoice | Kind) -> None:
        for way, title, initial in (
            ("site", _("On the site"), chosen.on_site),
            ("mail", _("By e-mail"), chosen.by_email or kind.always_by_email),
        ):
            fixed = way == "mail" and kind.always_by_email
            self.fields[f"{way}-{kind.name}"] = forms.BooleanField(
                label=f"{title}: {kind.label}", required=False, initial=initial, disabled=fixed
            )

    def kind_rows(self) -> Iterator[KindRow]:
        for kind in kinds():
            yield KindRow(kind, self[f"site-{kind.name}"], self[f"mail-{kind.name}"])

    def settings_fields(self) -> list[BoundField]:
        return [self[name] for name in self.Meta.fields]

    def clean_quiet_from(self) -> str:
        return time_of_day(self.cleaned_data["quiet_from"])

    def clean_quiet_until(self) -> str:
        return time_of_day(self.cleaned_data["quiet_until"])

    def clean(self) -> None:
        begins, ends = self.cleaned_data.get("quiet_from"), self.cleaned_data.get("quiet_until")
        if begins is None or ends is None:
            return  # said already
        if bool(begins) != bool(ends):
            missing = "quiet_until" if begins else "quiet_from"
            self.add_error(missing, _("Quiet hours have a beginning and an end: write both, or leave both empty."))
        elif begins and begins == ends:
            self.add_error("quiet_until", _("They end when they begin; to get no e-mails at all, untick them above."))

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        self.instance.save(update_fields=list(self.Meta.fields))
        wanted = {
            kind.name: (self.cleaned_data[f"site-{kind.name}"], self.cleaned_data[f"mail-{kind.name}"])
            for kind in kinds()
        }
        choose(by=self.instance, wanted=wanted)
        return self.instance


def time_of_day(value: Any) -> str:
    """As `User` keeps it; "" for none."""
    return f"{value:%H:%M}" if value else ""


def zones() -> list[tuple[str, Any]]:
    """The cities of the IANA list, and UTC; not its aliases of other kinds."""
    cities = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/")))
    return [("", _("The festival's")), ("UTC", "UTC"), *((name, name.replace("_", " ")) for name in cities)]


def languages() -> list[tuple[str, Any]]:
    """Each by its own name."""
    return [("", _("The site's usual one")), *settings.LANGUAGES]
