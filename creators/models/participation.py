"""How somebody with an account comes to take part in a fest."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creators.models.creator import HANDLE_LENGTH, Creator
from livefest.models import Fest, Region


class Participation(models.Model):
    """An account's part in a fest: applied, then approved or refused; approved, then perhaps suspended, and back.

    `way`: they claim the creator of a handle that there is already, or apply as new. `proof` is what showed that the
    handle is theirs: the `code` in the bio of the platform (seen by staff or by the configured checker), a social
    account of the same handle, or an earlier approval. `creator` is set with the approval. A refused one may apply
    again in the same row; what was before is in the audit. `docs/taking-part.md` has the whole.
    """

    class Way(models.TextChoices):
        CLAIM = "claim", _("Claims a creator")
        NEW = "new", _("New creator")

    class State(models.TextChoices):
        APPLIED = "applied", _("Applied")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        SUSPENDED = "suspended", _("Suspended")

    class Proof(models.TextChoices):
        NONE = "", _("None yet")
        BIO = "bio", _("Code in the bio, seen by the checker")
        STAFF = "staff", _("Code in the bio, seen by staff")
        SOCIAL = "social", _("Social account of the same handle")
        EARLIER = "earlier", _("Approved in an earlier festival")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        db_index=False,
        related_name="participations",
        verbose_name=_("account"),
    )
    fest = models.ForeignKey(
        Fest, models.PROTECT, db_index=False, related_name="participations", verbose_name=_("fest")
    )
    creator = models.ForeignKey(
        Creator, models.PROTECT, null=True, related_name="participations", verbose_name=_("creator")
    )
    way = models.CharField(_("way"), max_length=8, choices=Way.choices)
    handle = models.CharField(_("handle"), max_length=HANDLE_LENGTH, db_collation="C")
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    # With the fest in the key (migration 0010), so that it is a region of this fest.
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, db_constraint=False, verbose_name=_("region")
    )
    category = models.CharField(_("category"), max_length=64, blank=True, default="", db_collation="C")
    code = models.CharField(_("code"), max_length=32)
    code_expires_at = models.DateTimeField(_("code holds until"))
    proof = models.CharField(_("proof"), max_length=8, choices=Proof.choices, blank=True, default=Proof.NONE)
    proved_at = models.DateTimeField(_("proved"), null=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.APPLIED)
    reason = models.TextField(_("reason"), blank=True, default="", help_text=_("The creator reads it."))
    applied_at = models.DateTimeField(_("applied"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        permissions = [("decide_participation", "Can approve, refuse and suspend participations")]
        indexes = [
            # Who waits for staff, the first first.
            models.Index(name="participation_waiting", fields=["fest", "applied_at"], condition=Q(state="applied")),
            models.Index(name="participation_by_handle", fields=["fest", "handle"]),
        ]
        constraints = [
            models.UniqueConstraint(name="participation_one_each", fields=["user", "fest"]),
            # Of two who claim one creator, one at most is approved.
            models.UniqueConstraint(
                name="participation_creator_once",
                fields=["fest", "creator"],
                condition=Q(state__in=["approved", "suspended"]),
            ),
            models.CheckConstraint(
                name="participation_state_known", condition=Q(state__in=["applied", "approved", "refused", "suspended"])
            ),
            models.CheckConstraint(
                name="participation_proof_whole",
                condition=Q(proof="", proved_at=None)
                | Q(proof__in=["bio", "staff", "social", "earlier"], proved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="participation_state_whole",
                condition=Q(state="applied", decided_at=None, decided_by=None, creator=None)
                | Q(state="approved", decided_at__isnull=False, creator__isnull=False) & ~Q(proof="")
                | Q(state="refused", decided_at__isnull=False, creator=None) & ~Q(reason="")
                | Q(state="suspended", decided_at__isnull=False, creator__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handle} in {self.fest}"
