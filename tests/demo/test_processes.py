"""The demo's processes: started again when they die, ended when the demo ends, however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import processes
from demo.interrupts import SIGNALS, Interrupts
from demo.only_one import AnotherRuns, only_one
from demo.processes import ROOT, Child, Crew, DemoError, Warden, free_port
from demo.warden import lives
from tests.engines.conftest import wait_until

SLEEP = "import time; time.sleep(60)"
# Lives from the second start on.
MORTAL = """
import pathlib, sys, time
print("my last words", flush=True)
mended = pathlib.Path("{mended}")
if not mended.exists():
    mended.touch()
    sys.exit(3)
time.sleep(60)
"""


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield Interrupts()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def warden(tmp_path: Path) -> Iterator[Warden]:
    lock = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    warden = Warden(None, lock)
    yield warden
    warden.close()
    os.close(lock)


@pytest.fixture
def said() -> list[str]:
    """What the crew tells a person."""
    return []


@pytest.fixture
def crew(warden: Warden, interrupts: Interrupts, said: list[str]) -> Iterator[Crew]:
    crew = Crew(warden, interrupts, tell=said.append)
    yield crew
    crew.stop()


def child(tmp_path: Path, program: str) -> Child:
    return Child("child", [sys.executable, "-c", program], tmp_path / "child.log")


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def is_gone(pid: int) -> bool:
    """Also when nobody has asked for its exit code yet."""
    try:
        return b") Z" in Path(f"/proc/{pid}/stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_child_reads_what_it_is_fed_and_its_words_go_to_its_log(crew: Crew, tmp_path: Path) -> None:
    echo = child(tmp_path, "import sys; print(sys.stdin.read(), flush=True); " + SLEEP)
    echo.feed = lambda: b"a secret"
    crew.start(echo)
    wait_until(lambda: echo.log.read_text() == "a secret\n")


def test_who_dies_is_told_with_its_last_words_and_started_again(crew: Crew, tmp_path: Path, said: list[str]) -> None:
    mortal = child(tmp_path, MORTAL.format(mended=tmp_path / "mended"))
    crew.start(mortal)
    first = pid_of(mortal)

    def is_back() -> bool:
        crew.tend()
        return mortal.process is not None and mortal.process.pid != first

    wait_until(is_back)
    wait_until(lambda: mortal.log.read_text() == "my last words\n" * 2)
    crew.tend()
    assert mortal.process is not None
    assert len(said) == 1
    assert "exit code 3" in said[0]
    assert "    my last words" in said[0]


def test_who_dies_again_and_again_ends_the_demo(crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "MOST_FAILURES", 2)
    crew.start(child(tmp_path, "raise SystemExit('no way')"))

    def tend_forever() -> bool:
        crew.tend()
        return False

    with pytest.raises(DemoError, match=r"no way\n.* 2 times in a row"):
        wait_until(tend_forever)


def test_who_could_not_be_fed_is_started_later(crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "FEED_SECONDS", 0.1)
    mortal = child(tmp_path, MORTAL.format(mended=tmp_path / "mended"))
    crew.start(mortal)
    first, fed = pid_of(mortal), []

    def feed() -> bytes:
        fed.append(1)
        if len(fed) == 1:
            raise OSError("the database is away")
        return b""

    mortal.feed = feed

    def tend() -> bool:
        crew.tend()
        return mortal.process is not None and mortal.process.pid != first

    with pytest.raises(OSError, match="away"):
        wait_until(tend)
    wait_until(tend)


def test_stop_ends_children_and_their_children(crew: Crew, tmp_path: Path) -> None:
    parent = child(
        tmp_path,
        f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True); " + SLEEP,
    )
    crew.start(parent)
    wait_until(lambda: parent.log.read_text().endswith("\n"))
    pids = [pid_of(parent), int(parent.log.read_text())]
    crew.stop()
    wait_until(lambda: all(is_gone(pid) for pid in pids))


def test_the_warden_ends_what_is_left_when_its_pipe_closes(warden: Warden) -> None:
    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
        warden.began(process.pid)
        return process

    left, stubborn = start(), subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True)
    warden.began(stubborn.pid)
    warden.ended(stubborn.pid)  # so it is none of its business
    thread = threading.Thread(target=left.wait)
    thread.start()
    warden.close()
    thread.join(10)
    assert not lives(left.pid)
    assert stubborn.poll() is None
    stubborn.kill()
    stubborn.wait()


def test_the_next_free_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port(port) <= port + 100


def test_a_second_demo_is_told_of_the_first(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(AnotherRuns, match=f"pid {os.getpid()}"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_what_must_be_whole_is_not_interrupted(interrupts: Interrupts) -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), interrupts.held():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)
        done.append("all")
    assert done == ["all"]
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGHUP)
        time.sleep(1)
    interrupts.ignore()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.01)


def test_options_that_make_no_sense_are_refused() -> None:
    command = [sys.executable, "-m", "demo", "--creators", "0"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "2 to 100000 creators" in ended.stderr
