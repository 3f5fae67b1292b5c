"""The demo from set-up to end, once its settings are chosen and Django is ready."""

from __future__ import annotations

import argparse
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import NoReturn

from django.core.management import call_command
from django.db import Error, connection
from rich.markup import escape
from rich.panel import Panel

from creators.models import Live
from demo.accounts import open_creators_side
from demo.earlier import SLUG as EARLIER
from demo.earlier import make_earlier_fest
from demo.interrupts import Interrupts
from demo.people import Person
from demo.processes import Crew, Warden, free_port
from demo.programs import services, simulator
from demo.readiness import forget_connections, newest_version, page_answers, wait_until
from demo.signins import SignIns, make_sign_ins, user_named
from demo.stage import cast_of, fest_under_way, make_fest, star_of
from demo.steps import Steps
from livefest.engines import Engines
from livefest.models import Fest
from rankings.closing import close
from rewards.awards import AwardError

TEND_SECONDS = 0.3
FEWEST = 12  # creators of the earlier fest
ENGINES_SECONDS = 10.0  # how often they are asked whether they answer


def show(
    options: argparse.Namespace, *, home: Path, engines: Engines | None, lock: int, steps: Steps, interrupts: Interrupts
) -> NoReturn:
    """Sets up, starts all, and looks after it until KeyboardInterrupt or an error; ends all that it started."""
    warden = Warden(engines.directory if engines else None, lock)
    crew = Crew(warden, interrupts, tell=steps.warn)
    try:
        with steps.step("Tables"):
            call_command("migrate", verbosity=0)
        port = free_port(options.port)
        os.environ["SITE_URL"] = f"http://localhost:{port}"  # where e-mails lead
        # They take their time to start, of which this process and PostgreSQL leave them some.
        for child in services(home, port=port):
            crew.start(child)
        fest = prepared_fest(options, steps)
        cast = cast_of(fest)
        star = star_of(cast, seed=options.seed)
        sign_ins = make_sign_ins(home, star=star)
        open_creators_side(fest, sign_ins)
        with steps.step("Web, worker and beat"):
            wait_until(lambda: page_answers(port), tend=crew.tend, what="The site doesn't answer")
        before = newest_version(fest)
        with steps.step("Live traffic, through the webhook to the boards"):
            crew.start(simulator(home, fest, port=port, seed=options.seed, rate=options.rate))
            wait_until(lambda: newest_version(fest) > before, tend=crew.tend, what="No board has moved")
        steps.console.print(banner(fest, cast, port, sign_ins, home, steps))
        begin_earlier_fest(options, sign_ins, star, port, steps)
        forget_connections()
        look_after(crew, engines)
    finally:
        interrupts.ignore()
        with steps.step("All is ended"):
            crew.stop()
            forget_connections()
            warden.close()
            if engines:
                engines.release()


def prepared_fest(options: argparse.Namespace, steps: Steps) -> Fest:
    """The fest under way, with everything closed that is due."""
    fest = fest_under_way(datetime.now(UTC))
    if fest is None:
        with steps.step(f"{options.creators:,} creators") as tell:
            fest = make_fest(creators=options.creators, seed=options.seed, now=datetime.now(UTC), tell=tell)
    with steps.step("Leagues and boards"):
        close(fest, at=datetime.now(UTC))
    return fest


def begin_earlier_fest(options: argparse.Namespace, sign_ins: SignIns, star: Person, port: int, steps: Steps) -> None:
    """Makes the earlier fest beside all the rest, and says when it is there. Ended before, it leaves nothing."""

    def make() -> None:
        try:
            made = make_earlier_fest(
                creators=max(FEWEST, options.creators // 13),
                seed=options.seed,
                now=datetime.now(UTC),
                by=user_named(sign_ins.staff.email),
                also=user_named(sign_ins.organiser.email),
                star=star,
            )
            if made:
                steps.warn(f"The earlier fest is there, certified and awarded: http://localhost:{port}/en/{EARLIER}/")
        except (Error, AwardError) as error:
            steps.warn(f"The earlier fest was not made: {error}")
        finally:
            connection.close()

    Thread(target=make, name="earlier fest", daemon=True).start()


def look_after(crew: Crew, engines: Engines | None) -> NoReturn:
    asked = time.monotonic()
    while True:
        try:
            crew.tend()
        except Error as error:  # a start needs the database
            crew.tell(f"PostgreSQL is away: {error}")
        if engines and time.monotonic() - asked > ENGINES_SECONDS:
            if not all(report.answers for report in engines.status()):
                crew.tell("PostgreSQL or Valkey didn't answer; it is started again.")
            engines.ensure()
            asked = time.monotonic()
        time.sleep(TEND_SECONDS)


def banner(fest: Fest, cast: list[Person], port: int, sign_ins: SignIns, home: Path, steps: Steps) -> Panel:
    """What a person needs to know, short."""
    today = (datetime.now(UTC).date() - fest.starts_on).days + 1
    days = (fest.ends_on - fest.starts_on).days + 1
    regions = len({person.region for person in cast})
    on_air = Live.objects.on_air(datetime.now(UTC)).filter(source__fest=fest).count()
    site = f"http://localhost:{port}/"  # passkeys know hosts by their names
    lines = [
        f"[bold]{escape(fest.name)}[/] is in day {today} of {days}: {len(cast):,} creators in {regions} countries and"
        f" regions, {on_air} on air now.",
        "",
        f"Site      [bold]{site}[/]   boards  {site}en/{fest.slug}/boards/",
        f"          an earlier fest, certified and awarded (in a minute)  {site}en/{EARLIER}/winners/",
        f"Admin     [bold]{site}admin/[/]",
        f"Staff     {sign_ins.staff.email}   password  {escape(sign_ins.staff.password)}",
        f"Second    {sign_ins.organiser.email}   password  {escape(sign_ins.organiser.password)}"
        "   (for what needs two people)",
        f"Creator   {sign_ins.creator.email}   password  {escape(sign_ins.creator.password)}",
        f"          (@{sign_ins.handle}: {site}en/{fest.slug}/me/; awards: {site}en/{EARLIER}/me/awards/)",
        f"E-mails   {home}/mail/   (new accounts confirm theirs with a code that is sent there)",
        "",
        f"Ready after {steps.seconds():.0f} s. What the processes say: {home}/*.log",
        "Ctrl-C ends everything; `make demo` then goes on where it stopped.",
    ]
    return Panel("\n".join(lines), border_style="green", expand=False)
