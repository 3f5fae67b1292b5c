"""Valkey on one server, with Sentinels, and as a cluster."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path
from typing import Any

import redis

from livefest.engines.accounts import Account
from livefest.engines.binaries import VALKEY, programs_of
from tests.cluster.servers import Server, free_port
from tests.engines.conftest import wait_until


def valkey_program(name: str) -> str:
    return str(programs_of(VALKEY, Account("me", os.geteuid(), os.getegid())) / name)


def valkey_server(folder: Path, *options: str) -> Server:
    port = free_port()
    command = [valkey_program("valkey-server"), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    return Server(folder, [*command, "--save", "", "--repl-diskless-sync-delay", "0", *options], port=port)


def asked(server: Server) -> redis.Redis:
    return redis.Redis(port=server.port, socket_timeout=2, decode_responses=True)


def answers(server: Server) -> bool:
    try:
        return bool(asked(server).ping())
    except redis.RedisError:
        return False


class Watched:
    """A Valkey with a replica, watched by three Sentinels, which take half a second to find it dead."""

    def __init__(self, folder: Path) -> None:
        self.nodes = [valkey_server(folder / "one")]
        self.nodes.append(valkey_server(folder / "two", "--replicaof", "127.0.0.1", str(self.nodes[0].port)))
        self.sentinels = []
        for number in range(3):
            home, port = folder / f"sentinel{number}", free_port()
            home.mkdir(parents=True)
            (home / "sentinel.conf").write_text(
                f"port {port}\nbind 127.0.0.1\ndir {home}\n"
                f"sentinel monitor live 127.0.0.1 {self.nodes[0].port} 2\n"
                "sentinel down-after-milliseconds live 500\nsentinel failover-timeout live 2000\n"
            )
            command = [valkey_program("valkey-server"), "sentinel.conf", "--sentinel"]
            self.sentinels.append(Server(home, command, port=port))
        self.url = f"redis+sentinel://{','.join(f'127.0.0.1:{one.port}' for one in self.sentinels)}/live/0"

    @property
    def servers(self) -> list[Server]:
        return [*self.nodes, *self.sentinels]

    def master(self) -> Server:
        """By what a majority of the Sentinels say; once they know each other and the replica follows."""
        found: list[Server] = []

        def agreed() -> bool:
            ports = [self.port_told_by(one) for one in self.sentinels if one.lives]
            found[:] = [node for node in self.nodes if ports.count(node.port) >= 2 and node.lives]
            return bool(found) and answers(found[0]) and asked(found[0]).info("replication")["role"] == "master"

        wait_until(agreed)
        return found[0]

    def port_told_by(self, sentinel: Server) -> int:
        try:
            host_and_port: Any = asked(sentinel).sentinel_get_master_addr_by_name("live")
        except redis.RedisError:
            return 0
        return int(host_and_port[1]) if host_and_port else 0

    def is_followed(self) -> bool:
        """Whether the replica that there is at the beginning has what the master has."""
        return answers(self.nodes[1]) and asked(self.nodes[1]).info("replication").get("master_link_status") == "up"

    def wait_until_whole(self) -> None:
        """Until everybody is there, and the replica has what the master has."""

        def whole() -> bool:
            if not all(answers(one) for one in self.servers):
                return False
            for one in self.sentinels:
                seen: Any = asked(one).sentinel_master("live")
                if (seen["num-other-sentinels"], seen["num-slaves"]) != (2, 1):
                    return False
            replica = next(node for node in self.nodes if node is not self.master())
            return asked(replica).info("replication").get("master_link_status") == "up"

        wait_until(whole)

    def kill_master(self) -> Server:
        """Kills the master; which it was."""
        master = self.master()
        master.kill()
        return master


class Shards:
    """A Valkey Cluster: three primaries, each with a replica; half a second to find a dead one."""

    def __init__(self, folder: Path) -> None:
        options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "500", "--cluster-config-file", "nodes.conf"]
        self.servers = [valkey_server(folder / f"node{number}", *options) for number in range(6)]
        self.url = f"redis+cluster://{','.join(f'127.0.0.1:{one.port}' for one in self.servers)}"

    def join(self) -> None:
        wait_until(lambda: all(answers(one) for one in self.servers))
        addresses = [f"127.0.0.1:{one.port}" for one in self.servers]
        create = ["--cluster", "create", *addresses, "--cluster-replicas", "1", "--cluster-yes"]
        subprocess.run([valkey_program("valkey-cli"), *create], check=True, capture_output=True)
        self.wait_until_whole()

    def wait_until_whole(self) -> None:
        """Until every node sees three primaries that all have a replica which follows them."""

        def whole() -> bool:
            if not all(answers(one) for one in self.servers):
                return False
            for one in self.servers:
                info: Any = asked(one).execute_command("CLUSTER INFO")  # type: ignore[no-untyped-call]
                if info["cluster_state"] != "ok" or info["cluster_known_nodes"] != "6" or info["cluster_size"] != "3":
                    return False
            roles = [asked(one).info("replication") for one in self.servers]
            primaries = [role for role in roles if role["role"] == "master"]
            followers = [role for role in roles if role.get("master_link_status") == "up"]
            return len(primaries) == len(followers) == 3 and all(role["connected_slaves"] == 1 for role in primaries)

        wait_until(whole)

    def kill_master(self) -> Server:
        """Kills one of the primaries; which it was."""
        master = random.choice([one for one in self.servers if one.lives and is_master(one)])
        master.kill()
        return master


def is_master(server: Server) -> bool:
    return bool(asked(server).info("replication")["role"] == "master")
