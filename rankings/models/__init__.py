"""What a fact is worth, and who stands where."""

from rankings.models.campaign import Board, BoardGate, RankBonus, Rule, RuleBonus, RuleTier
from rankings.models.ceremony import Ceremony, CeremonyRow, CeremonyStep
from rankings.models.derived import Contribution, Gain, GroupTotal, Score, Standing
from rankings.models.notices import RankSeen
from rankings.models.records import Admission, Opening, RefreshState
from rankings.models.results import Edition, EditionDifference, ResultsProposal
from rankings.models.snapshots import (
    BelongingCopy,
    ContributionCopy,
    MembersCopy,
    PaymentCopy,
    PointsCopy,
    Snapshot,
    SnapshotBucket,
    SnapshotChunk,
)

__all__ = [
    "Admission",
    "BelongingCopy",
    "Board",
    "BoardGate",
    "Ceremony",
    "CeremonyRow",
    "CeremonyStep",
    "Contribution",
    "ContributionCopy",
    "Edition",
    "EditionDifference",
    "Gain",
    "GroupTotal",
    "MembersCopy",
    "Opening",
    "PaymentCopy",
    "PointsCopy",
    "RankBonus",
    "RankSeen",
    "RefreshState",
    "ResultsProposal",
    "Rule",
    "RuleBonus",
    "RuleTier",
    "Score",
    "Snapshot",
    "SnapshotBucket",
    "SnapshotChunk",
    "Standing",
]
