"""The ceremony: a standing announced rank by rank, from the bottom up, by staff on a stage.

Who is announced is copied as the ceremony is prepared, so that nothing that comes later moves it: from what is derived
while the boards are frozen, from the certified edition once there is one. Steps are records; one that is sent twice is
taken once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from livefest import clock
from livefest.audit import acting, record
from livefest.copies import shown_copy
from livefest.models import Fest, PublicCopy, User
from livefest.sql import execute
from rankings.export import NoSuchStanding, checked_period, checked_place
from rankings.freezing import FreezingError, refuse_stranger
from rankings.locks import fest_lock
from rankings.models import Board, Ceremony, CeremonyRow, CeremonyStep, Standing
from rankings.models.ceremony import MOST_RANKS
from rankings.places import Place
from rankings.published import placed
from rankings.snapshots import snapshot_in_copy, snapshot_page

CEREMONY_LOCK = 0x6C68  # class of the advisory locks on fests' ceremonies
MOST_ROWS = 300  # announced in one ceremony; more only where very many share a rank
OVER = (CeremonyStep.Act.DONE, CeremonyStep.Act.WITHDRAW)
Act = CeremonyStep.Act

BEST = "SELECT key FROM rankings_score WHERE standing_id = %s AND key IS NOT NULL ORDER BY key LIMIT %s"


@dataclass(frozen=True)
class Where:
    """Where a ceremony is: `number` of its last step (0: none yet), what that was, and how many ranks are shown."""

    number: int
    act: Act | None
    shown: int

    @property
    def is_on(self) -> bool:
        return self.act is not None and self.act not in OVER

    @property
    def is_over(self) -> bool:
        return self.act in OVER


def where(ceremony: Ceremony) -> Where:
    last = CeremonyStep.objects.filter(ceremony=ceremony).order_by("-number").first()
    return Where(last.number, Act(last.act), last.shown) if last else Where(0, None, 0)


def prepare(
    board: Board, *, within: str = "", period: str = "", top: int = 10, by: User, at: datetime | None = None
) -> Ceremony:
    """A ceremony of a standing, not begun: everybody down to rank `top` as they stand now. `within` and `period` are as
    `export_board` takes them. Raises FreezingError."""
    refuse_stranger(by)
    fest = board.fest
    if not 1 <= top <= MOST_RANKS:
        raise FreezingError(_("Announce down to a rank from 1 to %(most)d.") % {"most": MOST_RANKS})
    try:
        place, named = checked_place(board, within), checked_period(board, period)
    except NoSuchStanding as error:
        raise FreezingError(_("“%(board)s” has no such place or day.") % {"board": board.name}) from error
    with fest_lock(fest), acting(by=by):
        lock_ceremonies(fest)
        copy = shown_copy(fest.pk)
        if copy is None:
            raise FreezingError(_("The boards are not frozen: everybody sees who stands where."))
        same = Ceremony.objects.to_be_held().filter(fest=fest, board=board.slug, within=place, period=named)
        if same.exists():
            raise FreezingError(_("A ceremony of it is prepared; withdraw that one to prepare it anew."))
        results = None if copy.is_freeze else copy
        leading = leading_places(board, place, named, top=top, results=results)
        ranks = sorted({one.rank for one in leading}, reverse=True)
        ceremony = Ceremony.objects.create(
            fest=fest,
            board=board.slug,
            within=place,
            period=named,
            top=top,
            steps=len(ranks),
            copy=results,
            prepared_at=at or clock.now(),
            prepared_by=by,
        )
        CeremonyRow.objects.bulk_create(
            CeremonyRow(
                ceremony=ceremony,
                position=one.position,
                step=ranks.index(one.rank) + 1,
                rank=one.rank,
                handle=one.handle,
                score=one.score,
            )
            for one in leading
        )
        record(ceremony, verb="prepare ceremony", after={"top": top, "ranks": len(ranks)})
        return ceremony


def leading_places(board: Board, within: str, period: str, *, top: int, results: PublicCopy | None) -> list[Place]:
    """Everybody down to a rank, best first, of an edition's copy or (None) as derived now. Raises FreezingError."""
    if results:
        snapshot = snapshot_in_copy(results, board, within=within, period=period)
        best = snapshot_page(snapshot, position=0, count=MOST_ROWS + 1) if snapshot else []
    else:
        standing = Standing.objects.filter(board=board, within=within, period=period).first()
        keys = [key for (key,) in execute(BEST, [standing.pk, MOST_ROWS + 1])] if standing else []
        best = placed(keys, standing.width, 0, 0) if standing else []
    leading = [place for place in best if place.rank <= top]
    if not leading:
        raise FreezingError(_("Nobody is ranked there."))
    if len(leading) > MOST_ROWS:
        raise FreezingError(_("More than %(most)d share these ranks; announce fewer.") % {"most": MOST_ROWS})
    return leading


