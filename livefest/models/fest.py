"""Which fest, where and when: the foundation that every app builds upon."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from livefest import clock
from livefest.models.picture import Picture
from livefest.models.translated import Translated

SLUG_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
TIME_OF_DAY_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
DAILY_UNTIL_PATTERN = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
BONUS = "bonus"  # the built-in metric, and the built-in rule that turns it into points one to one
BONUS_NAME = "Bonus points"  # in the language that is everybody's where there is no other

slug_validator = RegexValidator(
    SLUG_PATTERN, _("Use letters, digits, hyphens and underscores, beginning with a letter or digit.")
)
time_of_day_validator = RegexValidator(TIME_OF_DAY_PATTERN, _("Use HH:MM, 00:00 to 23:59."))


class Fest(Translated):
    """One festival. Moments are aware and UTC in the database; the fest's own days and hours are `zone`'s."""

    slug = models.CharField(_("slug"), max_length=64, unique=True, validators=[slug_validator])
    name = models.CharField(_("name"), max_length=200)
    time_zone = models.CharField(_("time zone"), max_length=64, help_text=_("IANA name, such as Europe/London."))
    day_starts = models.CharField(
        _("day starts"),
        max_length=5,
        default="00:00",
        validators=[time_of_day_validator],
        help_text=_("Wall-clock time at which a fest day begins."),
    )
    starts = models.DateTimeField(_("starts"))
    ends = models.DateTimeField(_("ends"), help_text=_("Exclusive."))
    grace_hours = models.PositiveIntegerField(
        _("grace hours"),
        default=0,
        help_text=_("For how many hours after the end facts of the window are still accepted."),
    )
    freeze = models.DateTimeField(
        _("freeze"),
        null=True,
        blank=True,
        help_text=_("From here the public boards stand still until results are certified."),
    )
    minimum_age = models.PositiveSmallIntegerField(_("minimum age"), default=0)
    # Whether and how large creators make communities of their own: a record that staff keep, no part of the campaign
    # file, as are the communities made.
    communities_by_creators = models.BooleanField(
        _("creators may make communities"),
        default=False,
        db_default=False,
        help_text=_("Each may own one. No part of the campaign file."),
    )
    made_roster = models.PositiveIntegerField(
        _("roster of such a community"),
        default=50,
        db_default=50,
        validators=[MinValueValidator(2), MaxValueValidator(10**6)],
        help_text=_("Most members of a community that a creator makes."),
    )
    # The campaign file as it was last loaded. Export hands back its spelling (offsets, defaults written out, comments
    # not) for what has not been changed since; the tables are the truth.
    campaign_file = models.TextField(default="", blank=True, editable=False)

    class Meta:
        ordering = ["-starts", "slug"]
        verbose_name = _("fest")
        verbose_name_plural = _("fests")
        constraints = [
            models.CheckConstraint(name="fest_slug_form", condition=Q(slug__regex=SLUG_PATTERN)),
            models.CheckConstraint(name="fest_day_starts_form", condition=Q(day_starts__regex=TIME_OF_DAY_PATTERN)),
            models.CheckConstraint(name="fest_starts_before_end", condition=Q(starts__lt=F("ends"))),
            models.CheckConstraint(
                name="fest_freeze_within",
                condition=Q(freeze=None) | Q(freeze__gte=F("starts"), freeze__lte=F("ends")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def days(self) -> list[clock.FestDay]:
        """Its days in order."""
        return clock.fest_days(self.starts, self.ends, self.day_starts, self.zone)

    def day_on(self, moment: datetime) -> clock.FestDay | None:
        """The one that is on at a moment."""
        return next((day for day in self.days() if day.starts <= moment < day.ends), None)

    @property
    def grace_ends(self) -> datetime:
        """Until when, exclusive, facts of its window are accepted; from then on results can be certified."""
        return self.ends + timedelta(hours=self.grace_hours)

    @property
    def starts_on(self) -> date:
        """The date, in the fest's zone, on which it starts."""
        return self.starts.astimezone(self.zone).date()

    @property
    def ends_on(self) -> date:
        """The date, in the fest's zone, of its last moment."""
        return (self.ends - timedelta(microseconds=1)).astimezone(self.zone).date()


