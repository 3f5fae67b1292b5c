"""Sections of the campaign file, registered by the app that owns each, and the checked campaign they make up."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from django.db.models import Q

from livefest.campaign.descriptions import Description, spelled_out
from livefest.campaign.schema import Item
from livefest.models import SLUG_PATTERN

if TYPE_CHECKING:
    from livefest.campaign.sections import FestSpec
    from livefest.models import CampaignItem, Fest

Window = tuple[datetime, datetime]

ItemT = TypeVar("ItemT", bound=Item)
ModelT = TypeVar("ModelT", bound="CampaignItem")


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where in the file (`boards[2] region.within`; "" is the file) and what to do about it."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


@dataclass(frozen=True)
class Payment:
    """A table that pays: where it stands, and the metric that it pays in."""

    path: str
    metric: str


class CampaignError(Exception):
    """A campaign that was refused, with every problem found; nothing of it was stored."""

    def __init__(self, problems: Sequence[Problem], *, filename: str = "") -> None:
        self.problems = list(problems)
        self.filename = filename
        super().__init__("\n".join(f"{filename}: {problem}" if filename else str(problem) for problem in problems))


@dataclass
class Campaign:
    """A campaign file that holds: every value checked by itself and against the others."""

    fest: FestSpec
    sections: dict[str, list[Item]] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.fest.time_zone)

    def items(self, section: type[ItemT]) -> list[ItemT]:
        """The tables of the section whose tables are of this type, in the file's order."""
        return cast(list[ItemT], self.sections[section_of(section).name])

    def find(self, section: type[ItemT], slug: str) -> ItemT | None:
        return next((item for item in self.items(section) if item.slug == slug), None)

    def located(self, section: type[ItemT]) -> Iterator[tuple[str, ItemT]]:
        """Each table with its path, for `Problem`."""
        name = section_of(section).name
        for index, item in enumerate(self.items(section)):
            yield item_path(name, index, item.slug), item

    def unknown(self, section: type[ItemT], slug: str, path: str, *, besides: Iterable[str] = ()) -> Iterator[Problem]:
        """A problem if `slug` is neither declared in the section nor one of the words allowed `besides`."""
        declared = [item.slug for item in self.items(section)] + list(besides)
        if slug not in declared:
            name = section_of(section).name
            yield Problem(path, f'"{slug}" is not declared in {name}; {suggestion(slug, declared)}')

    def window_problems(self, path: str, starts: datetime, ends: datetime) -> Iterator[Problem]:
        """Problems of a window that must not be empty and must lie within the fest."""
        if starts >= ends:
            yield Problem(f"{path}.ends", f"ends ({ends:%Y-%m-%dT%H:%MZ}) is not after starts; write a later moment")
        elif starts < self.fest.starts or ends > self.fest.ends:
            yield Problem(
                path,
                f"{starts:%Y-%m-%dT%H:%MZ} to {ends:%Y-%m-%dT%H:%MZ} is not within the fest; "
                f"write moments from {self.fest.starts:%Y-%m-%dT%H:%MZ} to {self.fest.ends:%Y-%m-%dT%H:%MZ}",
            )


@dataclass(frozen=True)
class Section(Generic[ItemT, ModelT]):
    """A `[[list]]` of the campaign file.

    name: its key in the file. spec, model: what its tables are in the file and in the database.
    check: what is wrong with these tables beyond each by itself.
    to_spec: the dict, in the file's keys, of a row. save: creates or updates the row of a spec, children included.
    related, children: what to_spec reads of each row. in_file: which rows are part of the file; it neither lists,
    changes nor deletes the others.
    windows: the windows that its tables name, UTC, half-open; a duration is cut at each. summed_over: whether something
    is summed over each of them (then a fest day's sums are kept apart at their ends, see livefest/timeline.py).
    payments: what its tables pay. warn: what is legal in them but likely wrong; only asked of a campaign that holds.
    describe: what a table means, in words for the page of rules; nothing that it says may be missing.
    """

    name: str
    spec: type[ItemT]
    model: type[ModelT]
    to_spec: Callable[[ModelT], dict[str, object]]
    save: Callable[[Fest, ItemT, int], None]
    check: Callable[[Campaign], Iterable[Problem]] = lambda campaign: ()
    related: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    in_file: Q = field(default_factory=Q)
    windows: Callable[[Campaign], Iterable[Window]] = lambda campaign: ()
    summed_over: bool = False
    payments: Callable[[Campaign], Iterable[Payment]] = lambda campaign: ()
    warn: Callable[[Campaign], Iterable[Problem]] = lambda campaign: ()
    describe: Callable[[Campaign, ItemT], Description] = spelled_out


_sections: dict[str, Section] = {}  # type: ignore[type-arg]


def register(section: Section[ItemT, ModelT]) -> None:
    """Adds a section, in the order in which sections depend on each other: a row is saved after those it names."""
    _sections[section.name] = section


def sections() -> list[Section[Item, CampaignItem]]:
    return list(_sections.values())


def section_of(spec: type[ItemT]) -> Section[ItemT, CampaignItem]:
    return next(section for section in _sections.values() if section.spec is spec)


def item_path(name: str, index: int, slug: object) -> str:
    """Where a table stands, counted from 1, with its slug where it has one."""
    if isinstance(slug, str) and re.fullmatch(SLUG_PATTERN, slug):
        return f"{name}[{index + 1}] {slug[:64]}"
    return f"{name}[{index + 1}]"


def suggestion(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """ "did you mean …?" where something is close, else `otherwise` or what there is to choose from."""
    known = list(known)
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f'did you mean "{close[0]}"?'
    if otherwise:
        return otherwise
    return f"choose from {', '.join(known)}" if known else "declare it first"
