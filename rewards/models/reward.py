"""Rewards: what which ranks of which board, or who met which challenge, receive."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from livefest.models import CampaignItem, NamedCampaignItem
from rankings.models import Board


class Reward(NamedCampaignItem):
    """`amount` is in Diamonds, pieces, or the minor unit of `currency` for cash.

    A reward of a board comes from the campaign file. One of a challenge, for all who met it (who won, of a race), is a
    record that staff keep, and so is `ties`: what happens where those who share a rank are more than the ranks left.
    """

    class Kind(models.TextChoices):
        DIAMONDS = "diamonds", _("Diamonds")
        INVITATION = "invitation", _("Invitation")
        BADGE = "badge", _("Badge")
        CASH = "cash", _("Cash")
        MERCH = "merch", _("Merchandise")

    class Ties(models.TextChoices):
        ALL = "all", _("All of them receive it")
        SPLIT = "split", _("They share what their ranks receive")
        LISTED = "listed", _("The order of the list decides: who shares a rank is listed by handle")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    board = models.ForeignKey(
        Board, models.PROTECT, null=True, blank=True, related_name="rewards", verbose_name=_("board")
    )
    challenge = models.ForeignKey(
        Challenge, models.PROTECT, null=True, blank=True, related_name="rewards", verbose_name=_("challenge")
    )
    ties = models.CharField(
        _("ties at the last rank"),
        max_length=8,
        choices=Ties.choices,
        default=Ties.ALL,
        db_default=Ties.ALL,
        help_text=_("No part of the campaign file."),
    )
    first_rank = models.PositiveIntegerField(_("first rank"))
    last_rank = models.PositiveIntegerField(_("last rank"), null=True, blank=True, help_text=_("Empty: to the end."))
    amount = models.PositiveBigIntegerField(_("amount"), default=1)
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, default="", help_text=_("ISO 4217, for cash only.")
    )
    claim_days = models.PositiveIntegerField(
        _("claim days"), null=True, blank=True, help_text=_("After which it passes to the next in rank; empty: never.")
    )

    class Meta(NamedCampaignItem.Meta):
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        constraints = [
            *CampaignItem.Meta.constraints,
            models.CheckConstraint(
                name="reward_kind_known",
                condition=Q(kind__in=["diamonds", "invitation", "badge", "cash", "merch"]),
            ),
            models.CheckConstraint(
                name="reward_of_board_or_challenge",
                condition=Q(board__isnull=False, challenge=None)
                | Q(board=None, challenge__isnull=False, first_rank=1, last_rank=None, ties="all"),
            ),
            models.CheckConstraint(name="reward_ties_known", condition=Q(ties__in=["all", "split", "listed"])),
            models.CheckConstraint(
                name="reward_split_can_be", condition=~Q(ties="split") | Q(kind__in=["diamonds", "cash"])
            ),
            models.CheckConstraint(
                name="reward_ranks",
                condition=Q(first_rank__gte=1) & (Q(last_rank=None) | Q(last_rank__gte=F("first_rank"))),
            ),
            models.CheckConstraint(name="reward_amount_positive", condition=Q(amount__gte=1)),
            models.CheckConstraint(
                name="reward_currency_for_cash",
                condition=Q(kind="cash", currency__regex="^[A-Z]{3}$") | (~Q(kind="cash") & Q(currency="")),
            ),
        ]
