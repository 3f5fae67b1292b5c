"""Creators, their entry in a fest, and the groups that they are in."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from livefest.models import CampaignItem, Fest, Metric, NamedCampaignItem, Region

HANDLE_LENGTH = 128
JOIN_CODE_PATTERN = r"^[A-Za-z0-9-]{8,64}$"


def validate_handle(handle: str) -> None:
    """A handle is 1 to 128 characters without @, white space or control characters; letters of any script."""
    if not 1 <= len(handle) <= HANDLE_LENGTH:
        raise ValidationError(
            _("A handle has 1 to 128 characters, this has %(length)d."), params={"length": len(handle)}
        )
    if "@" in handle:
        raise ValidationError(_("Write the handle without @."))
    if any(character.isspace() or not character.isprintable() for character in handle):
        raise ValidationError(_("A handle has no spaces or invisible characters."))


class Creator(models.Model):
    """Somebody who goes LIVE. A handle names one creator across fests and never changes; listings go by its bytes."""

    handle = models.CharField(_("handle"), max_length=HANDLE_LENGTH, db_collation="C", validators=[validate_handle])
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    # When they deleted their account under terms by which public pages say "former creator" in place of the handle.
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["handle"]
        verbose_name = _("creator")
        verbose_name_plural = _("creators")
        indexes = [
            # Viewers find a creator by how their name begins.
            models.Index(OpClass(Lower("name"), name="text_pattern_ops"), name="creator_by_name"),
        ]
        constraints = [
            # Not unique=True, which would add a second index for LIKE; bytes in order serve that as well.
            models.UniqueConstraint(name="creator_handle_unique", fields=["handle"]),
            models.CheckConstraint(name="creator_handle_form", condition=~Q(handle="") & ~Q(handle__contains="@")),
        ]

    def __str__(self) -> str:
        return self.handle


class Entry(models.Model):
    """A creator's part in one fest; region, category and groups hold for that fest only."""

    # The unique keys below begin with them and serve as their indexes.
    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="entries", verbose_name=_("fest"))
    creator = models.ForeignKey(
        Creator, models.PROTECT, db_index=False, related_name="entries", verbose_name=_("creator")
    )
    # With the fest in the key (migration 0003), so that an entry can't be in another fest's region.
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, db_constraint=False, verbose_name=_("region")
    )
    category = models.CharField(_("category"), max_length=64, blank=True, default="", db_collation="C")

    class Meta:
        ordering = ["fest", "creator__handle"]
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(name="entry_unique", fields=["creator", "fest"]),
            models.UniqueConstraint(name="entry_of_fest", fields=["fest", "id"]),
        ]

    def __str__(self) -> str:
        return str(self.creator)

    def clean(self) -> None:
        if self.region and self.region.fest_id != self.fest_id:
            raise ValidationError({"region": _("This region belongs to another fest.")})


class GroupQuerySet(models.QuerySet["Group"]):
    def joinable(self) -> GroupQuerySet:
        """The communities that creators can come into by themselves."""
        return self.filter(kind=Group.Kind.COMMUNITY).exclude(way_in=Group.WayIn.CLOSED)


