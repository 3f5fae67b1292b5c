"""Completions as the public is shown them: of the public copy while there is one, else as derived."""

from __future__ import annotations

from typing import cast

from django.db.models import QuerySet

from challenges.models import Completion, CompletionCopy
from livefest.copies import shown_copy
from livefest.models import PublicCopy
from livefest.sql import execute

COPY_COMPLETIONS = """
INSERT INTO challenges_completioncopy (copy_id, challenge_id, entry_id, period, met_at, handle, won)
SELECT %(copy)s, completion.challenge_id, completion.entry_id, completion.period, completion.met_at, completion.handle,
       completion.won
FROM challenges_completion completion JOIN challenges_challenge challenge ON challenge.id = completion.challenge_id
WHERE challenge.fest_id = %(fest)s
"""


def copy_completions(copy: PublicCopy) -> None:
    execute(COPY_COMPLETIONS, {"copy": copy.pk, "fest": copy.fest_id})


def shown_completions(fest_id: int) -> QuerySet[Completion]:
    """The completions of a fest that public pages show; copies have the same fields."""
    copy = shown_copy(fest_id)
    if copy:
        return cast("QuerySet[Completion]", CompletionCopy.objects.filter(copy=copy))
    return Completion.objects.filter(challenge__fest=fest_id)
