"""What the database's constraints say, in words for people. Each app adds its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models.constraints import BaseConstraint
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest.admin.base import ModelForm

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# By the constraint's name.
VIOLATIONS: dict[str, str | _StrPromise] = {
    "fest_slug_unique": gettext_lazy("There is a fest with this slug already; choose another slug."),
    "fest_starts_before_end": gettext_lazy("The end is not after the start; write a later moment."),
    "fest_freeze_within": gettext_lazy("The freeze is not within the fest; write a moment within it."),
    "region_code_form": gettext_lazy("Write a region as two capital letters (ISO 3166-1), such as GB."),
    "metric_paid_is_no_duration": gettext_lazy("A paid metric is no duration; leave the unit out or write another."),
    "metric_slug_not_reserved": gettext_lazy(
        "“points” and “earliest” mean something else on boards; choose another slug."
    ),
    "round_starts_before_end": gettext_lazy("The end is not after the start; write a later moment."),
    "round_slug_not_reserved": gettext_lazy("“fest” and “day” are periods of their own; choose another slug."),
    "group_roster_holds_members": gettext_lazy("The group has more members than that; write a bigger roster."),
    "metric_meaning_stays": gettext_lazy("The metric has facts; whether it is a duration or paid can't change."),
    "creator_handle_stays": gettext_lazy("A handle names one creator and can't change."),
    "round_admits_both_or_neither": gettext_lazy(
        "Write both the board to admit from and how many of its best, or leave both empty."
    ),
}


def worded(error: Any) -> Any:
    """A form's error with each “Constraint … is violated” in words for people."""
    if isinstance(error, ValidationError):
        if hasattr(error, "error_dict"):
            return ValidationError({name: worded_all(errors) for name, errors in error.error_dict.items()})
        return ValidationError(worded_all(error.error_list))
    return error


def worded_all(errors: list[ValidationError]) -> list[ValidationError]:
    usual = {str(BaseConstraint.default_violation_error_message % {"name": name}): name for name in VIOLATIONS}
    return [
        ValidationError(VIOLATIONS[usual[error.message]], code="invalid") if error.message in usual else error
        for error in errors
    ]


class WordedForm(ModelForm):
    """A form whose constraints speak."""

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, worded(error))


def explained(error: DatabaseError) -> str:
    """Why the database refused, in one sentence."""
    cause = error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    if name in VIOLATIONS:
        return str(VIOLATIONS[name])
    reason = str(error).partition("\n")[0]
    return _("This contradicts what has been recorded: %(reason)s") % {"reason": reason}
