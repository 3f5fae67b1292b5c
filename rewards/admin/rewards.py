"""The campaign's rewards."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from livefest.admin.checks import ItemAdmin
from livefest.admin.violations import VIOLATIONS
from rewards.models import Reward

VIOLATIONS.update(
    {
        "reward_ranks": _("Write ranks from 1 and in rising order."),
        "reward_amount_positive": _("Write an amount of 1 or more."),
        "reward_currency_for_cash": _("Cash needs a currency such as USD; nothing else has one."),
    }
)


@admin.register(Reward)
class RewardAdmin(ItemAdmin):
    list_display = ["name", "slug", "fest", "kind", "board", "first_rank", "last_rank", "amount", "currency"]
    list_filter = ["fest", "kind"]
    list_select_related = ["fest", "board"]
    fields = [
        "fest",
        "slug",
        "name",
        "kind",
        "board",
        ("first_rank", "last_rank"),
        ("amount", "currency"),
        "claim_days",
        "position",
    ]