class Group(NamedCampaignItem):
    """A league, in which creators are placed by strength, or a community, which they join."""

    class Kind(models.TextChoices):
        LEAGUE = "league", _("League")
        COMMUNITY = "community", _("Community")

    class WayIn(models.TextChoices):
        OPEN = "open", _("Open: anyone may join")
        CODE = "code", _("With a code")
        APPROVAL = "approval", _("On request: its owner or staff approve")
        CLOSED = "closed", _("Closed: staff and the creators file place")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    # How a league places whoever has none yet, at `placement_until`.
    placement_metric = models.ForeignKey(
        Metric, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("placement by metric")
    )
    placement_from = models.DateTimeField(_("placement from"), null=True, blank=True)
    placement_until = models.DateTimeField(
        _("placement until"), null=True, blank=True, help_text=_("Exclusive; then creators are placed.")
    )
    placement_at_least = models.BigIntegerField(_("placement at least"), default=0)
    placement_below = models.BigIntegerField(
        _("placement below"), null=True, blank=True, help_text=_("Empty: no upper end.")
    )
    roster = models.PositiveIntegerField(
        _("roster"), null=True, blank=True, help_text=_("Most members of a community; empty: any number.")
    )
    # How creators come in by themselves. Records that staff and owners keep, no part of the campaign file. Closed until
    # somebody opens it: who moves to another community takes all their points along, so that a community which its
    # organiser only ever fills from the creators file must not turn out to have had an open door.
    way_in = models.CharField(_("way in"), max_length=16, choices=WayIn.choices, default=WayIn.CLOSED)
    join_code = models.CharField(
        _("code"),
        max_length=64,
        blank=True,
        default="",
        validators=[RegexValidator(JOIN_CODE_PATTERN, _("Use 8 to 64 letters, digits and hyphens."))],
        help_text=_("For the way in “With a code”: 8 to 64 letters, digits and hyphens; else empty."),
    )
    # Always one of its members, of the same fest (migration 0006); who leaves it owns it no longer.
    owner = models.ForeignKey(
        Entry,
        models.SET_NULL,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("owner"),
    )
    # The record that its placement was made; it is made once. No part of the campaign file.
    placed_at = models.DateTimeField(_("placed"), null=True, blank=True, editable=False)
    # When a creator made this community, which is then no part of the campaign file.
    made_at = models.DateTimeField(_("made by a creator"), null=True, blank=True, editable=False)

    objects = GroupQuerySet.as_manager()

    class Meta(NamedCampaignItem.Meta):
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = [
            *CampaignItem.Meta.constraints,
            models.UniqueConstraint(name="group_kind_of_fest", fields=["fest", "id", "kind"]),
            models.CheckConstraint(name="group_kind_known", condition=Q(kind__in=["league", "community"])),
            models.CheckConstraint(
                name="group_placement_whole",
                condition=Q(
                    placement_metric=None,
                    placement_from=None,
                    placement_until=None,
                    placement_at_least=0,
                    placement_below=None,
                )
                | Q(
                    kind="league",
                    placement_metric__isnull=False,
                    placement_from__isnull=False,
                    placement_until__isnull=False,
                    placement_from__lt=F("placement_until"),
                ),
            ),
            models.CheckConstraint(
                name="group_placement_range",
                condition=Q(placement_below=None) | Q(placement_at_least__lt=F("placement_below")),
            ),
            models.CheckConstraint(
                name="group_roster_of_community", condition=Q(roster=None) | Q(kind="community", roster__gte=1)
            ),
            models.CheckConstraint(
                name="group_way_in_known", condition=Q(way_in__in=["open", "code", "approval", "closed"])
            ),
            models.CheckConstraint(
                name="group_way_in_of_community",
                condition=Q(kind="community") | Q(way_in="closed", join_code="", owner=None),
            ),
            models.CheckConstraint(
                name="group_made_is_community", condition=Q(made_at=None) | Q(kind="community", roster__isnull=False)
            ),
            models.CheckConstraint(
                name="group_code_with_its_way_in",
                condition=Q(way_in="code", join_code__regex=JOIN_CODE_PATTERN) | ~Q(way_in="code") & Q(join_code=""),
            ),
        ]


class Membership(models.Model):
    """An entry's place in a group: at most one league and one community, and never over a roster (a trigger)."""

    class Origin(models.TextChoices):
        FILE = "file", _("Creators file")
        STAFF = "staff", _("Staff")
        PLACEMENT = "placement", _("Placement")
        JOINED = "joined", _("Joined")

    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="+", verbose_name=_("fest"))
    # Both with the fest, and the group with its kind, in the key (migration 0003): no constraint of their own.
    entry = models.ForeignKey(
        Entry, models.CASCADE, related_name="memberships", db_constraint=False, db_index=False, verbose_name=_("entry")
    )
    group = models.ForeignKey(
        Group, models.PROTECT, related_name="memberships", db_constraint=False, verbose_name=_("group")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Group.Kind.choices, editable=False)
    origin = models.CharField(_("placed by"), max_length=16, choices=Origin.choices)
    since = models.DateTimeField(_("since"))

    class Meta:
        ordering = ["entry", "kind"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                name="membership_one_of_a_kind",
                fields=["entry", "kind"],
                violation_error_message=_("A creator is in at most one league and one community of a fest."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} in {self.group}"
