"""A fest that is on now, and all of the deployment's programs around it, on loopback, with engines of its own."""

from __future__ import annotations

import http.client
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from livefest.engines import Postgres, Valkey
from tests.engines.conftest import remove_socket_directory
from tests.failures.services import EngineService, Service
from tests.failures.traffic import Connect, Sender, Viewer, look
from tests.operations.commands import exec_start
from tests.operations.nginx import Proxy, free_ports, running_proxy
from tests.operations.site import HOST, collect_static_files, production, unverified
from tests.processes import wait_until_it_answers
from tests.rankings.machinery import Machinery, Running, machinery, wait_for
from tests.rankings.witness import Witness

SLUG = "uk-valentine"
HOME = f"/en/{SLUG}/"
TIMES = 8
LINK = re.compile(rb'href="(/en/uk-valentine/[^"#?]*)"')
STORED = """
SELECT fact.external_id, creator.handle, metric.slug, fact.quantity, fact.at
FROM creators_fact fact
     JOIN creators_entry entry ON entry.id = fact.entry_id
     JOIN creators_creator creator ON creator.id = entry.creator_id
     JOIN livefest_metric metric ON metric.id = fact.metric_id
"""


class Prepared(NamedTuple):
    """A PostgreSQL's data with the fest in it, and what goes with it. static: the folder of static files."""

    data: Path
    static: Path
    secret: str
    handles: list[str]


def prepare(folder: Path, campaigns: Path) -> Prepared:
    """uk-valentine with the creators of its sample, moved so that it began yesterday, and a source "platform"."""
    postgres, valkey = Postgres(folder), Valkey(folder)
    creators = campaigns / f"{SLUG}.sample.creators.csv"
    today = datetime.now(UTC).date()
    text = (campaigns / f"{SLUG}.toml").read_text().replace("2026-02-13", str(today - timedelta(days=1)))
    moved = folder / f"{SLUG}.toml"
    moved.write_text(text.replace("2026-02-17", str(today + timedelta(days=3))))
    try:
        urls = {"database": postgres.ensure(), "redis": valkey.ensure()}
        with machinery(folder / "machinery", **urls, now="") as machine:
            machine.environment |= production(folder)
            machine.manage("migrate", "--verbosity", "0")
            machine.manage("load_campaign", str(moved))
            machine.manage("load_creators", SLUG, str(creators))
            secret = machine.manage("source", SLUG, "create", "platform").splitlines()[-1]
            machine.manage("refresh", SLUG)
            collect_static_files(machine)
    finally:
        end_engine(postgres)
        end_engine(valkey)
    handles = [line.partition(",")[0] for line in creators.read_text().splitlines()[1:]]
    return Prepared(postgres.data, folder / "static", secret, handles)


