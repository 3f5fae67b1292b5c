"""The campaign file: read, checked, stored, compared and written back (shared/CAMPAIGN.md is its contract).

`schema` has the types that sections are declared with, `registry` what an app registers for each of its sections,
`document` turns text into a checked Campaign and back, `store` moves it into and out of the database, `warnings` finds
what is legal but likely wrong.
"""

from livefest.campaign.document import parse_campaign
from livefest.campaign.registry import Campaign, CampaignError, Problem, Section, register
from livefest.campaign.store import (
    campaign_in_words,
    check_campaign,
    check_stored,
    export_campaign,
    load_campaign,
    read_campaign,
)
from livefest.campaign.warnings import file_warnings, find_warnings

__all__ = [
    "Campaign",
    "CampaignError",
    "Problem",
    "Section",
    "campaign_in_words",
    "check_campaign",
    "check_stored",
    "export_campaign",
    "file_warnings",
    "find_warnings",
    "load_campaign",
    "parse_campaign",
    "read_campaign",
    "register",
]
