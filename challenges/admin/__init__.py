"""The staff's pages for challenges, who joined them, and who met them."""

from challenges.admin import campaign, records

__all__ = ["campaign", "records"]
