"""A thousand clients that take their time, as the deployment has it behind nginx, and at granian itself."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.failures.services import workmen
from tests.failures.stand import Prepared, Stand, running_stand
from tests.failures.traffic import Connect, told
from tests.operations.site import HOST
from tests.processes import children
from tests.rankings.machinery import Running, wait_for

CLIENTS = 1000
SECONDS = 20.0
PAGE_SECONDS = 2.0
CALL_SECONDS = 5.0
MORE_MEMORY = 150  # MB of all processes together
SPARE = 100  # open files besides those of the slow clients


class Burden(NamedTuple):
    """What processes hold: MB of memory, and open files."""

    memory: int
    files: int


def burden(pids: Iterable[int]) -> Burden:
    memory = files = 0
    for pid in pids:
        status = Path(f"/proc/{pid}/status").read_text()
        memory += int(status.partition("VmRSS:")[2].split()[0])
        files += len(os.listdir(f"/proc/{pid}/fd"))
    return Burden(memory // 1024, files)


def test_thousand_slow_clients_wait_in_the_proxy(tmp_path: Path, prepared: Prepared) -> None:
    with running_stand(tmp_path, prepared) as stand:
        nginx = [stand.proxy.pid, *children(stand.proxy.pid)]
        before = burden(nginx), burden(web_processes(stand))
        slow = slow_clients(stand, stand.proxy.secure, "https", "header", "body", "answer")
        during = look_on(stand, slow, stand.through_proxy, nginx)
        assert during[0].files - before[0].files < CLIENTS + SPARE
        assert during[1].files - before[1].files < SPARE
        assert_light(before, during)
        slow.kill()
        wait_for(lambda: burden(nginx).files < before[0].files + SPARE)
        stand.assert_nothing_is_lost()


def test_thousand_slow_clients_at_the_web_server_itself(tmp_path: Path, prepared: Prepared) -> None:
    """Of those that send a body slowly each would hold a thread: that they don't get there is the proxy's task."""
    with running_stand(tmp_path, prepared) as stand:
        before = burden([]), burden(web_processes(stand))
        slow = slow_clients(stand, stand.ports[0], "http", "header", "idle", "answer")
        during = look_on(stand, slow, stand.to_web(0), [])
        assert during[1].files - before[1].files < CLIENTS + SPARE
        assert_light(before, during)
        slow.kill()
        wait_for(lambda: burden(web_processes(stand)).files < before[1].files + SPARE)
        stand.assert_nothing_is_lost()


def web_processes(stand: Stand) -> list[int]:
    return [pid for web in stand.webs for pid in workmen(web)]


def slow_clients(stand: Stand, port: int, scheme: str, *kinds: str) -> Running:
    arguments = ["-m", "tests.failures.slow", str(CLIENTS), str(port), HOST, scheme, stand.paths[0], *kinds]
    slow = stand.machine.python(*arguments, name="slow")
    wait_for(lambda: connected(slow) > CLIENTS * 0.9)
    return slow


def connected(slow: Running) -> int:
    slow.tell()
    return int(slow.line())


def look_on(stand: Stand, slow: Running, connect: Connect, proxy: list[int]) -> tuple[Burden, Burden]:
    """What viewers and sources see, and what the processes hold in the end."""
    sender = stand.send(connect)
    viewers = [stand.view(connect, pause=0.05) for _one in range(2)]
    counts: list[int] = []
    while len(counts) < SECONDS:
        counts.append(connected(slow))
        time.sleep(1)
    during = burden(proxy), burden(web_processes(stand))
    looks = [one for viewer in viewers for one in viewer.finish()]
    print(f"connected: {min(counts)} to {max(counts)}; proxy {during[0]}, web {during[1]}")
    print(f"{told(looks)}\nsender: {dict(sender.answers)}, slowest answer {sender.slowest:.2f} s")
    assert sorted(counts)[len(counts) // 2] > CLIENTS * 0.8
    assert {one.status for one in looks} == {200}
    assert max(one.seconds for one in looks) < PAGE_SECONDS
    assert set(sender.answers) == {"200"}
    assert sender.slowest < CALL_SECONDS
    return during


def assert_light(before: tuple[Burden, Burden], during: tuple[Burden, Burden]) -> None:
    print(f"before: proxy {before[0]}, web {before[1]}")
    assert sum(one.memory for one in during) - sum(one.memory for one in before) < MORE_MEMORY
