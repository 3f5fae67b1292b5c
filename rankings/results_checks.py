"""What must be so before a fest's results can be certified, each with what to do where it isn't."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

import redis
from django.db.models import Max
from django.utils.translation import gettext as _

from creators.models import Correction, Enquiry, Fact, JoinRequest, Live, Mark, Source
from livefest.campaign import CampaignError, check_stored
from livefest.models import Fest, PublicCopy, Round
from livefest.sql import execute
from rankings.ceremony import on_stage
from rankings.closing import undecided
from rankings.export import as_text
from rankings.models import RefreshState
from rankings.publishing import Published, due_standings, read_marks, whole_standing
from rankings.valkey import client, keys_of

# Snapshots of a copy that don't have all rows that they should.
BROKEN = """
SELECT count(*) FROM rankings_snapshot snapshot
WHERE snapshot.copy_id = %s AND (snapshot.copied <> snapshot.size OR snapshot.size <> coalesce((
    SELECT sum(cardinality(chunk.handles)) FROM rankings_snapshotchunk chunk WHERE chunk.snapshot_id = snapshot.id
), 0))
"""


@dataclass(frozen=True)
class Item:
    """A condition: `what` in words, whether it holds, and the `remedy` where it doesn't. `confirm` names one that the
    machine can't judge: who proposes may vouch for it."""

    passed: bool
    what: str
    remedy: str = ""
    confirm: str = ""

    def holds(self, confirmed: Collection[str] = ()) -> bool:
        return self.passed or (self.confirm != "" and self.confirm in confirmed)

    def __str__(self) -> str:
        if self.passed:
            return self.what
        said = self.what if self.confirm else _("%(what)s: no") % {"what": self.what}
        return f"{said}. {self.remedy}."


def checklist(fest: Fest, at: datetime) -> list[Item]:
    """Everything that is to hold at a moment (UTC) for certifying; reads every published row."""
    return [
        grace_item(fest, at),
        campaign_item(fest),
        *closing_items(fest, at),
        marks_item(fest),
        *review_items(fest),
        *copy_items(fest),
        ceremony_item(fest),
        published_item(fest),
        *source_items(fest),
    ]


def to_be_confirmed(fest: Fest) -> list[Item]:
    """Those of the checklist that only people can know."""
    return [item for item in (*review_items(fest), *source_items(fest)) if item.confirm]


def grace_item(fest: Fest, at: datetime) -> Item:
    ends = fest.grace_ends
    remedy = _("Certifying is possible from %(ends)s on") % {"ends": as_text(ends)}
    return Item(at >= ends, _("Grace is over"), remedy)


def campaign_item(fest: Fest) -> Item:
    try:
        check_stored(fest)
    except CampaignError as error:
        return Item(False, _("The campaign can be read"), _("Mend it in the admin: %(error)s") % {"error": error})
    return Item(True, _("The campaign can be read"))


def closing_items(fest: Fest, at: datetime) -> Iterator[Item]:
    state = RefreshState.objects.filter(fest=fest).first()
    close = _("Run close %(fest)s") % {"fest": fest.slug}
    unopened = Round.objects.filter(fest=fest, starts__lte=at, opening=None).exclude(admits_board="")
    names = ", ".join(unopened.values_list("slug", flat=True))
    yield Item(not names, _("Every round that admits is open"), f"{close}: {names}")
    closed = state is not None and state.closed_at is not None and state.closed_at >= fest.ends
    yield Item(closed and not undecided(fest, at), _("Everything is closed: days, rounds, leagues, the fest"), close)
    settled = state is not None and state.closed_at == state.settled_at
    yield Item(settled, _("Everything closed is paid"), _("Run refresh %(fest)s") % {"fest": fest.slug})


def marks_item(fest: Fest) -> Item:
    remedy = _("Run refresh %(fest)s, and see that it comes to its end") % {"fest": fest.slug}
    return Item(not Mark.objects.filter(fest=fest).exists(), _("All that came in is scored"), remedy)


