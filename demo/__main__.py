"""`make demo`: a fest in its sixth day, with 2,000 creators, all that runs it, and traffic over its webhook."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from demo.interrupts import Interrupts
from demo.only_one import AnotherRuns, only_one
from demo.processes import ROOT, DemoError
from demo.steps import Steps
from livefest.engines import EngineError, Engines

DIRECTORY = ROOT / ".local"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="or the next free one")
    parser.add_argument("--creators", type=int, default=2000, help="of a fest that is begun anew")
    parser.add_argument("--rate", type=float, default=60, help="facts a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", type=Path, help="where engines, logs and passwords are, instead of .local")
    options = parser.parse_args()
    if not (1 <= options.port <= 65_535 and 2 <= options.creators <= 100_000 and 0 < options.rate <= 1000):
        parser.error("a port is 1 to 65535; there are 2 to 100000 creators and up to 1000 facts a second")
    console = Console(highlight=False)
    steps = Steps(console)
    interrupts = Interrupts()
    home = (options.directory or DIRECTORY).resolve() / "demo"
    try:
        with only_one(home) as lock, engines_for(options.directory, steps, interrupts) as engines:
            import django

            django.setup()  # the settings are chosen now
            from demo.show import show

            show(options, home=home, engines=engines, lock=lock, steps=steps, interrupts=interrupts)
    except KeyboardInterrupt:
        console.print("The demo has ended. `make demo` goes on where it stopped.")
        return 0
    except (AnotherRuns, DemoError, EngineError, TimeoutError) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return 1


@contextmanager
def engines_for(directory: Path | None, steps: Steps, interrupts: Interrupts) -> Iterator[Engines | None]:
    """Chooses the settings of this process and its children: the person's own servers where DATABASE_URL and REDIS_URL
    name them, else the checkout's engines, which are stopped at the end if nobody else uses them. With a directory:
    engines of its own, whatever the environment says."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "livefest.settings.development", "LIVEFEST_NOW": ""}
    os.environ["MFA_EXEMPT"] = "staff@example.org,organiser@example.org"  # demo/signins.py makes them
    os.environ["EMAIL_FOLDER"] = str((directory or DIRECTORY).resolve() / "demo" / "mail")
    os.environ.setdefault("DEBUG", "0")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    from livefest.settings import services
    from livefest.settings.base import env  # has read .env

    database, redis = ("", "") if directory else (env.str(name, default="") for name in ("DATABASE_URL", "REDIS_URL"))
    if database and redis:
        yield None
        return
    engines = Engines(directory or DIRECTORY)
    try:
        # Held: an engine half made would be left behind.
        with steps.step("PostgreSQL and Valkey"), interrupts.held():
            urls = engines.ensure(stop_when_last=True)
        os.environ |= {"DATABASE_URL": database or urls.database, "REDIS_URL": redis or urls.redis}
        if directory:
            os.environ |= {"CACHE_URL": urls.redis, "STANDINGS_URL": urls.redis}
            os.environ["CELERY_BROKER_URL"] = services.broker(urls.redis)  # Celery's command line reads it by itself
        yield engines
    finally:
        engines.release()


if __name__ == "__main__":
    sys.exit(main())
