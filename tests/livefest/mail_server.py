"""A mail server on this machine that speaks SMTP as far as smtplib asks it to, and can be away, refuse and hang up."""

from __future__ import annotations

import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        self.say(b"220 ready")
        recipient = ""
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
                refused = recipient in self.server.refused
                self.say(b"550 <%s> is not known here" % recipient.encode() if refused else b"250 ok")
            elif verb == b"DATA":
                self.say(b"354 go on")
                self.take(recipient)
            elif verb == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 ok")

    def take(self, recipient: str) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        if recipient in self.server.hangs_up_on:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.arrived.append((recipient, message))
        self.say(b"250 taken")

    def say(self, answer: bytes) -> None:
        self.wfile.write(answer + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    """`arrived`: who was written to, and the message. It answers only inside `up`."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation, bind_and_activate=False)
        self.server_bind()  # the port is this one's, but nobody listens yet: connections are refused
        self.arrived: list[tuple[str, EmailMessage]] = []
        self.refused: set[str] = set()
        self.hangs_up_on: set[str] = set()
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @contextmanager
    def up(self) -> Iterator[MailServer]:
        self.server_activate()
        thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
