"""The campaign's rewards."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from livefest.admin.checks import ItemAdmin
from livefest.admin.translations import TranslatedAdmin
from livefest.admin.violations import VIOLATIONS
from rewards.models import Reward

VIOLATIONS.update(
    {
        "reward_ranks": _("Write ranks from 1 and in rising order."),
        "reward_of_board_or_challenge": _(
            "Choose a board or a challenge, one of the two. A reward of a challenge is for all who met it: "
            "first rank 1, no last rank, ties: all of them."
        ),
        "reward_split_can_be": _("Only Diamonds and cash can be split."),
        "reward_amount_positive": _("Write an amount of 1 or more."),
        "reward_currency_for_cash": _("Cash needs a currency such as USD; nothing else has one."),
    }
)


@admin.register(Reward)
class RewardAdmin(TranslatedAdmin, ItemAdmin):
    """What it is and of what can't change any more once it is awarded; all else takes effect with the next edition of
    the results, ties with the next proposing."""

    list_display = [
        "name",
        "slug",
        "fest",
        "kind",
        "board",
        "challenge",
        "first_rank",
        "last_rank",
        "amount",
        "currency",
    ]
    list_filter = ["fest", "kind"]
    list_select_related = ["fest", "board", "challenge"]
    fields = [
        "fest",
        "slug",
        "name",
        "kind",
        "board",
        "challenge",
        ("first_rank", "last_rank"),
        "ties",
        ("amount", "currency"),
        "claim_days",
        "position",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Reward | None = None) -> list[str]:
        readonly = list(super().get_readonly_fields(request, obj))
        awarded = obj is not None and obj.awards.exists()
        return [*readonly, "kind", "currency", "board", "challenge"] if awarded else readonly