class Stand(Witness):
    """nginx, two web services, a worker, a beat, PostgreSQL and Valkey, which nobody needs to start again.

    `particular` has environment variables of single services ("web", "worker", "beat") besides those of all.
    """

    def __init__(
        self,
        machine: Machinery,
        prepared: Prepared,
        postgres: Postgres,
        valkey: Valkey,
        particular: Mapping[str, Mapping[str, str]],
    ) -> None:
        super().__init__(machine)
        self.prepared, self.particular = prepared, particular
        self.postgres, self.valkey_engine = postgres, valkey
        self.senders: list[Sender] = []
        self.viewers: list[Viewer] = []
        self.ports = free_ports(2)
        self.webs = [Service(self.program(f"web-{port}", "livefest-web@.service", port)) for port in self.ports]
        self.worker = Service(self.program("worker", "livefest-worker.service"))
        self.beat = Service(self.program("beat", "livefest-beat.service"))
        self.engines = [EngineService(postgres), EngineService(valkey)]
        self.paths = [HOME]
        self.proxy: Proxy

    def program(self, name: str, unit: str, port: int = 0) -> Callable[[], Running]:
        """What starts it, with an empty folder in place of its RuntimeDirectory."""
        folder = self.machine.folder / name
        line = exec_start(unit, instance=str(port))
        command = [str(folder / "schedule") if part.startswith("/run/") else part for part in line]
        more = {"PROMETHEUS_MULTIPROC_DIR": str(folder)} | dict(self.particular.get(name.partition("-")[0], {}))

        def start() -> Running:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            return self.machine.start(*command, name=name, settings="", more=more)

        return start

    @property
    def services(self) -> list[Service]:
        return [*self.webs, self.worker, self.beat]

    @property
    def through_proxy(self) -> Connect:
        return lambda patience: http.client.HTTPSConnection(
            "127.0.0.1", self.proxy.secure, context=unverified(), timeout=patience
        )

    def to_web(self, number: int) -> Connect:
        """Past the proxy, to one of the web services."""
        return lambda patience: http.client.HTTPConnection("127.0.0.1", self.ports[number], timeout=patience)

    def is_alive(self, number: int) -> bool:
        """Whether a web service answers at all."""
        return look(self.to_web(number)(2), "/health/live").status == 200

    def find_pages(self) -> None:
        """Every page of the fest that its home leads to."""
        for web, port in zip(self.webs, self.ports, strict=True):
            wait_until_it_answers(web.running.process, port)  # type: ignore[arg-type]
        connection = self.to_web(0)(30)
        connection.request("GET", HOME, headers={"Host": HOST, "X-Forwarded-Proto": "https"})
        linked = sorted({path.decode() for path in LINK.findall(connection.getresponse().read())})
        connection.close()
        self.paths = [path for path in linked if look(self.to_web(0)(30), path).status == 200]
        assert len(self.paths) > 5

    def show_pages(self) -> None:
        """Every page was seen through the proxy, and often enough that each process of web has it."""
        for connect in (self.through_proxy, *map(self.to_web, range(len(self.webs)))):
            for _again in range(TIMES):
                for path in self.paths:
                    assert look(connect(30), path).status == 200, path

    def send(self, connect: Connect | None = None, *, patience: float = 30.0) -> Sender:
        """Somebody more who sends."""
        number = len(self.senders)
        self.senders.append(
            Sender(
                number,
                connect or self.through_proxy,
                self.prepared.secret,
                self.prepared.handles,
                patience=patience,
            )
        )
        return self.senders[-1]

    def view(self, connect: Connect | None = None, *, patience: float = 30.0, pause: float = 0.1) -> Viewer:
        """Somebody more who looks."""
        self.viewers.append(Viewer(connect or self.through_proxy, self.paths, patience=patience, pause=pause))
        return self.viewers[-1]

    def newest_version(self) -> int:
        """Of the published standings, as PostgreSQL has it."""
        ((version,),) = self.ask("SELECT coalesce(max(version), 0) FROM rankings_standing")
        return int(version)

    def wait_until_scored(self) -> None:
        """Until a refresh has scored something more."""
        version = self.newest_version()
        wait_for(lambda: self.newest_version() > version)

    def assert_nothing_is_lost(self) -> None:
        """Everything that was acknowledged is there once, as it was sent, and counts."""
        for sender in self.senders:
            sender.finish()
        self.calm_down()
        for service in (self.worker, self.beat):
            service.stop()
        taken = {id: tuple(fact) for sender in self.senders for id, fact in sender.taken.items()}
        stored = self.ask(STORED)
        assert len(stored) == len(taken) > 0
        assert {id: tuple(fact) for id, *fact in stored} == taken
        self.assert_as_a_rebuild_gives(SLUG)

    def stop(self) -> None:
        for sender in self.senders:
            sender.give_up()
        for viewer in self.viewers:
            viewer.finish()
        for service in self.services:
            service.stop()
        for engine in self.engines:
            engine.stop()
        self.close()


@contextmanager
def running_stand(
    folder: Path,
    prepared: Prepared,
    *,
    postgres: Postgres | None = None,
    valkey: Valkey | None = None,
    particular: Mapping[str, Mapping[str, str]] | None = None,
    everywhere: Mapping[str, str] | None = None,
) -> Iterator[Stand]:
    """All of it, once pages are seen and facts are scored. `everywhere`: variables of all programs."""
    postgres = postgres or Postgres(folder / "engines")
    valkey = valkey or Valkey(folder / "engines")
    with ExitStack() as stack:
        stack.callback(end_engine, postgres)
        stack.callback(end_engine, valkey)
        postgres.home.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", prepared.data, postgres.data], check=True)
        urls = {"database": postgres.ensure(), "redis": valkey.ensure()}
        machine = stack.enter_context(machinery(folder / "machinery", **urls, now=""))
        machine.environment |= production(prepared.static.parent) | {"REFRESH_SECONDS": "1"} | dict(everywhere or {})
        stand = Stand(machine, prepared, postgres, valkey, particular or {})
        stack.callback(stand.stop)
        stand.find_pages()
        stand.proxy = stack.enter_context(running_proxy(folder / "nginx", stand.ports))
        stand.show_pages()
        stand.send()
        wait_for(lambda: stand.newest_version() > 0 and len(stand.senders[0].taken) > 0)
        yield stand


def end_engine(engine: Postgres | Valkey) -> None:
    engine.stop()
    remove_socket_directory(engine)
