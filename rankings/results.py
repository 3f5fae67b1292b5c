"""Certifying: one person proposes the standings as final, another approves, and they are stored as an edition that
never changes. What comes later is shown nowhere until a new edition takes its place, by the same way.

`rankings/results_checks.py` says what must be so before, `rankings/results_file.py` what is stored and proved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from creators.intake import lock_source
from creators.models import Correction, Mark, Source
from livefest import clock
from livefest.audit import acting, record
from livefest.campaign import CampaignError, export_campaign
from livefest.copies import make_copy
from livefest.models import Fest, PublicCopy, User
from livefest.sql import execute
from rankings.export import as_text
from rankings.locks import fest_lock
from rankings.models import Edition, RefreshState, ResultsProposal, Snapshot
from rankings.refresh import SETTINGS, refresh
from rankings.results_changes import store_differences
from rankings.results_checks import Item, checklist
from rankings.results_file import (
    Counted,
    copied_lines,
    correction_lines,
    counted,
    derived_lines,
    digest_of,
    fact_lines,
    head_line,
    in_order,
    sha256,
)

PROPOSE, APPROVE = "rankings.propose_results", "rankings.approve_results"


class ResultsError(Exception):
    """What can't be certified so. The text is for people: why, and what to do instead."""


class NotAllowed(ResultsError):
    """It is not this person's to do."""


class Unready(ResultsError):
    """Something of the checklist doesn't hold."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = list(items)
        super().__init__("\n".join(map(str, self.items)))


class AlreadyCertified(ResultsError):
    """The present edition says just what would be certified."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        values = {"number": edition.number, "at": as_text(edition.certified_at)}
        super().__init__(_("This is certified already: edition %(number)d, of %(at)s, says the same.") % values)


class Changed(ResultsError):
    """What was proposed is no longer what stands."""

    def __init__(self) -> None:
        super().__init__(_("Something changed since this was proposed: withdraw it, look again, and propose anew."))


@dataclass(frozen=True)
class Grounds:
    """What standings follow from: the campaign file, all facts, and the corrections in force (ids)."""

    campaign: str
    campaign_sha256: str
    facts: Counted
    corrections: list[int]
    corrections_counted: Counted

    def digest_with(self, standings: Counted) -> str:
        return digest_of(
            campaign_sha256=self.campaign_sha256,
            facts=self.facts,
            corrections=self.corrections_counted,
            standings=standings,
        )


def current_edition(fest: Fest) -> Edition | None:
    """The edition that stands; None before the first."""
    return Edition.objects.filter(fest=fest).order_by("-number").first()


def open_proposal(fest: Fest) -> ResultsProposal | None:
    return ResultsProposal.objects.filter(fest=fest, approved_at=None, withdrawn_at=None).first()


def propose(
    fest: Fest, *, by: User, at: datetime | None = None, reason: str = "", confirmed: Collection[str] = ()
) -> ResultsProposal:
    """Proposes what stands as the fest's results, after a refresh. `confirmed` names the items of the checklist that
    the proposer vouches for (`Item.confirm`), `at` stands in for now. A reason is needed once there are results.

    Raises ResultsError: Unready, AlreadyCertified where the present edition says the same, or another.
    """
    refuse_stranger(by, PROPOSE)
    at, reason = at or clock.now(), reason.strip()
    with fest_lock(fest):
        refreshed(fest)
        with acting(by=by, reason=reason):
            prepare()
            items = ready(fest, at, confirmed)
            other, current = open_proposal(fest), current_edition(fest)
            if other:
                raise ResultsError(
                    _("%(by)s proposed results at %(at)s, which wait: approve or withdraw them first.")
                    % {"by": other.proposed_by, "at": as_text(other.proposed_at)}
                )
            digest = grounds_of(fest).digest_with(counted(derived_lines(fest)))
            if current and current.digest == digest:
                raise AlreadyCertified(current)
            if current and not reason:
                raise ResultsError(_("Edition %(number)d stands: say why there is a new one.") % vars_of(current))
            proposal = ResultsProposal.objects.create(
                fest=fest,
                proposed_by=by,
                proposed_at=at,
                reason=reason,
                checklist=[noted(item, confirmed) for item in items],
                digest=digest,
            )
            record(proposal, verb="propose results", after={"digest": digest, "reason": reason})
    return proposal


def approve(proposal: ResultsProposal, *, by: User, at: datetime | None = None) -> Edition:
    """Certifies what was proposed: refreshes, looks at everything again, copies it and stores the edition, all or
    nothing; public pages show it from then on, in place of a freeze or the edition before. By somebody else than who
    proposed. Approved again it returns the edition that there is.

    Raises ResultsError: Unready, or Changed where anything is no longer as it was proposed.
    """
    refuse_stranger(by, APPROVE)
    at, fest = at or clock.now(), proposal.fest
    with fest_lock(fest):
        refreshed(fest)
        with acting(by=by, reason=proposal.reason):
            prepare()
            proposal = locked(proposal)
            if by == proposal.proposed_by:
                raise NotAllowed(_("It takes two people: “%(by)s” proposed this.") % {"by": by})
            if proposal.approved_at:
                return proposal.edition
            refuse_decided(proposal)
            for source in Source.objects.filter(fest=fest).order_by("pk"):
                lock_source(source, alone=True)  # what is being stored is stored before, or too late
            ready(fest, at, {item["confirm"] for item in proposal.checklist if item["confirmed"]})
            edition = certify(proposal, by=by, at=at)
            if Mark.objects.filter(fest=fest).exists():
                raise Changed  # came in since the refresh; what was counted may have it, what was copied hasn't
            RefreshState.objects.filter(fest=fest).update(publish_whole=True)  # so that it is not lost if this dies
            transaction.on_commit(partial(publish_results, fest))
    return edition


