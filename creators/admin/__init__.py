"""The staff's pages for creators, groups, sources, and what sources reported."""

from creators.admin import creators, groups, join_requests, payments, reported, sources

__all__ = ["creators", "groups", "join_requests", "payments", "reported", "sources"]
