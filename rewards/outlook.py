"""What certifying now would award, before anybody does, and what a new edition would change."""

from __future__ import annotations

from livefest.models import Fest
from rankings.results import current_edition
from rewards.lists import lists_now, lists_of
from rewards.what_if import AwardMove, Dues, dues, moved


def if_certified_now(fest: Fest) -> list[AwardMove]:
    """By what is derived at this moment: who would be due what, against the awards that there are, or what the edition
    that stands makes due. Raises AwardError."""
    edition = current_edition(fest)
    before = dues(list(lists_of(edition))) if edition else Dues({}, {}, {})
    return moved(before, dues(list(lists_now(fest)), ask_who_has=False))
