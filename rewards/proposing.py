"""From certified results to awards: what the present edition makes due is proposed, once; what an earlier one had made
due and this one doesn't is revoked, or listed as a difference to settle where it was fulfilled; and what somebody does
without passes to the next in rank.

All of it is one comparison, of what is due (`rewards/due.py`) with the awards that there are, standing by standing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from challenges.models import CompletionCopy
from creators.models import Entry, Group
from livefest import clock
from livefest.audit import acting, record
from livefest.models import Fest, User
from livefest.sql import execute
from rankings.models import Board, Edition, Snapshot
from rankings.results import current_edition
from rankings.snapshots import all_rows
from rewards.awards import ENDINGS, PROPOSE, AwardError, end, expire, refuse_stranger, step
from rewards.due import Due, Ranked, due_of
from rewards.eligibility import of_entry
from rewards.models import Award, EditionReview, Reward
from rewards.models.award import LIVE

State, Outcome = Award.State, EditionReview.Outcome
LOCK = 0x41574152  # "AWAR": of PostgreSQL's advisory locks, beside a fest's id
HAD_THEIR_CHANCE = [State.DECLINED, State.EXPIRED, State.INELIGIBLE]


class List(NamedTuple):
    """One list of who is ranked for a reward: a standing of its board, or those who met its challenge in a period."""

    reward: Reward
    within: str
    period: str
    snapshot: Snapshot | None


@dataclass
class Proposal:
    """What was done, or would be: awards proposed, those that stand, were revoked, or are to be settled."""

    edition: Edition
    proposed: list[Award] = field(default_factory=list)
    standing: int = 0
    revoked: list[Award] = field(default_factory=list)
    to_settle: list[Award] = field(default_factory=list)


class NothingCertified(AwardError):
    """There are no results yet."""


def propose_awards(fest: Fest, *, by: User) -> Proposal:
    """Makes the fest's awards what its present edition makes due. Again it changes nothing. Raises AwardError."""
    refuse_stranger(by, PROPOSE)
    with acting(by=by):
        edition = locked_edition(fest)
        done = Proposal(edition)
        for one in lists_of(edition):
            equalise(one, done, by=by)
        gone = (
            Award.objects.filter(fest=fest, state__in=LIVE).exclude(reviews__edition=edition).exclude(edition=edition)
        )
        for award in gone.select_related("reward", "fest", "entry__creator"):
            review(award, None, done, by=by)  # its standing, or its board, is no part of the results any more
        record(edition, verb="propose awards", after={"proposed": len(done.proposed), "revoked": len(done.revoked)})
    return done


def dry_run(fest: Fest, *, by: User) -> Proposal:
    """What `propose_awards` would do now; it is done and taken back. Raises AwardError."""
    with transaction.atomic():
        done = propose_awards(fest, by=by)
        transaction.set_rollback(True)
    return done


def locked_edition(fest: Fest) -> Edition:
    """The edition that stands; who else would make awards of the fest waits until this transaction ends."""
    execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, fest.pk % 2**31])
    edition = current_edition(fest)
    if edition is None:
        raise NothingCertified(_("%(fest)s has no certified results; awards come from nothing else.") % {"fest": fest})
    return edition


def lists_of(edition: Edition) -> Iterator[List]:
    """Every list that a reward of the fest looks at, in the campaign's order."""
    snapshots = Snapshot.objects.in_bulk(edition.standings)
    rewards = Reward.objects.filter(fest=edition.fest).select_related("board", "challenge", "fest")
    for reward in rewards.order_by("position", "pk"):
        if reward.board:
            for one in (snapshots[id] for id in edition.standings):
                if one.board == reward.board.slug:
                    yield List(reward, one.within, one.period, one)
        else:
            met = CompletionCopy.objects.filter(copy=edition.copy_id, challenge=reward.challenge)
            for period in met.order_by("period").values_list("period", flat=True).distinct():
                yield List(reward, "", period, None)


def ranked_in(one: List, edition: Edition) -> Iterator[Ranked]:
    """Its rows. Of a challenge those who met it, of a race those who won it, as they came; equal moments by handle."""
    if one.snapshot:
        for row in all_rows(one.snapshot):
            yield Ranked(row.handle, row.rank, row.score)
        return
    met = CompletionCopy.objects.filter(copy=edition.copy_id, challenge=one.reward.challenge, period=one.period)
    if one.reward.challenge and one.reward.challenge.first is not None:
        met = met.filter(won=True)
    for rank, handle in enumerate(met.order_by("met_at", "handle").values_list("handle", flat=True), start=1):
        yield Ranked(handle, rank, 0)


def equalise(one: List, done: Proposal, *, by: User) -> None:
    """Makes the live awards of a list those that are due."""
    had = handles(awards_of(one).filter(state__in=HAD_THEIR_CHANCE))
    due = {each.handle: each for each in due_of(one.reward, ranked_in(one, done.edition), without=had)}
    for award in awards_of(one).filter(state__in=LIVE).select_related("reward", "fest", "entry__creator"):
        review(award, due.get(award.handle), done, by=by)
    fill(one, done, by=by)


