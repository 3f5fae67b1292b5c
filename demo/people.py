"""Who takes part in the demo: creators over all regions with believable names, the same for the same seed."""

from __future__ import annotations

import csv
import io
import random
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

NAMES = Path(__file__).with_name("names.toml")
SELLING = {"shopping", "beauty"}
# How many of a hundred creators do mostly this, and the community that they tend to join.
CATEGORIES = {
    "music": (18, "open-mic"),
    "talk": (15, "night-owls"),
    "gaming": (14, "pixel-guild"),
    "dance": (10, "stage-door"),
    "shopping": (10, "market-street"),
    "cooking": (8, "kitchen-live"),
    "beauty": (7, "market-street"),
    "comedy": (6, "stage-door"),
    "sports": (5, "night-owls"),
    "art": (4, "open-mic"),
    "travel": (2, "night-owls"),
    "pets": (1, "kitchen-live"),
}
ROSTER = 500  # as the campaign has it
# Latin letters that Unicode doesn't take apart into a letter and a mark.
SPELLED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "ð": "d", "þ": "th", "ı": "i"})
HANDLES = [
    "{given}.{family}",
    "{given}{family}",
    "{given}_{family}",
    "{given}.{number}",
    "{family}.{given}",
    "its{given}{number}",
    "the.{given}",
    "{given}.{category}",
    "{category}_{given}",
    "{given}.live",
]
STAGE_NAMES = {
    "music": ["DJ {given}", "{given} 🎤", "MC {given}"],
    "gaming": ["{given} GG", "{given} 🎮"],
    "cooking": ["Chef {given}", "{given} 🍜"],
    "dance": ["{given} 💃"],
    "shopping": ["{given} Outlet", "{given} 🛍️"],
    "pets": ["{given} 🐾"],
}


@dataclass(frozen=True, slots=True)
class Person:
    """A creator of the fest. `community` is the slug of theirs, "" where they are in none."""

    handle: str
    name: str
    region: str
    category: str
    community: str

    @property
    def sells(self) -> bool:
        return self.category in SELLING


@dataclass(frozen=True)
class Word:
    shown: str
    latin: str


@dataclass(frozen=True)
class Area:
    """A language area: how its names look."""

    given: dict[str, list[Word]]
    family: dict[str, list[Word]]
    family_first: bool
    joint: str


@dataclass(frozen=True)
class RegionNames:
    areas: list[Area]
    zone: ZoneInfo
    weight: float


@dataclass
class Handles:
    """Handles given so far, so that each is given once."""

    taken: set[str] = field(default_factory=set)

    def free(self, wanted: str, rng: random.Random) -> str:
        handle = wanted
        while handle in self.taken:
            handle = f"{wanted}{rng.randrange(2, 1000)}"
        self.taken.add(handle)
        return handle


def make_people(count: int, *, seed: int) -> list[Person]:
    """So many creators, no two of one handle; every region has some if there are enough of them."""
    rng = random.Random(f"people {seed}")
    handles = Handles()
    members: Counter[str] = Counter()
    people = []
    for code in regions_for(count):
        category = rng.choices(list(CATEGORIES), [share for share, _community in CATEGORIES.values()])[0]
        handle, name = handle_and_name(code, category, rng, handles)
        community = CATEGORIES[category][1] if rng.random() < 0.5 else ""
        if rng.random() < 0.2 and community:
            community = rng.choice(sorted({usual for _share, usual in CATEGORIES.values()}))
        if members[community] >= ROSTER:
            community = ""
        members[community] += 1
        people.append(Person(handle, name, code, category, community))
    return people


@cache
def make_fans(count: int, *, seed: int) -> list[str]:
    """Handles of viewers who give; none is that of a creator (`fan` stands before it)."""
    rng = random.Random(f"fans {seed}")
    handles = Handles()
    return ["fan." + handle_and_name(code, "", rng, handles)[0] for code in regions_for(count)]


def creators_file(people: list[Person]) -> bytes:
    """The creators file that says who they are; leagues are left to placement."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["handle", "name", "region", "category", "groups"])
    for person in people:
        writer.writerow([person.handle, person.name, person.region, person.category, person.community])
    return file.getvalue().encode()


def zone_of(region: str) -> ZoneInfo:
    return regions()[region].zone


def regions_for(count: int) -> list[str]:
    """The region of each of so many people, by weight: one after the other goes where most are missing."""
    weights = {code: region.weight for code, region in regions().items()}
    total = sum(weights.values())
    given: Counter[str] = Counter()
    for code in list(weights)[:count]:
        given[code] = 1
    missing = {code: count * weight / total - given[code] for code, weight in weights.items()}
    while given.total() < count:
        code = max(missing, key=missing.__getitem__)
        given[code] += 1
        missing[code] -= 1
    return list(given.elements())


def handle_and_name(code: str, category: str, rng: random.Random, handles: Handles) -> tuple[str, str]:
    area = rng.choice(regions()[code].areas)
    gender = rng.choice(["women", "men"])
    given, family = rng.choice(area.given[gender]), rng.choice(area.family[gender])
    pattern = rng.choice(HANDLES if category else HANDLES[:4])
    wanted = pattern.format(given=given.latin, family=family.latin, category=category, number=rng.randrange(1, 100))
    names = [family.shown, given.shown] if area.family_first else [given.shown, family.shown]
    name = area.joint.join(names)
    if category in STAGE_NAMES and rng.random() < 0.25:
        name = rng.choice(STAGE_NAMES[category]).format(given=given.shown)
    return handles.free(wanted, rng), name


@cache
def regions() -> dict[str, RegionNames]:
    """What names.toml says, by ISO 3166-1 code."""
    document = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    areas = {name: read_area(table) for name, table in document["areas"].items()}
    return {
        code: RegionNames([areas[name] for name in table["areas"]], ZoneInfo(table["zone"]), table["weight"])
        for code, table in document["regions"].items()
    }


def read_area(table: dict[str, str]) -> Area:
    def words(*keys: str) -> list[Word]:
        return list(read_words(next(table[key] for key in keys if key in table)))

    return Area(
        given={"women": words("women"), "men": words("men")},
        family={"women": words("family", "family_women"), "men": words("family", "family_men")},
        family_first=table.get("order") == "family",
        joint="" if table.get("joined") else " ",
    )


def read_words(text: str) -> Iterator[Word]:
    for word in text.split():
        shown, _colon, spelled = word.replace("_", " ").partition(":")
        yield Word(shown, spelled or latin(shown))


def latin(name: str) -> str:
    """A name of Latin letters as it stands in a handle: small, without marks, spaces and apostrophes."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(SPELLED))
    return re.sub(r"[^a-z]", "", plain)
