"""What is legal in a campaign but likely wrong."""

from __future__ import annotations

from livefest.campaign.document import check_document, read_document
from livefest.campaign.registry import Campaign, Problem, sections
from livefest.campaign.skips import skipped_moments, skipped_time


def find_warnings(campaign: Campaign) -> list[Problem]:
    """What is likely wrong with a campaign that holds, section by section."""
    warnings = list(skipped_time(campaign, "fest.day_starts", campaign.fest.day_starts))
    for section in sections():
        warnings += section.warn(campaign)
    return warnings


def file_warnings(text: str | bytes) -> list[Problem]:
    """What is likely wrong with a campaign file, also what a campaign no longer knows of its text. Raises CampaignError
    where the file doesn't hold."""
    document = read_document(text)
    campaign = check_document(document)
    return [*find_warnings(campaign), *skipped_moments(document, campaign.zone)]
