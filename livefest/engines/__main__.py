"""`python -m livefest.engines start|stop|status`: the engines of this checkout, by hand."""

import argparse
import sys
from pathlib import Path

from livefest.engines import EngineError, Engines, checkout_engines


def main() -> int:
    """The exit code: 0 when it was done, for `status` when both answer; else 1."""
    parser = argparse.ArgumentParser(prog="python -m livefest.engines", description=__doc__)
    parser.add_argument("action", choices=["start", "stop", "status"])
    parser.add_argument("--directory", type=Path, help="where they keep their data, instead of .local")
    arguments = parser.parse_args()
    engines = Engines(arguments.directory) if arguments.directory else checkout_engines()
    try:
        if arguments.action == "start":
            engines.ensure()
        elif arguments.action == "stop":
            engines.stop()
        reports = engines.status()
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1
    for report in reports:
        print(report)
    return 0 if arguments.action == "stop" or all(report.answers for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
