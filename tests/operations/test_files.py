"""The deployment's files are clean to their linters and fit each other. What they run is run in test_running.py."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.operations.commands import (
    DEPLOY,
    INSTALLED,
    ROOT,
    compose,
    compose_command,
    dockerfile_command,
    exec_start,
    instructions,
    unit,
)

SERVICES = ["livefest-web@.service", "livefest-worker.service", "livefest-beat.service", "livefest-backup.service"]


def test_dockerfile_is_clean() -> None:
    done = subprocess.run(
        [ROOT / ".venv/bin/hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_image_runs_as_nobody_special_and_holds_only_what_runs() -> None:
    assert [rest for word, rest in instructions() if word == "USER"] == ["10001"]
    assert "--require-hashes" in next(
        rest for word, rest in instructions() if "requirements.lock" in rest and word == "RUN"
    )
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines
    assert kept == {
        "requirements.lock",
        "manage.py",
        "livefest",
        "creators",
        "challenges",
        "rankings",
        "rewards",
        "templates",
        "static",
    }


def test_units_are_clean_to_systemd(tmp_path: Path) -> None:
    """With the checkout in place of the installation, so that it finds the programs."""
    shutil.copytree(DEPLOY / "systemd", tmp_path, dirs_exist_ok=True)
    for path in tmp_path.iterdir():
        path.write_text(path.read_text().replace(INSTALLED, str(ROOT)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    told = [line for line in (done.stdout + done.stderr).splitlines() if "livefest" in line]
    assert (done.returncode, told) == (0, [])


@pytest.mark.parametrize("name", SERVICES)
def test_units_may_do_little(name: str) -> None:
    settings = unit(name)
    assert settings["User"] == ["livefest"]
    assert settings["Environment"][0] == "DJANGO_SETTINGS_MODULE=livefest.settings.production"
    assert settings["CapabilityBoundingSet"] == [""]
    assert (settings["ProtectSystem"], settings["NoNewPrivileges"]) == (["strict"], ["yes"])


def test_container_and_unit_run_the_same() -> None:
    web = exec_start("livefest-web@.service", instance="8000")
    assert web[1:] == [part.replace("0.0.0.0", "127.0.0.1") for part in dockerfile_command("CMD")[1:]]  # noqa: S104
    assert exec_start("livefest-worker.service")[1:] == compose_command("worker")[1:]
    beat, contained = exec_start("livefest-beat.service"), compose_command("beat")
    assert [part for part in beat[1:] if "/" not in part] == [part for part in contained[1:] if "/" not in part]
    kept = exec_start("livefest-backup.service", BACKUP_RECIPIENT="age1")
    assert [part for part in kept[1:] if "/" not in part] == [
        part.replace("${BACKUP_RECIPIENT:-}", "age1") for part in compose_command("backup")[1:] if "/" not in part
    ]


def test_compose_opens_nothing_but_the_proxy_and_waits_for_what_is_needed() -> None:
    services = compose()
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    ours = {name for name, service in services.items() if service["image"] == "livefest"}
    assert ours == {"migrate", "web", "worker", "beat", "backup"}
    for name in ours:
        service = services[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        for needed in service.get("depends_on", {}):
            assert needed in services
    for volume in services["nginx"]["volumes"]:
        source = volume.split(":")[0]
        assert source == "./tls" or (ROOT / source).is_file()


def test_every_setting_of_the_environment_is_told() -> None:
    """.env.example lists all that the settings read."""
    read = set()
    for path in (ROOT / "livefest" / "settings").glob("*.py"):
        read |= set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", path.read_text()))
    told = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read - told - {"DEBUG"} == set()
