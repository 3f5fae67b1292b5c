"""RabbitMQ."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.cluster.servers import Server, free_port
from tests.engines.conftest import wait_until

RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # Debian's package rabbitmq-server


class Rabbit:
    """A RabbitMQ with its own Erlang name server, which would otherwise outlive it."""

    def __init__(self, folder: Path) -> None:
        assert RABBITMQ.exists(), (
            "Debian's rabbitmq-server is needed: apt-get install --no-install-recommends rabbitmq-server"
        )
        folder.mkdir(parents=True)
        port, names, nodes = free_port(), free_port(), free_port()
        (folder / "rabbitmq.conf").write_text(f"listeners.tcp.local = 127.0.0.1:{port}\nlog.console = true\n")
        (folder / "plugins").write_text("[].\n")
        environment = {
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"live{port}@localhost",
            "RABBITMQ_DIST_PORT": str(nodes),
            "RABBITMQ_BASE": str(folder),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            # Busy waiting and a thread for every core are for machines of its own.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        }
        self.names = Server(folder / "names", ["epmd"], port=names, environment=environment)
        self.broker = Server(folder / "broker", [str(RABBITMQ)], port=port, environment=environment)
        self.url = f"amqp://guest:guest@127.0.0.1:{port}//"

    @property
    def servers(self) -> list[Server]:
        return [self.names, self.broker]

    def wait_until_it_listens(self) -> None:
        wait_until(lambda: self._listens() or not self.broker.lives)
        assert self.broker.lives, self.broker.tail()

    def _listens(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.broker.port), timeout=1) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"
        except OSError:
            return False
