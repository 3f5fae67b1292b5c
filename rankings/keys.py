"""The byte-ordered form of a standing: keys that sort the best first, in PostgreSQL and Valkey alike.

A key is the score, then each tie-break, then the handle in UTF-8. A number of which more is better is complemented
(2^63 - 1 minus it), a moment is microseconds since the year 1; each is eight bytes big-endian, so that bytes compare
as numbers do. What stands before the handle says the rank: equal bytes share it. CAMPAIGN.md, "Order".
"""

from __future__ import annotations

from collections.abc import Sequence

MOST = 2**63 - 1
PART = 8  # bytes
MICROSECONDS_BEFORE_1970 = 62_135_596_800_000_000  # since 0001-01-01T00:00:00Z


def key_width(tie_breaks: int) -> int:
    """How many bytes of a key say the rank: those of the score and of so many tie-breaks."""
    return PART * (1 + tie_breaks)


def key_sql(score: str, tie_breaks: Sequence[str], handle: str) -> str:
    """The SQL of a key; the arguments are SQL too: a bigint, what `more_sql` and `earliest_sql` give, and a text."""
    return " || ".join([more_sql(score), *tie_breaks, f"convert_to({handle}, 'UTF8')"])


def more_sql(number: str) -> str:
    """The part of a number (not negative) of which more is better; numbers beyond 2^63 - 1 are not told apart."""
    return f"int8send({MOST} - least({number}, {MOST})::bigint)"


def earliest_sql(moment: str) -> str:
    """The part of a moment of which the earlier is better."""
    return f"int8send((extract(epoch FROM {moment}) * 1000000)::bigint + {MICROSECONDS_BEFORE_1970})"


def score_of(key: bytes) -> int:
    """The score that a key holds."""
    return MOST - int.from_bytes(key[:PART], "big")


def handle_of(key: bytes, width: int) -> str:
    return key[width:].decode()
