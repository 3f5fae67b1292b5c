"""What creators say of themselves, checked and changed; and what staff take out of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creators.lookalikes import mixes_scripts
from creators.models import Entry, Profile
from creators.models.profile import BIO_LENGTH, MOST_LINKS
from livefest import audit, clock
from livefest.models import User
from livefest.pictures import drop_if_unused, stored

EMPTY: dict[str, Any] = {"bio": "", "links": []}  # what staff leave where they take it out
NAME_LENGTH = 60
LINK_LENGTH = 200
MOST_LINES = 12  # of a bio
MOST_MARKS = 4  # that stand on one letter: more is drawn over other people's lines

# Control, format, private and unassigned characters, surrogates; separators of lines and paragraphs.
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Nothing is seen of these, though Unicode calls them letters, marks or symbols.
BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
# What joins emoji or letters of some scripts, and the flags of parts of countries, where they have something to join.
JOINED = re.compile("(?<=[^\x00-\x7f\\s])[\u200c\u200d](?=[^\x00-\x7f\\s])|\U0001f3f4[\U000e0020-\U000e007f]{1,8}")
HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


class TooLate(Exception):
    """It can't be changed by creators any more, and who can, in words."""


def clean_name(text: str) -> str:
    """In one line, as it is stored; "" where the handle is to do. Raises ValidationError."""
    text = " ".join(plain(text).split())
    if len(text) > NAME_LENGTH:
        raise ValidationError(_("A name has at most 60 characters, this has %(length)d."), params={"length": len(text)})
    if any(mixes_scripts(word) for word in text.split()):
        raise ValidationError(
            _("A word of this name mixes letters of several scripts that look alike. Write it in one script.")
        )
    return text


def clean_bio(text: str) -> str:
    """Plain text in lines, as it is stored. Raises ValidationError."""
    lines = [" ".join(plain(line).split()) for line in re.split("\r\n|\r|\n", text)]
    text = re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(text) > BIO_LENGTH:
        raise ValidationError(
            _("This has %(length)d characters; at most 500 are shown. Make it shorter."), params={"length": len(text)}
        )
    if text.count("\n") >= MOST_LINES:
        raise ValidationError(_("This has more than 12 lines. Make it shorter."))
    return text


def plain(text: str) -> str:
    """NFC, with nothing in it that isn't seen or turns the direction of other text. Raises ValidationError."""
    text = unicodedata.normalize("NFC", text)
    for letter in JOINED.sub("", text):
        if letter in BLANK or (letter != "\t" and unicodedata.category(letter) in HIDDEN):
            raise ValidationError(
                _("There is an invisible character in this (U+%(code)s). Type it anew instead of pasting it."),
                params={"code": f"{ord(letter):04X}"},
            )
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in {"Mn", "Me"} else 0
        if marks > MOST_MARKS:
            raise ValidationError(_("Too many marks stand on one letter. Write it without them."))
    return text


def clean_links(text: str) -> list[str]:
    """One address a line. Raises ValidationError."""
    links = list(dict.fromkeys(clean_link(line.strip()) for line in text.splitlines() if line.strip()))
    if len(links) > MOST_LINKS:
        raise ValidationError(
            ngettext("At most %(most)d link is shown.", "At most %(most)d links are shown.", MOST_LINKS)
            % {"most": MOST_LINKS}
        )
    return links


def clean_link(link: str) -> str:
    """An address of https that names nobody's password, by a host with a name. Raises ValidationError."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").encode("idna").decode().lower()
        port = parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    whole = len(link) <= LINK_LENGTH and link.isprintable() and not re.search(r'[\s\\<>"]', link)
    if not whole or parts.scheme != "https" or "@" in parts.netloc or port or not HOST.fullmatch(host):
        raise ValidationError(
            _("“%(link)s” can't be linked to. Write a whole address, such as https://example.org/me, up to 200 long."),
            params={"link": link[:60]},
        )
    return parts._replace(netloc=host).geturl()


def host_of(link: str) -> str:
    """Whom a link leads to, as it is shown: names of other scripts in ASCII, so that they look like no other."""
    return (urlsplit(link).hostname or "").removeprefix("www.")


@transaction.atomic
def edit_profile(*, profile: Profile, name: str, bio: str, links: Sequence[str], language: str) -> None:
    """By the creator themself, of what was cleaned here. The name is the creator's, in all fests."""
    creator = profile.creator
    if creator.name != name:
        creator.name = name
        creator.save(update_fields=["name"])
    profile.bio, profile.links, profile.language = bio, list(links), language
    profile.save(update_fields=["bio", "links", "language"])


@transaction.atomic
def change_picture(*, profile: Profile, content: bytes | None) -> None:
    """Shows a picture that we made (`livefest.pictures.made_from`), or none. The one before goes, unless it is
    somebody else's too."""
    Profile.objects.select_for_update(of=["self"]).get(pk=profile.pk)
    before = Profile.objects.select_related("picture").defer("picture__content").get(pk=profile.pk).picture
    profile.picture = stored(content) if content is not None else None
    Profile.objects.filter(pk=profile.pk).update(picture=profile.picture)
    drop_if_unused(before)


@transaction.atomic
def choose_category(*, entry: Entry, category: str) -> None:
    """By the creator themself. Raises TooLate once the fest has started."""
    if entry.category == category:
        return
    if clock.now() >= entry.fest.starts:
        raise TooLate(
            _("“%(fest)s” has started: its staff alone change a category now. Ask them.")
            % {"fest": entry.fest.local.name}
        )
    entry.category = category
    entry.save(update_fields=["category"])


@transaction.atomic
def moderate_profile(
    *, profile: Profile, by: User, reason: str, picture: bool = False, bio: bool = False, links: bool = False
) -> None:
    """Takes out what may not be shown. The audit, which stays for ever, says that it was there and not what it was:
    that is why no model is saved here."""
    taken = [name for name, wanted in (("picture", picture), ("bio", bio), ("links", links)) if wanted]
    there = {name: audit.HIDDEN for name in taken if getattr(profile, name)}
    if not there:
        return
    with audit.acting(by=by, reason=reason):
        audit.record(profile, verb="moderate profile", before=there, after=dict.fromkeys(there, ""))
        for name in there.keys() & EMPTY.keys():
            setattr(profile, name, EMPTY[name])
            Profile.objects.filter(pk=profile.pk).update(**{name: EMPTY[name]})
        if "picture" in there:
            change_picture(profile=profile, content=None)
