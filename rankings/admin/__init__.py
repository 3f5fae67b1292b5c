"""The staff's pages for rules and boards, the rounds' admissions, the standings, freezes, ceremonies and results."""

from rankings.admin import admissions, campaign, corrections, freezing, results, standings

__all__ = ["admissions", "campaign", "corrections", "freezing", "results", "standings"]
