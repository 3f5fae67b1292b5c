"""What somebody has to agree to before they act in a fest: its terms, by version, and that they are old enough."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from livefest import clock
from livefest.models import AgeConfirmation, Fest, Terms, TermsAcceptance, User


@dataclass(frozen=True)
class Missing:
    """What is still to be agreed to; falsy where it is nothing. `minimum_age` is None where it was confirmed, or the
    fest has none."""

    terms: Terms | None
    minimum_age: int | None

    def __bool__(self) -> bool:
        return self.terms is not None or self.minimum_age is not None


def present_terms(fest: Fest) -> Terms | None:
    """The newest version that is published."""
    return Terms.objects.filter(fest=fest, published_at__lte=clock.now()).order_by("-version").first()


def what_is_missing(user: User, fest: Fest) -> Missing:
    terms = present_terms(fest)
    if terms and TermsAcceptance.objects.filter(user=user, terms=terms).exists():
        terms = None
    confirmed = AgeConfirmation.objects.filter(user=user, fest=fest, minimum_age__gte=fest.minimum_age)
    asks_age = fest.minimum_age > 0 and not confirmed.exists()
    return Missing(terms, fest.minimum_age if asks_age else None)


@transaction.atomic
def agree(*, user: User, fest: Fest, terms: Terms | None, minimum_age: int | None) -> None:
    """Records what was agreed to, as it was shown; again changes nothing."""
    now = clock.now()
    if terms is not None:
        TermsAcceptance.objects.get_or_create(user=user, terms=terms, defaults={"accepted_at": now})
    if minimum_age is not None:
        AgeConfirmation.objects.get_or_create(
            user=user, fest=fest, minimum_age=minimum_age, defaults={"confirmed_at": now}
        )
