"""What a creator says of themself, as the public page and its preview show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf.locale import LANG_INFO
from django.urls import reverse

from creators.models import Creator, Profile
from creators.profiles import host_of
from livefest.models import Picture


@dataclass(frozen=True)
class Link:
    url: str
    host: str


@dataclass(frozen=True)
class Said:
    """`language` by its own name; `picture` its address. Each is empty where nothing is said."""

    bio: str
    links: list[Link]
    language: str
    picture: str
    size: int

    def __bool__(self) -> bool:
        return bool(self.bio or self.links or self.language or self.picture)


def said_by(creator: Creator) -> Said | None:
    """None for who has no account."""
    try:
        profile: Profile = creator.profile
    except Profile.DoesNotExist:
        return None
    return said_of(bio=profile.bio, links=profile.links, language=profile.language, picture=profile.picture)


def said_of(*, bio: str, links: Sequence[str], language: str, picture: Picture | None) -> Said:
    return Said(
        bio=bio,
        links=[Link(link, host_of(link)) for link in links],
        language=str(LANG_INFO.get(language, {}).get("name_local", "")),
        picture=reverse("picture", kwargs={"digest": picture.digest}) if picture else "",
        size=picture.size if picture else 0,
    )
