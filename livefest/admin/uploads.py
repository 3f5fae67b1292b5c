"""Files that staff upload: how big they may be, and what is wrong with them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

MOST_PROBLEMS = 100  # shown on a page


class BoundedFileField(forms.FileField):
    """An uploaded file of at most `most` bytes; its cleaned value is the file."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file and (file.size or 0) > self.most:
            raise ValidationError(
                _("The file has %(size)s; upload at most %(most)s."),
                params={"size": filesizeformat(file.size), "most": filesizeformat(self.most)},
            )
        return file


def shortened(problems: list[str]) -> tuple[list[str], int]:
    """The first problems, and how many more there are."""
    return problems[:MOST_PROBLEMS], max(len(problems) - MOST_PROBLEMS, 0)
