"""`python -m tests.failures.slow NUMBER PORT HOST SCHEME PATH KIND …`: clients that take their time, all at once.

They do by turns what the kinds say: "header" sends a request's head a byte a second, "body" a call's body, "answer"
asks for PATH and reads a byte a second, "idle" asks for it, reads it and keeps its connection. Whose connection is
closed connects again. Says for each line of its input how many are connected.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from contextlib import suppress
from itertools import cycle, islice

SECOND = 1.0
SMALL = 2048  # bytes that wait to be read


class Client:
    """One of them."""

    def __init__(self, kind: str, port: int, host: str, path: str, tls: ssl.SSLContext | None) -> None:
        self.kind, self.port, self.tls = kind, port, tls
        self.connected = False
        self.get = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Proto: https\r\n\r\n".encode()
        self.post = f"POST /ingest/platform/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n".encode()

    async def live(self) -> None:
        while True:
            with suppress(OSError, EOFError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls, limit=SMALL)
                self.connected = True
                try:
                    await self.take_time(reader, writer)
                finally:
                    self.connected = False
                    writer.close()
            await asyncio.sleep(SECOND)

    async def take_time(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.kind == "header":
            await self.send_slowly(self.get[:-2] + b"X-Slow: " + b"x" * 3600, reader, writer)
        elif self.kind == "body":
            writer.write(self.post + b"Content-Length: 3600\r\n\r\n")
            await self.send_slowly(b"x" * 3600, reader, writer)
        else:
            writer.write(self.get)
            if self.kind == "idle":
                while await asyncio.wait_for(reader.read(2**16), SECOND * 3600):
                    pass
            while await reader.read(1):
                await asyncio.sleep(SECOND)

    async def send_slowly(self, data: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(SECOND)
            if reader.at_eof():
                return


def unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def main(number: str, port: str, host: str, scheme: str, path: str, *kinds: str) -> None:
    tls = unverified() if scheme == "https" else None
    clients = [Client(kind, int(port), host, path, tls) for kind in islice(cycle(kinds), int(number))]
    tasks = []
    for client in clients:
        tasks.append(asyncio.create_task(client.live()))
        await asyncio.sleep(0.002)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(sum(client.connected for client in clients), flush=True)
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
