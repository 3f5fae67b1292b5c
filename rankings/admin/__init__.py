"""The staff's pages for rules and boards, the rounds' admissions, and the standings."""

from rankings.admin import admissions, campaign, standings

__all__ = ["admissions", "campaign", "standings"]
