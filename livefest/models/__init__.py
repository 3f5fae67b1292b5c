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
    "PublicCopy",
    "Region",
    "Round",
    "SignIn",
    "Terms",
    "TermsAcceptance",
    "User",
    "slug_validator",
    "time_of_day_validator",
]
