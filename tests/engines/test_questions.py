"""What counts as an answer."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from livefest.engines.errors import Busy, Refused, Silent
from livefest.engines.questions import ask_postgres, ask_valkey


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[bytes | None], Path]]:
    """A server that says the same to everyone, and hangs up; None: says nothing."""
    path = tmp_path / "s"
    listener = socket.socket(socket.AF_UNIX)
    release = threading.Event()
    threads: list[threading.Thread] = []

    def start(reply: bytes | None) -> Path:
        def run() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                if reply is None:
                    release.wait(30)
                else:
                    connection.sendall(reply)

        listener.bind(str(path))
        listener.listen()
        threads.append(threading.Thread(target=run))
        threads[0].start()
        return path

    yield start
    release.set()
    for thread in threads:
        thread.join()
    listener.close()


def failure(code: str, severity: str = "FATAL") -> bytes:
    fields = f"S{severity}\0C{code}\0Mwhy not\0\0".encode()
    return b"E" + struct.pack("!i", 4 + len(fields)) + fields


def select(path: Path) -> None:
    ask_postgres(path, "livefest", "livefest", "SELECT 1", 0.3)


def ping(path: Path) -> None:
    ask_valkey(path, 0.3)


@pytest.mark.parametrize("ask", [select, ping])
def test_no_socket(ask: Callable[[Path], None], tmp_path: Path) -> None:
    with pytest.raises(Silent, match="No such file"):
        ask(tmp_path / "none")


@pytest.mark.parametrize("ask", [select, ping])
def test_server_says_nothing(ask: Callable[[Path], None], serve: Callable[[bytes | None], Path]) -> None:
    path = serve(None)
    begin = time.monotonic()
    with pytest.raises(Silent, match="timed out"):
        ask(path)
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("ask", [select, ping])
def test_server_hangs_up(ask: Callable[[Path], None], serve: Callable[[bytes | None], Path]) -> None:
    with pytest.raises(Silent):
        ask(serve(b""))


@pytest.mark.parametrize("reply", [b"+PONG\r\n", b"-ERR max number of clients reached\r\n"])
def test_valkey_answers(reply: bytes, serve: Callable[[bytes | None], Path]) -> None:
    ping(serve(reply))


@pytest.mark.parametrize("reply", [b"-LOADING the dataset\r\n", b"-BUSY running a script\r\n"])
def test_valkey_is_busy(reply: bytes, serve: Callable[[bytes | None], Path]) -> None:
    with pytest.raises(Busy):
        ping(serve(reply))


def test_valkey_refuses(serve: Callable[[bytes | None], Path]) -> None:
    with pytest.raises(Refused, match="-MISCONF disk full") as refusal:
        ping(serve(b"-MISCONF disk full\r\n"))
    assert refusal.value.code == "-MISCONF"


@pytest.mark.parametrize("code", ["57P03", "57P01", "57P02"])
def test_postgres_is_busy(code: str, serve: Callable[[bytes | None], Path]) -> None:
    with pytest.raises(Busy, match="why not"):
        select(serve(failure(code)))


def test_postgres_has_no_connection_left(serve: Callable[[bytes | None], Path]) -> None:
    select(serve(failure("53300")))


def test_postgres_refuses(serve: Callable[[bytes | None], Path]) -> None:
    with pytest.raises(Refused, match="why not") as refusal:
        select(serve(failure("3D000")))
    assert refusal.value.code == "3D000"


def test_postgres_wants_a_password(serve: Callable[[bytes | None], Path]) -> None:
    with pytest.raises(Refused, match="wants a password"):
        select(serve(b"R" + struct.pack("!ii", 8, 3)))
