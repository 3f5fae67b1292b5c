"""What a fact is worth, and who stands where."""

from rankings.models.campaign import Board, BoardGate, RankBonus, Rule, RuleBonus, RuleTier
from rankings.models.derived import Contribution, Gain, GroupTotal, Score, Standing
from rankings.models.records import Admission, Opening, RefreshState

__all__ = [
    "Admission",
    "Board",
    "BoardGate",
    "Contribution",
    "Gain",
    "GroupTotal",
    "Opening",
    "RankBonus",
    "RefreshState",
    "Rule",
    "RuleBonus",
    "RuleTier",
    "Score",
    "Standing",
]
