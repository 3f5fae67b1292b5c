"""From certified results to awards: what the present edition makes due is proposed, once; what there is and it doesn't
make due is revoked, or listed as a difference to settle where it was fulfilled; and what somebody does without passes
to the next in rank.

All of it is one comparison, of what is due (`rewards/due.py`) with the awards that there are, list by list.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from itertools import count

import structlog
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from creators.models import Entry, Group
from livefest import clock
from livefest.audit import acting, record
from livefest.models import Fest, User
from livefest.sql import execute
from rankings.models import Board, Edition
from rankings.results import current_edition
from rewards.awards import (
    ENDINGS,
    PROPOSE,
    AwardError,
    WrongState,
    end,
    expire,
    lock_awards_of,
    otherwise_by,
    refuse_stranger,
    take_back,
)
from rewards.due import Due, due_of
from rewards.eligibility import refused_for_good
from rewards.ledger import is_with_payer
from rewards.lists import List, gone_since, lists_of
from rewards.models import Award, AwardStep, EditionReview, Reward
from rewards.models.award import HAD_THEIR_CHANCE, LIVE

State, Outcome = Award.State, EditionReview.Outcome
A_BATCH = 2_000
log = structlog.get_logger(__name__)


@dataclass
class Proposal:
    """What was done, or would be: awards proposed, those that stand, were revoked, or are to be settled; and the slugs
    of certified rewards that nobody can be awarded, because they or their boards were removed since. `noted` are the
    edition's reviews by award, `new` those that are not stored yet, `settled` what of each award was settled already,
    by this edition or earlier ones."""

    edition: Edition
    proposed: list[Award] = field(default_factory=list)
    standing: int = 0
    revoked: list[Award] = field(default_factory=list)
    to_settle: list[Award] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    noted: dict[int, EditionReview] = field(default_factory=dict, repr=False)
    new: list[EditionReview] = field(default_factory=list, repr=False)
    settled: dict[int, int] = field(default_factory=dict, repr=False)


class NothingCertified(AwardError):
    """There are no results yet."""


def propose_awards(fest: Fest, *, by: User) -> Proposal:
    """Makes the fest's awards what its present edition makes due. Again it changes nothing. Raises AwardError."""
    refuse_stranger(by, PROPOSE)
    with acting(by=by):
        edition = locked_edition(fest)
        done = Proposal(edition, gone=gone_since(edition), settled=settled_in(fest))
        done.noted = {review.award_id: review for review in EditionReview.objects.filter(edition=edition)}
        live = Award.objects.filter(fest=fest, state__in=LIVE)
        # All at once and in order, so that nothing else that takes several can stand across.
        left = set(live.select_for_update().order_by("pk").values_list("pk", flat=True))
        for one in lists_of(edition):
            left -= equalise(one, done, by=by)
        for award in live.filter(pk__in=left).select_related("reward", "fest", "entry__creator"):
            review(award, None, done, by=by)  # its standing, or its reward, is no part of the results any more
        EditionReview.objects.bulk_create(done.new, batch_size=A_BATCH)
        record(edition, verb="propose awards", after={"proposed": len(done.proposed), "revoked": len(done.revoked)})
        if len(done.proposed) >= A_BATCH:
            # Staff look at them at once, before autovacuum comes by: a look planned for empty tables took a minute.
            execute("ANALYZE rewards_award, rewards_awardstep")
    return done


def dry_run(fest: Fest, *, by: User) -> Proposal:
    """What `propose_awards` would do now; it is done and taken back. Raises AwardError."""
    with transaction.atomic():
        done = propose_awards(fest, by=by)
        transaction.set_rollback(True)
    return done


def locked_edition(fest: Fest) -> Edition:
    """The edition that stands; who else would make awards of the fest waits until this transaction ends."""
    lock_awards_of(fest.pk)
    edition = current_edition(fest)
    if edition is None:
        raise NothingCertified(_("%(fest)s has no certified results; awards come from nothing else.") % {"fest": fest})
    return edition


