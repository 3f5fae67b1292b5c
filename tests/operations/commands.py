"""The command lines that the deployment's files name, as lists, with what is this machine's in place of theirs."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
INSTALLED = "/opt/livefest/current"


def unit(name: str) -> dict[str, list[str]]:
    """The settings of a unit, by name, whatever their section; each as often as it stands there."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / name).read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def exec_start(name: str, **instead: str) -> list[str]:
    """A unit's command with the checkout in place of the installation; `instead` says what a `%i` or `$NAME` is."""
    (line,) = unit(name)["ExecStart"]
    line = line.replace(f"{INSTALLED}/.venv", str(ROOT / ".venv")).replace(INSTALLED, str(ROOT))
    for variable, value in instead.items():
        line = line.replace("%i" if variable == "instance" else f"${{{variable}}}", value)
    assert "%" not in line
    assert "$" not in line
    return shlex.split(line)


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return services


def compose_command(service: str) -> list[str]:
    command: list[str] = compose()[service]["command"]
    return command


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's, with their lines joined."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(word, rest) for word, _space, rest in (line.partition(" ") for line in joined.splitlines()) if word]


def exec_form(text: str) -> list[str]:
    command: list[str] = json.loads(text[text.index("[") :])
    return command


def dockerfile_command(instruction: str) -> list[str]:
    """CMD or HEALTHCHECK."""
    (text,) = [rest for word, rest in instructions() if word == instruction]
    return exec_form(text)


def here(command: list[str]) -> list[str]:
    """With the programs of this checkout's virtual environment."""
    return [str(ROOT / ".venv" / "bin" / command[0]), *command[1:]]
