"""Who did what: creators and their groups, sources, facts, and who is on air."""

from creators.models.correction import Correction
from creators.models.creator import Creator, Entry, Group, Membership
from creators.models.derived import Payment, SupporterTally, Tally
from creators.models.enquiry import Enquiry
from creators.models.fact import Fact, Mark
from creators.models.join_request import JoinRequest
from creators.models.participation import Participation
from creators.models.planned_live import PlannedLive
from creators.models.profile import Picture, Profile
from creators.models.source import Live, Source, SourceSecret

__all__ = [
    "Correction",
    "Creator",
    "Enquiry",
    "Entry",
    "Fact",
    "Group",
    "JoinRequest",
    "Live",
    "Mark",
    "Membership",
    "Participation",
    "Payment",
    "Picture",
    "PlannedLive",
    "Profile",
    "Source",
    "SourceSecret",
    "SupporterTally",
    "Tally",
]