def equalise(one: List, done: Proposal, *, by: User) -> set[int]:
    """Makes the live awards of a list those that are due; the ids of those that it looked at."""
    due = eligible_due(one, done, by=by)
    amounts = {each.handle: each for each in due}
    live = list(awards_of(one).filter(state__in=LIVE).select_related("reward", "fest", "entry__creator").order_by("pk"))
    for award in live:
        review(award, amounts.get(award.handle), done, by=by)
    held = handles(awards_of(one).filter(state__in=LIVE))
    propose(one, [each for each in due if each.handle not in held], done, by=by)
    return {award.pk for award in live}


def eligible_due(one: List, done: Proposal, *, by: User | None) -> list[Due]:
    """Who is due it. Who turns out not to be eligible gets an award all the same, which ends at once and says why; then
    the next is due."""
    while True:
        holding = dict(awards_of(one).filter(state__in=LIVE).values_list("handle", "amount"))
        had = handles(awards_of(one).filter(state__in=HAD_THEIR_CHANCE))
        due = due_of(one.reward, one.rows(), without=had, holding=holding)
        new = [each for each in due if each.handle not in holding]
        why = refused_for_good(who_claim(one.reward, [each.handle for each in new]))
        if not why:
            return due
        for award in propose(one, new, done, by=by, only=why):
            end(award, State.INELIGIBLE, reason=why[award.handle], passes_on=False)


def propose(
    one: List,
    new: list[Due],
    done: Proposal,
    *,
    by: User | None,
    ended: Award | None = None,
    only: Container[str] | None = None,
) -> list[Award]:
    """Proposes to each, or `only` to some, what they are due, in the places that are free. Where it passed on, that is
    the place of whoever does without; `ended` is the first of these."""
    there = awards_of(one)
    taken = set(there.filter(state__in=LIVE).values_list("slot", flat=True))
    without = there.filter(state__in=HAD_THEIR_CHANCE, passed_to=None).order_by("slot", "pk")
    vacated = sorted(without, key=lambda award: award != ended)
    slots = (slot for slot in count(1) if slot not in taken)
    claim = who_claim(one.reward, [each.handle for each in new])
    now = clock.now()
    made = []
    for each in new:
        before = vacated.pop(0) if each.passed_on and vacated else None
        slot = before.slot if before and before.slot not in taken else next(slots)
        taken.add(slot)
        if only is not None and each.handle not in only:
            continue
        made.append(
            Award(
                fest=one.reward.fest,
                reward=one.reward,
                edition=done.edition,
                rules_sha256=done.edition.campaign_sha256,
                within=one.within,
                period=one.period,
                handle=each.handle,
                entry=claim.get(each.handle),
                rank=each.rank,
                score=each.score,
                slot=slot,
                amount=each.amount,
                unit=unit_of(one.reward),
                passed_from=before,
                made_at=now,
            )
        )
    Award.objects.bulk_create(made, batch_size=A_BATCH)
    steps = [AwardStep(award=award, number=1, to_state=State.PROPOSED, by=by, at=now) for award in made]
    AwardStep.objects.bulk_create(steps, batch_size=A_BATCH)
    for award in made:
        award.steps_taken = 1  # as the trigger has it
    done.proposed += made
    return made


def awards_of(one: List) -> QuerySet[Award]:
    return Award.objects.filter(reward=one.reward, within=one.within, period=one.period)


def handles(awards: QuerySet[Award]) -> set[str]:
    return set(awards.values_list("handle", flat=True))


