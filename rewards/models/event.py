"""The award event: who is invited, who comes, and who is in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from livefest.models import Fest
from livefest.models.translated import Translated
from rewards.models.award import Award
from rewards.models.reward import Reward


class AwardEvent(Translated):
    """Where and when those come together whom a reward invites. `capacity` counts people, companions too."""

    TRANSLATED = ("name", "place")

    fest = models.ForeignKey(Fest, models.PROTECT, related_name="events", verbose_name=_("fest"))
    reward = models.OneToOneField(
        Reward, models.PROTECT, null=True, blank=True, related_name="event", verbose_name=_("invited by the reward")
    )
    name = models.CharField(_("name"), max_length=200)
    place = models.TextField(_("place"), help_text=_("Name and address."))
    time_zone = models.CharField(_("time zone"), max_length=64, help_text=_("IANA name, such as Europe/London."))
    starts = models.DateTimeField(_("starts"))
    ends = models.DateTimeField(_("ends"), help_text=_("Exclusive."))
    answer_before = models.DateTimeField(_("to be answered before"))
    capacity = models.PositiveIntegerField(_("capacity"))
    companions = models.PositiveSmallIntegerField(_("companions each"), default=0, validators=[MaxValueValidator(5)])

    class Meta:
        verbose_name = _("award event")
        verbose_name_plural = _("award events")
        constraints = [
            models.CheckConstraint(name="awardevent_starts_before_end", condition=Q(starts__lt=F("ends"))),
            models.CheckConstraint(name="awardevent_answered_before", condition=Q(answer_before__lte=F("starts"))),
            models.CheckConstraint(name="awardevent_capacity_positive", condition=Q(capacity__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """An award that is an invitation, as it is answered. Who accepts once the event is full waits, in order of
    `answered_at`. `needs` (diet, access, the companions' names) is JSON, encrypted, and emptied KEEP_CLAIM_DAYS after
    the event. The sum of `people` of those who come never exceeds the capacity (a trigger)."""

    class Answer(models.TextChoices):
        OPEN = "open", _("Not answered yet")
        COMES = "comes", _("Comes")
        WAITS = "waits", _("On the waiting list")
        DECLINED = "declined", _("Doesn't come")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    event = models.ForeignKey(AwardEvent, models.PROTECT, related_name="invitations", verbose_name=_("event"))
    award = models.OneToOneField(Award, models.PROTECT, related_name="invitation", verbose_name=_("award"))
    answer = models.CharField(_("answer"), max_length=16, choices=Answer.choices, default=Answer.OPEN)
    people = models.PositiveSmallIntegerField(_("people"), default=1)
    needs = models.TextField(_("needs"), blank=True, default="", editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        default_permissions = ("view",)
        indexes = [
            models.Index(name="invitation_waiting", fields=["event", "answered_at"], condition=Q(answer="waits"))
        ]
        constraints = [
            models.CheckConstraint(name="invitation_people_positive", condition=Q(people__gte=1)),
            models.CheckConstraint(
                name="invitation_answered_whole",
                condition=Q(answer="open", answered_at=None) | Q(answer="withdrawn") | Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award.handle}: {self.event}"


class Ticket(models.Model):
    """A way in for one person: the guest (number 1) or a companion. The QR code has the serial and a signature
    (`rewards/tickets.py`). It admits once; `admitted_at` is set once and never changes (a trigger)."""

    invitation = models.ForeignKey(Invitation, models.PROTECT, db_index=False, related_name="tickets")
    number = models.PositiveSmallIntegerField(_("number"))
    serial = models.UUIDField(_("serial"), unique=True, default=uuid.uuid4)
    made_at = models.DateTimeField(_("made"))
    void_at = models.DateTimeField(_("void since"), null=True)
    admitted_at = models.DateTimeField(_("admitted"), null=True)
    admitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("admitted by")
    )

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        default_permissions = ("view",)
        permissions = [("admit", _("Can let people in at the door"))]
        constraints = [
            models.UniqueConstraint(name="ticket_unique", fields=["invitation", "number"], condition=Q(void_at=None)),
            models.CheckConstraint(
                name="ticket_admitted_whole",
                condition=Q(admitted_at=None, admitted_by=None)
                | Q(admitted_at__isnull=False, admitted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.serial)
