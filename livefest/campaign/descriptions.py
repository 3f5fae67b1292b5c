"""What a table of the campaign file means, in words: sentences whose moments the page shows, and small tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from livefest.campaign.registry import Campaign
    from livefest.campaign.schema import Item

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class Part(NamedTuple):
    """A piece of a sentence: text, or a moment (aware, in the fest's zone) with how it is written there."""

    text: str
    moment: datetime | None = None

    @property
    def iso(self) -> str:
        """For a `<time>`: UTC."""
        return "" if self.moment is None else self.moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True)
class Sentence:
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True)
class Table:
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Description:
    """Of one table of the file: its slug, what people call it, what it says, and worked examples."""

    slug: str
    title: str
    sentences: Sequence[Sentence]
    table: Table | None = None
    after: Sequence[Sentence] = ()  # sentences that follow the table
    examples: Sequence[Sentence] = ()


def sentence(text: str, **values: str | int | datetime | Sentence) -> Sentence:
    """A translated text with its named placeholders, `%(name)s`, filled in. Numbers are grouped; moments stay moments
    and must be in the fest's zone (`local`)."""
    parts: list[Part] = []
    for index, piece in enumerate(PLACEHOLDER.split(text)):
        if index % 2 == 0:
            parts.append(Part(piece.replace("%%", "%")))
            continue
        value = values[piece]
        if isinstance(value, Sentence):
            parts += value.parts
        elif isinstance(value, datetime):
            parts.append(Part(moment_text(value), value))
        else:
            parts.append(Part(value if isinstance(value, str) else number(value)))
    return Sentence(tuple(part for part in parts if part.text))


def number(value: int) -> str:
    """With separators of thousands, as the language has them."""
    return str(intcomma(value))


def local(campaign: Campaign, moment: datetime) -> datetime:
    """The moment in the fest's zone."""
    return moment.astimezone(campaign.zone)


def moment_text(moment: datetime) -> str:
    """Date and wall clock; with the zone's name where a change of clocks shows that time twice."""
    text = date_format(moment, "EXACT_DATETIME_FORMAT" if moment.second else "DATETIME_FORMAT")
    twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    return f"{text} {moment.tzname()}" if twice else text


def joined(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(several)s and %(last)s") % {"several": ", ".join(words[:-1]), "last": words[-1]}


def titled(slug: str) -> str:
    """What people read where the file gives no name: "live-hours" is "Live hours"."""
    words = slug.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def spelled_out(campaign: Campaign, item: Item) -> Description:
    """A table of which nobody says more: its keys and values as they stand in the file."""
    values = item.model_dump(by_alias=True, exclude_none=True, exclude={"slug", "name"})
    sentences = [
        sentence(
            "%(key)s: %(value)s.",
            key=titled(key),
            value=value if isinstance(value, int) and not isinstance(value, bool) else str(value),
        )
        for key, value in values.items()
        if not isinstance(value, datetime)
    ]
    sentences += [
        sentence("%(key)s: %(value)s.", key=titled(key), value=local(campaign, value))
        for key, value in values.items()
        if isinstance(value, datetime)
    ]
    return Description(item.slug, getattr(item, "name", titled(item.slug)), sentences)
