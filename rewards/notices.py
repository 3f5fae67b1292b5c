"""What winners are told of their awards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from creators.accounts import user_of
from livefest.notifications import Kind, notify, register_kind
from rewards.models import Award

OFFERED = register_kind(
    Kind(
        name="award_offered",
        label=_("You are awarded something"),
        subject=_("%(fest)s: %(reward)s is yours"),
        text=_("Rank %(rank)s brought you %(reward)s. Claim it%(until)s."),
        page="my_award",
        always_by_email=True,
    )
)
DEADLINE = register_kind(
    Kind(
        name="award_deadline",
        label=_("An award is about to expire"),
        subject=_("%(fest)s: claim %(reward)s soon"),
        text=_("%(reward)s is yours and not claimed yet. Claim it%(until)s, or it passes to the next in rank."),
        page="my_award",
        always_by_email=True,
    )
)
EXPIRED = register_kind(
    Kind(
        name="award_expired",
        label=_("An award has expired"),
        subject=_("%(fest)s: %(reward)s has expired"),
        text=_("%(reward)s was not claimed in time and has passed to the next in rank."),
        page="my_award",
    )
)
ENDED = register_kind(
    Kind(
        name="award_ended",
        label=_("An award is taken back"),
        subject=_("%(fest)s: %(reward)s is not yours any more"),
        text=_("%(reward)s is taken back. %(reason)s"),
        page="my_award",
        always_by_email=True,
    )
)
FULFILLED = register_kind(
    Kind(
        name="award_fulfilled",
        label=_("An award is on its way, or paid"),
        subject=_("%(fest)s: %(reward)s is fulfilled"),
        text=_("%(reward)s is paid, or in your hands."),
        page="my_award",
    )
)


def tell(award: Award, kind: Kind, **more: Any) -> None:
    """Tells the winner, if they have an account; once for each award and kind."""
    user = user_of(award.entry) if award.entry else None
    if user is None:
        return
    data: Mapping[str, Any] = {
        "fest": award.fest.name,
        "reward": award.reward.name,
        "rank": award.rank,
        "deadline": award.deadline.isoformat() if award.deadline else None,
        "until": "",
        "page": {"award": award.pk},
        **more,
    }
    notify(user, kind, key=str(award.pk), fest=award.fest, data=data)


def tell_offered(award: Award) -> None:
    tell(award, OFFERED)


def tell_expired(award: Award) -> None:
    tell(award, EXPIRED)


def tell_ineligible(award: Award, why: str) -> None:
    tell(award, ENDED, reason=why)


def tell_revoked(award: Award, why: str) -> None:
    tell(award, ENDED, reason=why)


def tell_fulfilled(award: Award) -> None:
    tell(award, FULFILLED)