def fill(one: List, done: Proposal, *, by: User | None, ended: Award | None = None) -> None:
    """Proposes what is due and not there yet. Who turns out not to be eligible gets an award all the same, which ends
    at once and says why; then the next is due. `ended` is whose place the first of them takes."""
    while True:
        had = handles(awards_of(one).filter(state__in=HAD_THEIR_CHANCE))
        live = dict(awards_of(one).filter(state__in=LIVE).values_list("handle", "slot"))
        due = due_of(one.reward, ranked_in(one, done.edition), without=had)
        missing = [each for each in due if each.handle not in live]
        if not missing:
            return
        slots = (slot for slot in count(1) if slot not in live.values())
        for each, slot in zip(missing, slots, strict=False):
            award = propose_one(one, each, slot, done, by=by, ended=ended)
            ended = award if award.state == State.INELIGIBLE else None


def awards_of(one: List) -> QuerySet[Award]:
    return Award.objects.filter(reward=one.reward, within=one.within, period=one.period)


def handles(awards: QuerySet[Award]) -> set[str]:
    return set(awards.values_list("handle", flat=True))


def review(award: Award, due: Due | None, done: Proposal, *, by: User) -> None:
    """Looks at an award of an earlier edition by the present one, once."""
    if award.edition_id == done.edition.pk:
        done.standing += 1
        return
    owed = due.amount if due else 0
    if owed == award.amount:
        outcome, difference = Outcome.STANDS, 0
        done.standing += 1
    elif award.state == State.FULFILLED:
        outcome, difference = Outcome.TO_SETTLE, award.amount - owed
        done.to_settle.append(award)
    else:
        outcome, difference = Outcome.REVOKED, 0
        reason = _("Edition %(number)d of the results has it otherwise.") % {"number": done.edition.number}
        end(award, State.REVOKED, by=by, reason=reason)
        done.revoked.append(award)
    EditionReview.objects.get_or_create(
        award=award, edition=done.edition, defaults={"outcome": outcome, "difference": difference}
    )


def propose_one(one: List, due: Due, slot: int, done: Proposal, *, by: User | None, ended: Award | None) -> Award:
    reward = one.reward
    award = Award.objects.create(
        fest=reward.fest,
        reward=reward,
        edition=done.edition,
        rules_sha256=done.edition.campaign_sha256,
        within=one.within,
        period=one.period,
        handle=due.handle,
        entry=who_claims(reward, due.handle),
        rank=due.rank,
        score=due.score,
        slot=slot,
        amount=due.amount,
        unit=unit_of(reward),
        passed_from=ended,
        made_at=clock.now(),
    )
    step(award, State.PROPOSED, by=by)
    done.proposed.append(award)
    why = [obstacle.text for obstacle in of_entry(award.entry) if obstacle.final] if award.entry else []
    if why:
        end(award, State.INELIGIBLE, reason=" ".join(why), passes_on=False)
    return award


def who_claims(reward: Reward, handle: str) -> Entry | None:
    """The creator who is ranked, or the owner of the community that is; nobody for a supporter."""
    of = reward.board.of if reward.board else Board.Of.CREATORS
    entries = Entry.objects.filter(fest=reward.fest).select_related("creator", "fest", "region")
    if of == Board.Of.CREATORS:
        return entries.filter(creator__handle=handle).first()
    if of == Board.Of.GROUPS:
        group = Group.objects.filter(fest=reward.fest, slug=handle).first()
        return entries.filter(pk=group.owner_id).first() if group and group.owner_id else None
    return None


def unit_of(reward: Reward) -> str:
    return {Reward.Kind.DIAMONDS: "diamonds", Reward.Kind.CASH: reward.currency}.get(Reward.Kind(reward.kind), "pieces")


def pass_on(award: Award) -> None:
    """Proposes what somebody does without to the next in rank, if anybody is left. What was revoked passes to nobody:
    the edition that revoked it says who is due."""
    if award.state not in HAD_THEIR_CHANCE:
        return
    edition = locked_edition(award.fest)
    if award.edition_id != edition.pk and not award.reviews.filter(edition=edition).exists():
        return  # this edition is about to look at all of them
    for one in lists_of(edition):
        if (one.reward, one.within, one.period) == (award.reward, award.within, award.period):
            fill(one, Proposal(edition), by=None, ended=award)


ENDINGS.append(pass_on)


def expire_due(fest: Fest | None = None) -> int:
    """Expires every offer whose deadline has passed; how many."""
    due = Award.objects.filter(state=State.OFFERED, deadline__lte=clock.now())
    if fest:
        due = due.filter(fest=fest)
    done = 0
    for award in due.order_by("deadline", "pk"):
        expire(award)
        done += 1
    return done