def take_step(ceremony: Ceremony, *, number: int, act: Act, by: User, at: datetime | None = None) -> Where:
    """Takes the step that comes next, if that is `number`; where the ceremony is then. The same step sent again changes
    nothing. Raises FreezingError where the ceremony has moved on, or the step doesn't follow."""
    refuse_stranger(by)
    with acting(by=by):
        lock_ceremonies(ceremony.fest)
        now = where(ceremony)
        if number <= now.number:
            taken = CeremonyStep.objects.get(ceremony=ceremony, number=number)
            if taken.act == act:
                return now
        if number != now.number + 1:
            raise FreezingError(_("Somebody took a step meanwhile; look at where the ceremony is."))
        refuse_step(ceremony, now, act)
        shown = now.shown + {Act.FORWARD: 1, Act.BACK: -1}.get(act, 0)
        CeremonyStep.objects.create(ceremony=ceremony, number=number, act=act, shown=shown, at=at or clock.now(), by=by)
        record(ceremony, verb=f"ceremony: {act.value}", before={"shown": now.shown}, after={"shown": shown})
        return Where(number, act, shown)


def refuse_step(ceremony: Ceremony, now: Where, act: Act) -> None:
    """Raises FreezingError where an act doesn't follow from where the ceremony is, as the database would."""
    if now.is_over:
        raise FreezingError(_("This ceremony is over."))
    if act == Act.OPEN:
        if now.is_on:
            raise FreezingError(_("This ceremony is open already."))
        other = on_stage(ceremony.fest)
        if other:
            raise FreezingError(_("Another ceremony is on (%(other)s); end it first.") % {"other": other})
        copy = shown_copy(ceremony.fest_id)
        if (copy is None or not copy.is_freeze) and (copy.pk if copy else None) != ceremony.copy_id:
            raise FreezingError(_("The public is shown other results by now: withdraw this and prepare it anew."))
    elif act == Act.WITHDRAW:
        if now.shown:
            raise FreezingError(_("Take back what was announced before you withdraw it."))
    elif not now.is_on:
        raise FreezingError(_("Open the ceremony first."))
    elif act == Act.FORWARD and now.shown == ceremony.steps:
        raise FreezingError(_("All ranks are announced; end the ceremony."))
    elif act == Act.BACK and not now.shown:
        raise FreezingError(_("Nothing is announced yet."))
    elif act == Act.DONE and now.shown < ceremony.steps:
        raise FreezingError(_("Ranks are still to be announced."))


def on_stage(fest: Fest) -> Ceremony | None:
    """The ceremony that is on."""
    held = Ceremony.objects.to_be_held().filter(fest=fest).annotate(begun=Count("taken"))
    return held.filter(begun__gt=0).first()


def changed_since(ceremony: Ceremony) -> bool:
    """Whether what would be announced now, were it prepared anew, is no longer what was copied."""
    board = Board.objects.filter(fest=ceremony.fest_id, slug=ceremony.board).first()
    copy = shown_copy(ceremony.fest_id)
    if board is None or copy is None:
        return True
    try:
        places = leading_places(
            board, ceremony.within, ceremony.period, top=ceremony.top, results=None if copy.is_freeze else copy
        )
    except FreezingError:
        return True
    rows = ceremony.rows.order_by("position").values_list("rank", "handle", "score")
    return list(rows) != [(place.rank, place.handle, place.score) for place in places]


def lock_ceremonies(fest: Fest) -> None:
    """One at a time prepares or steps, to the end of the transaction; the database's triggers take the same lock."""
    assert transaction.get_connection().in_atomic_block  # noqa: S101  else it would be let go at once
    execute("SELECT pg_advisory_xact_lock(%s, %s)", [CEREMONY_LOCK, fest.pk % 2**31])
