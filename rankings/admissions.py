"""Who takes part in a round that admits: by rank as it opens, and as staff amend it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from creators.models import Entry
from livefest import clock
from livefest.models import Fest, Round, User
from livefest.sql import execute
from rankings.boards import (
    begin_boards,
    begin_subjects,
    creator_figures,
    look_up_own,
    parameters,
    plans_of,
    rank_figures,
)
from rankings.models import Admission, Opening

EVERYBODY = "(SELECT id AS entry_id, '-infinity'::timestamptz AS since FROM creators_entry WHERE fest_id = {fest})"

ADMIT = """
INSERT INTO rankings_admission (opening_id, entry_id, admitted, origin, decided_at, reason)
SELECT %(opening)s, entry_id, true, 'rank', %(at)s, ''
FROM (
    SELECT entry_id, rank() OVER (PARTITION BY within, period ORDER BY substring(key FOR %(width)s)) AS rank
    FROM ranked
) AS standing
WHERE rank <= %(top)s
GROUP BY entry_id
RETURNING entry_id
"""


class AdmissionError(Exception):
    """An amendment that can't be made, and what to do instead."""


@transaction.atomic
def open_rounds(fest: Fest, *, at: datetime) -> int:
    """Opens the rounds that begin at `at` (UTC), admit, and haven't been opened; how many creators that admits.

    CAMPAIGN.md, "Rounds": "everyone whose rank is at most `top` in any standing of that board, as known when the round
    opens (or is closed later)". What is judged is the standing as the round opens, from all facts that are known: what
    happened from then on admits nobody, however late this is. Gains and tallies must be up to date.
    """
    admitted = 0
    rounds = Round.objects.filter(fest=fest, starts=at, opening=None).exclude(admits_board="")
    for round_ in rounds.order_by("position", "id"):
        plan = next(plan for plan in plans_of(fest) if plan.board.slug == round_.admits_board)
        values = parameters(plan, before=at)
        begin_subjects("judged", new=EVERYBODY.format(fest=fest.pk))
        look_up_own([plan], subjects="judged", everybody=True)
        begin_boards([plan])
        rank_figures(plan, values, creator_figures(plan, subjects="judged"))
        opening = Opening.objects.create(round=round_, opened_at=at)
        admitted += len(
            execute(ADMIT, {"opening": opening.pk, "at": at, "width": plan.width, "top": round_.admits_top})
        )
    return admitted


@transaction.atomic
def amend_admission(*, round_: Round, entry: Entry, admitted: bool, by: User, reason: str) -> Admission:
    """Staff let a creator into a round that has been opened, or take them out; the last word stands.

    Raises AdmissionError for a round that isn't open, an entry of another fest, or an empty reason.
    """
    if not reason.strip():
        raise AdmissionError("Say why: give a reason.")
    if entry.fest_id != round_.fest_id:
        raise AdmissionError(f"{entry} is not in this fest; choose a creator of {round_.fest}.")
    opening = Opening.objects.filter(round=round_).first()
    if opening is None:
        raise AdmissionError(f"“{round_}” admits nobody yet; amend its list once it has been opened.")
    admission, _created = Admission.objects.update_or_create(
        opening=opening,
        entry=entry,
        defaults={
            "admitted": admitted,
            "origin": Admission.Origin.STAFF,
            "decided_at": clock.now(),
            "decided_by": by,
            "reason": reason.strip(),
        },
    )
    return admission
