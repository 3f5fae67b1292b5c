"""Many awards at once: approving them with a look before, and taking each a step by itself.

The look is what somebody decided by: its digest goes with the approval, which is refused where anything of it has
changed since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from creators.models import Correction, Enquiry, Participation
from livefest import clock
from livefest.audit import acting, record
from livefest.models import Fest, User
from rewards.awards import APPROVE, AwardError, lock_awards_of, refuse_stranger
from rewards.eligibility import Obstacle, of_staff
from rewards.ledger import MONEY
from rewards.models import Award, AwardStep, LedgerEntry, Reward
from rewards.models.award import LIVE

State = Award.State
A_BATCH = 2_000
MOST_LISTED = 100


class Changed(AwardError):
    """It is no longer what was looked at."""


class Total(NamedTuple):
    """Of one kind and unit; `amount` as in Award."""

    kind: str
    unit: str
    awards: int
    amount: int


class Several(NamedTuple):
    """Somebody who has more than one award of a kind, these and those approved before together. `same`: how many of
    them are of a reward that they have already."""

    who: str
    kind: str
    awards: int
    same: int


@dataclass(frozen=True)
class Preview:
    """What approving would do, for whom. `held` can't be approved as they stand, and why; `own` are those that whoever
    looks proposed; the `totals` are of all others. `several` has the first MOST_LISTED of `several_count`. `last_step`
    and `held_codes` are what the next look is compared with."""

    ready: int
    totals: list[Total]
    held: list[tuple[Award, list[Obstacle]]]
    own: int
    several: list[Several]
    several_count: int
    digest: str
    last_step: int
    held_codes: dict[str, str]


@dataclass(frozen=True)
class Seen:
    """An earlier look: the last step of an award there was, and whom something held (award id to codes)."""

    last_step: int
    held_codes: dict[str, str]


class Change(NamedTuple):
    """Of an award since the look before."""

    award: Award
    text: str


@dataclass(frozen=True)
class Done:
    """How many were taken a step, which were not, and why not."""

    done: int
    refused: list[tuple[Award, str]]


def awards_in(fest: Fest, *, reward: Reward | None = None, only: Collection[int] | None = None) -> QuerySet[Award]:
    """Of a fest all, those of a reward, or `only` these ids."""
    found = Award.objects.filter(fest=fest)
    found = found.filter(reward=reward) if reward else found
    return found if only is None else found.filter(pk__in=only)


def preview(scope: QuerySet[Award], *, by: User) -> Preview:
    """What approving all that is proposed of these would do now."""
    waiting = scope.filter(state=State.PROPOSED)
    held = held_up(waiting)
    codes = {str(award.pk): ",".join(one.code for one in why) for award, why in held}
    mine = waiting.filter(Exists(proposed_by(by)))
    ready = waiting.exclude(pk__in=[award.pk for award, _why in held]).exclude(Exists(proposed_by(by)))
    several = several_of(scope)
    return Preview(
        ready=ready.count(),
        totals=totals_of(ready),
        held=held,
        own=mine.count(),
        several=[Several(*row) for row in several[:MOST_LISTED]],
        several_count=several.count(),
        digest=digest_of(waiting, codes),
        last_step=AwardStep.objects.filter(award__in=scope).order_by("-pk").values_list("pk", flat=True).first() or 0,
        held_codes=codes,
    )


def proposed_by(by: User) -> QuerySet[AwardStep]:
    return AwardStep.objects.filter(award=OuterRef("pk"), to_state=State.PROPOSED, by=by)


def totals_of(awards: QuerySet[Award]) -> list[Total]:
    rows = awards.values_list("reward__kind", "unit").annotate(awards=Count("pk"), sum=Sum("amount"))
    return [Total(*row) for row in rows.order_by("reward__kind", "unit")]


def held_up(awards: QuerySet[Award]) -> list[tuple[Award, list[Obstacle]]]:
    """Those that something stands in the way of which staff mend, in the order of their ids. Asks for each only of
    whom there is anything at all."""
    undecided = Correction.objects.undecided().filter(entry=OuterRef("entry"))
    out = Correction.objects.in_force().filter(entry=OuterRef("entry"), kind=Correction.Kind.DISQUALIFICATION)
    suspended = Participation.objects.filter(
        fest=OuterRef("fest"), creator=OuterRef("entry__creator"), state=Participation.State.SUSPENDED
    )
    enquiries = Enquiry.objects.filter(entry=OuterRef("entry"), outcome="")
    something = Q(entry__region=None) | Exists(undecided) | Exists(out) | Exists(suspended) | Exists(enquiries)
    rows = awards.filter(something, entry__isnull=False).select_related(
        "fest", "reward", "entry__creator", "entry__fest", "entry__region"
    )
    found = [(award, of_staff(award)) for award in rows.order_by("pk")]
    return [(award, why) for award, why in found if why]


def several_of(scope: QuerySet[Award]) -> QuerySet[Any, Any]:
    """Who of them has more than one award of a kind that isn't ended; twice of the same reward comes first."""
    live = Award.objects.filter(fest__in=scope.values("fest"), state__in=LIVE)
    people = live.annotate(who=Coalesce("entry__creator__handle", "handle")).values("who", "reward__kind")
    counted = people.annotate(
        awards=Count("pk"),
        same=Count("pk") - Count("reward", distinct=True),
        here=Count("pk", filter=Q(pk__in=scope.filter(state=State.PROPOSED).values("pk"))),
    )
    rows = counted.filter(awards__gt=1, here__gt=0).order_by("-same", "-awards", "who", "reward__kind")
    return rows.values_list("who", "reward__kind", "awards", "same")


