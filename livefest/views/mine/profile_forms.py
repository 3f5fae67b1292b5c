"""What creators say of themselves, as forms; and their uploads, of which no more is read than may be."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators import profiles
from creators.models import Entry, Profile
from creators.models.profile import BIO_LENGTH
from livefest import clock
from livefest.pictures import MOST_BYTES, PictureError, made_from, too_big

MOST_SENT = MOST_BYTES + 64 * 1024  # the picture with the other fields


class ProfileForm(forms.Form):
    """`made` is the new picture as it will be stored, once the form is valid; None where none was sent."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=4 * profiles.NAME_LENGTH,
        help_text=gettext_lazy("Up to 60 characters. Your handle is always shown too."),
    )
    bio = forms.CharField(
        label=gettext_lazy("About you"),
        required=False,
        strip=False,
        max_length=4 * BIO_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Up to 500 characters of plain text."),
    )
    links = forms.CharField(
        label=gettext_lazy("Links"),
        required=False,
        max_length=6 * profiles.LINK_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "inputmode": "url", "autocapitalize": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("One a line, up to five, each beginning with https://."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of your LIVEs"), required=False)
    picture = forms.FileField(
        label=gettext_lazy("New picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=gettext_lazy("PNG, JPEG or WebP of up to 8 MB. Its middle is shown; where it was taken is left out."),
    )
    remove_picture = forms.BooleanField(label=gettext_lazy("Show no picture"), required=False)

    def __init__(self, profile: Profile, data: Any = None, files: Any = None) -> None:
        initial = {
            "name": profile.creator.name,
            "bio": profile.bio,
            "links": "\n".join(profile.links),
            "language": profile.language,
        }
        super().__init__(data, files, initial=initial)
        self.profile = profile
        self.made: bytes | None = None
        self.fields["language"].choices = languages()  # type: ignore[attr-defined]
        if not profile.picture_id:
            del self.fields["remove_picture"]
        choices = categories_before_start(profile)
        self.entries = list(choices)
        for entry, categories in choices.items():
            self.fields[field_of(entry)] = forms.ChoiceField(
                label=_("Category in %(fest)s") % {"fest": entry.fest.local.name},
                required=False,
                initial=entry.category,
                choices=categories,
                help_text=_("Until the festival starts; later its staff change it."),
            )

    def clean_name(self) -> str:
        return profiles.clean_name(self.cleaned_data["name"])

    def clean_bio(self) -> str:
        return profiles.clean_bio(self.cleaned_data["bio"])

    def clean_links(self) -> list[str]:
        return profiles.clean_links(self.cleaned_data["links"])

    def clean_picture(self) -> None:
        sent: UploadedFile[bytes] | None = self.cleaned_data["picture"]
        if sent is None:
            return
        try:
            self.made = made_from(sent.read())
        except PictureError as error:
            raise ValidationError(str(error)) from error

    @transaction.atomic
    def save(self) -> None:
        """Raises TooLate."""
        said = self.cleaned_data
        for entry in self.entries:
            profiles.choose_category(entry=entry, category=said[field_of(entry)])
        profiles.edit_profile(
            profile=self.profile,
            name=said["name"],
            bio=said["bio"],
            links=said["links"],
            language=said["language"],
        )
        if self.made is not None or said.get("remove_picture"):
            profiles.change_picture(profile=self.profile, content=self.made)


def field_of(entry: Entry) -> str:
    return f"category-{entry.pk}"


def categories_before_start(profile: Profile) -> dict[Entry, list[tuple[str, str]]]:
    """The choices of each entry in a fest that has categories and has not started."""
    found = Entry.objects.filter(creator=profile.creator_id, fest__starts__gt=clock.now()).select_related("fest")
    choices = {entry: categories_for(entry) for entry in found}
    return {entry: categories for entry, categories in choices.items() if len(categories) > 1}


def categories_for(entry: Entry) -> list[tuple[str, str]]:
    """Those that somebody of the fest is in, and none."""
    used = Entry.objects.filter(fest=entry.fest_id).exclude(category="").order_by("category")
    return [("", _("None")), *((name, name) for name in used.values_list("category", flat=True).distinct())]


def languages() -> list[tuple[str, str]]:
    """Each by its own name, in the order of those."""
    named = {code: str(info["name_local"]) for code, info in LANG_INFO.items() if "name_local" in info}
    return [("", _("Not said")), *sorted(named.items(), key=lambda one: one[1].casefold())]


def is_too_long(request: HttpRequest) -> bool:
    """Whether the client says that it sends more than we read."""
    length = request.headers.get("Content-Length", "")
    return not length.isdecimal() or int(length) > MOST_SENT


class PictureHandler(FileUploadHandler):
    """Keeps the one file of the form in memory, up to what a picture may have, and stops reading beyond."""

    def new_file(self, *args: Any, **more: Any) -> None:
        super().new_file(*args, **more)
        self.parts: list[bytes] = []
        self.length = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.length += len(raw_data)
        if self.length > MOST_BYTES:
            raise StopUpload(connection_reset=True)
        self.parts.append(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        if self.field_name != "picture":
            return None
        return SimpleUploadedFile(self.file_name or "picture", b"".join(self.parts))


def too_big_said() -> str:
    return str(too_big())
