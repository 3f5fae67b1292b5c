"""What many tests begin with is made once by each process and kept: PostgreSQL's rows and Valkey's keys."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NamedTuple, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction

from rankings.valkey import client as valkey
from tests import database

P = ParamSpec("P")
T = TypeVar("T")

Keys = dict[bytes, tuple[bytes, int]]  # what DUMP gives of each key, and the milliseconds it has left, 0 for ever


class _Kept(NamedTuple):
    made: Any
    rows: database.Rows
    keys: Keys


_kept: dict[tuple[Any, ...], _Kept] = {}


def kept(make: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """What `make` makes of these arguments in an empty database, which is the same whenever it is called at one
    LIVEFEST_NOW. It is called for the first test that asks; all find the rows and keys that it left then, ids
    included, as their own, beside what they have made before."""
    name = make, arguments, *options.items(), settings.LIVEFEST_NOW
    is_empty = not database.filled_by_test()
    if name not in _kept:
        if is_empty:
            return _keep(name, lambda: make(*arguments, **options))
        if not connection.in_atomic_block:
            return make(*arguments, **options)  # what was committed can't stand back
        keys = _keys()
        with transaction.atomic():
            database.clear()
            _keep(name, lambda: make(*arguments, **options))
            transaction.set_rollback(True)
        _put(keys)
    found = _kept[name]
    database.put(found.rows)
    _put(found.keys, alone=is_empty)
    return copy.deepcopy(found.made)  # type: ignore[no-any-return]


def _keep(name: tuple[Any, ...], make: Callable[[], T]) -> T:
    valkey().flushdb()
    made = make()
    connection.check_constraints()  # nobody does when they are put back
    _kept[name] = _Kept(copy.deepcopy(made), database.take(database.filled_by_test()), _keys())
    return made


def _keys() -> Keys:
    return {key: (valkey().dump(key) or b"", max(0, valkey().pttl(key))) for key in valkey().scan_iter()}


def _put(keys: Keys, *, alone: bool = True) -> None:
    if alone:
        valkey().flushdb()
    for key, (value, left) in keys.items():
        valkey().restore(key, left, value, replace=True)
