"""The commands."""

import subprocess
import sys
from pathlib import Path

from livefest.engines import Engines, checkout_engines

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "livefest.engines", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_start_status_stop(new_engines: Engines) -> None:
    directory = f"--directory={new_engines.directory}"
    started = run("start", directory)
    assert (started.returncode, started.stderr) == (0, "")
    postgres, valkey = started.stdout.splitlines()
    assert postgres.startswith("PostgreSQL: answers at postgresql://livefest@%2F")
    assert valkey.startswith("Valkey: answers at unix:///")
    assert run("status", directory).stdout == started.stdout
    stopped = run("stop", directory)
    assert stopped.stdout.splitlines() == ["PostgreSQL: not running", "Valkey: not running"]
    assert stopped.returncode == 0
    assert run("status", directory).returncode == 1


def test_failure_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    (tmp_path / "postgres" / "data" / "thesis.txt").touch()
    failed = run("start", f"--directory={tmp_path}")
    assert failed.returncode == 1
    assert failed.stderr == f"{tmp_path}/postgres/data is not a PostgreSQL data directory. Move it away.\n"


def test_checkout_engines_are_beside_the_package() -> None:
    assert checkout_engines().directory == ROOT / ".local"


def test_engines_import_no_framework() -> None:
    program = "import sys, livefest.engines; print({'django', 'psycopg', 'redis'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True) == "set()\n"
