import csv
import gc
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connections
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from creators.files import Batch, NotAFactsFile, read_batches
from creators.intake import CheckedBatch, SourcePaused, check_facts, measure, store_facts
from creators.lives import record_lives
from creators.models import Source
from creators.sources import SourceError, create_source
from livefest import clock
from livefest.commands import add_at_argument, get_fest

T = TypeVar("T")

EXAMPLES = 10  # refusals shown on the screen; all of them are in the rejects file


class Command(BaseCommand):
    help = "Takes in a facts file, JSON Lines or CSV. Taking it in again is harmless: its facts are duplicates then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV where the name ends in .csv, else JSON Lines")
        parser.add_argument("--source", default="file", metavar="NAME", help="who sent it; made if new")
        parser.add_argument(
            "--rejects", type=Path, metavar="FILE.csv", help="where to list what was not taken, and why"
        )
        add_at_argument(parser)

    def handle(
        self,
        *args: Any,
        slug: str,
        file: Path,
        source: str,
        rejects: Path | None,
        at: datetime | None,
        **options: Any,
    ) -> None:
        fest = get_fest(slug)
        check_files(file, rejects)
        try:
            sender = create_source(fest=fest, name=source)
        except SourceError as error:
            raise CommandError(str(error)) from error
        totals: Counter[str] = Counter()
        # What the process is made of by now stays: the collector need not walk it for each of millions of facts.
        gc.freeze()
        try:
            with ExitStack() as stack:
                report = RefusalReport(stack, rejects, self.stderr.write)
                progress = stack.enter_context(progress_bar())
                task = progress.add_task(file.name, total=file.stat().st_size or None)
                for batch, checked in read_ahead(checked_batches(file, sender, at)):
                    totals += take(batch, checked, report)
                    progress.update(task, completed=batch.position)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        except NotAFactsFile as error:
            raise CommandError(f"{file}: {error}.") from error
        except SourcePaused as error:
            raise CommandError(f"{error}. Taken before that: {summary(totals)}.") from error
        except OperationalError as error:
            raise CommandError(
                f"PostgreSQL is away: {error}. Taken before that: {summary(totals)}. "
                "Run the same command again; what was taken is then a duplicate."
            ) from error
        if totals["lives"]:
            self.stdout.write(f"lives reported: {totals['lives']}")
        self.stdout.write(summary(totals))


def check_files(file: Path, rejects: Path | None) -> None:
    """Refuses a file that can't be read, and rejects that would be written over it, before anything is done."""
    try:
        file.stat()
        if rejects is not None and rejects.exists() and rejects.samefile(file):
            raise CommandError(f"{rejects} is the facts file itself; name another file for the rejects.")
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}.") from error


def checked_batches(path: Path, sender: Source, at: datetime | None) -> Iterator[tuple[Batch, CheckedBatch]]:
    for batch in read_batches(path):
        reports = [fact for _line, fact in batch.facts]
        yield batch, check_facts(source=sender, reports=reports, arrived_at=at or clock.now())


def read_ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, each next one made in a thread, with a database connection of its own, while the caller
    stores the one before."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="read-ahead") as thread:
        try:
            coming = thread.submit(next, items, None)
            while (item := coming.result()) is not None:
                coming = thread.submit(next, items, None)
                yield item
        finally:
            thread.submit(connections.close_all)


def take(batch: Batch, checked: CheckedBatch, report: "RefusalReport") -> Counter[str]:
    """Stores a batch, tells `report` what was not taken, and counts."""
    outcome = store_facts(checked)
    measure(checked.source, outcome, [fact for _line, fact in batch.facts], way="file", malformed=len(batch.bad))
    refused_lives = record_lives(
        source=checked.source, reports=[live for _line, live in batch.lives], reported_at=checked.arrived_at
    )
    refusals = [(bad.line, bad.id, "rejected", bad.reason) for bad in batch.bad]
    refusals += [(batch.facts[one.index][0], one.id, "rejected", one.reason) for one in outcome.rejected]
    refusals += [(batch.facts[one.index][0], one.id, "conflict", one.reason) for one in outcome.conflicts]
    refusals += [(batch.lives[one.index][0], one.id, "rejected", one.reason) for one in refused_lives]
    report.add(sorted(refusals))
    return Counter(
        accepted=outcome.accepted,
        duplicate=outcome.duplicates,
        conflict=len(outcome.conflicts),
        rejected=len(batch.bad) + len(outcome.rejected) + len(refused_lives),
        lives=len(batch.lives) - len(refused_lives),
    )


def summary(totals: Counter[str]) -> str:
    return ", ".join(f"{totals[kind]} {kind}" for kind in ("accepted", "duplicate", "conflict", "rejected"))


def progress_bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


class RefusalReport:
    """Writes refusals to the rejects file, and the first few to the screen."""

    def __init__(self, stack: ExitStack, path: Path | None, show: Any) -> None:
        self.shown = 0
        self.show = show
        self.writer = None
        if path is not None:
            self.writer = csv.writer(stack.enter_context(path.open("w", encoding="utf-8", newline="")))
            self.writer.writerow(["line", "id", "outcome", "reason"])

    def add(self, refusals: list[tuple[int, str, str, str]]) -> None:
        for line, id, outcome, reason in refusals:
            if self.writer:
                self.writer.writerow([line, printable(id), outcome, printable(reason)])
            if self.shown < EXAMPLES:
                self.show(f"line {line}: {outcome} {printable(id)}: {printable(reason)}")
            elif self.shown == EXAMPLES:
                self.show("… more (--rejects FILE.csv lists all)")
            self.shown += 1


def printable(text: str) -> str:
    """The text with what UTF-8 can't say (lone surrogates) replaced."""
    return text.encode("utf-8", "replace").decode()
