"""What a platform's feed has beside good facts: repetitions, contradictions, nonsense, and what is taken back."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any

Report = dict[str, Any]

SHARE = 0.03  # of all facts


class Dirt:
    """Adds dirt to good facts; the good ones stay as they are. The same for the same seed and facts.

    `added` counts what was put in, by what the webhook should make of it.
    """

    def __init__(self, *, seed: int, run: str) -> None:
        self.rng = random.Random(f"dirt {seed}")
        self.run = run
        self.added: Counter[str] = Counter()
        self._sent: deque[Report] = deque(maxlen=2000)  # earlier calls' facts
        self._reversed: deque[str] = deque(maxlen=2000)
        # How often each is, beside the others.
        self._kinds: dict[Callable[[Report], Report | None], int] = {
            self._repeated: 40,
            self._reversal: 20,
            self._unknown_creator: 12,
            self._malformed: 12,
            self._conflict: 8,
            self._out_of_time: 8,
        }

    def over(self, facts: list[Report]) -> list[Report]:
        """The facts of one call with dirt among them."""
        mixed = list(self._mixed(facts))
        self._sent.extend(facts)
        return mixed

    def _mixed(self, facts: list[Report]) -> Iterator[Report]:
        for fact in facts:
            yield fact
            if self._sent and self.rng.random() < SHARE:
                make = self.rng.choices(list(self._kinds), list(self._kinds.values()))[0]
                added = make(self.rng.choice(self._sent))
                if added is not None:
                    yield added

    def _new_id(self) -> str:
        return f"{self.run}-odd-{self.added.total()}"

    def _repeated(self, earlier: Report) -> Report:
        self.added["duplicates"] += 1
        return earlier

    def _conflict(self, earlier: Report) -> Report:
        self.added["conflicts"] += 1
        return earlier | {"quantity": earlier["quantity"] + 1}

    def _reversal(self, earlier: Report) -> Report | None:
        if earlier["metric"] != "diamonds" or earlier["id"] in self._reversed:
            return None
        self.added["accepted"] += 1
        self._reversed.append(earlier["id"])
        back = {"id": f"{earlier['id']}-back", "quantity": -earlier["quantity"], "reverses": earlier["id"]}
        return {name: earlier[name] for name in ("creator", "metric", "at")} | back

    def _unknown_creator(self, earlier: Report) -> Report:
        self.added["rejected"] += 1
        return earlier | {"id": self._new_id(), "creator": f"nobody.{self.rng.randrange(1000)}"}

    def _malformed(self, earlier: Report) -> Report:
        self.added["rejected"] += 1
        wrong: Report = self.rng.choice(
            [{"quantity": "many"}, {"quantity": 0}, {"at": "yesterday"}, {"creator": None}, {"metric": "applause"}]
        )
        return earlier | {"id": self._new_id()} | wrong

    def _out_of_time(self, earlier: Report) -> Report:
        self.added["rejected"] += 1
        return earlier | {"id": self._new_id(), "at": self.rng.choice(["2019-01-01T00:00:00Z", "2099-01-01T00:00:00Z"])}
