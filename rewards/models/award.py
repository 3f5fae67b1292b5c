"""Awards: what a certified result entitles somebody to, and every step on the way to their hands."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from creators.models import Entry
from livefest.models import Fest
from rankings.models import Edition
from rewards.models.reward import Reward

SHA256 = r"^[0-9a-f]{64}$"
# From which state an award comes to which; "" is before there is one.
STEPS = {
    "": ["proposed"],
    "proposed": ["approved", "ineligible", "revoked"],
    "approved": ["offered", "ineligible", "revoked"],
    "offered": ["claimed", "declined", "expired", "ineligible", "revoked"],
    "claimed": ["verified", "declined", "ineligible", "revoked"],
    "verified": ["fulfilled", "ineligible", "revoked"],
    "ineligible": ["revoked"],  # it was lifted: they are due it again
}
OPEN = ["proposed", "approved", "offered", "claimed", "verified"]  # on the way
LIVE = [*OPEN, "fulfilled"]
ANNOUNCED = ["offered", "claimed", "verified"]  # open, and who it is for was told
ANSWERABLE = ["offered", "claimed"]  # who it is for may decline it
ACCEPTED = ["claimed", "verified", "fulfilled"]
GRANTED = ["approved", "offered", *ACCEPTED]  # staff looked at it: it is theirs, in public too
HAD_THEIR_CHANCE = ["declined", "expired", "ineligible"]  # they do without, and it passes on
ENDED = [*HAD_THEIR_CHANCE, "revoked"]  # what was theirs is free for the next


class AwardQuerySet(models.QuerySet["Award"]):
    def never_due(self) -> AwardQuerySet:
        """Those of which the newest edition that looked at them says that nothing of them was ever due: what was
        fulfilled before a correction, and is to be settled. They are few."""
        wrong = [EditionReview.Outcome.TO_SETTLE, EditionReview.Outcome.SETTLED]
        whole = EditionReview.objects.filter(outcome__in=wrong, difference=F("award__amount"))
        newer = EditionReview.objects.filter(award=OuterRef("award"), edition__gt=OuterRef("edition"))
        return self.filter(pk__in=whole.filter(~Exists(newer)).values("award"))

    def rightful(self) -> AwardQuerySet:
        return self.exclude(pk__in=Award.objects.never_due().values("pk"))


class Award(models.Model):
    """What somebody is to receive: for which reward, in which place and period, by which edition of the results and
    under which rules (the campaign file's SHA-256).

    `handle` is who is ranked: a creator, a community or a supporter. `entry` is whose account claims it: the creator,
    or the community's owner; None where nobody can, and staff look after it. `slot` counts the places of the reward in
    one standing from 1. `amount` is in `unit`: "diamonds", "pieces", or the minor unit of a currency; less than the
    reward's where those who tie share it. `deadline` (UTC, exclusive) is until when it can be claimed, once offered.
    `passed_from` is whose place it took.

    The state changes by an `AwardStep` and in no other way, and nothing else but the deadline ever does (triggers).
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        OFFERED = "offered", _("Offered")
        CLAIMED = "claimed", _("Claimed")
        VERIFIED = "verified", _("Verified")
        FULFILLED = "fulfilled", _("Fulfilled")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        INELIGIBLE = "ineligible", _("Not eligible")
        REVOKED = "revoked", _("Revoked")

    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="awards", verbose_name=_("fest"))
    reward = models.ForeignKey(Reward, models.PROTECT, db_index=False, related_name="awards", verbose_name=_("reward"))
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="awards", verbose_name=_("edition of results"))
    rules_sha256 = models.CharField(_("SHA-256 of the campaign file"), max_length=64)
    within = models.CharField(_("within"), max_length=64, blank=True, default="", db_collation="C")
    period = models.CharField(_("period"), max_length=64, blank=True, default="", db_collation="C")
    handle = models.CharField(_("handle"), max_length=128, db_collation="C")
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, db_constraint=False, related_name="awards", verbose_name=_("who claims it")
    )
    rank = models.PositiveIntegerField(_("rank"))
    score = models.BigIntegerField(_("score"))
    slot = models.PositiveIntegerField(_("place"))
    amount = models.PositiveBigIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=16)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.PROPOSED)
    steps_taken = models.PositiveIntegerField(default=0)
    deadline = models.DateTimeField(_("to be claimed before"), null=True)
    passed_from = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="passed_to", verbose_name=_("passed on from")
    )
    made_at = models.DateTimeField(_("proposed"))

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        default_permissions = ("view",)
        permissions = [
            ("propose_award", _("Can propose awards")),
            ("approve_award", _("Can approve awards that others proposed")),
            ("verify_award", _("Can sign checks and verify claims")),
            ("fulfil_award", _("Can pay and hand out what others approved, and see what that needs")),
        ]
        indexes = [
            # The board of awards by state; offers that run out.
            models.Index(name="award_by_state", fields=["fest", "state", "-id"]),
            models.Index(name="award_running_out", fields=["deadline"], condition=Q(state="offered")),
        ]
        constraints = [
            # One award per entitlement: nobody has the same twice, and no place is given twice.
            models.UniqueConstraint(
                name="award_once_each", fields=["reward", "within", "period", "handle"], condition=~Q(state="revoked")
            ),
            models.UniqueConstraint(
                name="award_place_once", fields=["reward", "within", "period", "slot"], condition=Q(state__in=LIVE)
            ),
            models.CheckConstraint(name="award_state_known", condition=Q(state__in=[*LIVE, *ENDED])),
            models.CheckConstraint(name="award_numbers_positive", condition=Q(rank__gte=1, slot__gte=1, amount__gte=1)),
            models.CheckConstraint(name="award_rules_form", condition=Q(rules_sha256__regex=SHA256)),
            models.CheckConstraint(name="award_handle_given", condition=~Q(handle="")),
        ]

    def __str__(self) -> str:
        return f"{self.reward}: {self.handle}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