def review_items(fest: Fest) -> Iterator[Item]:
    corrections = Correction.objects.filter(fest=fest).undecided().count()
    remedy = _("%(number)d wait: approve or refuse them") % {"number": corrections}
    yield Item(not corrections, _("No correction waits for a second person"), remedy)
    requests = JoinRequest.objects.filter(fest=fest, outcome=JoinRequest.Outcome.OPEN).count()
    if requests:
        what = _("%(number)d requests to join a community are undecided") % {"number": requests}
        yield Item(False, what, _("Decide them, or confirm that they don't count"), confirm="requests")
    else:
        yield Item(True, _("No request to join a community is undecided"))
    enquiries = Enquiry.objects.filter(fest=fest, outcome=Enquiry.Outcome.OPEN).count()
    if enquiries:
        what = _("%(number)d questions and appeals of creators are open") % {"number": enquiries}
        yield Item(False, what, _("Answer them, or confirm that they change nothing"), confirm="enquiries")
    else:
        yield Item(True, _("No question or appeal of a creator is open"))


def copy_items(fest: Fest) -> Iterator[Item]:
    """The copy of the freeze, whether it is shown or was, and the results that are shown."""
    freeze = PublicCopy.objects.filter(fest=fest, kind=PublicCopy.Kind.FREEZE).first()
    results = PublicCopy.objects.filter(fest=fest, kind=PublicCopy.Kind.RESULTS, shown_until=None).first()
    for copy, what in ((freeze, _("The copy of the freeze is whole")), (results, _("The present edition is whole"))):
        if copy:
            ((broken,),) = execute(BROKEN, [copy.pk])
            remedy = _("%(number)d standings lack rows: restore the database") % {"number": broken}
            yield Item(broken == 0, what, remedy)


def ceremony_item(fest: Fest) -> Item:
    """Results end the freeze, and would show what a stage is about to announce."""
    on = on_stage(fest)
    remedy = _("End %(ceremony)s on its stage") % {"ceremony": on}
    return Item(on is None, _("No ceremony is on"), remedy)


def published_item(fest: Fest) -> Item:
    what = _("Valkey publishes what PostgreSQL says")
    try:
        due = due_standings(fest)
        marks = read_marks([standing.id for standing in due])
        wrong = sum(not is_published(one, mark) for one, mark in zip(due, marks, strict=True))
    except redis.RedisError as error:
        return Item(False, what, _("Valkey can't be reached: %(error)s") % {"error": type(error).__name__})
    remedy = _("%(number)d standings differ: run refresh %(fest)s --rebuild") % {"number": wrong, "fest": fest.slug}
    return Item(wrong == 0, what, remedy)


def is_published(due: Published, mark: object) -> bool:
    """Whether Valkey has just the rows that it should, under the mark that it should."""
    keys = keys_of(due.id)
    if mark != due.mark or client().zcard(keys.order) != due.size or client().hlen(keys.keys) != due.size:
        return False
    same = True
    for part in whole_standing(due):
        rows = [(handle, key) for _version, _width, handle, key in part if key is not None]
        if same and rows:
            held: list[bytes | None] = client().hmget(keys.keys, [handle for handle, _key in rows])  # type: ignore[assignment]
            scored = client().zmscore(keys.order, [key for _handle, key in rows])  # type: ignore[misc]
            same = held == [bytes(key) for _handle, key in rows] and None not in scored
    return same


def source_items(fest: Fest) -> Iterator[Item]:
    """When each source reported last. One that calls and has sent nothing since the fest ended may still hold something
    back: nobody but people can know."""
    for source in Source.objects.filter(fest=fest).prefetch_related("secrets"):
        facts = Fact.objects.filter(source=source).aggregate(last=Max("received_at"))["last"]
        lives = Live.objects.filter(source=source).aggregate(last=Max("reported_at"))["last"]
        last = max((at for at in (facts, lives) if at is not None), default=None)
        told = as_text(last) if last else _("never")
        calls = any(secret.revoked_at is None for secret in source.secrets.all())
        values = {"source": source.name, "last": told}
        if calls and (last is None or last < fest.ends):
            yield Item(
                False,
                _("Source %(source)s calls, and sent nothing since the fest ended (last report: %(last)s)") % values,
                _("Ask whether it has sent all, then confirm it"),
                confirm=f"source:{source.name}",
            )
        else:
            yield Item(True, _("Source %(source)s: last report %(last)s") % values)
