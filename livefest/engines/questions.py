"""One question to an engine, over its socket, with one deadline for the whole conversation.

Spoken by hand because the drivers don't give what a supervisor needs: the SQLSTATE of a refused
connection, a deadline below two seconds, and an import that costs nothing.
"""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livefest.engines.errors import Busy, Refused, Silent

CANNOT_CONNECT_NOW = "57P03"
SHUTTING_DOWN = {"57P01", "57P02"}
TOO_MANY_CONNECTIONS = "53300"


class Conversation:
    """Bytes to and from a socket until the deadline."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def receive(self, count: int) -> bytes:
        """Exactly so many bytes."""
        data = b""
        while len(data) < count:
            data += self._receive_some(count - len(data))
        return data

    def receive_line(self) -> str:
        line = b""
        while not line.endswith(b"\r\n"):
            line += self._receive_some(1)
        return line.decode(errors="replace").strip()

    def _receive_some(self, count: int) -> bytes:
        self._connection.settimeout(max(0.001, self._deadline - time.monotonic()))
        data = self._connection.recv(count)
        if not data:
            raise ConnectionResetError("the connection was closed")
        return data


@contextmanager
def _conversation(path: Path, seconds: float) -> Iterator[Conversation]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        try:
            connection.connect(str(path))
            yield Conversation(connection, time.monotonic() + seconds)
        except OSError as error:  # a timeout is one too
            raise Silent(f"{path}: {error}") from error


def ask_valkey(path: Path, seconds: float) -> None:
    """PING. Raises Silent, Busy while it loads its data, Refused for any other reply."""
    with _conversation(path, seconds) as conversation:
        conversation.send(b"PING\r\n")
        reply = conversation.receive_line()
    if reply.startswith(("-LOADING", "-BUSY ")):
        raise Busy(reply)
    # Its clients are as many as it takes: no reason to think that it doesn't work.
    if reply != "+PONG" and "max number of clients" not in reply:
        raise Refused(reply.split()[0] if reply else "", f"Valkey answers PING with {reply!r}")


def ask_postgres(path: Path, database: str, user: str, statement: str, seconds: float) -> None:
    """Run one statement. Raises Silent, Busy while it starts or stops, Refused with the SQLSTATE."""
    with _conversation(path, seconds) as conversation:
        words = f"user\0{user}\0database\0{database}\0\0".encode()
        conversation.send(struct.pack("!ii", 8 + len(words), 3 << 16) + words)
        try:
            _until_ready(conversation)
            query = statement.encode() + b"\0"
            conversation.send(b"Q" + struct.pack("!i", 4 + len(query)) + query)
            _until_ready(conversation)
            conversation.send(b"X" + struct.pack("!i", 4))
        except Refused as error:
            if error.code == CANNOT_CONNECT_NOW or error.code in SHUTTING_DOWN:
                raise Busy(str(error)) from error
            # A server that has no connection left works, and its clients would lose by a restart.
            if error.code != TOO_MANY_CONNECTIONS:
                raise


def _until_ready(conversation: Conversation) -> None:
    """Read messages of PostgreSQL's protocol up to ReadyForQuery; raise Refused for an error."""
    refusal: Refused | None = None
    while True:
        kind, length = struct.unpack("!ci", conversation.receive(5))
        body = conversation.receive(length - 4)
        if kind == b"E":
            fields = {field[:1]: field[1:].decode(errors="replace") for field in body.split(b"\0")}
            refusal = Refused(fields.get(b"C", ""), f"PostgreSQL says {fields.get(b'M', '')!r}")
            if fields.get(b"S") in ("FATAL", "PANIC"):
                raise refusal  # the connection ends here
        elif kind == b"R" and body != bytes(4):
            raise Refused("28000", "PostgreSQL wants a password, ours never does")
        elif kind == b"Z":
            if refusal is not None:
                raise refusal
            return
