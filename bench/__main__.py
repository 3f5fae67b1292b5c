"""`make bench`: each figure beside its limit, measured in the same run; a table, and JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.busy import run_busy
from bench.figures import Figure
from bench.ingest import run_ingest
from bench.pages import run_pages
from bench.scale import figures_of, run_admin, run_reads, run_rebuild, run_refreshes
from bench.setting import bench_engines, empty_database

RESULTS = Path(__file__).parent.parent / ".local" / "bench.json"
PARTS = ["pages", "scale", "ingest", "busy"]
FACTS_EACH = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=PARTS, help="all of them if none is named")
    parser.add_argument(
        "--creators", type=int, nargs="+", default=[100_000], help="of the fests whose size matters, smallest first"
    )
    parser.add_argument("--facts", type=int, default=100_000, help="in each measurement")
    parser.add_argument("--page-creators", type=int, default=3_000, help="of the fest whose pages are measured")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, default=RESULTS, help=f"file for the figures (default: {RESULTS})")
    options = parser.parse_args()
    options.parts = options.parts or PARTS
    loads = [os.getloadavg()[0]]
    figures = measured(options)
    loads.append(os.getloadavg()[0])
    machine = {"machine": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    given = {name: value for name, value in vars(options).items() if name != "json"}
    found = {**machine, "load": loads, "options": given, "figures": [figure.as_json() for figure in figures]}
    options.json.write_text(json.dumps(found, indent=2) + "\n")
    width = None if sys.stdout.isatty() else 140
    Console(width=width).print(table_of(figures), f"Load before and after: {loads[0]:.1f}, {loads[1]:.1f}.", sep="\n")
    return 0 if all(figure.holds for figure in figures) else 1


def measured(options: argparse.Namespace) -> list[Figure]:
    figures: list[Figure] = []
    with bench_engines() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "pages" in options.parts:
            with empty_database(url):
                figures += run_pages(folder, creators=options.page_creators, rounds=options.rounds)
        scales = []
        for creators in options.creators:
            biggest = creators == max(options.creators)
            with empty_database(url):
                from bench.crowd import make_crowd  # asks for a Django that is set up

                make_crowd(creators=creators, facts_each=FACTS_EACH)
                if "scale" in options.parts:
                    scales.append(run_rebuild(creators, creators * FACTS_EACH))
                    run_refreshes(scales[-1], folder, options.rounds)
                    if biggest:
                        figures += run_reads(creators, options.rounds)
                        figures += run_admin(options.rounds)
                if "busy" in options.parts:
                    figures += run_busy(creators, folder)
                if "ingest" in options.parts and biggest:
                    figures += run_ingest(url, folder, creators=creators, facts=options.facts, rounds=options.rounds)
        figures += figures_of(scales)
    return figures


def table_of(figures: list[Figure]) -> Table:
    table = Table("figure", "unit", "measured", "against", "baseline", "ratio", "must be", "holds")
    for figure in figures:
        table.add_row(
            figure.name,
            figure.unit,
            in_digits(median(figure.measured)),
            figure.against,
            in_digits(median(figure.baseline)) if figure.baseline else "",
            f"{figure.compared:.2f}" if figure.baseline else "",
            figure.must_be,
            "yes" if figure.holds else "NO",
        )
    return table


def in_digits(number: float) -> str:
    """Three of them at least: 12,345 or 0.0123."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


if __name__ == "__main__":
    sys.exit(main())
