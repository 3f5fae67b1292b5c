"""Plays a script of `fests.py` in the app, and reads back what the app makes of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from challenges.models import Challenge, Completion, Joining
from creators.correction_steps import propose, undo
from creators.corrections import (
    Size,
    adjustment,
    disqualification,
    void_of_fact,
    void_of_range,
    void_of_session,
)
from creators.creators_file import load_creators
from creators.intake import record_facts
from creators.models import Correction, Entry, Fact, Group, Membership, Payment, SupporterTally, Tally
from creators.reports import parse_fact
from creators.sources import create_source
from livefest.campaign import load_campaign
from livefest.campaign.store import to_text
from livefest.models import Fest, Metric, Round, User
from livefest.models import Region as FestRegion
from rankings.admissions import amend_admission
from rankings.closing import close
from rankings.export import days_of, places_of, standing_rows
from rankings.models import Board, Contribution, Gain, GroupTotal
from rankings.refresh import refresh
from tests import reference
from tests.rankings.fests import Amend, Close, Correct, Event, Facts, Join, Move, Refresh, Region, Script, Undo

ExportRow = tuple[str, str, str, str, str, str, str]


def begin(script: Script) -> Fest:
    """The script's campaign and creators, loaded."""
    load_campaign(to_text(script.campaign))
    fest = Fest.objects.get(slug=script.campaign["fest"]["slug"])
    columns = ["handle", "name", "region", "category", "groups"]
    lines = [",".join(columns), *(",".join(row[column] for column in columns) for row in script.creators)]
    load_creators(fest=fest, data="\n".join(lines).encode())
    return fest


def play(fest: Fest, script: Script, event: Event) -> None:
    """Lets one event happen."""
    match event:
        case Facts(lines, later):
            reports, arrived_at = [parse_fact(line) for line in lines], script.arrived_at + later
            record_facts(source=create_source(fest=fest, name="file"), reports=reports, arrived_at=arrived_at)
        case Refresh():
            refresh(fest)
        case Close(moment):
            close(fest, at=moment)
        case Move(handle, kind, group, moment):
            entry = entry_of(fest, handle)
            Membership.objects.filter(entry=entry, kind=kind).delete()
            if group is not None:
                Membership.objects.create(
                    fest=fest,
                    entry=entry,
                    group=Group.objects.get(fest=fest, slug=group),
                    kind=kind,
                    origin="staff",
                    since=moment,
                )
        case Region(handle, code):
            entry = entry_of(fest, handle)
            entry.region = FestRegion.objects.get(fest=fest, code=code) if code else None
            entry.save()
        case Join(challenge, handle, moment):
            found = Challenge.objects.get(fest=fest, slug=challenge)
            Joining.objects.create(challenge=found, entry=entry_of(fest, handle), joined_at=moment)
        case Correct(correction, moment):
            if made := as_staff_make_it(fest, correction):
                made.key = UUID(int=[one for one in script.events if isinstance(one, Correct)].index(event))
                propose(made, by=staff(), reason="as the jury decided", size=Size(0, 0), at=moment)
        case Undo(number):
            if made := Correction.objects.filter(key=UUID(int=number)).first():
                undo(made, by=staff(), reason="as the court decided")
        case Amend(round_, handle, admitted):
            amend_admission(
                round_=Round.objects.get(fest=fest, slug=round_),
                entry=entry_of(fest, handle),
                admitted=admitted,
                by=staff(),
                reason="as the jury decided",
            )


def as_staff_make_it(fest: Fest, correction: reference.Correction) -> Correction | None:
    """The same correction, not stored yet; None for the void of a fact that has not been taken."""
    source = create_source(fest=fest, name="file")
    match correction:
        case reference.Adjustment(creator, metric, day, quantity):
            metric_ = Metric.objects.get(fest=fest, slug=metric)
            return adjustment(entry=entry_of(fest, creator), metric=metric_, day=day, quantity=quantity)
        case reference.FactVoid(id):
            fact = Fact.objects.filter(source=source, external_id=id).first()
            return void_of_fact(fact) if fact else None
        case reference.SessionVoid(creator, session, name):
            return void_of_session(entry=entry_of(fest, creator), session=session, source=source if name else None)
        case reference.RangeVoid(_, window):
            return void_of_range(source=source, starts=window.starts, ends=window.ends)
        case reference.Disqualification(creator, since):
            return disqualification(entry=entry_of(fest, creator), since=since)


def staff() -> User:
    found, _created = User.objects.get_or_create(username="staff", defaults={"is_staff": True, "is_superuser": True})
    return found


def entry_of(fest: Fest, handle: str) -> Entry:
    return Entry.objects.get(fest=fest, creator__handle=handle)


def all_standings(fest: Fest) -> list[ExportRow]:
    """Every standing of the fest as `export_board` gives it: boards in the file's order, then places, then periods."""
    rows: list[ExportRow] = []
    boards = Board.objects.filter(fest=fest).select_related("fest", "round", "within_group").order_by("position")
    for board in boards:
        places = places_of(board) if board.within and not board.within_group else [""]
        for place in places:
            for day in days_of(board) if board.period == Board.Period.DAY else [""]:
                within = board.within_group.slug if board.within_group else place
                period = day or (board.round.slug if board.round else "fest")
                for rank, handle, score, reached_at in standing_rows(board, within=place, period=day):
                    rows.append((board.slug, within, period, str(rank), handle, str(score), reached_at))
    return rows


def everything_derived(fest: Fest) -> dict[str, list[tuple[Any, ...]]]:
    """Every derived row but the standings, without ids and without sums of nothing."""
    totals = GroupTotal.objects.filter(group__fest=fest, amount__gt=0)
    entries = {"entry__fest": fest}
    return {
        "gains": sorted(
            Gain.objects.filter(**entries).values_list(
                "entry", "rule", "segment", "day", "quantity", "points", "gained_at"
            ),
            key=repr,
        ),
        "tallies": sorted(
            Tally.objects.filter(**entries).values_list("entry", "metric", "segment", "day", "quantity", "reached_at"),
            key=repr,
        ),
        "given": sorted(
            SupporterTally.objects.filter(**entries).values_list(
                "entry", "supporter", "metric", "segment", "quantity", "reached_at"
            ),
            key=repr,
        ),
        "completions": sorted(
            Completion.objects.filter(**entries).values_list("entry", "challenge", "period", "met_at", "won"), key=repr
        ),
        "payments": sorted(
            Payment.objects.filter(**entries).values_list("entry", "entitlement", "metric", "points", "at"), key=repr
        ),
        "contributions": sorted(
            Contribution.objects.filter(**entries).values_list(
                "entry", "standing", "measure", "group", "amount", "reached_at"
            ),
            key=repr,
        ),
        "totals": sorted(totals.values_list("standing", "group", "measure", "amount"), key=repr),
    }