class Region(models.Model):
    """A country or region that takes part. Names and flags come from a library, by `code`."""

    fest = models.ForeignKey(Fest, models.CASCADE, related_name="regions", verbose_name=_("fest"))
    code = models.CharField(_("code"), max_length=2, help_text=_("ISO 3166-1 alpha-2, such as GB."))
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["fest", "position", "code"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints = [
            models.UniqueConstraint(name="region_unique", fields=["fest", "code"]),
            # What a composite foreign key of another table refers to, so that both sides are of one fest.
            models.UniqueConstraint(name="region_of_fest", fields=["fest", "id"]),
            models.CheckConstraint(name="region_code_form", condition=Q(code__regex="^[A-Z]{2}$")),
        ]

    def __str__(self) -> str:
        return self.code


class CampaignItem(models.Model):
    """A row of one of the campaign file's lists: known by its slug within its fest, shown in the file's order."""

    fest = models.ForeignKey(Fest, models.CASCADE, related_name="%(class)ss", verbose_name=_("fest"))
    slug = models.CharField(_("slug"), max_length=64, validators=[slug_validator])
    position = models.PositiveIntegerField(_("position"), default=0, help_text=_("Order in lists."))

    class Meta:
        abstract = True
        ordering = ["fest", "position", "id"]
        constraints = [
            models.UniqueConstraint(name="%(class)s_slug_unique", fields=["fest", "slug"]),
            models.UniqueConstraint(name="%(class)s_of_fest", fields=["fest", "id"]),
            models.CheckConstraint(name="%(class)s_slug_form", condition=Q(slug__regex=SLUG_PATTERN)),
        ]

    def __str__(self) -> str:
        return self.slug


class NamedCampaignItem(Translated, CampaignItem):
    name = models.CharField(_("name"), max_length=200)

    class Meta(CampaignItem.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name


class Metric(NamedCampaignItem):
    """What can be counted. Every fest has the built-in `bonus`, which is no part of its campaign file."""

    unit = models.CharField(
        _("unit"), max_length=32, blank=True, default="", help_text=_("“s”: a duration in seconds; else just shown.")
    )
    paid = models.BooleanField(_("paid"), default=False, help_text=_("Only payments are made in it."))

    class Meta(NamedCampaignItem.Meta):
        verbose_name = _("metric")
        verbose_name_plural = _("metrics")
        constraints = [
            *CampaignItem.Meta.constraints,
            models.CheckConstraint(name="metric_bonus_is_paid", condition=~Q(slug=BONUS) | Q(paid=True)),
            models.CheckConstraint(name="metric_paid_is_no_duration", condition=Q(paid=False) | ~Q(unit="s")),
            models.CheckConstraint(name="metric_slug_not_reserved", condition=~Q(slug__in=["points", "earliest"])),
        ]

    @property
    def built_in(self) -> bool:
        return self.slug == BONUS

    def own_text(self, field: str) -> Any:
        """What every fest has is named by us, as long as staff leave it so."""
        if (field, self.slug, self.name) == ("name", BONUS, BONUS_NAME):
            return str(_("Bonus points"))
        return super().own_text(field)

    @property
    def is_duration(self) -> bool:
        return self.unit == "s"


class Round(NamedCampaignItem):
    """A part of the fest with its own boards; with an admitting board only its best take part.

    The admitting board is kept by its slug: boards are `rankings`' and imports point the other way. The campaign's
    checks hold that it exists.
    """

    starts = models.DateTimeField(_("starts"))
    ends = models.DateTimeField(_("ends"), help_text=_("Exclusive."))
    admits_board = models.CharField(
        _("admits from board"), max_length=64, blank=True, default="", help_text=_("Its slug; empty: everyone.")
    )
    admits_top = models.PositiveIntegerField(
        _("admits the best"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10**6)]
    )

    class Meta(NamedCampaignItem.Meta):
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            *CampaignItem.Meta.constraints,
            models.CheckConstraint(name="round_starts_before_end", condition=Q(starts__lt=F("ends"))),
            models.CheckConstraint(name="round_slug_not_reserved", condition=~Q(slug__in=["fest", "day"])),
            models.CheckConstraint(
                name="round_admits_both_or_neither",
                condition=Q(admits_board="", admits_top=None)
                | (~Q(admits_board="") & Q(admits_top__isnull=False, admits_top__gte=1)),
            ),
        ]


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def published(self, now: datetime) -> AnnouncementQuerySet:
        """Those that the public may read by `now`."""
        return self.filter(published_at__lte=now)

    def read_in(self, language: str) -> AnnouncementQuerySet:
        """Those that pages in a language have."""
        return self.filter(language__in=["", language])

    def read_by(self, region: str) -> AnnouncementQuerySet:
        """Those for all and those for a region, by its code."""
        return self.filter(Q(regions=None) | Q(regions__code=region))

    def with_regions(self) -> AnnouncementQuerySet:
        """Each with `region_codes`, those of the regions that it is for."""
        regions = Region.objects.filter(announcements=OuterRef("pk")).order_by("position", "code")
        return self.annotate(region_codes=ArraySubquery(regions.values("code")))


