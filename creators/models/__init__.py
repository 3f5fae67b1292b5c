"""Who did what: creators and their groups, sources, facts, and who is on air."""

from creators.models.correction import Correction
from creators.models.creator import Creator, Entry, Group, Membership
from creators.models.derived import Payment, SupporterTally, Tally
from creators.models.fact import Fact, Mark
from creators.models.join_request import JoinRequest
from creators.models.source import Live, Source, SourceSecret

__all__ = [
    "Correction",
    "Creator",
    "Entry",
    "Fact",
    "Group",
    "JoinRequest",
    "Live",
    "Mark",
    "Membership",
    "Payment",
    "Source",
    "SourceSecret",
    "SupporterTally",
    "Tally",
]
