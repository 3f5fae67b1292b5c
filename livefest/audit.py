"""Who changed what, when and why: a record of every act of staff that is only ever added to.

What an act saves or deletes through models that are followed (`FOLLOWED`) is noted by django-auditlog, field by field.
What goes past them (SQL, queryset updates) is noted by `record`. Both only within `acting`, so that what refreshes
derive, what sources report and what creators do for themselves leaves nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import structlog
from auditlog.registry import auditlog
from django.apps import apps
from django.db import transaction
from django.db.models import Model

HIDDEN = "(hidden)"

# The models that are followed, and the fields of theirs that are not: what other fields say too, and secrets.
FOLLOWED: dict[str, set[str]] = {
    "auth.Group": set(),
    "challenges.Challenge": set(),
    "challenges.Goal": set(),
    "challenges.Joining": set(),
    "creators.Correction": set(),
    "creators.Creator": set(),
    "creators.Enquiry": set(),
    "creators.Entry": set(),
    "creators.Group": {"join_code"},
    "creators.JoinRequest": set(),
    "creators.Membership": set(),
    "creators.Participation": {"code", "code_expires_at"},
    "creators.PlannedLive": set(),
    "creators.Product": set(),
    "creators.ProductShown": set(),
    "creators.Profile": set(),
    "creators.Show": {"updated_at"},
    "creators.ShowHost": set(),
    "creators.Source": set(),
    "creators.SourceSecret": {"encrypted"},
    "creators.Spotlight": set(),
    "livefest.Announcement": {"created_at", "updated_at"},
    "livefest.Fest": {"campaign_file"},
    "livefest.Metric": set(),
    "livefest.Partner": set(),
    "livefest.PublicCopy": set(),
    "livefest.Region": set(),
    "livefest.Round": set(),
    "livefest.Terms": set(),
    "livefest.User": {"last_login", "date_joined"},
    "rankings.Admission": set(),
    "rankings.Board": set(),
    "rankings.BoardGate": set(),
    "rankings.Ceremony": set(),
    "rankings.CeremonyStep": set(),
    "rankings.Edition": {"campaign", "corrections", "standings", "head"},
    "rankings.RankBonus": set(),
    "rankings.ResultsProposal": {"checklist"},
    "rankings.Rule": set(),
    "rankings.RuleBonus": set(),
    "rankings.RuleTier": set(),
    # What winners and guests gave, and what payers wrote of them, is personal.
    "rewards.Award": set(),
    "rewards.AwardEvent": set(),
    "rewards.Claim": {"details", "token"},
    "rewards.EditionReview": set(),
    "rewards.Invitation": {"needs"},
    "rewards.PayoutBatch": {"content"},
    "rewards.PayoutLine": {"problem"},
    "rewards.RequiredCheck": set(),
    "rewards.Reward": set(),
    "rewards.SignedCheck": {"note"},
}


@dataclass(frozen=True)
class Act:
    """What is being done. by: None where a command was run without saying who. via: the way in, such as "admin"."""

    by: Any
    reason: str
    via: str


_present: ContextVar[Act | None] = ContextVar("livefest_act", default=None)


@contextmanager
def acting(*, by: Any = None, reason: str = "", via: str = "") -> Iterator[None]:
    """Whatever is changed inside, one transaction, is recorded as done by this user, for this reason.

    Nested, what is given goes before what the outer act says. Without a user and a way in, and outside of an act,
    nobody of staff acts: nothing is recorded.
    """
    outer = _present.get()
    if outer:
        act: Act | None = Act(by or outer.by, reason or outer.reason, via or outer.via)
    else:
        act = Act(by, reason, via) if by or via else None
    token = _present.set(act)
    try:
        with transaction.atomic():
            yield
    finally:
        _present.reset(token)


def record(
    of: Model,
    *,
    verb: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Records, in the transaction around it, an act on a row that its model doesn't see. Nothing outside of `acting`.

    verb: what was done, in few words that recur, such as "load campaign". before, after: values by field, of what
    changed; what JSON can't say is kept as text. reason: goes before the act's.
    """
    if _present.get() is None:
        return
    entries: Any = apps.get_model("livefest", "AuditEntry")
    old, new = before or {}, after or {}
    changes = {name: [stored(old.get(name)), stored(new.get(name))] for name in {**old, **new}}
    more = {"reason": reason} if reason else {}
    entries.objects.log_create(of, force_log=True, action=entries.Action.UPDATE, changes=changes, verb=verb, **more)


def present_act() -> Act | None:
    """The act that is under way."""
    return _present.get()


def correlation_id() -> str | None:
    """The id of the request or task, as it stands in the log lines."""
    bound = structlog.contextvars.get_contextvars()
    return bound.get("request_id") or bound.get("task_id")


def stored(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [stored(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): stored(each) for key, each in value.items()}
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def hidden(_value: str) -> str:
    """Stands in for a value that nobody may read, the former and the new one."""
    return HIDDEN


def follow_models() -> None:
    """Lets auditlog watch the models; called once, when all apps are there."""
    for label, left_out in FOLLOWED.items():
        model = apps.get_model(label)
        names = [field.name for field in model._meta.concrete_fields if field.name not in left_out]
        auditlog.register(
            model,
            include_fields=names,
            mask_fields=[name for name in names if name == "password"],
            mask_callable="livefest.audit.hidden",
            m2m_fields={field.name for field in model._meta.many_to_many},
        )
