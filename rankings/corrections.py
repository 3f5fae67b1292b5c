"""Corrections as staff make them: what one would move is looked at first, and decides whether it takes two people.

The look runs the real thing: in a transaction that is rolled back, what waits is derived, then the correction with what
follows from it. Nothing remains. It takes as long as two refreshes, under the fest's lock, and no facts come in
meanwhile: they would be taken for what the correction moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creators.correction_steps import PROPOSE, SAYS, given, propose, refuse_stranger, the_same
from creators.corrections import Decided, Size
from creators.intake import lock_source
from creators.models import Correction, Source
from livefest import clock
from livefest.models import User
from livefest.sql import execute
from rankings.correction_moves import (
    Leading,
    ScoreChange,
    begin_moves,
    count_changes,
    count_others,
    first_changes,
    leading_moves,
    size_of_moves,
)
from rankings.locks import fest_lock
from rankings.refresh import derive

State = Correction.State


@dataclass(frozen=True)
class Preview:
    """What a correction moves, or its undoing.

    changes: rows of standings whose score changes; `first_changes` has those that change most. others: rows that only
    come to another rank. leading_count: of both, those that are or were among the first hundred of their standing and
    come to another rank; `leading` has the first of them.
    """

    size: Size
    changes: int
    first_changes: list[ScoreChange]
    others: int
    leading_count: int
    leading: list[Leading]

    def lines(self) -> Iterator[str]:
        """The same for people."""
        yield ngettext(
            "%(creators)d creator's scores change, by %(points)d points at most on one board.",
            "%(creators)d creators' scores change, by %(points)d points at most on one board.",
            self.size.creators,
        ) % {"creators": self.size.creators, "points": self.size.points}
        yield ngettext(
            "%(changes)d row of standings changes its score, %(others)d more their rank.",
            "%(changes)d rows of standings change their score, %(others)d more their rank.",
            self.changes,
        ) % {"changes": self.changes, "others": self.others}
        yield from (f"  {change}" for change in self.first_changes)
        yield from more(self.changes - len(self.first_changes))
        if self.leading:
            yield _("Among the leading hundred:")
            yield from (f"  {move}" for move in self.leading)
            yield from more(self.leading_count - len(self.leading))


def more(number: int) -> Iterator[str]:
    if number:
        yield _("  and %(number)d more") % {"number": number}


def preview(correction: Correction, *, by: User, at: datetime | None = None) -> Preview:
    """What would move if the correction, stored or not, came into force; if it is in force, if it were undone.

    `at` stands in for now. Raises Decided where neither can happen.
    """
    with fest_lock(correction.fest), transaction.atomic():
        try:
            keep_facts_out(correction)
            derive(correction.fest, rebuild=False)
            begin_moves()
            pretend(correction, by, at or clock.now())
            derive(correction.fest, rebuild=False, moves_into="correction_move")
            execute("ANALYZE correction_move")
            changes, (leading_count, leading) = count_changes(), leading_moves()
            return Preview(Size(*size_of_moves()), changes, first_changes(), count_others(), leading_count, leading)
        finally:
            transaction.set_rollback(True)


def make_correction(correction: Correction, *, by: User, reason: str, at: datetime | None = None) -> Correction:
    """Stores a correction and brings it into force at once, unless it is large by its preview: then it waits for a
    second person. Sent again it returns the one that there is. Raises CorrectionError."""
    refuse_stranger(by, PROPOSE)
    given(reason)
    with fest_lock(correction.fest):
        size = Size(0, 0) if the_same(correction) else preview(correction, by=by, at=at).size
        return propose(correction, by=by, reason=reason, size=size, at=at)


def keep_facts_out(correction: Correction) -> None:
    """Until the transaction ends the fest's sources wait. A stored correction is locked before, as in approving."""
    if correction.pk:
        Correction.objects.select_for_update(no_key=True).get(pk=correction.pk)
    for source in Source.objects.filter(fest=correction.fest_id).order_by("pk"):
        lock_source(source, alone=True)


def pretend(correction: Correction, by: User, now: datetime) -> None:
    """Lets the correction be in force, or be undone, as far as this transaction goes."""
    if correction.pk and correction.state in (State.IN_FORCE, State.UNDO_PROPOSED):
        # A large one is two people's; those who made it stand in for those who will undo it.
        rows = Correction.objects.filter(pk=correction.pk)
        rows.update(
            undo_proposed_at=correction.undo_proposed_at or now,
            undo_proposed_by=correction.undo_proposed_by or correction.proposed_by,
            undo_reason=correction.undo_reason or "preview",
            undone_at=now,
            undone_by=stand_in(correction),
        )
        return
    if correction.pk and correction.state != State.PROPOSED:
        raise Decided(_("“%(correction)s” is decided.") % {"correction": correction})
    said = {name: getattr(correction, name) for name in SAYS}
    sizes = {"creators_changed": 0, "points_changed": 0, "large": False}
    try:
        with transaction.atomic():
            Correction.objects.create(
                **said, **sizes, proposed_at=now, proposed_by=by, reason="preview", in_force_at=now, approved_by=by
            )
    except IntegrityError as error:
        raise Decided(_("A correction that says so is in force already; undo that one first.")) from error


def stand_in(correction: Correction) -> User | None:
    """Somebody else than who proposes the undoing: one of the two who made the correction, if it is large."""
    proposed_by = correction.undo_proposed_by or correction.proposed_by
    return correction.proposed_by if proposed_by != correction.proposed_by else correction.approved_by
