"""What the public pages of all apps share: the fest of an address, its menu, and names of places."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from babel import Locale
from django.conf import settings
from django.http import Http404
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from livefest import clock
from livefest.copies import copy_version, shown_copy
from livefest.models import Fest
from livefest.remembered import Remembered

# The pages of a fest's menu, by the name of their address.
MENU = [
    ("live_now", gettext_lazy("LIVE now")),
    ("boards", gettext_lazy("Boards")),
    ("challenges", gettext_lazy("Challenges")),
    ("programme", gettext_lazy("Programme")),
    ("groups", gettext_lazy("Leagues and communities")),
    ("rounds", gettext_lazy("Rounds")),
    ("rewards", gettext_lazy("Rewards")),
    ("shopping", gettext_lazy("LIVE shopping")),  # where the fest has products
    ("rules", gettext_lazy("Rules")),
    ("updates", gettext_lazy("Updates")),
]
RESULTS = ("results", gettext_lazy("Results"))  # stands first, once there are any


BUCKET_SECONDS = 10  # pages that hang on more than standings (who is LIVE, what comes next) are made anew this often
_fest_ids = Remembered(10.0)
_versions: list[Callable[[int], int]] = []


class RegionName(NamedTuple):
    code: str
    name: str
    flag: str


def fest_of(slug: str) -> Fest:
    """The fest of an address. Raises Http404."""
    try:
        return Fest.objects.get(slug=slug)
    except Fest.DoesNotExist as error:
        raise Http404(_("There is no such festival.")) from error


def fest_context(fest: Fest, section: str = "") -> dict[str, Any]:
    """What every page of a fest's needs; `section` is the page's name in the menu, `copy` what stands on boards in
    place of what is derived. Two small queries, for each rendering of a page."""
    copy = shown_copy(fest.pk)
    menu = [RESULTS, *MENU] if copy and not copy.is_freeze else MENU
    if not fest.products.exists():
        menu = [page for page in menu if page[0] != "shopping"]
    partners = fest.partners.exists()
    return {"fest": fest, "section": section, "fest_menu": menu, "copy": copy, "has_partners": partners}


def region_name(code: str) -> RegionName:
    """A region's name in the language that is active, and its flag; the code itself where the library knows no name."""
    return named_region(code, to_locale(get_language() or settings.LANGUAGE_CODE))


@cache
def named_region(code: str, locale: str) -> RegionName:
    name = Locale.parse(locale).territories.get(code, code)
    return RegionName(code, name, "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in code))


def register_fest_version(version: Callable[[int], int]) -> None:
    """Adds a function that says, cheaply, the version of what it publishes of a fest (by id)."""
    _versions.append(version)


def version_of_fest(*, fest: str, **_more: object) -> str:
    """The version of a page that shows something of the whole fest, for `livefest.pages.public_page`: it changes with
    the public copy that is shown, with whatever an app publishes, and every ten seconds."""
    found = _fest_ids.get(fest, lambda: Fest.objects.filter(slug=fest).values_list("pk", flat=True).first())
    published = [copy_version(found), *(version(found) for version in _versions)] if found else []
    bucket = int(clock.now().timestamp()) // BUCKET_SECONDS
    return ".".join(map(str, [*published, bucket]))
