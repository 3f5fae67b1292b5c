"""Awards, from certified results into the winners' hands. Each step is a function with its actor and reason, and a row
of the award's history; which follows which, and that two people stand between, the database holds (migration 0004).

`docs/rewards.md` has the whole. All steps may be sent again with the same effect. Diamonds and money also go through
the ledger (`rewards/ledger.py`): entitled once approved, cancelled where an award ends unpaid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creators.communities import violated
from livefest import clock
from livefest.audit import acting, record
from livefest.models import User
from livefest.sql import execute
from rankings.models import Edition
from rewards import notices
from rewards.eligibility import of_staff
from rewards.ledger import cancel, entitle
from rewards.models import Award, AwardStep
from rewards.models.award import ANNOUNCED, ANSWERABLE, OPEN

State = Award.State
PROPOSE, APPROVE = "rewards.propose_award", "rewards.approve_award"
VERIFY, FULFIL = "rewards.verify_award", "rewards.fulfil_award"
LOCK = 0x41574152  # "AWAR": of PostgreSQL's advisory locks, beside a fest's id


class AwardError(Exception):
    """What can't be done with an award as it stands. The text is for people: why, and what to do instead."""


class NotAllowed(AwardError):
    """It is not this person's to do."""


class WrongState(AwardError):
    """The award is elsewhere on its way."""


class Obstructed(AwardError):
    """Something stands in the way, which is mended first."""


class TooLate(AwardError):
    """The deadline has passed."""


def approve(award: Award, *, by: User, reason: str = "") -> Award:
    """By somebody else than who proposed it; what is owed is in the ledger from then on. Raises AwardError."""
    refuse_stranger(by, APPROVE)
    with acting(by=by, reason=reason):
        award = locked(award)
        if award.state == State.APPROVED:
            return award
        refuse_state(award, State.PROPOSED)
        refuse_obstructed(award)
        step(award, State.APPROVED, by=by, reason=reason)
        entitle(award, by=by)
    return award


def offer(award: Award, *, by: User | None = None) -> Award:
    """Tells the winner, who has the reward's days to claim it from now on. Raises AwardError."""
    if by:
        refuse_stranger(by, APPROVE)
    with acting(by=by):
        award = locked(award)
        if award.state == State.OFFERED:
            return award
        refuse_state(award, State.APPROVED)
        refuse_obstructed(award)
        if award.reward.claim_days is not None:
            award.deadline = clock.now() + timedelta(days=award.reward.claim_days)
            award.save(update_fields=["deadline"])
        step(award, State.OFFERED, by=by)
        notices.tell_offered(award)
    return award


def decline(award: Award, *, reason: str = "") -> Award:
    """By the creator; it passes to the next in rank. Raises AwardError."""
    with transaction.atomic():
        lock_awards_of(award.fest_id)
        award = locked(award)
        if award.state == State.DECLINED:
            return award
        refuse_state(award, *ANSWERABLE)
        end(award, State.DECLINED, reason=reason, by_creator=True)
    return award


def expire(award: Award) -> Award:
    """What was not claimed in time passes to the next in rank. Raises WrongState before its deadline."""
    with transaction.atomic():
        lock_awards_of(award.fest_id)
        award = locked(award)
        if award.state == State.EXPIRED:
            return award
        refuse_state(award, State.OFFERED)
        if award.deadline is None or clock.now() < award.deadline:
            raise WrongState(_("It can be claimed still; it expires by itself."))
        end(award, State.EXPIRED)
        notices.tell_expired(award)
    return award


def find_ineligible(award: Award, *, by: User | None = None, reason: str = "") -> Award:
    """Where something final stands in its way, or staff say why, it passes to the next in rank. Raises AwardError."""
    if by:
        refuse_stranger(by, VERIFY)
    with acting(by=by, reason=reason):
        lock_awards_of(award.fest_id)
        award = locked(award)
        if award.state == State.INELIGIBLE:
            return award
        refuse_state(award, *OPEN)
        why = reason.strip() or " ".join(one.text for one in of_staff(award) if one.final)
        if not why:
            raise AwardError(_("Nothing final stands in its way; say why they are not eligible."))
        end(award, State.INELIGIBLE, by=by, reason=why)
        notices.tell_ended(award, why)
    return award


def revoke(award: Award, *, by: User, reason: str) -> Award:
    """Takes back what is not fulfilled, as a mistake: it passes to nobody, and proposing again proposes what is due.
    So is lifted that somebody was not eligible: they are due it again. Raises AwardError."""
    refuse_stranger(by, APPROVE)
    if not reason.strip():
        raise AwardError(_("Say why: give a reason; the creator reads it."))
    with acting(by=by, reason=reason.strip()):
        lock_awards_of(award.fest_id)
        award = locked(award)
        if award.state == State.REVOKED:
            return award
        refuse_state(award, *OPEN, State.INELIGIBLE)
        take_back(award, by=by, reason=reason.strip())
    return award


