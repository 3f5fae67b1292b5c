"""What winners give to receive an award, and what staff check before anything leaves the house."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livefest.models import Fest, Region
from rewards.models.award import Award
from rewards.models.reward import Reward


class Claim(models.Model):
    """That an award was accepted, once. `token` names the sending of the form: the same again is the same claim.

    `details` is what the kind needs (name and address, payee reference), as JSON, encrypted (`livefest.encryption`);
    only who fulfils reads it, and it is emptied KEEP_CLAIM_DAYS after the award was fulfilled or has ended.
    """

    award = models.OneToOneField(Award, models.PROTECT, related_name="claim", verbose_name=_("award"))
    token = models.UUIDField(_("token"), unique=True)
    claimed_at = models.DateTimeField(_("claimed"))
    details = models.TextField(_("details"), blank=True, default="", editable=False)
    details_deleted_at = models.DateTimeField(_("details deleted"), null=True)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="claim_deleted_is_empty", condition=Q(details_deleted_at=None) | Q(details="")),
        ]

    def __str__(self) -> str:
        return str(self.award)


class RequiredCheck(models.Model):
    """Something that staff look at and sign before an award of a kind is verified: tax form, identity, sanctions list.
    `region` None: everywhere. The program decides none of it."""

    fest = models.ForeignKey(Fest, models.PROTECT, related_name="required_checks", verbose_name=_("fest"))
    kind = models.CharField(_("kind"), max_length=16, choices=Reward.Kind.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, db_constraint=False, verbose_name=_("region")
    )
    name = models.CharField(_("what is checked"), max_length=200)
    help = models.TextField(_("how"), blank=True, default="")
    retired_at = models.DateTimeField(_("no longer asked since"), null=True, blank=True)

    class Meta:
        verbose_name = _("required check")
        verbose_name_plural = _("required checks")
        constraints = [
            models.UniqueConstraint(
                name="requiredcheck_unique", fields=["fest", "kind", "region", "name"], nulls_distinct=False
            ),
            models.CheckConstraint(name="requiredcheck_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class SignedCheck(models.Model):
    """That somebody looked at it for an award, and vouches for it. Rows are only ever added (a trigger)."""

    award = models.ForeignKey(Award, models.PROTECT, db_index=False, related_name="checks", verbose_name=_("award"))
    check_required = models.ForeignKey(
        RequiredCheck, models.PROTECT, related_name="signed", verbose_name=_("required check")
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    signed_at = models.DateTimeField(_("signed"))
    note = models.TextField(_("note"), blank=True, default="", help_text=_("No personal data."))

    class Meta:
        verbose_name = _("signed check")
        verbose_name_plural = _("signed checks")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(name="signedcheck_once", fields=["award", "check_required"])]

    def __str__(self) -> str:
        return f"{self.award}: {self.check_required}"
