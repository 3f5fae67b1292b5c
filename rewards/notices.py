"""What winners are told of their awards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from creators.accounts import user_of
from livefest.models.translated import in_each_language
from livefest.notifications import Kind, moment_words, notify, register_kind
from rewards.models import Award, PayoutLine, Reward


def with_until(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """`data["deadline"]` is an ISO moment, or None; texts say it in the zone that is active, and name that zone."""
    until = ""
    if data["deadline"]:
        parts = {"moment": moment_words(data["deadline"]), "zone": get_current_timezone_name()}
        until = pgettext("claim it …", " before %(moment)s (%(zone)s)") % parts
    return {**data, "until": until}


def with_how(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """`data["kind"]` is the reward's; texts say how it came to them."""
    return {**data, "how": how_fulfilled(data["kind"])}


def how_fulfilled(kind: str) -> str:
    return {
        Reward.Kind.DIAMONDS: gettext("The Diamonds are paid to you."),
        Reward.Kind.CASH: gettext("The money is paid to you."),
        Reward.Kind.MERCH: gettext("It is on its way, or in your hands."),
        Reward.Kind.BADGE: gettext("It is on your public page."),
        Reward.Kind.INVITATION: gettext("Its page has what you need."),
    }[Reward.Kind(kind)]


OFFERED = register_kind(
    Kind(
        name="award_offered",
        label=_("You are awarded something"),
        subject=_("%(fest)s: %(reward)s is yours"),
        text=_("Rank %(rank)s brought you “%(reward)s”. Claim it%(until)s."),
        page="my_award",
        words=with_until,
        always_by_email=True,
    )
)
PASSED = register_kind(
    Kind(
        name="award_passed",
        label=_("Something that somebody did without passes to you"),
        subject=_("%(fest)s: %(reward)s passes to you"),
        text=_(
            "Somebody who was ranked before you does without “%(reward)s”, and with rank %(rank)s you are next. Claim "
            "it%(until)s."
        ),
        page="my_award",
        words=with_until,
        always_by_email=True,
    )
)
DEADLINE = register_kind(
    Kind(
        name="award_deadline",
        label=_("An award is about to expire"),
        subject=_("%(fest)s: claim %(reward)s soon"),
        text=_("“%(reward)s” is yours and not claimed yet. Claim it%(until)s; after that it is gone."),
        page="my_award",
        words=with_until,
        always_by_email=True,
    )
)
EXPIRED = register_kind(
    Kind(
        name="award_expired",
        label=_("An award has expired"),
        subject=_("%(fest)s: %(reward)s has expired"),
        text=_("“%(reward)s” was not claimed in time. It passes to the next in rank, if any."),
        page="my_award",
    )
)
ENDED = register_kind(
    Kind(
        name="award_ended",
        label=_("You don't receive an award"),
        subject=_("%(fest)s: you don't receive %(reward)s"),
        text=_("You don't receive “%(reward)s”. The reason: %(reason)s"),
        page="my_award",
        always_by_email=True,
    )
)
PAYMENT_FAILED = register_kind(
    Kind(
        name="award_payment_failed",
        label=_("An award could not be paid"),
        subject=_("%(fest)s: %(reward)s could not be paid"),
        text=_("“%(reward)s” could not be paid. It stays yours: look at its page, which says what to do now."),
        page="my_award",
        always_by_email=True,
    )
)
FULFILLED = register_kind(
    Kind(
        name="award_fulfilled",
        label=_("An award is on its way, or paid"),
        subject=_("%(fest)s: %(reward)s has reached you"),
        text=_("“%(reward)s”: %(how)s"),
        page="my_award",
        words=with_how,
    )
)


def tell(award: Award, kind: Kind, *, key: str = "", **more: Any) -> None:
    """Tells the winner, if they have an account; once for each award and kind, or for each `key` of the award."""
    user = user_of(award.entry) if award.entry else None
    if user is None:
        return
    data: Mapping[str, Any] = {
        "fest": in_each_language(award.fest),
        "reward": in_each_language(award.reward),
        "kind": award.reward.kind,
        "rank": award.rank,
        "deadline": award.deadline.isoformat() if award.deadline else None,
        "page": {"award": award.pk},
        **more,
    }
    notify(user, kind, key=f"{award.pk}/{key}" if key else str(award.pk), fest=award.fest, data=data)


def tell_offered(award: Award) -> None:
    tell(award, PASSED if award.passed_from_id else OFFERED)


def tell_deadline(award: Award) -> None:
    tell(award, DEADLINE)


def tell_expired(award: Award) -> None:
    tell(award, EXPIRED)


def tell_ended(award: Award, why: str) -> None:
    """They aren't eligible, or it was revoked."""
    tell(award, ENDED, reason=why)


def tell_payment_failed(line: PayoutLine) -> None:
    """Each payment that fails; not why, which may repeat where the money was to go: the award's page says it."""
    tell(line.award, PAYMENT_FAILED, key=str(line.pk))


def tell_fulfilled(award: Award) -> None:
    tell(award, FULFILLED)