class AwardStep(models.Model):
    """A step in an award's history. Rows are only ever added, each leads from the state that the award has to one that
    comes after it, and takes the award there (triggers). `by` is None for what the program does by itself: proposing
    to the next in rank, expiring, finding somebody ineligible. Who proposed can't approve, who approved can't fulfil.
    """

    award = models.ForeignKey(Award, models.PROTECT, db_index=False, related_name="steps", verbose_name=_("award"))
    number = models.PositiveIntegerField(_("number"))
    from_state = models.CharField(_("from"), max_length=16, blank=True, default="")
    to_state = models.CharField(_("to"), max_length=16, choices=Award.State.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    by_creator = models.BooleanField(_("by the creator"), default=False)
    at = models.DateTimeField(_("at"))
    reason = models.TextField(_("reason"), blank=True, default="")

    class Meta:
        ordering = ["award", "number"]
        verbose_name = _("step of an award")
        verbose_name_plural = _("steps of awards")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(name="awardstep_unique", fields=["award", "number"]),
            models.CheckConstraint(
                name="awardstep_follows",
                condition=Q(from_state="", to_state="proposed", number=1)
                | Q(from_state="proposed", to_state__in=STEPS["proposed"], number__gte=2)
                | Q(from_state="approved", to_state__in=STEPS["approved"], number__gte=2)
                | Q(from_state="offered", to_state__in=STEPS["offered"], number__gte=2)
                | Q(from_state="claimed", to_state__in=STEPS["claimed"], number__gte=2)
                | Q(from_state="verified", to_state__in=STEPS["verified"], number__gte=2)
                | Q(from_state="ineligible", to_state__in=STEPS["ineligible"], number__gte=2),
            ),
            models.CheckConstraint(
                name="awardstep_by_somebody",
                condition=Q(by__isnull=False)
                | Q(by_creator=True, to_state__in=["claimed", "declined"])
                | Q(by=None, by_creator=False, to_state__in=["proposed", "offered", "expired", "ineligible"]),
            ),
            models.CheckConstraint(
                name="awardstep_ends_with_reason",
                condition=~Q(to_state__in=["ineligible", "revoked"]) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_id}: {self.to_state}"


class EditionReview(models.Model):
    """What a new edition of the results found of awards made by an earlier one: each is looked at once an edition.

    `outcome`: the award stands as it is, was revoked, or is a difference to settle because it was fulfilled already.
    """

    class Outcome(models.TextChoices):
        STANDS = "stands", _("Stands")
        REVOKED = "revoked", _("Revoked")
        TO_SETTLE = "to_settle", _("Fulfilled: a difference to settle")
        SETTLED = "settled", _("Settled")

    award = models.ForeignKey(Award, models.PROTECT, db_index=False, related_name="reviews", verbose_name=_("award"))
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", verbose_name=_("edition of results"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices)
    difference = models.BigIntegerField(_("too much (below zero: too little)"), default=0)
    note = models.TextField(_("note"), blank=True, default="")
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("settled by")
    )

    class Meta:
        verbose_name = _("award reviewed by a new edition")
        verbose_name_plural = _("awards reviewed by a new edition")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(name="editionreview_once", fields=["award", "edition"]),
            models.CheckConstraint(
                name="editionreview_settled_whole",
                condition=~Q(outcome="settled") & Q(settled_at=None, settled_by=None)
                | Q(outcome="settled", settled_at__isnull=False, settled_by__isnull=False) & ~Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.get_outcome_display()}"