def take_back(award: Award, *, by: User, reason: str) -> None:
    """Revokes an award that is locked; who was told that it is theirs is told why it isn't any more."""
    announced = award.state in ANNOUNCED
    end(award, State.REVOKED, by=by, reason=reason)
    if announced:
        notices.tell_ended(award, reason)


def otherwise_by(edition: Edition) -> str:
    """Why an award is taken back that results, certified anew, don't give."""
    return _("Edition %(number)d of the results has it otherwise.") % {"number": edition.number}


def verify(award: Award, *, by: User, reason: str = "") -> Award:
    """Once it is claimed, all that its kind and country ask for is signed, and nothing stands in its way."""
    refuse_stranger(by, VERIFY)
    with acting(by=by, reason=reason):
        award = locked(award)
        if award.state == State.VERIFIED:
            return award
        refuse_state(award, State.CLAIMED)
        refuse_obstructed(award)
        step(award, State.VERIFIED, by=by, reason=reason)
    return award


def fulfil(award: Award, *, by: User, reason: str = "") -> Award:
    """It is in the winner's hands: by somebody else than who approved it. Diamonds and money are marked by the payer's
    answer (`rewards/payouts.py`), all else by who handed it out. Raises AwardError."""
    refuse_stranger(by, FULFIL)
    with acting(by=by, reason=reason):
        award = locked(award)
        if award.state == State.FULFILLED:
            return award
        refuse_state(award, State.VERIFIED)
        step(award, State.FULFILLED, by=by, reason=reason)
        notices.tell_fulfilled(award)
    return award


def end(
    award: Award,
    state: State,
    *,
    by: User | None = None,
    by_creator: bool = False,
    reason: str = "",
    passes_on: bool = True,
) -> None:
    """The award ends without being fulfilled: nothing is owed any more, and its place is free. `passes_on`: False where
    the caller looks after the place."""
    step(award, state, by=by, by_creator=by_creator, reason=reason)
    cancel(award, by=by)
    for follow in ENDINGS if passes_on else ():
        follow(award)


# What follows where an award ended, in its transaction: what else of it falls away, who is next.
ENDINGS: list[Callable[[Award], object]] = []


def step(award: Award, state: State, *, by: User | None = None, by_creator: bool = False, reason: str = "") -> None:
    """Takes the award one step on. It was locked in this transaction. Raises AwardError for what the database refuses:
    a second person, checks that are not signed."""
    try:
        with transaction.atomic():
            AwardStep.objects.create(
                award=award,
                number=award.steps_taken + 1,
                from_state=award.state if award.steps_taken else "",
                to_state=state,
                by=by,
                by_creator=by_creator,
                at=clock.now(),
                reason=reason,
            )
    except IntegrityError as error:
        raise refusal(error, by) from error
    before, award.state, award.steps_taken = award.state, state, award.steps_taken + 1
    record(award, verb=f"award {state}", before={"state": before}, after={"state": state})


def refusal(error: IntegrityError, by: User | None) -> Exception:
    match violated(error):
        case "awardstep_two_people":
            return NotAllowed(_("It takes two people, and “%(by)s” did the step before.") % {"by": by})
        case "awardstep_checks_signed":
            return Obstructed(_("Not all that is to be checked is signed: sign it first."))
        case "awardstep_not_with_payer":
            return Obstructed(_("It is in a payout batch: import the payer's answer, or cancel the batch, first."))
        case "awardstep_paid_first":
            return Obstructed(_("It is fulfilled by the payer's answer: put it into a payout batch."))
    return error


def lock_awards_of(fest_id: int) -> None:
    """Until this transaction ends, no award of the fest is proposed or ended elsewhere. Before any award is locked."""
    execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, fest_id % 2**31])


def locked(award: Award) -> Award:
    """The award as it is stored now; who else would take it a step on waits."""
    rows = Award.objects.select_for_update(of=["self"]).select_related(
        "fest", "reward", "entry__creator", "entry__fest"
    )
    return rows.get(pk=award.pk)


def refuse_stranger(by: User, permission: str) -> None:
    if not by.has_perm(permission):  # nobody who is inactive has any
        raise NotAllowed(_("“%(by)s” may not do this; it needs %(permission)s.") % {"by": by, "permission": permission})


def refuse_state(award: Award, *wanted: str) -> None:
    if award.state not in wanted:
        raise WrongState(
            _("The award of “%(handle)s” is %(state)s, and this is done while it is %(wanted)s.")
            % {
                "handle": award.handle,
                "state": award.get_state_display().lower(),
                "wanted": labels(wanted),
            }
        )


def refuse_obstructed(award: Award) -> None:
    """What staff have to mend; what is the creator's to mend stops only the claim."""
    texts = [one.text for one in of_staff(award)]
    if texts:
        raise Obstructed(" ".join(texts))


def labels(states: Iterable[str]) -> str:
    return ", ".join(str(State(state).label).lower() for state in states)