def digest_of(waiting: QuerySet[Award], codes: dict[str, str]) -> str:
    """SHA-256 of what is decided about: each award with its amount, and what holds it."""
    found = hashlib.sha256()
    for pk, amount, unit in waiting.order_by("pk").values_list("pk", "amount", "unit").iterator(A_BATCH):
        found.update(f"{pk} {amount} {unit} {codes.get(str(pk), '')}\n".encode())
    return found.hexdigest()


def changes_since(seen: Seen, now: Preview, scope: QuerySet[Award]) -> list[Change]:
    """What became of these awards since an earlier look, in order: steps, then whom something holds now or no longer.
    The first MOST_LISTED."""
    steps = AwardStep.objects.filter(award__in=scope, pk__gt=seen.last_step).select_related("award__reward", "by")
    found = [Change(step.award, told(step)) for step in steps.order_by("pk")[:MOST_LISTED]]
    differ = {pk for pk, code in now.held_codes.items() if seen.held_codes.get(pk) != code}
    freed = set(seen.held_codes) - set(now.held_codes)
    for award in scope.filter(pk__in=differ | freed).select_related("reward").order_by("pk"):
        if str(award.pk) in differ:
            found.append(Change(award, _("Something stands in the way now.")))
        elif award.state == State.PROPOSED:
            found.append(Change(award, _("Nothing stands in the way any more.")))
    return found[:MOST_LISTED]


def told(step: AwardStep) -> str:
    by = str(step.by) if step.by else _("the program")
    return _("%(state)s by %(by)s") % {"state": State(step.to_state).label, "by": by}


def approve_all(
    fest: Fest, *, by: User, digest: str, reward: Reward | None = None, only: Collection[int] | None = None
) -> Done:
    """Approves what a preview of just these showed, by its digest; those that are held, or that `by` proposed, are left
    and told. Raises AwardError: Changed where it is another."""
    refuse_stranger(by, APPROVE)
    with acting(by=by):
        lock_awards_of(fest.pk)
        scope = awards_in(fest, reward=reward, only=only)
        waiting = scope.filter(state=State.PROPOSED).order_by("pk")
        list(waiting.select_for_update().values_list("pk", flat=True))
        look = preview(scope, by=by)
        if look.digest != digest:
            raise Changed(_("Nothing was approved: something changed since you looked. Look again, and approve then."))
        mine = set(waiting.filter(Exists(proposed_by(by))).values_list("pk", flat=True))
        refused = [(award, " ".join(one.text for one in why)) for award, why in look.held]
        left = mine | {award.pk for award, _why in look.held}
        ready = [award for award in waiting.annotate(kind=F("reward__kind")) if award.pk not in left]
        take(ready, by=by)
        own = waiting.filter(pk__in=mine).select_related("reward")
        refused += [(award, _("It takes two people: you proposed it.")) for award in own[:MOST_LISTED]]
        if ready:
            totals = {f"{one.kind} {one.unit}": one.amount for one in look.totals}
            record(fest, verb="approve awards", after={"awards": len(ready), "digest": digest, **totals})
    return Done(len(ready), refused)


def take(awards: list[Any], *, by: User) -> None:
    """As `rewards.awards.approve`, of many that are locked and that nothing stands in the way of; each has its step,
    and what is owed its line in the ledger. `kind` of each is its reward's."""
    now = clock.now()
    steps = (
        AwardStep(
            award=award,
            number=award.steps_taken + 1,
            from_state=State.PROPOSED,
            to_state=State.APPROVED,
            by=by,
            at=now,
        )
        for award in awards
    )
    AwardStep.objects.bulk_create(steps, batch_size=A_BATCH)
    LedgerEntry.objects.bulk_create(
        (
            LedgerEntry(
                fest_id=award.fest_id,
                award=award,
                kind=LedgerEntry.Kind.ENTITLED,
                amount=award.amount,
                unit=award.unit,
                by=by,
                at=now,
            )
            for award in awards
            if award.kind in MONEY
        ),
        batch_size=A_BATCH,
    )


def each(awards: Iterable[Award], verb: Callable[[Award], object]) -> Done:
    """Takes each by itself; what one is refused doesn't stop the others."""
    done, refused = 0, []
    for award in awards:
        try:
            verb(award)
            done += 1
        except AwardError as error:
            refused.append((award, str(error)))
    return Done(done, refused)
