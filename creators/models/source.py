"""Where facts come from, the secrets that sign them, and the lives that sources report."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creators.models.creator import Entry
from livefest.models import SLUG_PATTERN, Fest, slug_validator

LIVE_ENDS_AFTER = timedelta(hours=12)  # CAMPAIGN.md: a live that nobody has touched for this long counts as ended


class Source(models.Model):
    """A sender of facts to one fest. Facts' ids are unique per source.

    Names are unique within a fest. Two fests may each have a source of the same name behind the same address: which
    one a call is for is told by the secret that signed it.
    """

    fest = models.ForeignKey(Fest, models.PROTECT, related_name="sources", verbose_name=_("fest"))
    name = models.CharField(
        _("name"), max_length=64, validators=[slug_validator], help_text=_("The webhook's address is /ingest/name/.")
    )
    paused_at = models.DateTimeField(_("paused since"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["fest", "name"]
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.UniqueConstraint(name="source_unique", fields=["name", "fest"]),
            models.UniqueConstraint(name="source_of_fest", fields=["fest", "id"]),
            models.CheckConstraint(name="source_name_form", condition=Q(name__regex=SLUG_PATTERN)),
        ]

    def __str__(self) -> str:
        return self.name


class SourceSecret(models.Model):
    """A signing secret, encrypted. A source has two places for valid ones, so that it can change from one to the
    next without a call refused; a revoked secret keeps its row as a record."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="secrets", verbose_name=_("source"))
    place = models.PositiveSmallIntegerField(_("place"))
    encrypted = models.TextField(_("encrypted"), editable=False)
    hint = models.CharField(_("ends with"), max_length=4)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        ordering = ["source", "id"]
        verbose_name = _("secret")
        verbose_name_plural = _("secrets")
        constraints = [
            models.UniqueConstraint(
                name="secret_two_valid_at_most", fields=["source", "place"], condition=Q(revoked_at=None)
            ),
            models.CheckConstraint(name="secret_place_known", condition=Q(place__in=[1, 2])),
        ]

    def __str__(self) -> str:
        return f"…{self.hint}"


class LiveQuerySet(models.QuerySet["Live"]):
    def on_air(self, now: datetime) -> LiveQuerySet:
        """Lives begun and not ended by `now`, leaving out those that no report has touched for 12 hours."""
        return self.filter(
            Q(ended_at=None) | Q(ended_at__gt=now), started_at__lte=now, reported_at__gt=now - LIVE_ENDS_AFTER
        )


class Live(models.Model):
    """A LIVE as its source last reported it; it scores nothing. Its room is what facts call their session."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="lives", verbose_name=_("source"))
    room = models.CharField(_("room"), max_length=128, db_collation="C")
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="lives", verbose_name=_("creator"))
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True, default="")
    url = models.CharField(_("address"), max_length=2000, blank=True, default="")
    reported_at = models.DateTimeField(_("last reported"))

    objects = LiveQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        verbose_name = _("live")
        verbose_name_plural = _("lives")
        indexes = [
            # Who is on air: those that have not ended, and those that will.
            models.Index(name="live_by_end", fields=["ended_at"]),
        ]
        constraints = [
            models.UniqueConstraint(name="live_unique", fields=["source", "room"]),
            models.CheckConstraint(name="live_room_given", condition=~Q(room="")),
            models.CheckConstraint(
                name="live_ends_after_start", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))
            ),
            models.CheckConstraint(name="live_url_is_web", condition=Q(url="") | Q(url__regex="^https?://")),
        ]

    def __str__(self) -> str:
        return self.room
