"""Updates as pages show them: those of a language, each with its words in it and with whom it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language

from livefest.models import Announcement, Fest
from livefest.models.translated import translated
from livefest.pictures import WIDE, Shape
from livefest.site import RegionName, region_name

SHOWN_REGIONS = 5  # in a list; its own page has them all


@dataclass(frozen=True)
class Update:
    """An update with the regions that it is for, none where it is for all."""

    row: Announcement
    regions: list[RegionName]

    @property
    def picture_shape(self) -> Shape:
        return WIDE

    @property
    def first_regions(self) -> list[RegionName]:
        return self.regions[:SHOWN_REGIONS]

    @property
    def more_regions(self) -> int:
        return len(self.regions) - len(self.first_regions)

    @property
    def title_language(self) -> str:
        return self.language_of("title")

    @property
    def text_language(self) -> str:
        return self.language_of("text")

    def language_of(self, field: str) -> str:
        """What isn't translated is in the language that staff write in first."""
        if self.row.language or translated(self.row.translations, field):
            return get_language() or settings.LANGUAGE_CODE
        return settings.LANGUAGE_CODE


def shown_updates(fest: Fest, now: datetime, *, region: str = "") -> QuerySet[Announcement]:
    """Those on pages in the language that is active, in the order of the list: the pinned first, then the newest."""
    found = Announcement.objects.filter(fest=fest).published(now).read_in(get_language() or settings.LANGUAGE_CODE)
    shown = found.read_by(region) if region else found
    return shown.with_regions().select_related("picture").defer("picture__content")


def told(row: Announcement) -> Update:
    """One of `shown_updates`."""
    return Update(row, [region_name(code) for code in row.region_codes])  # type: ignore[attr-defined]
