"""What staff put on: shows with hosts, and creators in the spotlight."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creators.models.creator import Entry
from livefest.models import Fest, Picture, Translated


class Show(Translated):
    """Something that the organiser puts on at a time: an opening, a talk, a battle of leagues. It scores nothing; a
    record, no part of the campaign file."""

    TRANSLATED = ("title", "text")

    fest = models.ForeignKey(Fest, models.CASCADE, db_index=False, related_name="shows", verbose_name=_("fest"))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(
        _("text"), blank=True, default="", help_text=_("Plain text; an empty line begins a new paragraph.")
    )
    starts = models.DateTimeField(_("starts"))
    ends = models.DateTimeField(_("ends"), help_text=_("Exclusive."))
    url = models.CharField(_("where to watch"), max_length=500, blank=True, default="")
    picture = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    hosts = models.ManyToManyField(
        Entry, through="creators.ShowHost", blank=True, related_name="shows", verbose_name=_("hosts")
    )
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        ordering = ["starts", "id"]
        verbose_name = _("show")
        verbose_name_plural = _("shows")
        indexes = [
            # The programme of a fest, day by day.
            models.Index(name="show_in_order", fields=["fest", "starts", "id"]),
        ]
        constraints = [
            models.UniqueConstraint(name="show_of_fest", fields=["fest", "id"]),
            models.CheckConstraint(name="show_title_given", condition=~Q(title="")),
            models.CheckConstraint(name="show_starts_before_end", condition=Q(starts__lt=F("ends"))),
            models.CheckConstraint(name="show_url_is_web", condition=Q(url="") | Q(url__regex="^https://")),
        ]

    def __str__(self) -> str:
        return self.title


class ShowHost(models.Model):
    """That a creator hosts a show, of the same fest as both (held by the composite keys of migration 0011)."""

    fest = models.ForeignKey(Fest, models.CASCADE, db_index=False, related_name="+")
    show = models.ForeignKey(Show, models.CASCADE, db_constraint=False, db_index=False, related_name="host_rows")
    entry = models.ForeignKey(Entry, models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("creator"))
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        constraints = [models.UniqueConstraint(name="showhost_once", fields=["show", "entry"])]

    def __str__(self) -> str:
        return str(self.entry)


class Spotlight(Translated):
    """A creator whom staff put forward, for a time, with a word why. A record, no part of the campaign file."""

    TRANSLATED = ("text",)

    # With the fest in the key of the entry (migration 0011).
    fest = models.ForeignKey(Fest, models.CASCADE, db_index=False, related_name="spotlights", verbose_name=_("fest"))
    entry = models.ForeignKey(
        Entry, models.CASCADE, db_constraint=False, related_name="spotlights", verbose_name=_("creator")
    )
    text = models.CharField(_("why"), max_length=300, blank=True, default="")
    position = models.PositiveIntegerField(_("position"), default=0, help_text=_("Order in lists."))
    starts = models.DateTimeField(_("from"))
    ends = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: until it is taken out."))

    class Meta:
        ordering = ["position", "id"]
        verbose_name = _("spotlight")
        verbose_name_plural = _("spotlights")
        indexes = [models.Index(name="spotlight_of_fest", fields=["fest", "position", "id"])]
        constraints = [
            models.CheckConstraint(name="spotlight_starts_before_end", condition=Q(ends=None) | Q(starts__lt=F("ends")))
        ]

    def __str__(self) -> str:
        return str(self.entry)