def review(award: Award, due: Due | None, done: Proposal, *, by: User) -> None:
    """Looks at an award by the present edition. What an earlier one made is noted, once; so is what the present one
    doesn't make due any more, because it was lifted that somebody is not eligible, or ties go by another rule."""
    difference = award.amount - done.settled.get(award.pk, 0) - (due.amount if due else 0)
    if not difference:
        outcome = Outcome.STANDS
        done.standing += 1
    elif award.state == State.FULFILLED or is_with_payer(award):
        outcome = Outcome.TO_SETTLE
    else:
        outcome, difference = Outcome.REVOKED, 0
        take_back(award, by=by, reason=otherwise_by(done.edition))
        done.revoked.append(award)
    noted = done.noted.get(award.pk)
    if noted is None and (award.edition_id != done.edition.pk or outcome != Outcome.STANDS):
        done.new.append(EditionReview(award=award, edition=done.edition, outcome=outcome, difference=difference))
    elif noted and noted.outcome == Outcome.SETTLED:
        return
    elif noted and (noted.outcome, noted.difference) != (outcome, difference):
        noted.outcome, noted.difference = outcome, difference
        noted.save(update_fields=["outcome", "difference"])
    if outcome == Outcome.TO_SETTLE:
        done.to_settle.append(award)


def settled_in(fest: Fest) -> dict[int, int]:
    """By award, the differences that were settled, added up."""
    reviews = EditionReview.objects.filter(award__fest=fest, outcome=Outcome.SETTLED)
    return {id: int(total) for id, total in reviews.values_list("award").annotate(Sum("difference"))}


def who_claim(reward: Reward, handles: Iterable[str]) -> dict[str, Entry]:
    """Of some who are ranked, the creator, or the owner of the community that is; nobody for a supporter."""
    of = reward.board.of if reward.board else Board.Of.CREATORS
    entries = Entry.objects.filter(fest=reward.fest).select_related("creator", "fest", "region")
    if of == Board.Of.CREATORS:
        return {entry.creator.handle: entry for entry in entries.filter(creator__handle__in=handles)}
    if of == Board.Of.GROUPS:
        owners = dict(Group.objects.filter(fest=reward.fest, slug__in=handles).values_list("slug", "owner"))
        found = entries.in_bulk([owner for owner in owners.values() if owner])
        return {slug: found[owner] for slug, owner in owners.items() if owner in found}
    return {}


def unit_of(reward: Reward) -> str:
    return {Reward.Kind.DIAMONDS: "diamonds", Reward.Kind.CASH: reward.currency}.get(Reward.Kind(reward.kind), "pieces")


def pass_on(award: Award) -> None:
    """Proposes what somebody does without to the next in rank, if anybody is left. What was revoked passes to nobody:
    the edition that revoked it says who is due, and what staff revoked they propose again."""
    if award.state not in HAD_THEIR_CHANCE:
        return
    edition = locked_edition(award.fest)
    if award.edition_id != edition.pk and not award.reviews.filter(edition=edition).exists():
        return  # this edition is about to look at all of them
    for one in lists_of(edition, only=award.reward):
        if (one.within, one.period) == (award.within, award.period):
            done = Proposal(edition)
            due = eligible_due(one, done, by=None)
            taken_back = awards_of(one).filter(state=State.REVOKED).exclude(reviews__outcome=Outcome.REVOKED)
            known = handles(awards_of(one).filter(state__in=LIVE)) | handles(taken_back)
            propose(one, [each for each in due if each.handle not in known], done, by=None, ended=award)


ENDINGS.append(pass_on)


def expire_due(fest: Fest | None = None) -> int:
    """Expires every offer whose deadline has passed; how many."""
    due = Award.objects.filter(state=State.OFFERED, deadline__lte=clock.now())
    if fest:
        due = due.filter(fest=fest)
    done = 0
    for award in due.order_by("deadline", "pk"):
        try:
            expire(award)
            done += 1
        except WrongState:  # claimed in time, and found here before that was stored; or taken back
            continue
        except Exception as error:  # noqa: BLE001  whatever it is, the others must not wait for it
            log.error("award_not_expired", award=award.pk, error=f"{type(error).__name__}: {error}")
    return done
