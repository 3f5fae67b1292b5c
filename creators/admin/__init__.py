"""The staff's pages for creators, groups, sources, and what sources reported."""

from creators.admin import (
    creators,
    enquiries,
    groups,
    join_requests,
    participations,
    payments,
    planned_lives,
    products,
    profiles,
    reported,
    shows,
    sources,
    spotlights,
)

__all__ = [
    "creators",
    "enquiries",
    "groups",
    "join_requests",
    "participations",
    "payments",
    "planned_lives",
    "products",
    "profiles",
    "reported",
    "shows",
    "sources",
    "spotlights",
]
