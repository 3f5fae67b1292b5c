"""One fact or live as a source reports it: its shape is checked here, and nothing else.

The shape is what CAMPAIGN.md says of the fields by themselves; whether a creator or metric exists, or a moment is in
the window, is the intake's question.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from creators.models.fact import QUANTITY_MOST
from livefest.clock import parse_moment

TEXT_LENGTH = 128
TITLE_LENGTH = 300
URL_LENGTH = 2000
INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})", re.ASCII)


class Malformed(ValueError):
    """Something that is not the shape of a report; the text is the reason that its sender gets."""


class FactReport(NamedTuple):
    """A fact's content: two reports are the same exactly when these fields are. `at` is UTC; "" stands for absent."""

    id: str
    creator: str
    metric: str
    quantity: int
    at: datetime
    session: str
    supporter: str
    reverses: str


class LiveReport(NamedTuple):
    room: str
    creator: str
    started_at: datetime
    ended_at: datetime | None
    title: str
    url: str


def parse_json(data: bytes) -> Any:
    """The JSON value of UTF-8 bytes. Raises Malformed.

    orjson reads it where it can. What it refuses whole, the standard library reads again, so that one lone surrogate
    or oversized number costs its own fact and not the thousand around it.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as strict_error:
        try:
            return json.loads(data.decode(), parse_int=parse_integer, parse_constant=refuse_constant)
        except UnicodeDecodeError as error:
            raise Malformed("not UTF-8") from error
        except RecursionError as error:
            raise Malformed("nested too deeply") from error
        except ValueError as error:
            raise Malformed(f"not JSON: {strict_error}") from error


def parse_integer(digits: str) -> int | float:
    """An integer; infinity for one that is too long for any field, so that its length costs nothing."""
    return int(digits) if len(digits) < 20 else float("inf")


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def is_live(data: object) -> bool:
    """Whether a report says who is on air, and is no fact."""
    return isinstance(data, dict) and bool(data.get("live")) and not data.get("id")


def parse_fact(data: object) -> FactReport:
    """The fact that a JSON object, or a CSV row with its quantity read, reports. Raises Malformed."""
    if not isinstance(data, dict):
        raise Malformed('not an object; write one such as {"id": …, "creator": …}')
    get = data.get
    quantity = parse_quantity(get("quantity"))
    reverses = optional_text("reverses", get("reverses"))
    if quantity < 0 and not reverses:
        raise Malformed(f"quantity {quantity} is negative and the fact reverses none")
    if quantity > 0 and reverses:
        raise Malformed(f"quantity {quantity} of a reversal is not negative")
    return FactReport(
        required_text("id", get("id")),
        required_text("creator", get("creator")),
        required_text("metric", get("metric")),
        quantity,
        parse_time("at", get("at")),
        optional_text("session", get("session")),
        optional_text("supporter", get("supporter")),
        reverses,
    )


def parse_live(data: object) -> LiveReport:
    """The live that a JSON object (or a CSV row) reports. Raises Malformed."""
    if not isinstance(data, dict):
        raise Malformed('not an object; write one such as {"live": …, "creator": …}')
    get = data.get
    started_at = parse_time("started_at", get("started_at"))
    ended_at = parse_time("ended_at", get("ended_at")) if get("ended_at") else None
    if ended_at and ended_at < started_at:
        raise Malformed(f"ended_at {ended_at.isoformat()} is before started_at {started_at.isoformat()}")
    url = optional_text("url", get("url"), URL_LENGTH)
    if url and not url.startswith(("https://", "http://")):
        raise Malformed(f'url "{url[:64]}" is no web address; write one that begins with https://')
    return LiveReport(
        required_text("live", get("live")),
        required_text("creator", get("creator")),
        started_at,
        ended_at,
        optional_text("title", get("title"), TITLE_LENGTH),
        url,
    )


def readable_id(item: object) -> str:
    """The id of a report that was refused for its shape; "" where it has none that can be sent back."""
    found = (item.get("id") or item.get("live")) if isinstance(item, dict) else ""
    return found[:128].encode("utf-8", "replace").decode() if isinstance(found, str) else ""


def parse_quantity(value: object) -> int:
    if value is None or value == "":
        raise Malformed("quantity is missing")
    if type(value) is not int:
        raise Malformed(f"quantity {str(value)[:64]!r} is not a whole number")
    if value == 0 or not -QUANTITY_MOST <= value <= QUANTITY_MOST:
        raise Malformed(f"quantity {value} is not from 1 to {QUANTITY_MOST}")
    return value


def integer_or_text(text: str) -> int | str:
    """The integer that a CSV's cell spells as JSON would; any other text as it is, to be refused as a quantity."""
    return int(text) if INTEGER.fullmatch(text) else text


def parse_time(name: str, value: object) -> datetime:
    if not value:
        raise Malformed(f"{name} is missing")
    if not isinstance(value, str):
        raise Malformed(f"{name} is not a text")
    try:
        return parse_moment(value)
    except ValueError as error:
        raise Malformed(f"{name} {error}") from error


def required_text(name: str, value: object) -> str:
    text = optional_text(name, value)
    if not text:
        raise Malformed(f"{name} is missing")
    return text


def optional_text(name: str, value: object, length: int = TEXT_LENGTH) -> str:
    """The text, "" where it is absent or null; refuses what PostgreSQL can't store."""
    if value is None:
        return ""
    if type(value) is not str:
        raise Malformed(f"{name} is not a text")
    if len(value) > length:
        raise Malformed(f"{name} has {len(value)} characters; at most {length} are taken")
    if "\0" in value:
        raise Malformed(f"{name} has a NUL character")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Malformed(f"{name} is not valid Unicode (a lone surrogate)") from error
    return value
