"""Making stored rows equal to what is due: how every derived table is written."""

from __future__ import annotations

from collections.abc import Sequence

from livefest.sql import execute


def make_equal(
    *, table: str, due: str, stored: str, key: Sequence[str], values: Sequence[str], extras: Sequence[str] = ()
) -> None:
    """Makes the rows of `table` that `stored` selects equal to the rows of the temporary table `due`; what is equal
    already is not touched. `key` identifies a row and has no NULLs.

    `stored` is a SELECT with the columns ctid, key and values. It should find its rows by index (LATERAL with
    OFFSET 0 makes it so): nothing else here reads the table. `extras` are further columns of `due`, written when a row
    is new or changes. Leaves the temporary table `difference` for who wants to know what changed: key, `old_` and
    `new_` values, extras, and `was` and `is_due`, each true or NULL.

    Whoever calls it is alone with these rows: a refresh holds its fest's lock.
    """
    keys = ", ".join(key)
    compared = ", ".join(values)
    execute("DROP TABLE IF EXISTS difference")
    execute(f"""
        CREATE TEMP TABLE difference ON COMMIT DROP AS
        SELECT {keys}, {"".join(f"stored.{v} AS old_{v}, due.{v} AS new_{v}, " for v in values)}
               {"".join(f"due.{extra}, " for extra in extras)} stored.row, stored.was, due.is_due
        FROM (SELECT ctid AS row, true AS was, {keys}, {compared} FROM ({stored}) AS present) AS stored
             FULL JOIN (SELECT true AS is_due, {", ".join([keys, compared, *extras])} FROM {due}) AS due
             USING ({keys})
        WHERE stored.was IS NULL OR due.is_due IS NULL
           OR ROW({", ".join(f"stored.{v}" for v in values)})
              IS DISTINCT FROM ROW({", ".join(f"due.{v}" for v in values)})
    """)
    apply_difference("difference", table=table, key=key, values=values, extras=extras)


def apply_difference(
    difference: str, *, table: str, key: Sequence[str], values: Sequence[str], extras: Sequence[str] = ()
) -> None:
    """Writes what the temporary table `difference`, as `make_equal` leaves it, says of `table`."""
    # By ctid, and through an array, so that it is a look-up for each row whatever the planner believes.
    execute(f"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT row FROM {difference} WHERE is_due IS NULL))")
    assignments = [f"{v} = difference.new_{v}" for v in values] + [f"{extra} = difference.{extra}" for extra in extras]
    execute(f"""
        UPDATE {table} AS target SET {", ".join(assignments)}
        FROM {difference} AS difference
        WHERE target.ctid = ANY (ARRAY(SELECT row FROM {difference} WHERE was AND is_due))
          AND difference.row = target.ctid
    """)
    execute(f"""
        INSERT INTO {table} ({", ".join([*key, *values, *extras])})
        SELECT {", ".join([*key, *(f"new_{v}" for v in values), *extras])}
        FROM {difference} WHERE was IS NULL
    """)
