"""What is measured: a figure beside its baseline of the same run, and the limit that it must keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

MEGABYTE = 1 << 20


def p99(values: Sequence[float]) -> float:
    """The 99th percentile."""
    return sorted(values)[int(len(values) * 0.99)]


@dataclass(frozen=True)
class Figure:
    """`measured` and `baseline` are in `unit`, one of each in every round. With a baseline the limits are of the ratio
    of the medians (measured by baseline), without one of the median itself."""

    name: str
    unit: str
    measured: list[float]
    against: str = ""
    baseline: list[float] = field(default_factory=list)
    at_least: float | None = None
    at_most: float | None = None

    @property
    def compared(self) -> float:
        """What the limits are of."""
        return median(self.measured) / median(self.baseline) if self.baseline else median(self.measured)

    @property
    def must_be(self) -> str:
        limits = [f"≥ {self.at_least:g}"] if self.at_least is not None else []
        return " ".join(limits + ([f"≤ {self.at_most:g}"] if self.at_most is not None else []))

    @property
    def holds(self) -> bool:
        return (self.at_least is None or self.compared >= self.at_least) and (
            self.at_most is None or self.compared <= self.at_most
        )

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "measured": median(self.measured),
            "against": self.against,
            "baseline": median(self.baseline) if self.baseline else None,
            "ratio": self.compared if self.baseline else None,
            "at_least": self.at_least,
            "at_most": self.at_most,
            "holds": self.holds,
            "rounds": {"measured": self.measured, "baseline": self.baseline},
        }
