"""The network between PostgreSQL and those that use it is cut: packets are lost, and nobody is told."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.failures.network import Remote, island
from tests.failures.services import Service
from tests.failures.stand import HOME, Prepared, running_stand
from tests.failures.traffic import Connect, look, told
from tests.operations.site import HOST, TOKEN
from tests.rankings.machinery import seconds_of, wait_for

CUT_SECONDS = 25.0
PAGE_SECONDS = 10.0  # within which a page comes, cut off or not: PostgreSQL is asked for 3, and connected to for 5
CALL_SECONDS = 15.0
READY_SECONDS = 4.0
HEALED_SECONDS = 15.0


def test_web_and_worker_are_cut_off_from_the_database(tmp_path: Path, prepared: Prepared) -> None:
    """A second worker, on the database's own host, goes on: so there are newer boards that web can't show, once the
    database has noticed that the first worker, which was cut off while it held the fest's lock, is gone."""
    with island() as network:
        postgres = Remote(tmp_path / "engines", network)
        there = {"DATABASE_URL": postgres.remote_url}
        particular = {"web": there, "abroad": there}
        with running_stand(tmp_path, prepared, postgres=postgres, particular=particular) as stand:
            abroad = Service(stand.program("abroad", "livefest-worker.service"))
            try:
                wait_for(lambda: (stand.refreshing() or [""])[0] == "abroad")
                network.cut()
                began = time.monotonic()
                behind = stand.newest_version()
                viewers = [stand.view(stand.to_web(number % 2), pause=0.02) for number in range(6)]
                viewers += [stand.view()]
                past = [stand.send(stand.to_web(0)), stand.send(stand.to_web(1))]
                wait_for(lambda: stand.newest_version() > behind)
                print(f"the other worker refreshes after {time.monotonic() - began:.1f} s")
                verdicts = []
                while time.monotonic() - began < CUT_SECONDS:
                    verdicts.append(readiness(stand.to_web(0)))
                    time.sleep(1)
                network.mend()
                healed = seconds_of(lambda: wait_for(lambda: readiness(stand.to_web(0))[0] == 200))
                taken = [len(sender.taken) for sender in stand.senders]
                again = healed + seconds_of(
                    lambda: wait_for(lambda: all(len(o.taken) > n for o, n in zip(stand.senders, taken, strict=True)))
                )
                print(f"ready {healed:.1f} s after it was mended, calls of all sources are taken after {again:.1f} s")
                direct = [one for viewer in viewers[:-1] for one in viewer.finish()]
                through = viewers[-1].finish()
                print(f"past the proxy: {told(direct)}\nthrough it: {told(through)}")
                for sender in stand.senders:
                    print(f"sender: {dict(sender.answers)}, slowest answer {sender.slowest:.1f} s")
                print(f"ready: {sorted({one[0] for one in verdicts})}, within {max(one[1] for one in verdicts):.1f} s")

                assert {one.status for one in direct + through} == {200}
                assert max(one.seconds for one in direct + through) < PAGE_SECONDS
                assert sum(one.old for one in direct) > len(direct) // 2
                assert {one[0] for one in verdicts[1:]} == {503}
                assert all("database" in one[2] for one in verdicts[1:])
                assert max(one[1] for one in verdicts) < READY_SECONDS
                assert all(set(sender.answers) == {"200", "503"} for sender in past)
                assert max(sender.slowest for sender in stand.senders) < CALL_SECONDS
                assert again < HEALED_SECONDS
                wait_for(lambda: not look(stand.to_web(0)(30), HOME).old)
                stand.wait_until_scored()
            finally:
                abroad.stop()
            stand.assert_nothing_is_lost()


def readiness(connect: Connect) -> tuple[int, float, set[str]]:
    """The status of /health/ready, after how many seconds, and the checks that failed."""
    begin = time.monotonic()
    connection = connect(30.0)
    connection.request("GET", "/health/ready", headers={"Host": HOST, "Authorization": f"Bearer {TOKEN}"})
    answer = connection.getresponse()
    failed = {check["name"] for check in json.loads(answer.read())["checks"] if not check["ok"]}
    connection.close()
    return answer.status, time.monotonic() - begin, failed
