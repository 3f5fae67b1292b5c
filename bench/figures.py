"""What is measured: a speed beside that of its baseline in the same run, and the ratio that must be reached."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """`measured` and `baseline` are speeds in `unit`, one of each in every round."""

    name: str
    unit: str
    measured: list[float]
    against: str
    baseline: list[float]
    at_least: float

    @property
    def ratio(self) -> float:
        """Of the medians."""
        return median(self.measured) / median(self.baseline)

    @property
    def holds(self) -> bool:
        return self.ratio >= self.at_least

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "measured": median(self.measured),
            "against": self.against,
            "baseline": median(self.baseline),
            "ratio": self.ratio,
            "at_least": self.at_least,
            "holds": self.holds,
            "rounds": {"measured": self.measured, "baseline": self.baseline},
        }
