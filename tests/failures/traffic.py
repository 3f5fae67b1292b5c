"""Who lives on the site: a source that sends facts until they are taken, and viewers."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Event, Thread
from typing import NamedTuple

from tests.operations.site import HOST
from tests.signing import JSON, signed

METRICS = {"likes": 50, "coins": 200, "diamonds": 9000, "shares_in_app": 3, "match_points_1v1": 500}  # the most of each
IN_A_CALL = 20
PAUSE = 0.1  # seconds between calls, and before one is sent again
Connect = Callable[[float], http.client.HTTPConnection]


class Sent(NamedTuple):
    """A fact as it was sent."""

    creator: str
    metric: str
    quantity: int
    at: datetime


class Sender(Thread):
    """A source that sends call after call, and each of them, with the same ids, until it is answered 200.

    taken: what was acknowledged, by id; answers: statuses and errors, counted; slowest: the longest that an attempt
    took, in seconds; longest: the longest that a call needed to be taken.
    """

    def __init__(
        self, number: int, connect: Connect, secret: str, handles: Sequence[str], *, patience: float = 30.0
    ) -> None:
        super().__init__(daemon=True)
        self._number = number
        self._connect = connect
        self._secret = secret
        self._handles = handles
        self._patience = patience
        self._random = Random(number)
        self._over = Event()
        self._given_up = Event()
        self._connection: http.client.HTTPConnection | None = None
        self.taken: dict[str, Sent] = {}
        self.answers: Counter[str] = Counter()
        self.slowest = self.longest = 0.0
        self.problem: str | None = None
        self.start()

    def run(self) -> None:
        calls = 0
        while not self._over.wait(PAUSE) and self.problem is None:
            calls += 1
            facts = {f"{self._number}-{calls}-{place:02}": self._fact() for place in range(IN_A_CALL)}
            since = time.monotonic()
            while not self._is_taken(facts):
                if self.problem is not None or self._given_up.wait(PAUSE):
                    break
            else:
                self.longest = max(self.longest, time.monotonic() - since)
                self.taken |= facts
        if self._connection:
            self._connection.close()

    def _fact(self) -> Sent:
        metric = self._random.choice(list(METRICS))
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=self._random.randrange(3600))
        return Sent(self._random.choice(self._handles), metric, self._random.randint(1, METRICS[metric]), at)

    def _is_taken(self, facts: dict[str, Sent]) -> bool:
        reports = [
            {"id": id, "creator": one.creator, "metric": one.metric, "quantity": one.quantity, "at": one.at.isoformat()}
            for id, one in facts.items()
        ]
        body = json.dumps({"facts": reports})
        begin = time.monotonic()
        try:
            status, text = self._post(body)
        except (OSError, http.client.HTTPException) as error:
            self.answers[type(error).__name__] += 1
            if self._connection:
                self._connection.close()
            return False
        finally:
            self.slowest = max(self.slowest, time.monotonic() - begin)
        self.answers[str(status)] += 1
        if status == 200:
            answer = json.loads(text)
            if answer["accepted"] + answer["duplicates"] != len(facts) or answer["conflicts"] or answer["rejected"]:
                self.problem = text
            return True
        if status < 500:
            self.problem = f"{status} {text}"
        return False

    def _post(self, body: str) -> tuple[int, str]:
        if self._connection is None:
            self._connection = self._connect(self._patience)
        return post(self._connection, self._secret, body, datetime.now(UTC))

    def finish(self) -> None:
        """No further call; what was begun is sent until it is taken."""
        self._over.set()
        self.join(60)
        assert self.problem is None, self.problem
        assert not self.is_alive(), f"a call isn't taken: {dict(self.answers)}"

    def give_up(self) -> None:
        """The test is over, however."""
        self._over.set()
        self._given_up.set()
        self.join(60)


def post(connection: http.client.HTTPConnection, secret: str, body: str, signed_at: datetime) -> tuple[int, str]:
    """Status and text of the answer to a call."""
    headers = JSON | signed(secret, body, at=signed_at) | {"X-Forwarded-Proto": "https", "Host": HOST}
    connection.request("POST", "/ingest/platform/", body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


class Look(NamedTuple):
    """A page as a viewer saw it, or didn't (status 0): after how many seconds, and whether with an old one's notice."""

    path: str
    status: int
    seconds: float
    old: bool


class Viewer(Thread):
    """Somebody who looks at one page after the other, on a connection each, and waits `patience` seconds for it."""

    def __init__(self, connect: Connect, paths: Sequence[str], *, patience: float = 30.0, pause: float = 0.1) -> None:
        super().__init__(daemon=True)
        self._connect, self._paths, self._patience, self._pause = connect, paths, patience, pause
        self._over = Event()
        self.looks: list[Look] = []
        self.start()

    def run(self) -> None:
        number = 0
        while not self._over.wait(self._pause):
            self.looks.append(look(self._connect(self._patience), self._paths[number % len(self._paths)]))
            number += 1

    def finish(self) -> list[Look]:
        """All that it saw."""
        self._over.set()
        self.join(60)
        return self.looks


def look(connection: http.client.HTTPConnection, path: str) -> Look:
    begin = time.monotonic()
    try:
        connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https"})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        return Look(path, 0, time.monotonic() - begin, False)
    finally:
        connection.close()
    return Look(path, answer.status, time.monotonic() - begin, b'<p class="notice" role="status">' in body)


def told(looks: Sequence[Look]) -> str:
    """For people: how many, with which statuses, and how long they took."""
    seconds = sorted(one.seconds for one in looks)
    statuses = dict(Counter(one.status for one in looks))
    old = sum(one.old for one in looks)
    failed = sorted({one.path for one in looks if one.status != 200})
    middle, late, last = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)], seconds[-1]
    took = f"median {middle:.3f} s, p99 {late:.3f} s, longest {last:.3f} s"
    return f"{len(looks)} pages {statuses}, {old} old, {took} {failed or ''}"
