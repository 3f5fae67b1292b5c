"""Which fest, where and when: the foundation that every app builds upon. And who signs in, and what they are told."""

from livefest.models.account import AgeConfirmation, SignIn, Terms, TermsAcceptance, User
from livefest.models.audit_entry import AuditEntry
from livefest.models.fest import (
    BONUS,
    DAILY_UNTIL_PATTERN,
    SLUG_PATTERN,
    TIME_OF_DAY_PATTERN,
    Announcement,
    CampaignItem,
    Fest,
    Metric,
    NamedCampaignItem,
    PublicCopy,
    Region,
    Round,
    slug_validator,
    time_of_day_validator,
)
from livefest.models.notification import Notification, NotificationChoice
from livefest.models.partner import Partner
from livefest.models.picture import Picture
from livefest.models.translated import Translated

__all__ = [
    "BONUS",
    "DAILY_UNTIL_PATTERN",
    "SLUG_PATTERN",
    "TIME_OF_DAY_PATTERN",
    "AgeConfirmation",
    "Announcement",
    "AuditEntry",
    "CampaignItem",
    "Fest",
    "Metric",
    "NamedCampaignItem",
    "Notification",
    "NotificationChoice",
    "Partner",
    "Picture",
    "PublicCopy",
    "Region",
    "Round",
    "SignIn",
    "Terms",
    "TermsAcceptance",
    "Translated",
    "User",
    "slug_validator",
    "time_of_day_validator",
]
