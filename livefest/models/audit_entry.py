"""The record of what staff did."""

from __future__ import annotations

from typing import Any

from auditlog.models import AbstractLogEntry, LogEntryManager
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livefest.audit import present_act

VERBS = {0: "add", 1: "change", 2: "delete"}  # what auditlog calls create, update and delete


class AuditEntryManager(LogEntryManager):  # type: ignore[misc]
    """auditlog's, which writes only within an act (`livefest.audit.acting`) and says whose and why."""

    def create(self, **values: Any) -> AuditEntry | None:
        act = present_act()
        if act is None:
            return None
        given = {"actor": act.by, "via": act.via, "reason": act.reason, "verb": VERBS[values["action"]]}
        entry: AuditEntry = super().create(**{**given, **values})
        return entry


class AuditEntry(AbstractLogEntry):  # type: ignore[misc]
    """One thing that a member of staff did to one object. Only ever added: triggers refuse all else.

    auditlog's fields, without those that name addresses. `changes` has [before, after] by field. An actor can't be
    deleted any more: make the account inactive.
    """

    changes_text = None
    remote_addr = None
    remote_port = None
    actor_email = None
    content_type = models.ForeignKey(
        ContentType, models.PROTECT, db_index=False, related_name="+", verbose_name=_("kind of object")
    )
    object_pk = models.CharField(_("key of the object"), max_length=255)
    object_id = models.BigIntegerField(_("id of the object"), null=True)
    action = models.PositiveSmallIntegerField(_("kind of change"), choices=AbstractLogEntry.Action.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("who")
    )
    cid = models.CharField(_("request or task"), max_length=255, null=True)  # noqa: DJ001  auditlog's
    timestamp = models.DateTimeField(_("when"), default=timezone.now)
    verb = models.CharField(_("action"), max_length=64)
    via = models.CharField(_("by way of"), max_length=64, default="", blank=True)
    reason = models.TextField(_("reason"), default="", blank=True)

    objects = AuditEntryManager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit")
        default_permissions = ("view",)
        indexes = [
            # The newest of one actor, kind, action, object, request; those of a day.
            models.Index(name="audit_of_actor", fields=["actor", "-id"]),
            models.Index(name="audit_of_object", fields=["content_type", "object_pk", "-id"]),
            models.Index(name="audit_of_kind", fields=["content_type", "-id"]),
            models.Index(name="audit_of_verb", fields=["verb", "-id"]),
            models.Index(name="audit_of_request", fields=["cid"]),
            models.Index(name="audit_of_time", fields=["timestamp"]),
            # Words of objects' names and reasons, searched for.
            GinIndex(SearchVector("object_repr", "reason", config="simple"), name="audit_words"),
        ]

    def __str__(self) -> str:
        return f"{self.verb}: {self.object_repr}"
