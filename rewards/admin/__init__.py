"""The staff's pages: rewards, and what becomes of awards."""

from rewards.admin import awards, checks, events, payouts, rewards

__all__ = ["awards", "checks", "events", "payouts", "rewards"]
