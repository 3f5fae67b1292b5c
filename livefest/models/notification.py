"""What people are told, on the site and by e-mail, and what of it they want."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from livefest.models.fest import Fest


class Notification(models.Model):
    """Something that somebody is told once: `key` names it among theirs of the kind.

    What it says is made from `data` when it is read, in the reader's language; `livefest/notifications.py` has the
    kinds. `on_site`: whether the bell shows it. The e-mail is `waiting` until Celery has sent it, not before
    `send_after` (UTC), which every failed try moves on; `failed` after the last one, with the `error`.
    """

    class Email(models.TextChoices):
        NONE = "none", _("Not wanted")
        WAITING = "waiting", _("Waits")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="notifications", verbose_name=_("to")
    )
    fest = models.ForeignKey(Fest, models.CASCADE, null=True, related_name="+", verbose_name=_("fest"))
    kind = models.CharField(_("kind"), max_length=32)
    key = models.CharField(_("key"), max_length=200, db_collation="C")
    data = models.JSONField(_("data"), default=dict)
    made_at = models.DateTimeField(_("made"))
    on_site = models.BooleanField(_("on the site"), default=True)
    read_at = models.DateTimeField(_("read"), null=True)
    email = models.CharField(_("e-mail"), max_length=8, choices=Email.choices, default=Email.NONE)
    send_after = models.DateTimeField(_("not before"), null=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            # The newest of one person, and how many of them are unread; e-mails that are due; those that failed.
            models.Index(name="notification_of_user", fields=["user", "-id"], condition=Q(on_site=True)),
            models.Index(name="notification_unread", fields=["user"], condition=Q(on_site=True, read_at=None)),
            models.Index(name="notification_to_send", fields=["send_after"], condition=Q(email="waiting")),
            models.Index(name="notification_failed", fields=["-id"], condition=Q(email="failed")),
        ]
        constraints = [
            models.UniqueConstraint(name="notification_once", fields=["user", "kind", "key"]),
            models.CheckConstraint(
                name="notification_email_whole",
                condition=Q(email="none", send_after=None, sent_at=None)
                | Q(email="waiting", send_after__isnull=False, sent_at=None)
                | Q(email="sent", sent_at__isnull=False)
                | Q(email="failed", sent_at=None) & ~Q(error=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class NotificationChoice(models.Model):
    """What somebody wants of a kind; where there is no row, the kind's own defaults hold."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="choices")
    kind = models.CharField(_("kind"), max_length=32)
    on_site = models.BooleanField(_("on the site"))
    by_email = models.BooleanField(_("by e-mail"))

    class Meta:
        verbose_name = _("choice of notifications")
        verbose_name_plural = _("choices of notifications")
        constraints = [models.UniqueConstraint(name="notificationchoice_unique", fields=["user", "kind"])]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
