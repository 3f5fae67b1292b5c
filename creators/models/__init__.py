"""Who did what: creators and their groups, sources, facts, and who is on air."""

from creators.models.correction import Correction
from creators.models.creator import Creator, Entry, Group, Membership
from creators.models.derived import Payment, SupporterTally, Tally
from creators.models.enquiry import Enquiry
from creators.models.fact import Fact, Mark
from creators.models.join_request import JoinRequest
from creators.models.participation import Participation
from creators.models.planned_live import PlannedLive
from creators.models.profile import Profile
from creators.models.programme import Show, ShowHost, Spotlight
from creators.models.shopping import Product, ProductShown
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
    "PlannedLive",
    "Product",
    "ProductShown",
    "Profile",
    "Show",
    "ShowHost",
    "Source",
    "SourceSecret",
    "Spotlight",
    "SupporterTally",
    "Tally",
]
