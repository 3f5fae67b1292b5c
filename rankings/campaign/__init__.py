"""The sections `rules` and `boards` of the campaign file."""

from rankings.campaign.rules import BonusSpec, RuleSpec
from rankings.campaign.specs import BoardSpec

__all__ = ["BoardSpec", "BonusSpec", "RuleSpec"]
