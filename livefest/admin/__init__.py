"""The staff's pages: the fest and its campaign. Other apps' admins stand on `checks`, `scope` and `paging`."""

from livefest.admin import announcements, audit, fests, notifications, partners, terms, users

__all__ = ["announcements", "audit", "fests", "notifications", "partners", "terms", "users"]
