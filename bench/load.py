"""A load generator: keep-alive connections, each with one request on its way, all in one thread.

It writes requests that were made beforehand and reads of an answer no more than its status and its length, in a process
of its own, so that the server is what is measured.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
SECONDS_TO_ANSWER = 30.0


@dataclass
class Connection:
    """A connection whose answer to `request` is being read; `missing` is how much of it, None before its head."""

    request: bytes
    status: bytes
    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)
    missing: int | None = None

    def ask(self) -> None:
        self.received.clear()
        self.missing = None
        self.socket.sendall(self.request)

    def read(self) -> bool:
        """Takes what is there; whether the answer is complete. Raises ValueError for another status than expected."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("The server closed the connection.")
        if self.missing is not None:
            self.missing -= len(part)
            return self.missing <= 0
        self.received += part
        head = self.received.find(b"\r\n\r\n")
        if head < 0:
            return False
        if self.received[9:12] != self.status:
            raise ValueError(f"Expected {self.status.decode()}: {bytes(self.received[:500])!r}")
        length = LENGTH.search(self.received, 0, head)
        if length is None and self.status != b"304":
            raise ValueError(f"An answer without its length: {bytes(self.received[:head])!r}")
        self.missing = head + 4 + (int(length[1]) if length else 0) - len(self.received)
        return self.missing <= 0


def requests_per_second(address: tuple[str, int], requests: Sequence[bytes], *, status: int, seconds: float) -> float:
    """Answers a second over as many connections as there are requests, each sending its own again and again.
    Raises ValueError where an answer has another status."""
    connections = [
        Connection(request, str(status).encode(), socket.create_connection(address, timeout=SECONDS_TO_ANSWER))
        for request in requests
    ]
    try:
        with selectors.DefaultSelector() as selector:
            for connection in connections:
                connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(connection.socket, selectors.EVENT_READ, connection)
                connection.ask()
            answers = 0
            started = now = time.perf_counter()
            while now - started < seconds:
                ready = selector.select(SECONDS_TO_ANSWER)
                if not ready:
                    raise TimeoutError(f"No answer in {SECONDS_TO_ANSWER:.0f} seconds.")
                for key, _events in ready:
                    connection = key.data
                    if connection.read():
                        answers += 1
                        connection.ask()
                now = time.perf_counter()
            return answers / (now - started)
    finally:
        for connection in connections:
            connection.socket.close()


def get(path: str, headers: dict[str, str] | None = None) -> bytes:
    """A request as it goes over the wire."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()
