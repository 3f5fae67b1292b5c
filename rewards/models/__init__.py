"""Who receives what: rewards, awards and their way into the winners' hands."""

from rewards.models.award import Award, AwardStep, EditionReview
from rewards.models.claim import Claim, RequiredCheck, SignedCheck
from rewards.models.event import AwardEvent, Invitation, Ticket
from rewards.models.ledger import LedgerEntry, PayoutBatch, PayoutExport, PayoutLine
from rewards.models.reward import Reward

__all__ = [
    "Award",
    "AwardEvent",
    "AwardStep",
    "Claim",
    "EditionReview",
    "Invitation",
    "LedgerEntry",
    "PayoutBatch",
    "PayoutExport",
    "PayoutLine",
    "RequiredCheck",
    "Reward",
    "SignedCheck",
    "Ticket",
]
