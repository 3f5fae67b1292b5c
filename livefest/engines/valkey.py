"""Valkey: the queue, the cache and the published standings."""

import signal
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from livefest.engines.accounts import Account
from livefest.engines.binaries import VALKEY, programs_of
from livefest.engines.engine import Engine
from livefest.engines.processes import mark_of
from livefest.engines.questions import ask_valkey

OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    # The tasks in the queue must survive; a second of them may be lost with the machine's power.
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    # Never evict: a queue isn't a cache. Replaced standings are big, so free them in the background.
    "maxmemory-policy": "noeviction",
    "lazyfree-lazy-eviction": "yes",
    "lazyfree-lazy-expire": "yes",
    "lazyfree-lazy-server-del": "yes",
    "lazyfree-lazy-user-del": "yes",
    "lazyfree-lazy-user-flush": "yes",
    "enable-debug-command": "no",
    "enable-module-command": "no",
    "always-show-logo": "no",
}


class Valkey(Engine):
    name: ClassVar[str] = "valkey"
    title: ClassVar[str] = "Valkey"
    socket_name: ClassVar[str] = "valkey.sock"
    leftovers: ClassVar[tuple[str, ...]] = ()
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    main_prefix: ClassVar[str] = "valkey-server "

    def _url(self, socket_directory: Path) -> str:
        return f"unix://{quote(str(socket_directory / self.socket_name))}?db=0"

    def _query(self, socket: Path, seconds: float) -> None:
        ask_valkey(socket, seconds)

    def _prepare(self, account: Account, socket_directory: Path, alive: int) -> list[str]:
        command = [str(programs_of(VALKEY, account) / "valkey-server")]
        options = OPTIONS | {
            "unixsocket": str(socket_directory / self.socket_name),
            "proc-title-template": f"{{title}} {mark_of(self.data)}",
        }
        for option, value in options.items():
            command += [f"--{option}", value]
        return command
