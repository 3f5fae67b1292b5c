"""What challenges and ranks pay, as the last refresh derived it: to look at only."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from creators.admin.handles import FoundByHandle
from creators.models import Payment
from livefest.models import Fest


@admin.register(Payment)
class PaymentAdmin(FoundByHandle):
    list_display = ["entitlement", "fest", "entry", "points", "metric", "at"]
    list_select_related = ["entry__creator", "entry__fest", "metric"]
    fields = ["fest", "entry", "entitlement", ("points", "metric"), "at"]

    @admin.display(description=_("fest"))
    def fest(self, payment: Payment) -> Fest:
        return payment.entry.fest
