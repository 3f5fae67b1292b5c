"""The sections `rules` and `boards` of the campaign file."""

from rankings.campaign.specs import BoardSpec, BonusSpec, RuleSpec

__all__ = ["BoardSpec", "BonusSpec", "RuleSpec"]
