"""The staff's pages: rewards, and what becomes of awards."""

from rewards.admin import payouts, rewards

__all__ = ["payouts", "rewards"]
