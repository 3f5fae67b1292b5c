"""A fest that is on now, and real programs around it, as the deployment's files start them with production settings."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from creators.creators_file import load_creators
from creators.sources import add_secret, create_source
from livefest.campaign import load_campaign
from livefest.models import Fest
from rankings.refresh import refresh
from tests.operations.commands import exec_start, here, instructions
from tests.processes import wait_until_it_answers
from tests.rankings.little import CAMPAIGN
from tests.rankings.machinery import Machinery, Running
from tests.signing import JSON, signed

TOKEN = "a-token-of-sixteen-characters"
HOST = "fest.example.org"


def unverified() -> ssl.SSLContext:
    """For a certificate that a test made itself."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def production(folder: Path) -> dict[str, str]:
    """The environment of programs with production settings; static files are in `folder`."""
    return {
        "DJANGO_SETTINGS_MODULE": "livefest.settings.production",
        "SECRET_KEY": "only-for-tests-" + "x" * 40,
        "ALLOWED_HOSTS": HOST,
        "TRUST_X_FORWARDED_PROTO": "1",
        "TRUST_X_REQUEST_ID": "1",
        "TRUSTED_PROXIES": "1",
        "MONITORING_TOKEN": TOKEN,
        "STATIC_ROOT": str(folder / "static"),
        "LOG_LEVEL": "INFO",
        "REFRESH_SECONDS": "10",
    }


def run(machine: Machinery, command: list[str]) -> str:
    """What a command prints, that ends by itself and goes well."""
    return machine.start(*command, name=Path(command[0]).name, settings="").finish()


def collect_static_files(machine: Machinery) -> None:
    """As the image is built."""
    (step,) = [rest for word, rest in instructions() if word == "RUN" and "collectstatic" in rest]
    command = re.search(r"(python manage\.py collectstatic.*?) &&", step)
    assert command
    assert run(machine, here(command[1].split())) == ""


class Site:
    """A fest that is on now, and the programs around it as the deployment's files start them."""

    def __init__(self, machine: Machinery, folder: Path) -> None:
        self.machine = machine
        self.folder = folder
        del machine.environment["LIVEFEST_NOW"]
        machine.environment |= production(folder)
        today = datetime.now(UTC).date()
        text = CAMPAIGN.replace("2026-02-13", str(today - timedelta(days=1)))
        load_campaign(text.replace("2026-02-17", str(today + timedelta(days=2))))
        self.fest = Fest.objects.get(slug="little")
        load_creators(fest=self.fest, data=b"handle,name,region\nada,ada,GB\nbo,bo,IE\n")
        self.source = create_source(fest=self.fest, name="platform")
        self.secret = add_secret(source=self.source, by=None)
        refresh(self.fest)

    def run(self, command: list[str]) -> str:
        return run(self.machine, command)

    def web(self) -> Web:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.machine.environment["PROMETHEUS_MULTIPROC_DIR"] = str(self.folder / f"figures-{port}")
        command = exec_start("livefest-web@.service", instance=str(port))
        return Web(self, self.machine.start(*command, name="web", settings=""), port)

    def worker(self, *, figures_at: int | None = None) -> Running:
        self.machine.environment["PROMETHEUS_MULTIPROC_DIR"] = str(self.folder / "figures-worker")
        if figures_at:
            self.machine.environment["WORKER_METRICS"] = f"127.0.0.1:{figures_at}"
        return self.machine.start(*exec_start("livefest-worker.service"), name="worker", settings="")


class Web:
    """A web server that was just started."""

    def __init__(self, site: Site, running: Running, port: int) -> None:
        self.site = site
        self.running = running
        self.port = port
        self.began_at = datetime.now(UTC)
        wait_until_it_answers(running.process, port)  # type: ignore[arg-type]

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as caller:
            caller.request("GET", path, headers={"Host": HOST, **(headers or {})})
            answer = caller.getresponse()
            return answer.status, answer.read().decode()

    def checks(self) -> dict[str, Any]:
        verdict = json.loads(self.get("/health/ready", {"Authorization": f"Bearer {TOKEN}"})[1])
        return {check["name"]: check for check in verdict["checks"]}

    def send(self, *ids: str, through: int | None = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Facts of ada's, signed: as a proxy passes them on, or `through` the port of a real one."""
        common = {"creator": "ada", "metric": "coins", "quantity": 1, "at": self.began_at.isoformat()}
        body = json.dumps({"facts": [{"id": id, **common} for id in ids]})
        sign = JSON | signed(self.site.secret, body) | {"X-Forwarded-Proto": "https"}
        caller: http.client.HTTPConnection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if through:
            caller = http.client.HTTPSConnection("127.0.0.1", through, context=unverified())
        with closing(caller):
            caller.request("POST", "/ingest/platform/", body, {"Host": HOST, **sign, **(headers or {})})
            answer = caller.getresponse()
            return answer.status, json.loads(answer.read())


def figures(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Samples by name, and by the values of labels in order of the labels' names; without those that are zero."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.value:
                found.setdefault(sample.name, {})[tuple(value for _name, value in sorted(sample.labels.items()))] = (
                    sample.value
                )
    return found