class Announcement(Translated):
    """An update that staff write for everybody: plain text, an empty line between paragraphs. A record, no part of the
    campaign file. The pinned come first, then the newest. One without regions is for all; one with a language is shown
    on pages in that language alone, one without on all."""

    TRANSLATED = ("title", "text")

    fest = models.ForeignKey(Fest, models.CASCADE, db_index=False, related_name="announcements", verbose_name=_("fest"))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), help_text=_("Plain text; an empty line begins a new paragraph."))
    published_at = models.DateTimeField(
        _("published"), default=clock.now, help_text=_("Nobody but staff sees it before.")
    )
    pinned = models.BooleanField(_("pinned"), default=False, help_text=_("Stays above all others."))
    language = models.CharField(_("only in"), max_length=16, blank=True, default="", db_default="")
    regions = models.ManyToManyField(
        Region, blank=True, related_name="announcements", verbose_name=_("for"), help_text=_("None: for all.")
    )
    picture = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["-pinned", "-published_at", "-id"]
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        indexes = [
            # A page of a fest's updates from any place on.
            models.Index(name="announcement_in_order", fields=["fest", "-pinned", "-published_at", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(name="announcement_title_given", condition=~Q(title="")),
            models.CheckConstraint(name="announcement_text_given", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.title


class PublicCopy(models.Model):
    """All that public pages show of a fest's ranking, copied at a moment: as the boards froze, or as results were
    certified. While one stands, public pages show it and nothing that is derived later.

    Each app copies what is its own (`livefest/copies.py`); those rows are only ever added. `shown_until` is None for
    the copy that is shown now; it can be set once and nothing else can change (a trigger). `ended_by` revealed what
    came after; None where another copy took its place.
    """

    class Kind(models.TextChoices):
        FREEZE = "freeze", _("Freeze")
        RESULTS = "results", _("Results")

    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="public_copies", verbose_name=_("fest"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    shown_from = models.DateTimeField(_("shown from"))
    shown_until = models.DateTimeField(_("shown until"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"))
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )

    class Meta:
        ordering = ["fest", "-shown_from", "-id"]
        verbose_name = _("public copy")
        verbose_name_plural = _("public copies")
        constraints = [
            models.UniqueConstraint(name="publiccopy_one_shown", fields=["fest"], condition=Q(shown_until=None)),
            models.UniqueConstraint(name="publiccopy_one_freeze", fields=["fest"], condition=Q(kind="freeze")),
            # What a reader of the past asks: which was shown at a moment.
            models.UniqueConstraint(name="publiccopy_in_order", fields=["fest", "shown_from", "id"]),
            models.CheckConstraint(name="publiccopy_kind_known", condition=Q(kind__in=["freeze", "results"])),
            models.CheckConstraint(
                name="publiccopy_ended",
                condition=Q(shown_until=None, ended_by=None) | Q(shown_until__gte=F("shown_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.shown_from:%Y-%m-%d %H:%M} UTC"

    @property
    def is_freeze(self) -> bool:
        return self.kind == self.Kind.FREEZE
