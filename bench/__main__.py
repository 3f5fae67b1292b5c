"""`make bench`: each figure beside its limit, measured in the same run; a table, and JSON in .local/bench.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.ingest import run_ingest
from bench.setting import bench_database, prepare

RESULTS = Path(__file__).parent.parent / ".local" / "bench.json"


@dataclass(frozen=True)
class Figure:
    """A measured speed beside that of its baseline in the same run, and the ratio that must be reached."""

    name: str
    measured: float
    baseline: float
    at_least: float

    @property
    def ratio(self) -> float:
        return self.measured / self.baseline

    @property
    def holds(self) -> bool:
        return self.ratio >= self.at_least


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--creators", type=int, default=100_000)
    parser.add_argument("--facts", type=int, default=100_000, help="in each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with bench_database() as url, tempfile.TemporaryDirectory() as folder:
        prepare(options.creators)
        speeds = run_ingest(url, Path(folder), creators=options.creators, facts=options.facts, rounds=options.rounds)
    middle = {way: median(values) for way, values in speeds.items()}
    figures = [
        Figure("file ingest, facts/s", middle["file"], middle["bare"], at_least=0.6),
        Figure("webhook, 1 process, facts/s", middle["webhook"], middle["bare"], at_least=0.35),
    ]
    table = Table("figure", "measured", "bare INSERT", "ratio", "must be", "holds")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.measured:,.0f}",
            f"{figure.baseline:,.0f}",
            f"{figure.ratio:.2f}",
            f"≥ {figure.at_least}",
            "yes" if figure.holds else "NO",
        )
    machine = {"machine": platform.platform(), "cores": os.cpu_count(), **vars(options)}
    RESULTS.write_text(
        json.dumps({"machine": machine, "figures": [asdict(figure) for figure in figures], "rounds": speeds}, indent=2)
    )
    Console().print(table)
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