def withdraw(proposal: ResultsProposal, *, by: User, reason: str, at: datetime | None = None) -> ResultsProposal:
    """Takes a proposal back: who proposed it, or who may approve. Raises ResultsError."""
    if by != proposal.proposed_by:
        refuse_stranger(by, APPROVE)
    if not reason.strip():
        raise ResultsError(_("Say why: give a reason."))
    with acting(by=by, reason=reason.strip()):
        proposal = locked(proposal)
        if proposal.withdrawn_at:
            return proposal
        refuse_decided(proposal)
        proposal.withdrawn_at, proposal.withdrawn_by = at or clock.now(), by
        proposal.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record(proposal, verb="withdraw results")
    return proposal


def certify(proposal: ResultsProposal, *, by: User, at: datetime) -> Edition:
    """Makes the copy and the edition, if they are what was proposed. The fest's lock is held, in a transaction."""
    fest, replaces = proposal.fest, current_edition(proposal.fest)
    if replaces and at < replaces.certified_at:
        raise ResultsError(_("Edition %(number)d is of %(at)s; a new one can't be older.") % vars_of(replaces))
    number = replaces.number + 1 if replaces else 1
    grounds = grounds_of(fest)
    copy = make_copy(fest, kind=PublicCopy.Kind.RESULTS, shown_from=at)
    found = Snapshot.objects.filter(copy=copy, size__gt=0)
    standings = in_order(fest, {(one.board, one.within, one.period): one.pk for one in found})
    head = head_line(
        fest=fest,
        edition=number,
        replaces=replaces,
        certified_at=at,
        campaign_sha256=grounds.campaign_sha256,
        facts=grounds.facts,
        corrections=grounds.corrections_counted,
        standings=len(standings),
    )
    whole = hashlib.sha256(head)
    body = counted(copied_lines(standings), also=whole.update)
    if grounds.digest_with(body) != proposal.digest:
        raise Changed
    proposal.approved_at = at
    proposal.save(update_fields=["approved_at"])
    edition = Edition(
        fest=fest,
        number=number,
        copy=copy,
        proposal=proposal,
        proposed_by=proposal.proposed_by,
        approved_by=by,
        certified_at=at,
        replaces=replaces,
        reason=proposal.reason,
        campaign=grounds.campaign,
        campaign_sha256=grounds.campaign_sha256,
        facts_count=grounds.facts.count,
        facts_sha256=grounds.facts.sha256,
        corrections=grounds.corrections,
        corrections_count=grounds.corrections_counted.count,
        corrections_sha256=grounds.corrections_counted.sha256,
        standings=standings,
        head=head.decode(),
        digest=proposal.digest,
        sha256=whole.hexdigest(),
        length=len(head) + body.length,
    )
    edition.save(force_insert=True)
    store_differences(edition)
    record(edition, verb="certify results", after={"edition": edition.number, "sha256": edition.sha256})
    return edition


def publish_results(fest: Fest) -> None:
    """Publishes what the public is shown now. Where that fails, or isn't come to, the sweep for running fests finds the
    fest by `publish_whole`, and does it."""
    refresh(fest)


def grounds_of(fest: Fest) -> Grounds:
    """What the standings follow from now. In a transaction."""
    try:
        campaign = export_campaign(fest)
    except CampaignError as error:
        raise ResultsError(_("The campaign can't be read: %(error)s") % {"error": error}) from error
    corrections = list(Correction.objects.filter(fest=fest).in_force().order_by("pk").values_list("pk", flat=True))
    return Grounds(
        campaign=campaign,
        campaign_sha256=sha256(campaign.encode()),
        facts=counted(fact_lines(fest)),
        corrections=corrections,
        corrections_counted=counted(correction_lines(corrections)),
    )


def prepare() -> None:
    """PostgreSQL's settings for the statements of this transaction, which read whole tables."""
    for setting in (*SETTINGS, "enable_seqscan = on"):
        execute(f"SET LOCAL {setting}")


def refreshed(fest: Fest) -> None:
    """Scores and publishes all that has come in."""
    try:
        refresh(fest)
    except CampaignError as error:
        raise ResultsError(_("The campaign can't be read: %(error)s") % {"error": error}) from error


def ready(fest: Fest, at: datetime, confirmed: Collection[str]) -> list[Item]:
    """The checklist, all of which holds. Raises Unready."""
    items = checklist(fest, at)
    if open_items := [item for item in items if not item.holds(confirmed)]:
        raise Unready(open_items)
    return items


def noted(item: Item, confirmed: Collection[str]) -> dict[str, Any]:
    return {**asdict(item), "confirmed": not item.passed and item.confirm in confirmed}


def locked(proposal: ResultsProposal) -> ResultsProposal:
    """The proposal as it is stored now; who else would decide it waits."""
    rows = ResultsProposal.objects.select_for_update(of=["self"], no_key=True)
    return rows.select_related("fest", "proposed_by").get(pk=proposal.pk)


def refuse_decided(proposal: ResultsProposal) -> None:
    if proposal.approved_at:
        raise ResultsError(_("This was approved at %(at)s.") % {"at": as_text(proposal.approved_at)})
    if proposal.withdrawn_at:
        raise ResultsError(_("This was withdrawn at %(at)s.") % {"at": as_text(proposal.withdrawn_at)})


def refuse_stranger(by: User, permission: str) -> None:
    if not by.has_perm(permission):  # nobody who is inactive has any
        raise NotAllowed(_("“%(by)s” may not do this; it needs %(permission)s.") % {"by": by, "permission": permission})


def vars_of(edition: Edition) -> dict[str, Any]:
    return {"number": edition.number, "at": as_text(edition.certified_at)}
